# SPDX-License-Identifier: GPL-2.0-or-later
"""bootlog check: judge a saved log."""

from ..events import parse_number
from ..judge import check
from ..outputs import choose_outputs, write_results
from ..status import UsageError
from .judging import (add_judging, add_output, add_saved, apply_strict, choose_profile,
                      judge_options, name_log, read_log, tell_forms)


def add_arguments(parser):
    add_judging(parser)
    add_output(parser)
    parser.add_argument("--boot", metavar="N|last", help="judge one boot of several")
    add_saved(parser)


def run(args):
    if args.profile is None:
        raise UsageError("check: --profile NAME says what boot this is to be, normal or secure "
                         "most often: bootlog profiles")
    profile, boot = choose_profile(args), choose_boot(args.boot)
    if boot and args.boots is None:
        args.boots = 1
    choose_outputs(args.output)                 # what is wrong there is said before the work
    console = read_log(args.log)
    judge = check(console.data, profile, boot, **judge_options(args))
    tell_forms(judge, console)
    apply_strict(judge, args)
    write_results(judge, name_log(args.log), args.output, console.data)
    return judge.status


def choose_boot(word):
    boot = word if word in (None, "last") else parse_number(word)
    if word and not boot:
        raise UsageError("--boot: a number from 1, or last")
    return boot
