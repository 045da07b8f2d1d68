# SPDX-License-Identifier: GPL-2.0-or-later
"""What one line of ours says: the grammar of docs/boot-log.md."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .tables import STEPS

PAIR = re.compile(r'([A-Za-z][\w.,-]*)=("(?:[^"\\]|\\.)*"|[^\s"]+)(?: +|$)')
STEP = re.compile(r"(\d)/7 ([a-z]+)(?: |$)")
FAIL_LINE = re.compile(r"FAIL (?:(\d)/7 ([a-z]+) )?E(\d{3}) (.+)")
FOREIGN = re.compile(r"(\w+) -> (\w+) \((-?\d+)\)")
EXIT_LINE = re.compile(r"EXIT (\d{3})$")
NUMBER = re.compile(r"(-?\d+|0x[0-9a-fA-F]+)([KMG]?)")
SHIFTS = {"": 0, "K": 10, "M": 20, "G": 30}


@dataclass
class Event:
    """One thing that the log says. `kind`: step fail hint exit verdict banner notice detail, or
    malformed, or watch (a pattern that somebody waits for), or after (text after a verdict)."""
    kind: str
    line: int = 0                   # of the log, from 1
    time: float | None = None       # seconds; None where the line has no stamp
    who: str = ""                   # pefboot, ultravisor, or "" for everybody else
    text: str = ""                  # what the line says after `who:`, or the whole line
    keys: dict = field(default_factory=dict)
    name: str = ""                  # step name, watch id
    number: int | None = None       # step number; error number
    torn: bool = False              # something else broke into the line, or the log ends in it
    within: bool = False            # of a watch: the pattern stands in a line of ours
    boot: int = 0                   # index of the boot it belongs to

    def __str__(self):
        return f"line {self.line}: {self.text}"

    def first_key(self):
        """The key that names a detail's kind, or ""."""
        return next(iter(self.keys), "")


def parse_body(text):
    """The event that a line of ours tells."""
    for parse in (parse_step, parse_fail, parse_exit, parse_remark, parse_verdict):
        event = parse(text)
        if event:
            return event
    keys = parse_pairs(text) or {}
    return Event("banner" if next(iter(keys), "") == "emulated" else "detail", keys=keys)


def parse_step(text):
    m = STEP.match(text)
    if not m:
        return None
    keys, number = parse_pairs(text[m.end():]), int(m[1])
    good = keys is not None and 1 <= number <= len(STEPS) and STEPS[number - 1] == m[2]
    return Event("step" if good else "malformed", keys=keys or {}, name=m[2], number=number)


def parse_fail(text):
    m = FAIL_LINE.match(text)
    if not m:
        return Event("malformed") if text.startswith("FAIL") else None
    event = Event("fail", name=m[2] or "", number=int(m[3]), keys={"what": m[4]})
    foreign = FOREIGN.search(m[4])
    if foreign:
        event.keys.update(call=foreign[1], code=foreign[2], value=foreign[3])
    return event


def parse_exit(text):
    m = EXIT_LINE.match(text)
    if not m:
        return Event("malformed") if text.startswith("EXIT") else None
    return Event("exit", number=int(m[1]))


def parse_remark(text):
    kind = next((word for word in ("hint", "notice") if text.startswith(word + ": ")), None)
    return kind and Event(kind)


def parse_verdict(text):
    if not text.startswith("verdict "):
        return None
    keys = parse_pairs(text[8:])
    return Event("malformed" if keys is None else "verdict", keys=keys or {})


def parse_pairs(text):
    """The key=value pairs that `text` consists of, or None if it holds anything else."""
    keys, at = {}, 0
    while at < len(text):
        m = PAIR.match(text, at)
        if not m:
            return None
        keys[m[1]] = unquote(m[2])
        at = m.end()
    return keys


def unquote(value):
    if not value.startswith('"'):
        return value
    return re.sub(r"\\(x[0-9a-fA-F]{2}|.)",
                  lambda m: chr(int(m[1][1:], 16)) if len(m[1]) == 3 else m[1], value[1:-1])


def parse_number(value):
    """The value as an integer (decimal, 0x, followed by K, M or G), or None."""
    m = NUMBER.fullmatch(value)
    if not m or re.match(r"-?0\d", value):
        return None
    return int(m[1], 0) << SHIFTS[m[2]]


def parse_range(value):
    """`base+size` as two integers, or None."""
    base, plus, size = value.partition("+")
    base, size = parse_number(base), parse_number(size) if plus else None
    return None if base is None or size is None else (base, size)
