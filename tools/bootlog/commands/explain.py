# SPDX-License-Identifier: GPL-2.0-or-later
"""bootlog explain: what an error number or return code means."""

from ..explain import explain_word
from ..status import FAIL, PASS


def add_arguments(parser):
    parser.add_argument("words", nargs="+", metavar="E401|U_RETRY|-5")


def run(args):
    status = PASS
    for word in args.words:
        text = explain_word(word)
        print(text or f"{word}: unknown")
        status = status if text else FAIL
    return status
