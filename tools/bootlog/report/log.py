# SPDX-License-Identifier: GPL-2.0-or-later
"""The log itself, each line with an anchor."""

from ..parser import strip_controls
from .markup import h

LINES_MAX = 20000                   # in a report; lines of ours are always there


def show_log(data, judge, marked):
    """All lines; of a very long log the start, the end, and all that matters."""
    lines = data.decode("utf-8", "replace").split("\n")
    lines = lines[:-1] if lines and not lines[-1] else lines
    hits = {f.line for f in judge.findings if f.severity == "fail"}
    parts, before = [], 0
    for i in choose_lines(len(lines), marked, hits):
        if i != before + 1:
            parts.append(f'<span class="soft">... {i - before - 1} lines left out ...</span>')
        before = i
        css = ' class="hit"' if i in hits else ' class="ours"' if i in marked else ""
        parts.append(f'<span id="L{i}"{css}><a href="#L{i}">{i}</a>{clean(lines[i - 1])}</span>')
    return '<div class="log">' + "".join(parts) + "</div>"


def choose_lines(count, marked, hits):
    if count <= LINES_MAX:
        return range(1, count + 1)
    half = LINES_MAX // 2
    return sorted({*range(1, half + 1), *range(count - half, count + 1),
                   *sorted(marked)[:LINES_MAX], *hits} - {0})


def clean(text):
    return h(strip_controls(text.encode("utf-8", "replace")).decode("utf-8", "replace"))
