# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the TOML of profiles where Python has no reader of it: before 3.11.

Tables, arrays of tables, dotted and quoted keys, strings of one line, integers, floats, booleans,
arrays and inline tables. What else TOML has (dates, strings of several lines) is refused, not guessed."""

from __future__ import annotations

import re

SPACE = re.compile(r"[ \t]*")
BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
END = re.compile(r"[ \t]*(?:#[^\n]*)?\r?(?:\n|\Z)")
KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
STRING = re.compile(r'"((?:[^"\\\n\x00-\x08\x0a-\x1f\x7f]|\\.)*)"|' r"'([^'\n]*)'")
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.S)
LETTERS = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}
WORD = re.compile(r"[+\-\w.]+")
INTEGER = re.compile(r"[+-]?(?:0|[1-9](?:_?\d)*)|0x[0-9a-fA-F](?:_?[0-9a-fA-F])*|"
                     r"0o[0-7](?:_?[0-7])*|0b[01](?:_?[01])*")
FLOAT = re.compile(r"[+-]?(?:(?:0|[1-9](?:_?\d)*)(?:\.\d(?:_?\d)*)?(?:[eE][+-]?\d(?:_?\d)*)?|inf|nan)")


class TOMLDecodeError(ValueError):
    """What is wrong, and in which line."""


def loads(text):
    """The tables of a TOML text, as one dictionary."""
    return Reader(text).read()


class Reader:
    def __init__(self, text):
        self.text, self.at, self.top = text, 0, {}
        self.closed = set()         # ids of tables and arrays that no header may name (again)
        self.inline = set()         # ids of tables that nothing may be added to
        self.kept = []              # what these ids belong to, so that none is used again

    def read(self):
        table = self.top
        self.skip(BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.read_header()
            else:
                self.read_pair(table)
            self.expect(END, "the end of the line")
            self.skip(BLANK)
        return self.top

    def read_header(self):
        double = self.text.startswith("[[", self.at)
        self.at += 2 if double else 1
        *path, last = self.read_keys()
        self.expect(re.compile(r"\]\]" if double else r"\]"), "]")
        table = self.descend(self.top, path)
        if double:
            tables = table.setdefault(last, [])
            if not isinstance(tables, list) or id(tables) in self.closed:
                self.fail(f"{last} is no array of tables")
            tables.append({})
            return tables[-1]
        found = table.setdefault(last, {})
        if not isinstance(found, dict) or id(found) in self.closed:
            self.fail(f"{last} stands there twice")
        self.close(found)
        return found

    def read_pair(self, table):
        *path, last = self.read_keys()
        self.expect(re.compile(r"=[ \t]*"), "=")
        table = self.descend(table, path, dotted=True)
        if last in table:
            self.fail(f"{last} stands there twice")
        table[last] = self.read_value()

    def descend(self, table, path, dotted=False):
        """The table that `path` leads to, made where there is none."""
        for key in path:
            table = table.setdefault(key, {})
            if isinstance(table, list) and table and id(table) not in self.closed:
                table = table[-1]
            if not isinstance(table, dict) or id(table) in self.inline:
                self.fail(f"{key} is no table, or a closed one")
            if dotted:
                self.close(table)
        return table

    def close(self, value):
        self.kept.append(value)
        self.closed.add(id(value))

    def read_keys(self):
        keys = []
        while not keys or self.text.startswith(".", self.at):
            self.at += 1 if keys else 0
            self.skip(SPACE)
            word = self.expect(KEY, "a key")[0]
            keys.append(self.unquote(word) if word[0] in "\"'" else word)
            self.skip(SPACE)
        return keys

    def read_value(self):
        start = self.text[self.at:self.at + 1]
        if start == "[":
            return self.read_array()
        if start == "{":
            return self.read_inline()
        if start and start in "\"'":
            if self.text.startswith(start * 3, self.at):
                self.fail("strings of several lines are not read here (Python 3.11 does)")
            return self.unquote(self.expect(STRING, "a string")[0])
        return self.read_word()

    def read_word(self):
        word = self.expect(WORD, "a value")[0]
        if word in ("true", "false"):
            return word == "true"
        if INTEGER.fullmatch(word):
            return int(word.replace("_", ""), 0)
        if FLOAT.fullmatch(word):
            return float(word.replace("_", ""))
        return self.fail(f"{word} is no value that is read here")

    def read_array(self):
        values = []
        self.close(values)
        self.at += 1
        self.skip(BLANK)
        while not self.text.startswith("]", self.at):
            values.append(self.read_value())
            self.skip(BLANK)
            if not self.text.startswith("]", self.at):
                self.expect(re.compile(","), ", or ]")
                self.skip(BLANK)
        self.at += 1
        return values

    def read_inline(self):
        table = {}
        self.close(table)
        self.at += 1
        self.skip(SPACE)
        while not self.text.startswith("}", self.at):
            self.read_pair(table)
            self.skip(SPACE)
            if not self.text.startswith("}", self.at):
                self.expect(re.compile(r",[ \t]*(?!\})"), ", or }")
        self.at += 1
        self.inline.add(id(table))
        return table

    def unquote(self, word):
        return ESCAPE.sub(self.unescape, word[1:-1]) if word[0] == '"' else word[1:-1]

    def unescape(self, m):
        if m[3] is None:
            number = int(m[1] or m[2], 16)
            return chr(number) if number < 0x110000 else self.fail("no such character")
        return LETTERS[m[3]] if m[3] in LETTERS else self.fail(f"\\{m[3]} is no escape")

    def skip(self, pattern):
        self.at = pattern.match(self.text, self.at).end()

    def expect(self, pattern, what):
        m = pattern.match(self.text, self.at)
        if not m:
            self.fail(f"expected {what}")
        self.at = m.end()
        return m

    def fail(self, text):
        raise TOMLDecodeError(f"{text} (line {self.text.count(chr(10), 0, self.at) + 1})")
