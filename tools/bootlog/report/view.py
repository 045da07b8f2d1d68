# SPDX-License-Identifier: GPL-2.0-or-later
"""One boot, as the sections of the report look at it."""

import re

from ..parser import KERNEL_STAMP, strip_controls
from ..times import Span, find_spans


class BootView:
    def __init__(self, boot, events, kernel_end):
        self.boot, self.events = boot, events
        self.kernel_end = kernel_end    # seconds on the kernel's clock, of its last line
        self.details = [e for e in events if e.kind == "detail" and e.keys]
        self.calls = [e for e in self.details if e.first_key() in ("uvcall", "hcall")]
        self.esm = [e for e in self.details if e.first_key() == "esm"]

    def world(self):
        return self.boot.world() or "normal"

    def begin(self):
        """When the first line of ours was said."""
        return next((e.time for e in self.events if e.who), 0.0)

    def handoff(self):
        """When the kernel was entered, or None."""
        return next((s.time for s in self.boot.steps if s.number == 7), None)

    def spans(self):
        """What took time; a Linux that says nothing of its phases is one of them."""
        spans, start = find_spans(self.boot), self.handoff()
        if start is None or not self.kernel_end or any(s.world == "linux" for s in spans):
            return spans
        return [*spans, Span("Linux", start, start + self.kernel_end, self.boot.kernels[0], "linux")]

    def end(self):
        """The end of the boot on the firmware's clock, or None."""
        times = [e.time for e in self.events if e.who and e.time is not None]
        if self.handoff() is not None and self.kernel_end is not None:
            times.append(self.handoff() + self.kernel_end)
        return max(times, default=None)


def view_boots(data, boots, events):
    """A BootView of each boot of a log."""
    ends = find_kernel_ends(data, boots)
    return [BootView(b, [e for e in events if e.boot == b.index], ends.get(b.index)) for b in boots]


def find_kernel_ends(data, boots):
    """{boot index: seconds of the last kernel line} from the lines between the boots."""
    lines = strip_controls(data).split(b"\n")
    ends = {}
    for boot, following in zip(boots, [*boots[1:], None]):
        if boot.kernels:
            end = following.line - 1 if following else len(lines)
            seconds = last_kernel_time(lines[boot.kernels[0].line - 1:end])
            if seconds is not None:
                ends[boot.index] = seconds
    return ends


def last_kernel_time(lines):
    for text in reversed(lines):
        m = KERNEL_STAMP.match(text)
        if m and not re.search(rb"\] (pefboot|ultravisor): ", text):
            return float(m[1])
    return None
