# SPDX-License-Identifier: GPL-2.0-or-later
"""From the bytes of a console to events. Consoles are shared: nothing is sure to begin a line."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass

from .collectors import is_collectors
from .events import Event, parse_body


@dataclass
class Watch:
    """A pattern in lines that are not ours. `text` must be in it (fast), and `regex` match.
    What is forbidden is told where a line of ours has it, too, as an event that says `within`."""
    id: str
    text: bytes
    regex: re.Pattern | None = None
    forbidden: bool = False


LINE_MAX = 1 << 16                  # a longer line is taken in pieces
HITS_MAX = 1000                     # of one watch in a boot, less what is allowed; more are not told
STAMP = re.compile(rb"\[ *(\d{1,12})\.(\d{6})\]$")
QUOTES = re.compile(rb'\\.|["\n]')
ANY_STAMP = re.compile(rb"\[ *\d{1,12}\.\d{6}\](?:\[ *[TC]\d+\])? ")
KERNEL_STAMP = re.compile(rb"^(?:<\d+>)?\[ *(\d{1,12}\.\d{6})\](?:\[ *[TC]\d+\])? ?")
WHO = ((b"] pefboot: ", "pefboot"), (b"] ultravisor: ", "ultravisor"))
ANSI = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[()*+][0-~]|[ -~])")
NOISE = bytes(b for b in range(32) if b not in b"\n\t\x1b") + b"\x7f"
EVIDENCE_KEYS = (b"uvcall=", b"hcall=", b"esm=", b"tree=", b"map=")
FOUND = (b"esm=match", b"esm=warn", b"esm=enter")

BUILTIN_WATCHES = (
    Watch("slof", b"SLOF *****"),
    Watch("linux", b"Linux version ", re.compile(rb"(?:^|\] )Linux version \d")),
    Watch("init", b" as init process", re.compile(rb"(?:^|\] )Run /\S+ as init process")),
    Watch("down", b"reboot: ", re.compile(rb"\] reboot: (?:Power down|System halted|Restarting)")),
)


def strip_controls(data):
    """Without the bytes that only move a cursor: CR, NUL, other controls, ANSI sequences."""
    if b"\x1b" in data:
        data = ANSI.sub(b"", data)
    return data.translate(None, NOISE + b"\x1b")


def parse(data, watches=()):
    """All events of a whole log."""
    parser = Parser(watches)
    return parser.feed(data) + parser.finish()


class Parser:
    """Takes the log in pieces of any size and gives back events in the order of the log."""

    def __init__(self, watches=(), brief=False, allow=()):
        self.brief = brief          # of a run of evidence lines give only the first: for a verdict
        self.watches = list(BUILTIN_WATCHES) + list(watches)
        self.allow = allow          # regular expressions: lines of others that are not forbidden
        self.begun = find_begun_escapes(self.watches)
        self.tail = b""             # the line that is not complete yet
        self.line = 1               # number of the next line
        self.hits = {}              # (watch id, within) -> how often seen in this boot
        self.after_verdict = False  # a verdict was said, and no other boot has begun
        self.last = b""             # last line of text, for messages about unfinished logs
        self.size = 0               # bytes of the log so far
        self.cut = False            # the log ended within a line

    def feed(self, data):
        self.size += len(data)
        data = self.tail + data
        cut = data.rfind(b"\n") + 1
        if len(data) - cut > LINE_MAX:
            cut = len(data)
        self.tail = data[cut:]
        return self._scan(data[:cut]) if cut else []

    def finish(self):
        """The log ends here. What stands in an unfinished line is torn."""
        tail, self.tail = self.tail, b""
        events = self._scan(tail) if tail else []
        if tail:
            self.cut = bool(strip_controls(tail).strip())
            for event in events:
                event.torn = event.torn or event.line == self.line
        return events

    def _scan(self, raw):
        if b"\x1b" in raw:
            raw = self.begun.sub(b"", raw)
        data = strip_controls(raw)
        starts = find_own_starts(data)
        ends = [find_own_end(data, starts, i) for i in range(len(starts))]
        places = [read_own(data, starts[i], *ends[i]) for i in range(len(starts))
                  if not (self.brief and repeats_evidence(data, starts, i))]
        for watch in self.watches:
            places += self._find_hits(data, watch, starts, ends)
        places.sort(key=lambda p: p[0])
        events = self._number_lines(data, places)
        self.line += data.count(b"\n")
        last = data.rstrip()
        if last:
            self.last = last[last.rfind(b"\n") + 1:][:200]
        return events

    def _find_hits(self, data, watch, starts, ends):
        """(begin, event, end) of each line of others in which the watch's pattern is."""
        found, at = [], data.find(watch.text)
        while at >= 0:
            begin = data.rfind(b"\n", 0, at) + 1
            end = end_of_line(data, at)
            place, own_end = find_other(data, watch.text, at, end, starts, ends)
            within = place < 0
            line = data[begin:end] if within else data[max(begin, own_end):end]
            if (watch.forbidden or not within) and (not watch.regex or watch.regex.search(line)):
                event = hit(watch, line, within)
                if not (watch.forbidden and is_allowed(event, self.allow)):
                    found.append((at if within else place, event, end))
            at = data.find(watch.text, end)
        return found

    def _is_one_too_many(self, event):
        key = event.name, event.within
        self.hits[key] = self.hits.get(key, 0) + 1
        return self.hits[key] > HITS_MAX

    def _number_lines(self, data, places):
        """The events with their line numbers, and with the lines of others that follow a verdict."""
        events, line, at = [], self.line, 0
        end = 0
        for place, event, stop in places:
            if begins_again(event):
                self.hits = {}
            if event.kind == "watch" and self._is_one_too_many(event):
                continue
            if self.after_verdict:
                others = place if event.who or begins_again(event) else stop
                self._add_lines_after(data, end, others, line, at, events)
            line += data.count(b"\n", at, place)
            at, event.line, end = place, line, stop
            events.append(event)
            self.after_verdict = event.kind == "verdict" or \
                self.after_verdict and not begins_again(event)
        if self.after_verdict:
            self._add_lines_after(data, end, len(data), line, at, events)
        return events

    def _add_lines_after(self, data, begin, end, line, at, events):
        """Of what others say in data[begin:end], all but the words of those who record consoles."""
        line += data.count(b"\n", at, begin)
        for text in data[begin:end].split(b"\n"):
            if text.strip() and not is_collectors(text):
                shown = text.strip().decode("utf-8", "replace")[:200]
                events.append(Event("after", line, text=shown))
            line += 1


def begins_again(event):
    """Can the event follow a verdict, as the first of another boot?"""
    return event.kind == "banner" or event.kind == "step" and event.number == 1 or event.name == "slof"


def end_of_line(data, at):
    end = data.find(b"\n", at)
    return len(data) if end < 0 else end


def hit(watch, line, within):
    """The event of a line that a watch waits for."""
    stamp = KERNEL_STAMP.match(line)
    return Event("watch", time=float(stamp[1]) if stamp else None, name=watch.id,
                 text=line.decode("utf-8", "replace")[:400], within=within)


def is_allowed(event, allow):
    """Does one of a profile's regular expressions match the event's text?"""
    text = event.text.encode()
    return any(a.search(text) for a in allow)


def find_own_starts(data):
    """(where the stamp starts, where the body starts, who, seconds) of each line of ours, in order.

    They are looked for anywhere, not only where a line begins: consoles are shared, and a
    prompt or half a kernel line may stand before. Not inside quotes: that text is a guest's.
    """
    found = []
    for mark, who in WHO:
        at = data.find(mark)
        while at >= 0:
            begin = data.rfind(b"[", max(0, at - 40), at)
            m = STAMP.match(data, begin, at + 1) if begin >= 0 else None
            if m:
                found.append((begin, at + len(mark), who, int(m[1]) + int(m[2]) / 1e6))
            at = data.find(mark, at + len(mark))
    found.sort()
    kept, quotes, before = [], None, 0
    for start in found:
        same_line = kept and data.find(b"\n", before, start[0]) < 0
        before = start[0]
        if same_line:               # seldom
            quotes = quotes or Quotes(data, kept[-1][1])
            if quotes.hold(before):
                continue
        kept.append(start)
        quotes = None
    return kept


class Quotes:
    """Which places of a line of ours are inside a quoted value. They are asked for in order, so
    that each byte is read once."""

    def __init__(self, data, body):
        self.data, self.at, self.open, self.over = data, body, False, False

    def hold(self, place):
        for mark in () if self.over else QUOTES.finditer(self.data, self.at, place):
            self.over = mark[0] == b"\n"
            if self.over:
                break
            self.open ^= mark[0] == b'"'
        self.at = place
        return self.open and not self.over


def find_other(data, text, at, end, starts, ends):
    """(where `text` stands in a line of which no line of ours has that part, or -1; where the line
    of ours before that ends). `at` is its first place in the line, which ends at `end`."""
    before = 0
    while at >= 0:
        i = bisect.bisect_left(starts, (at,)) - 1
        before = ends[i][0] if i >= 0 else 0
        if at >= before:
            break
        at = data.find(text, before, end)
    return at, before


def find_begun_escapes(watches):
    """The beginning of an escape sequence, before text that is forbidden: it is not part of it."""
    texts = b"|".join(re.escape(w.text) for w in watches if w.forbidden)
    return re.compile(rb"\x1b(?:[()*+]|\[[ -?]*)?(?=" + (texts or b"(?!)") + b")")


def repeats_evidence(data, starts, i):
    """Is this a line of evidence after another one, of the same writer? What an ultravisor finds
    of a blob is more than that, and so is the end of UV_ESM."""
    return (i > 0 and not data.startswith(FOUND, starts[i][1]) and starts[i][2] == starts[i - 1][2]
            and data.startswith(EVIDENCE_KEYS, starts[i][1])
            and data.startswith(EVIDENCE_KEYS, starts[i - 1][1]))


def find_own_end(data, starts, i):
    """(where the line of ours ends that starts[i] begins, whether something broke into it)"""
    body = starts[i][1]
    bound = starts[i + 1][0] if i + 1 < len(starts) else len(data)
    end = data.find(b"\n", body, bound)
    torn, end = end < 0 and i + 1 < len(starts), bound if end < 0 else end
    if data.find(b"[", body, end) >= 0:
        quotes = Quotes(data, body)
        for other in ANY_STAMP.finditer(data, body, end):
            if not quotes.hold(other.start()):
                return other.start(), True
    return end, torn


def read_own(data, start, end, torn):
    """(begin, event, end) of a line of ours."""
    begin, body, who, time = start
    text = data[body:end].decode("ascii", "backslashreplace").rstrip()
    event = parse_body(text)
    event.who, event.time, event.torn, event.text = who, time, torn, text
    return begin, event, end
