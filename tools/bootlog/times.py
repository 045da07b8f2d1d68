# SPDX-License-Identifier: GPL-2.0-or-later
"""How long what took, on one clock: the firmware's, which the kernel's goes on with from step 7."""

from __future__ import annotations

from dataclasses import dataclass

from .events import Event


@dataclass
class Span:
    name: str                       # what messages and results call it
    begin: float                    # seconds of the firmware's clock
    end: float
    event: Event                    # that ends it
    world: str                      # normal, crossing, secure, or linux
    title: str = ""                 # what a drawing calls it, if not by its number and name

    @property
    def took(self):
        return self.end - self.begin


def find_spans(boot):
    """The steps of a boot one after the other, with UV_ESM, and what Linux did."""
    spans, before, secure = [], boot.begin, False
    for step in boot.steps:
        name = step.name
        if step.number == 5 and secure:
            entered = boot.entered
            if entered and before <= entered.time <= step.time:
                spans.append(Span("UV_ESM", before, entered.time, entered, "crossing"))
                before = entered.time
            else:
                name = "UV_ESM and verify"
        inside = step.number >= 5 and step.keys.get("world", boot.world()) == "secure"
        spans.append(Span(name, before, step.time, step, "secure" if inside else "normal"))
        secure = step.number == 4 and step.keys.get("mode") == "secure"
        before = step.time
    return spans + find_kernel_spans(boot)


def find_kernel_spans(boot):
    """The kernel up to init, user space up to the power-off, the end after it."""
    handoff = next((s.time for s in boot.steps if s.number == 7), None)
    if handoff is None or not boot.kernels:
        return []
    spans, before = [], handoff
    for name, event in (("kernel", boot.init), ("user space", boot.down)):
        if event and event.time is not None and handoff + event.time >= before:
            spans.append(Span(name, before, handoff + event.time, event, "linux"))
            before = spans[-1].end
    if boot.verdict and boot.verdict.time > before and boot.down:
        spans.append(Span("power down", before, boot.verdict.time, boot.verdict, "linux"))
    return spans


def on_one_clock(boot, event):
    """When the event was, on the firmware's clock, or None."""
    if event is None or event.time is None or event.who:
        return event.time if event else None
    handoff = next((s.time for s in boot.steps if s.number == 7), None)
    return None if handoff is None else handoff + event.time
