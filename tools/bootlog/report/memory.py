# SPDX-License-Identifier: GPL-2.0-or-later
"""Where what lies in memory, before and after, to scale."""

from dataclasses import dataclass

from ..events import parse_range
from .markup import at_line, drawing, h, human_size, key, soft, table

STATES = ("normal", "private", "shared")
MAPS = (("before", "before, as loaded"), ("after", "after, as Linux finds it"))

HIGH, FOOT, WIDTH = 420, 455, 80    # of the column to scale; address 0 is at its foot
LEFT, ZOOM = 10, 150                # where the columns begin
BOX_MAX, BOX_MIN, GAP = 30, 17, 5   # heights in the zoomed column; GAP where something lies between


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
    columns = [draw_column(maps.get(when, []), top, title) for when, title in MAPS]
    legend = "".join(key(state, state) for state in STATES)
    return '<div class="pair">' + "".join(columns) + "</div>" + \
        soft(f"Left to scale, up to {human_size(top)}; right what lies there, zoomed and in order."
             f"{legend}") + list_ranges(maps)


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


def draw_column(ranges, top, title):
    """One map: a column to scale, and beside it what lies in the memory, large enough to read."""
    inside = sorted(r for r in ranges if r.what != "memory")
    high = max(HIGH, (BOX_MIN + GAP) * len(inside))
    parts = [f'<text x="{LEFT}" y="18">{h(title)}</text>']
    if not ranges:
        parts.append(f'<text class="soft" x="{LEFT}" y="60">not in the log</text>')
    parts += [draw_range(r, top)
              for r in sorted(ranges, key=lambda r: (r.what != "memory", -r.size))]
    parts.append(f'<rect class="frame" x="{LEFT}" y="{FOOT - HIGH}" width="{WIDTH}" '
                 f'height="{HIGH}"/>')
    return drawing(high + 60, f"memory map {title}, to scale and zoomed",
                   parts + draw_zoom(inside, top, high), width=480, css="map")


def y_of(address, top):
    return FOOT - HIGH * address / top


def colour_of(r):
    return r.state if r.state in STATES else "normal"


def describe(r):
    return f"<title>{h(r.what)} 0x{r.base:x} to 0x{r.end:x}, {human_size(r.size)}, " \
           f"{h(r.state)}</title>"


def draw_range(r, top):
    high, low = y_of(r.end, top), y_of(r.base, top)
    inset, opacity = (0, ' fill-opacity=".3"') if r.what == "memory" else (8, "")
    return f'<a href="#L{r.line}"><rect class="{colour_of(r)} edge" x="{LEFT + inset}" ' \
           f'y="{high:.2f}" width="{WIDTH - 2 * inset}" height="{max(low - high, 1.5):.2f}"' \
           f"{opacity}>{describe(r)}</rect></a>"


def draw_zoom(ranges, top, high):
    """Boxes of one size in the order of addresses, each tied to its place in the column."""
    if not ranges:
        return []
    box = min(BOX_MAX, high / len(ranges) - GAP)
    parts, foot = [], FOOT - HIGH + high - (high - (box + GAP) * len(ranges)) / 2
    for i, r in enumerate(ranges):
        apart = i and r.base > ranges[i - 1].end
        foot -= box + (GAP if apart or not i else 1)
        parts.append(draw_box(r, top, foot, box))
    return parts


def draw_box(r, top, y, box):
    """A range in the zoomed column, with its label, and where it belongs."""
    upper, lower = y_of(r.end, top), y_of(r.base, top)
    from_x = LEFT + WIDTH - 8
    return f'<path class="{colour_of(r)} beam" d="M{from_x} {upper:.1f} L{ZOOM} {y:.1f} ' \
           f'L{ZOOM} {y + box:.1f} L{from_x} {lower:.1f} Z"/>' \
           f'<a href="#L{r.line}"><rect class="{colour_of(r)} edge zoomed" x="{ZOOM}" ' \
           f'y="{y:.1f}" width="12" height="{box:.1f}">{describe(r)}</rect>' \
           f'<text x="{ZOOM + 20}" y="{y + box / 2 + 4:.1f}">{h(r.what)}  0x{r.base:x}  ' \
           f"{human_size(r.size)}</text></a>"
