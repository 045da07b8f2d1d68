# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/boot-log.md as forms that a line of the log matches or not.

Its fenced blocks are ```text WRITER LEVEL, a form in each line, and ```text values, which says what
the words in capitals stand for."""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass

from harness import TOP

PAGE = TOP / "docs/boot-log.md"
WORD = re.compile(r"(?<![A-Z_])([A-Z]+)(?![A-Za-z_])")


@dataclass(frozen=True)
class Form:
    """`keys` are (key, value) of each choice: of the values of a key, and with and without a part."""
    writer: str
    level: str
    text: str
    regex: re.Pattern

    def match(self, line):
        return self.regex.fullmatch(line)


def read_blocks(page):
    """(words after ```text, lines) of each block."""
    blocks = re.finditer(r"^```text (.+)\n((?:.*\n)*?)```$", page, re.M)
    return [(m[1].split(), m[2].splitlines()) for m in blocks]


def read_values(page):
    (lines,) = [lines for head, lines in read_blocks(page) if head == ["values"]]
    return dict(line.split(None, 1) for line in lines)


def value_regex(text, values):
    """Of a part of a form that has no choices."""
    return "".join(f"(?:{values[part]})" if part in values else re.escape(part) for part in WORD.split(text))


def choices(text):
    """The forms without choices that a form stands for."""
    parts = re.split(r"(\[ [^\]]+\])", text)
    wanted = [["", part[1:-1]] if part.startswith("[ ") else [part] for part in parts]
    for whole in map("".join, itertools.product(*wanted)):
        words = [[f"{word.partition('=')[0]}={value}" for value in word.partition("=")[2].split("|")]
                 if "|" in word else [word] for word in whole.split(" ")]
        yield from map(" ".join, itertools.product(*words))


def read_forms(page):
    """{form without choices: Form}"""
    values, forms = read_values(page), {}
    for head, lines in read_blocks(page):
        if head == ["values"]:
            continue
        writer, level = head
        for line in lines:
            for text in choices(line):
                key = (writer, level, text)
                assert key not in forms, f"twice on the page: {text}"
                forms[key] = Form(writer, level, line, re.compile(value_regex(text, values)))
    return forms


@functools.cache
def forms():
    return read_forms(PAGE.read_text())


def atoms(form, text):
    """What a choice of a form promises to be there: (form, key=value)."""
    missing = {"without " + key for key in re.findall(r"\[ ([\w-]+)=", form.text) if f" {key}=" not in text}
    return {(form.writer, form.level, form.text, word) for word in {*text.split(" "), *missing}}
