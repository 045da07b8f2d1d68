# SPDX-License-Identifier: GPL-2.0-or-later
"""What differs between two boots."""

import difflib
import re

from .boots import Boots
from .parser import parse
from .tables import STEPS


def format_diff(a, b, names):
    """(text, differs). Times are shown and do not count as a difference."""
    lines = list(difflib.unified_diff(own_lines(a), own_lines(b), *names, lineterm="", n=1))
    rows = [*lines, "" if lines else "no difference but time", *compare_times(a, b)]
    return "\n".join(rows) + "\n", bool(lines)


def own_lines(data):
    """What pefboot and the ultravisor said, without times: comparable between runs."""
    return [f"{e.who}: " + re.sub(r"\bus=\d+", "us=*", e.text) for e in parse(data)
            if e.who and not e.torn]


def compare_times(a, b):
    """A table of when each step was done."""
    a, b = step_times(a), step_times(b)
    table = [f"{'step':12} {'A':>12} {'B':>12} {'B - A':>12}"]
    for key in sorted({*a, *b}, key=order_of_step):
        x, y = a.get(key), b.get(key)
        between = y - x if None not in (x, y) else None
        cells = [f"{'-':>12}" if v is None else f"{v:12.6f}" for v in (x, y, between)]
        table.append(f"{key[1]:12} " + " ".join(cells))
    return table


def step_times(data):
    """{(index of the boot, step): seconds}"""
    return {(b.index, s.name): s.time for b in Boots(parse(data)).all for s in b.steps}


def order_of_step(key):
    boot, name = key
    return boot, STEPS.index(name) if name in STEPS else len(STEPS)
