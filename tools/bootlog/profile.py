# SPDX-License-Identifier: GPL-2.0-or-later
"""What a boot should say: the milestones it passes and the lines that mean trouble."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .events import parse_number, parse_range
from .parser import Watch

NUMBERS = r"E\d(\d\d|xx)|Exxx"      # one error, those of a step, any


@dataclass
class Milestone:
    """Something that must be in the log, at its place in the order."""
    id: str
    kind: str                       # step watch detail fail exit verdict banner
    name: str = ""                  # step name, watch id, or a detail's first pair
    numbers: str = ""               # E401 or E4xx
    keys: dict = field(default_factory=dict)
    optional: bool = False
    when: str = ""                  # "simulated": only where a miniature ultravisor speaks
    limit: float = 60.0             # seconds from the milestone before, in `run`
    says: str = ""
    watch: Watch | None = None      # of kind watch

    def names(self, event):
        """Is `event` the one meant, whatever its keys say?"""
        if event.kind != self.kind or event.torn and self.kind != "fail":
            return False
        if self.kind in ("fail", "exit"):
            return match_number(self.numbers, event.number)
        if self.kind == "detail":
            return "=".join(next(iter(event.keys.items()), ())) == self.name
        return self.kind in ("verdict", "banner") or event.name == self.name

    def unmet(self, event):
        """What the keys of `event` should say and do not."""
        have = with_ranges(event.keys)
        return [f"{key}={event.keys.get(key, have.get(key, '(missing)'))}, expected {want}"
                for key, want in self.keys.items() if not holds(have.get(key), want)]


@dataclass
class Forbid:
    """A line that means trouble, wherever it comes from."""
    id: str
    watch: Watch
    severity: str = "fail"
    says: str = ""
    remedy: str = ""


@dataclass
class Profile:
    name: str
    summary: str
    boots: int
    kernel: bool                    # false: no kernel may start
    ends: str                       # exit: the command ends by itself; stop: after the last one
    milestones: list
    forbids: list
    allow: list

    def watches(self):
        """What the parser must look for besides our own lines."""
        return [f.watch for f in self.forbids] + [m.watch for m in self.milestones if m.watch]


def match_number(pattern, value):
    """E401 matches 401, E4xx matches 400 to 499."""
    return re.fullmatch(pattern.lstrip("E").replace("x", r"\d"), str(value)) is not None


def with_ranges(keys):
    """The keys, and KEY.base and KEY.size of those which are ranges."""
    more = dict(keys)
    for key, value in keys.items():
        found = parse_range(value)
        if found:
            more[key + ".base"], more[key + ".size"] = map(str, found)
    return more


def holds(have, want):
    """Conditions on a value: word, !word, >=number, <=number, ~regex, * (anything)."""
    if have is None:
        return False
    if want.startswith((">=", "<=")):
        a, b = parse_number(have), parse_number(want[2:])
        return a is not None and b is not None and (a >= b if want[0] == ">" else a <= b)
    if want.startswith("~"):
        return re.search(want[1:], have) is not None
    if want.startswith("!"):
        return have != want[1:]
    return want == "*" or have == want
