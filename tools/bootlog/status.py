# SPDX-License-Identifier: GPL-2.0-or-later
"""How the program ends."""

PASS, FAIL, USAGE, SKIP, TIMEOUT = 0, 1, 2, 77, 124
WORDS = {PASS: "pass", FAIL: "fail", SKIP: "skip", TIMEOUT: "timeout"}


class UsageError(Exception):
    """Something that the user has to call differently; its text says what."""
