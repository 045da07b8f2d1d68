# SPDX-License-Identifier: GPL-2.0-or-later
"""The lines that the C sources can print: each call of log_*(), with what stands for its arguments.

A string that is chosen in the code (a literal, a choice of two, what a function returns, what the
callers pass) is put in as it is, so that the sets of values are known. Everything else is a sample."""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass

from harness import TOP

FOLDERS = ("boot", "fdt", "lib", "ultracall", "ultravisor", "virtio")
CALL = re.compile(r"\b(log_(?:step|error|notice|info|debug|line))\(")
FUNCTION = re.compile(r"^(?:[\w*]+[ \t*]+)+(\w+)\(([^;{}]*?)\)\n\{\n(.*?)^\}", re.M | re.S)
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
CONVERSION = re.compile(r"%[-0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?[lz]*(p[QV]|[diuxscp%])")
WIDE = 3                                                    # how far callers and assignments are followed

# For a string that is not known: something for each kind of value that the page has.
SAMPLES = ("sample", "UV_SAMPLE", "0xf110:1", "00ff", "")
SAMPLE = {"s": "sample", "d": "7", "u": "7", "x": "1f", "p": "1f", "c": "c", "pQ": '"sam\\"ple"', "pV": "sample", "%": "%"}


@dataclass(frozen=True)
class Call:
    """A call of log_*(): where it is, who writes at which levels, and its slots.

    A slot is a list of texts of which one is printed; `known` has those of them that are the code's own."""
    where: str
    writers: tuple
    levels: tuple
    slots: tuple
    known: tuple

    def lines(self, at=None, text=None):
        """All lines, or those with `text` in the slot `at`."""
        slots = [[text] if i == at else slot for i, slot in enumerate(self.slots)]
        return map("".join, itertools.product(*slots))


def strip_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.S)


@functools.cache
def sources():
    return {path.relative_to(TOP).as_posix(): strip_comments(path.read_text())
            for folder in FOLDERS for path in sorted((TOP / folder).rglob("*.[ch]"))}


def split_arguments(text):
    """The arguments of a call whose ( has just been passed."""
    depth, found, begin, at = 0, [], 0, 0
    while True:
        string = STRING.match(text, at)
        if string:
            at = string.end()
            continue
        if text[at] in "([{":
            depth += 1
        elif text[at] in ")]}":
            if depth == 0:
                return [*found, text[begin:at].strip()]
            depth -= 1
        elif text[at] == "," and depth == 0:
            found.append(text[begin:at].strip())
            begin = at + 1
        at += 1


def literal(text):
    """The value of one or more string literals, or None."""
    if not re.fullmatch(rf"(?:{STRING.pattern}\s*)+", text):
        return None
    whole = "".join(m[1] for m in STRING.finditer(text))
    return re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), whole)


class Texts:
    """What a `const char *` of one file can be: resolve() gives (texts of the code, is there more?)."""

    def __init__(self, path, at):
        self.path, self.text = path, sources()[path]
        self.function = next((m for m in FUNCTION.finditer(self.text) if m.start() <= at < m.end()), None)

    def resolve(self, expression, wide=WIDE):
        expression = expression.strip()
        while expression.startswith("(") and split_arguments(expression[1:])[0] == expression[1:-1].strip():
            expression = expression[1:-1].strip()
        text = literal(expression)
        if text is not None:
            return {text}, False
        either = self._choices(expression)
        if either:
            return merge(self.resolve(part, wide) for part in either)
        if wide == 0 or expression in ("NULL", "0"):
            return set(), expression not in ("NULL", "0")
        call = re.fullmatch(r"(\w+)\(.*\)", expression, re.S)
        return self._returned(call[1], wide) if call else self._assigned(expression, wide)

    @staticmethod
    def _choices(expression):
        """a and b of c ? a : b."""
        depth, question = 0, None
        for m in re.finditer(rf"{STRING.pattern}|[()?:]", expression):
            depth += (m[0] == "(") - (m[0] == ")")
            if depth == 0 and m[0] == "?" and question is None:
                question = m.end()
            elif depth == 0 and m[0] == ":" and question is not None:
                return expression[question:m.start()], expression[m.end():]
        return None

    @staticmethod
    def _returned(name, wide):
        for path, text in sources().items():
            for m in FUNCTION.finditer(text):
                if m[1] == name:
                    returned = re.findall(r"\breturn ([^;]+);", m[3])
                    return merge(Texts(path, m.start()).resolve(part, wide - 1) for part in returned)
        return set(), True

    def _assigned(self, expression, wide):
        name = re.split(r"->|\.", re.sub(r"\[.*\]$", "", expression))[-1].strip()
        if not re.fullmatch(r"\w+", name):
            return set(), True
        if re.search(r"->|\.", expression):
            return self._members(name)
        body = self.function[0] if self.function else self.text
        if self.function:
            parameters = [part.split()[-1].lstrip("*") for part in self.function[2].split(",") if part.split()]
            if name in parameters:
                return self._passed(self.function[1], parameters.index(name), wide)
        array = re.search(rf"\b{name}\[[^=;]*=\s*\{{([^}}]*)\}}", body + self.text)
        if array:
            return {literal(m[0]) for m in STRING.finditer(array[1])}, False
        found = re.findall(rf"\b{name}(?:\[[^\]]*\])?\s*=(?!=)\s*((?:{STRING.pattern}|[^;,])+)", body)
        parts = [self.resolve(m[0], wide - 1) for m in found]
        for m in re.finditer(rf"\bformat\({name}\b[^,]*,", body):
            made = split_arguments(body[m.start() + 7:])
            parts.append(({fill_with_samples(literal(made[2]))}, False))
        return merge(parts) if parts else (set(), True)

    @staticmethod
    def _members(name):
        """The literals by which structures with this member are made."""
        for text in sources().values():
            m = re.search(rf"struct (\w+) \{{[^}}]*\bconst char \*{name};", text)
            if m:
                made = [made for other in sources().values()
                        for made in re.findall(rf"struct {m[1]}\b[^;{{]*\{{([^;}}]*)\}}", other)]
                return {literal(s[0]) for one in made for s in STRING.finditer(one)}, False
        return set(), True

    @staticmethod
    def _passed(function, index, wide):
        parts = []
        for path, text in sources().items():
            if not path.endswith(".c"):
                continue
            for m in re.finditer(rf"(?<=[\t (=:]){function}\(", text):
                head = FUNCTION.match(text, text.rfind("\n", 0, m.start()) + 1)
                if not (head and head[1] == function):
                    parts.append(Texts(path, m.start()).resolve(split_arguments(text[m.end():])[index], wide - 1))
        return merge(parts) if parts else (set(), True)


def merge(parts):
    parts = list(parts)
    return set().union(*(texts for texts, _ in parts)), any(more for _, more in parts)


def fill_with_samples(fmt):
    return CONVERSION.sub(lambda m: SAMPLE[m[1]], fmt)


@functools.cache
def steps():
    text = (TOP / "abi/steps.h").read_text()
    return {f"STEP_{name}": f"{number}/7 {word}"
            for number, name, word in re.findall(r"X\((\d), (\w+), \"(\w+)\"\)", text)}


def writers_of(path):
    if path == "lib/fail.c":
        return "pefboot", "ultravisor"
    return ("ultravisor",) if path.startswith("ultravisor/") else ("pefboot",)


def read_call(path, text, m):
    """The Call that begins at the match m."""
    where = f"{path}:{text.count(chr(10), 0, m.start()) + 1}"
    arguments, head = split_arguments(text[m.end():]), ""
    levels = (m[1][4:],)
    if m[1] == "log_step":
        head, levels = steps()[arguments.pop(0)] + " ", ("notice",)
    elif m[1] == "log_line":
        levels = tuple(word.lower() for word in re.findall(r"LOG_(\w+)", arguments.pop(0)))
    fmt = literal(arguments.pop(0))
    assert fmt is not None, f"{where}: the format is not a literal"
    slots, known, at = [[head]], [()], 0
    for c in CONVERSION.finditer(fmt):
        slots.append([fmt[at:c.start()]])
        at = c.end()
        texts, more = {SAMPLE[c[1]]} if c[1] in SAMPLE else set(), c[1] == "s"
        if c[1] != "%":
            argument = arguments.pop(0)
            if c[1] == "s":
                texts, more = Texts(path, m.start()).resolve(argument)
        if fmt[:c.start()].endswith(" E") or fmt[:c.start()].endswith("EXIT "):
            texts = {"104"}                                 # an error number
        known += [(), tuple(sorted(texts)) if c[1] == "s" else ()]
        slots.append([*sorted(texts), *(SAMPLES if more else ())])
    slots.append([fmt[at:]])
    known.append(())
    return Call(where, writers_of(path), levels, tuple(map(tuple, slots)), tuple(known))


def read_calls():
    return [read_call(path, text, m) for path, text in sources().items()
            if path not in ("lib/log.c", "lib/log.h") for m in CALL.finditer(text)]


@functools.cache
def calls():
    return read_calls()
