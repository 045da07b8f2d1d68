# SPDX-License-Identifier: GPL-2.0-or-later
"""bootlog run: start a machine and judge it as it boots."""

import argparse
import os
import secrets
import sys
from pathlib import Path

from ..judge import Judge
from ..outputs import choose_outputs, write_results
from ..parser import Parser, strip_controls
from ..runner import Runner, with_nonce
from ..status import FAIL, PASS, SKIP, TIMEOUT, UsageError
from .judging import (add_judging, add_output, apply_strict, choose_profile, judge_options)


def add_arguments(parser):
    add_judging(parser)
    add_output(parser)
    add = parser.add_argument
    add("--nonce", nargs="?", const="", metavar="WORD", help="ask for an unforgeable verdict")
    add("--log", metavar="FILE", help="keep the console here")
    add("--timeout", type=float, metavar="S", help="for the whole run, besides each milestone's")
    add("--slow", type=float, default=os.environ.get("BOOTLOG_SLOW", "1"), metavar="X",
        help="multiply every time limit (default: BOOTLOG_SLOW of the environment, or 1)")
    add("--echo", action="store_true", help="show the console")
    add("--quiet", action="store_true", help="no progress")
    add("rest", nargs=argparse.REMAINDER, metavar="-- COMMAND ...")


def run(args):
    if args.profile is None:
        args.profile = "normal"
        print("bootlog: no --profile: judged as normal", file=sys.stderr)
    profile, command = choose_profile(args), choose_command(args)
    judge = Judge(profile, **judge_options(args))
    parser = Parser(profile.watches(), allow=profile.allow)
    try:
        runner = Runner(judge, parser, command, args)
    except FileNotFoundError as error:
        print(f"SKIP {profile.name}: {error.filename}: not found", file=sys.stderr)
        return SKIP
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from error
    status = runner.run()
    if status and not judge.failed:
        how = f"status {status}" if status > 0 else f"signal {-status}"
        judge.add_finding("command", f"{command[0]} ended with {how}")
    judge.finish(parser)
    if runner.timed_out and judge.status == FAIL:
        judge.status = TIMEOUT
    apply_strict(judge, args)
    data = Path(args.log).read_bytes() if args.log else b""
    write_results(judge, args.log or "console", args.output, data)
    if judge.status != PASS and not args.echo and not args.quiet:
        show_tail(runner.tail)
    return judge.status


def choose_command(args):
    """What to start, with a nonce of this run if one is wanted."""
    command = args.rest[1:] if args.rest[:1] == ["--"] else args.rest
    if not command:
        raise UsageError("run: no command after --")
    if any(kind == "html" for kind, _ in choose_outputs(args.output)) and not args.log:
        raise UsageError("run: a report needs the whole console: --log FILE")
    if args.nonce == "":
        args.nonce = secrets.token_hex(16)
        command = with_nonce(command, args.nonce)
    return command


def show_tail(tail):
    lines = strip_controls(tail).decode("utf-8", "replace").splitlines()[-12:]
    print("last lines:", *("    " + line for line in lines), sep="\n", file=sys.stderr)
