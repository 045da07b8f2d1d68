# SPDX-License-Identifier: GPL-2.0-or-later
"""What the commands that judge a log have in common."""

import re
import sys
from pathlib import Path

from ..forms import read_console
from ..outputs import FORMATS
from ..profile import NUMBERS, Milestone
from ..profile_file import load_profile
from ..status import FAIL, PASS, UsageError


def add_judging(parser):
    add = parser.add_argument
    add("--profile", metavar="NAME|FILE.toml", help="what boot this is to be: bootlog profiles")
    add("--base", metavar="NAME", help="what --profile extends, whatever it says itself")
    add("--profiles", action="append", default=[], metavar="DIR",
        help="look for profiles here first")
    add("--expect", metavar="E401|E4xx", help="which stop a profile of the refused kind waits for")
    add("--require-hardware", action="store_true", help="fail on simulated evidence")
    add("--strict", action="store_true", help="warnings fail")
    add("--boots", type=int, metavar="N",
        help="how many boots the log must hold, each as the profile says")


def add_saved(parser, many=False):
    parser.add_argument("--nonce", metavar="WORD", help="what the verdict must repeat (uv.nonce=)")
    if many:
        parser.add_argument("logs", nargs="+", metavar="LOG|DIR|-")
    else:
        parser.add_argument("log", metavar="LOG|-")


def add_output(parser):
    parser.add_argument("-o", "--output", action="append", metavar="FORMAT[:FILE]",
                        help=", ".join([*FORMATS, "html"]))


def read_log(name):
    """The console in that file, whatever form the file has, and what was done to get it."""
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror}") from error
    return read_console(data, name_log(name))


def tell_forms(judge, console):
    for says in console.says:
        judge.add_finding("form", says, severity="note")


def name_log(name):
    """What results call the log."""
    return "stdin" if name == "-" else name


def choose_profile(args):
    """The profile that the arguments ask for."""
    profile = load_profile(args.profile, args.profiles, args.base)
    if args.expect:
        expect_stop(profile, args.expect)
    if args.nonce is not None and not any(m.kind == "verdict" for m in profile.milestones):
        profile.milestones.append(Milestone("verdict", "verdict", limit=600.0,
                                            says="the ultravisor's verdict"))
        profile.ends = "exit"
    return profile


def expect_stop(profile, numbers):
    stops = [m for m in profile.milestones if m.kind in ("fail", "exit")]
    if not stops or not re.fullmatch(NUMBERS, numbers):
        raise UsageError(f"--expect {numbers}: E401, E4xx or Exxx, "
                         "with a profile that expects a stop")
    for m in stops:
        m.numbers = numbers


def judge_options(args):
    if args.nonce == "":
        raise UsageError("--nonce: an empty word; is the variable set that it comes from?")
    return {"nonce": args.nonce, "hardware": args.require_hardware, "boots": args.boots}


def apply_strict(judge, args):
    """Before the outputs, which say the same as the status."""
    warnings = [f for f in judge.findings if f.severity == "warn"]
    if args.strict and judge.status == PASS and warnings:
        judge.status = FAIL
        for finding in warnings:
            finding.severity = "fail"
