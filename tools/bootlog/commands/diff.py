# SPDX-License-Identifier: GPL-2.0-or-later
"""bootlog diff: what differs between two boots."""

import sys

from ..diff import format_diff
from ..status import FAIL, PASS
from .judging import read_log


def add_arguments(parser):
    parser.add_argument("a")
    parser.add_argument("b")


def run(args):
    text, differs = format_diff(read_log(args.a).data, read_log(args.b).data, (args.a, args.b))
    sys.stdout.write(text)
    return FAIL if differs else PASS
