# SPDX-License-Identifier: GPL-2.0-or-later
"""bootlog diff: what differs between two boots."""

import sys

from ..diff import format_diff
from ..status import FAIL, PASS
from .judging import read_log


def add_arguments(parser):
    parser.add_argument("a")
    parser.add_argument("b")
    parser.add_argument("--slower", type=float, metavar="S",
                        help="a step of B that takes S seconds longer is a difference")


def run(args):
    text, differs = format_diff(read_log(args.a).data, read_log(args.b).data, (args.a, args.b),
                                args.slower)
    sys.stdout.write(text)
    return FAIL if differs else PASS
