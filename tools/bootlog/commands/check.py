# SPDX-License-Identifier: GPL-2.0-or-later
"""bootlog check: judge saved logs."""

import re
from pathlib import Path

from ..events import parse_number
from ..judge import check
from ..many import Many, Result
from ..outputs import choose_outputs, write_results
from ..status import UsageError
from ..summary import write_many
from .judging import (add_judging, add_output, add_saved, apply_strict, choose_profile,
                      judge_options, name_log, read_log, tell_forms)

# In a folder, what is a log by its name.
LOG_NAME = re.compile(r"[^.].*\.(log|txt|yaml|json|cast)(\.(gz|xz|zst))?")


def add_arguments(parser):
    add_judging(parser)
    add_output(parser)
    add = parser.add_argument
    add("--boot", metavar="N|last", help="judge one boot of several")
    add("--limits", nargs="?", type=float, const=1.0, metavar="X",
        help="hold the times in the log against the profile's limits, times X")
    add("--job", metavar="REGEX", help="of several logs: what names the job (its first group, or all"
        " of it), searched in the log's path; else the name without its last number")
    add_saved(parser, many=True)


def run(args):
    if args.profile is None:
        raise UsageError("check: --profile NAME says what boot this is to be, normal or secure "
                         "most often: bootlog profiles")
    profile, args.boot = choose_profile(args), choose_boot(args.boot)
    if args.boot and args.boots is None:
        args.boots = 1
    choose_outputs(args.output)                 # what is wrong there is said before the work
    logs = find_logs(args.logs)
    if len(args.logs) == 1 and logs == args.logs:
        judge, data = judge_log(args.logs[0], profile, args)
        write_results(judge, name_log(args.logs[0]), args.output, data)
        return judge.status
    many = Many(profile, args.job)
    for log in logs:
        many.add(Result(name_log(log), judge_log(log, profile, args)[0]))
    write_many(many, args.output)
    return many.status()


def judge_log(log, profile, args):
    """(the judge of a log, its console)"""
    console = read_log(log)
    judge = check(console.data, profile, args.boot, limits=args.limits, **judge_options(args))
    tell_forms(judge, console)
    apply_strict(judge, args)
    return judge, console.data


def find_logs(names):
    """The logs that are meant: files, and of a folder all in it that are logs by their names."""
    logs = []
    for name in names:
        if name == "-" or not Path(name).is_dir():
            logs.append(name)
            continue
        found = sorted(str(path) for path in Path(name).rglob("*")
                       if LOG_NAME.fullmatch(path.name) and path.is_file())
        if not found:
            raise UsageError(f"{name}: no logs there (*.log, .txt, .yaml, .json, .cast, or packed)")
        logs += found
    return logs


def choose_boot(word):
    boot = word if word in (None, "last") else parse_number(word)
    if word and not boot:
        raise UsageError("--boot: a number from 1, or last")
    return boot
