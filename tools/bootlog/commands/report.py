# SPDX-License-Identifier: GPL-2.0-or-later
"""bootlog report: draw a log as one HTML file."""

from ..judge import check
from ..outputs import write
from ..report import format_report
from ..status import PASS
from .judging import (add_judging, add_saved, choose_profile, judge_options, name_log, read_log,
                      tell_forms)


def add_arguments(parser):
    add_judging(parser)
    add_saved(parser)
    parser.add_argument("-o", "--output", metavar="FILE.html",
                        help="write here instead of to the standard output")


def run(args):
    console = read_log(args.log)
    data = console.data
    if args.profile is None:
        args.profile = "secure" if b"4/7 transition mode=secure" in data else "normal"
    judge = check(data, choose_profile(args), **judge_options(args))
    tell_forms(judge, console)
    write(format_report(data, judge, name_log(args.log)), args.output)
    return PASS
