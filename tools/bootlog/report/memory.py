# SPDX-License-Identifier: GPL-2.0-or-later
"""Where what lies in memory, before and after, to scale."""

from dataclasses import dataclass

from ..events import parse_range
from .markup import at_line, drawing, h, human_size, key, soft, table

STATES = ("normal", "private", "shared")
MAPS = (("before", "before, as loaded"), ("after", "after, as Linux finds it"))

HIGH, FOOT, WIDTH = 420, 455, 150   # of a column; address 0 is at its foot
LABEL_GAP = 15


@dataclass(order=True)
class Range:
    base: int
    size: int
    what: str
    state: str
    line: int

    @property
    def end(self):
        return self.base + self.size


def show_memory(view):
    maps = read_maps(view)
    if not maps:
        return soft("The log holds no memory map. Boot with <code>pefboot.log=info</code>.")
    top = max(r.end for ranges in maps.values() for r in ranges)
    columns = [draw_column(maps.get(when, []), top, 40 + 500 * i, title)
               for i, (when, title) in enumerate(MAPS)]
    legend = "".join(key(state, state) for state in STATES)
    return drawing(480, "memory map before and after, to scale", columns) + \
        soft(f"To scale, up to {human_size(top)}.{legend}") + list_ranges(maps)


def read_maps(view):
    """{before|after: [Range]}"""
    maps = {}
    for e in view.details:
        when, place = e.keys.get("map"), parse_range(e.keys.get("range", ""))
        if when and place and place[1] > 0:
            maps.setdefault(when, []).append(Range(*place, e.keys.get("what", "?"),
                                                   e.keys.get("state", "normal"), e.line))
    return maps


def list_ranges(maps):
    rows = [(h(when), h(r.what), f"0x{r.base:x}", f"0x{r.end:x}", human_size(r.size), h(r.state),
             at_line(r.line)) for when, _ in MAPS for r in sorted(maps.get(when, []))]
    return table(("map", "what", "from", "to", "size", "state", "log"), rows,
                 ("", "", "x", "x", "n", "", ""))


def draw_column(ranges, top, x, title):
    """One map; labels beside it."""
    parts = [f'<text x="{x}" y="18">{h(title)}</text>']
    if not ranges:
        parts.append(f'<text class="soft" x="{x}" y="60">not in the log</text>')
    parts += [draw_range(r, top, x)
              for r in sorted(ranges, key=lambda r: (r.what != "memory", -r.size))]
    parts.append(f'<rect class="frame" x="{x}" y="{FOOT - HIGH}" width="{WIDTH}" '
                 f'height="{HIGH}"/>')
    return "".join(parts + draw_labels([r for r in ranges if r.what != "memory"], top, x))


def y_of(address, top):
    return FOOT - HIGH * address / top


def draw_range(r, top, x):
    high, low = y_of(r.end, top), y_of(r.base, top)
    css = r.state if r.state in STATES else "normal"
    inset, opacity = (0, ' fill-opacity=".3"') if r.what == "memory" else (14, "")
    return f'<a href="#L{r.line}"><rect class="{css} edge" x="{x + inset}" y="{high:.2f}" ' \
           f'width="{WIDTH - 2 * inset}" height="{max(low - high, 1.5):.2f}"{opacity}>' \
           f"<title>{h(r.what)} 0x{r.base:x} to 0x{r.end:x}, {human_size(r.size)}, " \
           f"{h(r.state)}</title></rect></a>"


def draw_labels(ranges, top, x):
    """What and where, spread so that no label covers another."""
    labels = [((y_of(r.base, top) + y_of(r.end, top)) / 2,
               f"{r.what}  0x{r.base:x}  {human_size(r.size)}") for r in ranges]
    parts, y_text = [], FOOT + 6.0
    for y, text in sorted(labels, reverse=True):
        y_text = min(y, y_text - LABEL_GAP)
        parts.append(f'<path class="lead" d="M{x + WIDTH - 14} {y:.1f} L{x + WIDTH + 14} {y:.1f} '
                     f'L{x + WIDTH + 34} {y_text:.1f}"/>'
                     f'<text x="{x + WIDTH + 38}" y="{y_text + 4:.1f}">{h(text)}</text>')
    return parts
