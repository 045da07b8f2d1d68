# SPDX-License-Identifier: GPL-2.0-or-later
"""Tells the boots of one log apart."""

from __future__ import annotations

from dataclasses import dataclass, field

from .events import Event
from .status import UsageError
from .tables import STEPS


@dataclass
class Boot:
    """What has been seen between a power-on (or a kexec into pefboot) and the next one."""
    index: int
    line: int = 1
    steps: list = field(default_factory=list)
    kernels: list = field(default_factory=list)
    banner: Event | None = None
    slof: Event | None = None
    verdict: Event | None = None
    fail: Event | None = None
    tpm: Event | None = None        # the boot was measured
    pcrs: list = field(default_factory=list)    # what went into which PCR, at level info
    hints: list = field(default_factory=list)
    exits: dict = field(default_factory=dict)   # who -> EXIT event
    simulated: bool = False
    time: float = 0.0               # of the newest line of ours
    begin: float = 0.0              # of the first one
    entered: Event | None = None    # UV_ESM is over: the ultravisor enters the secure stage
    init: Event | None = None       # the kernel starts its first process
    down: Event | None = None       # the kernel powers off, halts or restarts

    def empty(self):
        return not (self.steps or self.kernels or self.banner or self.slof or self.verdict
                    or self.fail)

    def note_time(self, event):
        """Keep the events that durations are counted from."""
        if event.who and not (self.steps or self.time or self.begin):
            self.begin = event.time
        if event.kind == "detail" and event.keys.get("esm") == "enter" and not event.torn:
            self.entered = self.entered or event
        elif event.kind == "watch" and event.name in ("init", "down") and self.kernels:
            setattr(self, event.name, getattr(self, event.name) or event)

    def memory(self):
        """Bytes that the guest has, by step 2; 0 if there is none."""
        said = next((s.keys.get("memory", "") for s in self.steps if s.number == 2), "")
        return int(said[:-1]) << 20 if said[:-1].isdigit() else 0

    def world(self):
        """The world that the last step named, or None."""
        return next((s.keys["world"] for s in reversed(self.steps) if "world" in s.keys), None)

    def handed_over(self):
        """Does the kernel run? Then anybody may write what looks like a line of ours."""
        return bool(self.kernels) or len(self.steps) == len(STEPS)

    def collect_measured(self, event):
        """A detail may be a measurement."""
        if event.who != "pefboot" or event.torn or self.handed_over():
            return
        if event.first_key() == "pcr":
            self.pcrs.append(event)
        elif event.first_key() == "tpm":
            self.tpm = event

    def version(self):
        """That of pefboot, as step 1 says it, or None: older ones do not."""
        return next((s.keys.get("version") for s in self.steps if s.number == 1), None)

    def collect(self, event):
        """Keep an event of this boot where the outputs look for it."""
        self.simulated |= event.who == "ultravisor"
        if event.kind == "step" and not event.torn:
            self.steps.append(event)
        elif event.kind == "hint":
            self.hints.append(event)
        elif event.kind in ("banner", "verdict", "fail"):
            setattr(self, event.kind, getattr(self, event.kind) or event)
        elif event.kind == "detail":
            self.collect_measured(event)
        elif event.name == "linux":
            self.kernels.append(event)
        elif event.name == "slof":
            self.slof = event


class Boots:
    """The boots of one log: a banner, SLOF's first line or step 1 begins one."""

    def __init__(self, events=()):
        self.all = [Boot(0)]
        for event in events:
            self.assign(event).collect(event)

    def assign(self, event):
        """The boot that the event belongs to, perhaps a new one."""
        boot = self.all[-1]
        if begins_boot(boot, event):
            chained = event.keys.get("door") == "kexec" and boot.simulated
            boot = Boot(len(self.all), event.line, simulated=chained)
            self.all.append(boot)
        event.boot = boot.index
        boot.note_time(event)
        return boot

    def seen(self):
        """Those in which anything was said."""
        return [boot for boot in self.all if not boot.empty()]


def begins_boot(boot, event):
    """Does `event` belong to the boot after `boot`?"""
    if boot.empty():
        return False
    if event.kind == "banner":
        return True
    running = boot.steps or boot.kernels or boot.verdict or boot.fail
    if event.name == "slof" and event.kind == "watch":
        return bool(running or boot.slof)
    return bool(event.kind == "step" and event.number == 1 and running)


def select_boot(events, which):
    """The events of one boot ("last", or a number from 1) of a log that holds several."""
    boots = Boots(events)
    index = len(boots.all) - 1 if which == "last" else which - 1
    if not 0 <= index < len(boots.all):
        raise UsageError(f"there is no boot {which}: the log holds {len(boots.all)}")
    return [event for event in events if event.boot == index]
