# SPDX-License-Identifier: GPL-2.0-or-later
"""What differs between two boots."""

import difflib
import re

from .boots import Boots
from .parser import parse
from .times import find_spans

# A step is called slower if it takes so much longer: in seconds, and as a share.
SLOWER, SHARE = 0.05, 0.25


def format_diff(a, b, names, slower=None):
    """(text, differs). Times are shown, and count as a difference only from `slower` seconds on."""
    lines = list(difflib.unified_diff(own_lines(a), own_lines(b), *names, lineterm="", n=1))
    table, late = compare_times(a, b, slower)
    rows = [*lines, "" if lines else "no difference but time", *table]
    return "\n".join(rows) + "\n", bool(lines or slower is not None and late)


def own_lines(data):
    """What pefboot and the ultravisor said, without times: comparable between runs."""
    return [f"{e.who}: " + re.sub(r"\bus=\d+", "us=*", e.text) for e in parse(data)
            if e.who and not e.torn]


def compare_times(a, b, slower):
    """(a table of how long each step took, is any of B slower)"""
    a, b = step_times(a), step_times(b)
    table = [f"{'took, seconds':18} {'A':>12} {'B':>12} {'B - A':>12}"]
    late = []
    for key in [*a, *(key for key in b if key not in a)]:
        x, y = a.get(key), b.get(key)
        between = y - x if None not in (x, y) else None
        cells = [f"{'-':>12}" if v is None else f"{v:12.6f}" for v in (x, y, between)]
        name = key[1] + (f" ({key[0] + 1})" if key[0] else "")
        table.append(f"{name:18} " + " ".join(cells))
        if between is not None and is_slower(x, between, slower):
            late.append(f"slower: {name} took {between:.2f} s longer ({x:.3f} s, then {y:.3f} s)")
    return table + late, bool(late)


def is_slower(took, longer, slower):
    return longer > slower if slower is not None else longer > max(SLOWER, SHARE * took)


def step_times(data):
    """{(index of the boot, step): seconds that it took}"""
    return {(boot.index, span.name): span.took for boot in Boots(parse(data)).all
            for span in find_spans(boot)}
