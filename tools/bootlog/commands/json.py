# SPDX-License-Identifier: GPL-2.0-or-later
"""bootlog json: what a log says, for scripts."""

import json

from ..facts import log_facts
from ..status import PASS
from .judging import read_log


def add_arguments(parser):
    parser.add_argument("log", metavar="LOG|-")


def run(args):
    print(json.dumps(log_facts(read_log(args.log).data, args.log), indent=1))
    return PASS
