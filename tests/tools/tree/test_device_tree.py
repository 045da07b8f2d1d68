# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/device-tree.md is fdt/schema.h in words: the same nodes and properties, in the same order, with the same forms. The readers
that it names are in Linux."""

import re

import harness
import pytest

PAGE = (harness.TOP / "docs/device-tree.md").read_text()
HEADER = (harness.TOP / "fdt/schema.h").read_text().replace("\\\n", " ")
TABLE = (harness.TOP / "fdt/schema.c").read_text()

FOLDERS = {"ppc": "arch/powerpc", "pseries": "arch/powerpc/platforms/pseries"}
WHO = {"CROSSES": "crosses", "LINUX": "Linux", "BOTH": "both"}


def number(text):
    """Of an expression in C, as the page writes it: hexadecimal from 4096 on."""
    names = dict(re.findall(r"^#define (PHANDLE_\w+)\s+(\d+)", HEADER, re.M), UINT32_MAX="0xffffffff", INT32_MAX="0x7fffffff")
    value = eval(re.sub(r"[A-Z]\w+", lambda match: names[match[0]], text))
    return str(value) if value < 4096 else hex(value)


def span(low, high, unit):
    """One of a unit, as `4 cells`, `2 to 16 cells`."""
    return f"{low} {unit}" if low == high else f"{low} to {high} {unit}"


def form(text):
    """A form of the schema in words."""
    kind, _, words = text.partition("(")
    words = words.rstrip(")")
    if kind == "IS":
        return f"`{words}`"
    numbers = [number(word.strip()) for word in words.split(",") if words]
    many = {"STRING": "string, at most {} bytes", "STRINGS": "strings, at most {} bytes", "TEXT": "any string, at most {} bytes",
            "CELL_IS": "cell, {}", "CELL_OF": "cell, {} to {}", "CELL": "cell", "TOKEN": "token", "EMPTY": "empty"}
    if kind in many:
        return many[kind].format(*numbers)
    if kind == "ENTRIES":
        cells = f"{numbers[0]} cells"
        return cells if numbers[1] == "1" else f"{cells}, 1 to {numbers[1]} times"
    if kind == "COUNTED":
        return span(*numbers, "cells") + ", the first says how many follow"
    unit = {"CELLS": "cells", "BYTES": "bytes"}[kind]
    return span(*numbers, unit if numbers[1] != "1" else unit[:-1])


def who(flags):
    words = [word.strip() for word in flags.split("|")]
    return ", ".join([WHO[words[0]]] + ["required"] * ("REQUIRED" in words))


def schema():
    """[(path, who, [(property, form, who)])], in canonical order."""
    kinds = re.findall(r"\bNODE_\w+", re.search(r"enum node_kind \{(.*?)\}", HEADER, re.S)[1])[:-1]
    rows = {kind: (name, parent, who(flags), places) for kind, name, parent, flags, places in re.findall(
        r'\[(NODE_\w+)\] = \{ "([^"]*)", (NODE_\w+), ([A-Z| ]+),\s+(ONE|UNIT|MANY)', TABLE)}
    lists = {"NODE_" + name: [(prop, form(" ".join(words.split())), who(flags)) for prop, flags, words in re.findall(
        r'P\(\w+,\s*"([^"]+)",\s*([A-Z| ]+),\s*((?:\w+)(?:\([^()]*\))?)\)', body)]
        for name, body in re.findall(r"#define (\w+)_PROPERTIES\(P\)(.*)", HEADER)}
    assert set(kinds) == set(rows) == set(lists) and sum(map(len, lists.values())) == len(re.findall(r'\bP\([A-Z]\w+, "', HEADER))

    def path(kind):
        name, parent, _, places = rows[kind]
        above = "" if parent == "NODE_ROOT" else path(parent)
        return f"{above}/{name}" + ("" if places == "ONE" else "@")

    return [(path(kind), rows[kind][2] + ("; any number" if rows[kind][3] == "MANY" else ""), lists[kind]) for kind in kinds]


def page():
    """The same from the page, and [(property, value's text or "", reader)]."""
    nodes, readers = [], []
    for section in re.split(r"^### ", PAGE, flags=re.M)[1:]:
        path, flags = re.match(r"`([^`]+)`: (.*)\n", section).groups()
        rows = re.findall(r"^\| `([^`]+)` \| (.*?) \| (.*?) \| (.*?) \|$", section, re.M)
        nodes.append((path, flags, [row[:3] for row in rows]))
        readers += [(row[0], row[1].strip('`"'), row[3]) for row in rows]
    return nodes, readers


def test_page_is_the_schema():
    assert page()[0] == schema()


def test_readers_are_named():
    assert [name for name, _, reader in page()[1] if not reader.strip()] == []


@pytest.fixture(scope="module")
def linux():
    return harness.deps("linux-6.12")


def test_readers_are_in_linux(linux):
    """Each file that is named has the function, and the property, its value or its constant of RTAS."""
    found, wrong = 0, []
    for name, value, reader in page()[1]:
        for path, function in re.findall(r"((?:ppc|pseries|drivers)/[\w/-]+\.c) (\w+)", reader):
            first, _, rest = path.partition("/")
            text = (linux / FOLDERS.get(first, first) / rest).read_text()
            words = [f'"{name}"', f'"{value.lower()}"', "RTAS_FN_" + re.sub(r"\W", "_", name).upper()]
            found += 1
            if not re.search(rf"\b{function}\b", text) or not any(word.lower() in text.lower() for word in words):
                wrong.append(f"{name}: {path} {function}")
    assert wrong == []
    assert found > 100
