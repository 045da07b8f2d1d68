# SPDX-License-Identifier: GPL-2.0-or-later
"""When what ran: the firmware's steps, ultracalls, Linux."""

import math

from ..events import parse_number
from ..times import find_spans
from .markup import at_line, drawing, h, key, soft, table

LANE = 34                           # height of a lane, and of the bar in it
BAR = 26
TOP = 20                            # above the first lane


CSS = {"normal": "outside", "crossing": "call", "secure": "inside", "linux": "kernel"}
WORLDS = {"normal": "normal", "crossing": "the ultravisor's", "secure": "secure", "linux": "Linux"}


class Axis:
    """Seconds to x, with ticks at round numbers."""

    LEFT, RIGHT = 110, 990

    def __init__(self, begin, end):
        self.begin, self.end = begin, max(end, begin + 1e-6)
        self.length = self.end - self.begin

    def x(self, t):
        share = (min(max(t, self.begin), self.end) - self.begin) / self.length
        return self.LEFT + share * (self.RIGHT - self.LEFT)

    def ticks(self):
        step = 10 ** math.floor(math.log10(self.length / 4))
        step *= next(m for m in (1, 2, 5, 10) if self.length / (m * step) <= 8)
        first = math.ceil(self.begin / step)
        return [i * step for i in range(first, math.floor(self.end / step) + 1)]

    def draw(self, bottom):
        unit, scale = ("ms", 1e3) if self.length < 1 else ("s", 1)
        return "".join(
            f'<line class="axis" x1="{self.x(t):.1f}" x2="{self.x(t):.1f}" y1="20" y2="{bottom}"/>'
            f'<text class="soft" x="{self.x(t):.1f}" y="{bottom + 15}" text-anchor="middle">'
            f"{t * scale:.6g} {unit}</text>" for t in self.ticks())


def show_timeline(view):
    spans = find_spans(view.boot)
    firmware = [span for span in spans if span.world != "linux"]
    if not firmware:
        return soft("The log holds no step of this boot.")
    begin, end = spans[0].begin, firmware[-1].end
    if view.boot.fail:
        end = max(end, view.boot.fail.time)
    parts = [f"<h3>Firmware, {1e3 * (end - begin):.1f} ms</h3>",
             draw_lanes(view, firmware, Axis(begin, end + .01 * (end - begin)), kernel=False)]
    last = view.end()
    if view.handoff() is not None and last and last > end:
        parts += [f"<h3>Whole boot, {last - begin:.2f} s</h3>",
                  draw_lanes(view, spans, Axis(begin, last), kernel=True)]
    parts.append(list_spans(spans))
    legend = (("outside", "normal world: the host sees and may change everything"),
              ("inside", "secure world"), ("shared", "ultracall"), ("ok", "Linux"))
    return "".join(parts) + soft("".join(key(*entry) for entry in legend) + "<br>"
                                 "One clock: the firmware's. The kernel counts from 0 again at "
                                 "step 7, and what it says is moved there.")


def list_spans(spans):
    rows = [(h(name_span(s)), WORLDS[s.world], f"{1e3 * s.took:.3f} ms", f"{s.end:.6f} s",
             at_line(s.event.line)) for s in spans]
    return table(("what", "world", "took", "until", "log"), rows, ("", "", "n", "n", ""))


def name_span(span):
    """A step with its number; what is none by its name."""
    return f"{span.event.number} {span.name}" if span.event.kind == "step" else span.name


def draw_lanes(view, spans, axis, kernel):
    lanes = ["steps", "ultracalls"] + (["Linux"] if kernel else [])
    bottom = TOP + LANE * len(lanes)
    parts = [axis.draw(bottom)]
    parts += [f'<text class="soft" x="0" y="{TOP + LANE * i + 21}">{name}</text>'
              for i, name in enumerate(lanes)]
    parts += [draw_span(axis, span) for span in spans if span.world != "crossing"]
    parts += [draw_call(axis, e) for e in view.calls + view.esm if e.first_key() != "hcall"]
    if view.boot.fail:
        parts.append(draw_fail(axis, view.boot.fail))
    if kernel and not any(span.world == "linux" for span in spans):
        parts.append(draw_kernel(axis, view))
    parts.append(draw_crossing(axis, view, bottom))
    return drawing(bottom + 22, "timeline of the boot", parts)


def draw_span(axis, span):
    lane = 2 if span.world == "linux" else 0
    return bar(axis, span.begin, span.end, TOP + LANE * lane + 4, BAR, CSS[span.world],
               f"{name_span(span)}: until {span.end:.6f} s, {1e3 * span.took:.3f} ms", span.name,
               span.event.line)


def draw_call(axis, event):
    took = (parse_number(event.keys.get("us", "0")) or 0) / 1e6
    kind, name = next(iter(event.keys.items()))
    label = f"UV_ESM {name}" if kind == "esm" else name
    return bar(axis, event.time - took, event.time, TOP + LANE + 4, BAR, "call",
               f"{label}: {1e6 * took:.0f} us, at {event.time:.6f} s", label, event.line)


def draw_fail(axis, fail):
    return bar(axis, fail.time, fail.time, TOP, 2 * LANE, "bad", fail.text, "", fail.line)


def draw_kernel(axis, view):
    start = view.handoff()
    end = start + (view.kernel_end or 0)
    return bar(axis, start, end, TOP + 2 * LANE + 4, BAR, "kernel", f"Linux: {end - start:.2f} s",
               "Linux", view.boot.kernels[0].line if view.boot.kernels else 0)


def draw_crossing(axis, view, bottom):
    """Where the guest becomes secure: after the line of step 4."""
    t = next((s.time for s in view.boot.steps if s.number == 4), None)
    if view.world() != "secure" or t is None:
        return ""
    x = axis.x(t)
    side, gap = ("end", -6) if x > 700 else ("start", 6)
    return f'<line class="cross" x1="{x:.1f}" x2="{x:.1f}" y1="4" y2="{bottom}"/>' \
           f'<text x="{x + gap:.1f}" y="14" text-anchor="{side}">UV_ESM</text>'


def bar(axis, begin, end, y, height, css, title, label, line):
    """A bar, at least two units wide, with its label where there is room for it."""
    x, width = axis.x(begin), max(axis.x(end) - axis.x(begin), 2)
    text = ""
    if label and width > 7.5 * len(label) + 6:
        text = f'<text x="{x + width / 2:.1f}" y="{y + height / 2 + 4:.1f}" ' \
               f'text-anchor="middle" style="fill:var(--bg)">{h(label)}</text>'
    shape = f'<rect class="{css} edge" x="{x:.1f}" y="{y}" width="{width:.1f}" ' \
            f'height="{height}"><title>{h(title)}</title></rect>{text}'
    return f'<a href="#L{line}">{shape}</a>' if line else shape
