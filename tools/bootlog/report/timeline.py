# SPDX-License-Identifier: GPL-2.0-or-later
"""When what ran: the firmware's steps, ultracalls, Linux."""

import math

from ..events import parse_number
from .phases import merge_steps, name_span
from .markup import at_line, drawing, h, human_time, key, soft, table

ROW = 24                            # height of a row, and of the bar in it
BAR = 18
TOP = 20                            # above the first row
CHAR = 7.2                          # width of a letter, so that a larger one fits on a narrow screen

CSS = {"normal": "outside", "crossing": "call", "secure": "inside", "linux": "kernel"}
WORLDS = {"normal": "normal", "crossing": "the ultravisor's", "secure": "secure", "linux": "Linux"}


class Axis:
    """Seconds to x, with ticks at round numbers."""

    LEFT, RIGHT = 84, 990

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
    spans = view.spans()
    firmware = [span for span in spans if span.world != "linux"]
    if not firmware:
        return soft("The log holds no step of this boot.")
    begin, end = spans[0].begin, firmware[-1].end
    if view.boot.fail:
        end = max(end, view.boot.fail.time)
    parts = [f"<h3>Firmware, {1e3 * (end - begin):.1f} ms</h3>",
             draw_rows(view, firmware, Axis(begin, end + .01 * (end - begin)))]
    last = view.end()
    if view.handoff() is not None and last and last > end:
        parts += [f"<h3>Whole boot, {last - begin:.2f} s</h3>",
                  draw_rows(view, merge_steps(spans), Axis(begin, last))]
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


def draw_rows(view, spans, axis):
    """A row for each span, and one for the calls, if there are any."""
    calls = [e for e in view.calls + view.esm if e.first_key() != "hcall"]
    rows = len(spans) + bool(view.boot.fail) + bool(calls)
    bottom = TOP + ROW * rows
    parts = [axis.draw(bottom), draw_crossing(axis, view, bottom)]
    parts += [draw_span(axis, span, TOP + ROW * i) for i, span in enumerate(spans)]
    if view.boot.fail:
        parts.append(draw_fail(axis, view.boot.fail, spans[-1].end, TOP + ROW * len(spans)))
    if calls:
        y = bottom - ROW
        parts.append(f'<text class="soft" x="0" y="{y + 15}">ultracalls</text>')
        parts += [draw_call(axis, e, y) for e in calls]
    return drawing(bottom + 22, "timeline of the boot", parts)


def draw_span(axis, span, y):
    name = name_span(span)
    return bar(axis, span.begin, span.end, y, CSS[span.world],
               f"{name}: until {span.end:.6f} s, {1e3 * span.took:.3f} ms", span.event.line) \
        + label(axis, span.begin, span.end, y, f"{name}, {human_time(span.took)}")


def draw_fail(axis, fail, begin, y):
    """What followed the last step that ended, up to the stop."""
    return bar(axis, begin, fail.time, y, "bad", fail.text, fail.line) \
        + label(axis, begin, fail.time, y, f"stopped: E{fail.number}")


def draw_call(axis, event, y):
    took = (parse_number(event.keys.get("us", "0")) or 0) / 1e6
    kind, name = next(iter(event.keys.items()))
    name = f"UV_ESM {name}" if kind == "esm" else name
    begin, end = event.time - took, event.time
    drawn = bar(axis, begin, end, y, "call", f"{name}: {1e6 * took:.0f} us, at {end:.6f} s",
                event.line)
    fits = axis.x(end) - axis.x(begin) > CHAR * len(name) + 6
    return drawn + (label(axis, begin, end, y, name) if fits else "")


def draw_crossing(axis, view, bottom):
    """Where the guest becomes secure: after the line of step 4."""
    t = next((s.time for s in view.boot.steps if s.number == 4), None)
    if view.world() != "secure" or t is None:
        return ""
    x = axis.x(t)
    side, gap = ("end", -6) if x > 700 else ("start", 6)
    return f'<line class="cross" x1="{x:.1f}" x2="{x:.1f}" y1="4" y2="{bottom}"/>' \
           f'<text x="{x + gap:.1f}" y="14" text-anchor="{side}">UV_ESM</text>'


def bar(axis, begin, end, y, css, title, line):
    """A bar, at least two units wide."""
    x, width = axis.x(begin), max(axis.x(end) - axis.x(begin), 2)
    shape = f'<rect class="{css} edge" x="{x:.1f}" y="{y + 2}" width="{width:.1f}" ' \
            f'height="{BAR}"><title>{h(title)}</title></rect>'
    return f'<a href="#L{line}">{shape}</a>' if line else shape


def label(axis, begin, end, y, text):
    """What a bar is: in it, or else where there is room, behind or before it."""
    x, right, size = axis.x(begin), max(axis.x(end), axis.x(begin) + 2), CHAR * len(text)
    if right - x > size + 8:
        return f'<text class="on" x="{(x + right) / 2:.1f}" y="{y + 15}" ' \
               f'text-anchor="middle">{h(text)}</text>'
    if right + 6 + size < 1000:
        return f'<text x="{right + 6:.1f}" y="{y + 15}">{h(text)}</text>'
    return f'<text x="{x - 6:.1f}" y="{y + 15}" text-anchor="end">{h(text)}</text>'
