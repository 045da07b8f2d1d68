#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables inside tools/bootlog: docs/errors.md and tools/profiles, so that the one file can be copied.

Run it after changing either: it writes the tables anew. A test compares them."""

import pprint
import re
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
TOOL = TOP / "tools" / "bootlog"
BEGIN, END = "# BEGIN TABLES\n", "# END TABLES\n"


def errors():
    """{number: (name, what, cause, remedy)} from docs/errors.md."""
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", (TOP / "docs" / "errors.md").read_text())
    table = {}
    for part in re.split(r"^### ", text, flags=re.M)[1:]:
        part = re.split(r"^## ", part, flags=re.M)[0]
        head, *paragraphs = [re.sub(r"\s+", " ", p).strip() for p in part.strip().split("\n\n")]
        m = re.fullmatch(r"E(\d{3}) (E_\w+): (.+)", head)
        if not m:
            raise ValueError(f"docs/errors.md: {head}")
        remedy = [p[7:].strip() for p in paragraphs if p.startswith("Remedy:")]
        cause = " ".join(p for p in paragraphs if not p.startswith("Remedy:"))
        if len(remedy) != 1 or not cause or int(m[1]) in table:
            raise ValueError(f"docs/errors.md: E{m[1]}: a cause and one remedy, once")
        table[int(m[1])] = (m[2], m[3].replace("\\*", "*"), cause.replace("`", ""), remedy[0].replace("`", ""))
    return table


def profiles():
    """{name: text} of tools/profiles, without comments."""
    return {f.stem: re.sub(r"\n{2,}", "\n", re.sub(r"^#.*\n", "", f.read_text(), flags=re.M)).lstrip()
            for f in sorted((TOP / "tools" / "profiles").glob("*.toml"))}


def header():
    """{number: (name, what)} from abi/steps.h, and from abi/uv_errors.h, the ultravisor's."""
    files = [f for f in (TOP / "abi" / "steps.h", TOP / "abi" / "uv_errors.h") if f.exists()]
    text = re.sub(r"\\\n", " ", "".join(f.read_text() for f in files))
    found = re.findall(r'X\((\d+),\s*(E_\w+),\s*"((?:[^"\\]|\\.)*)"', text)
    return {int(number): (name, what.replace('\\"', '"')) for number, name, what in found}


def block():
    errors_text = "ERRORS = {\n" + "".join(f"    {n}: {pprint.pformat(e, width=112, compact=True).replace(chr(10), chr(10) + '         ')},\n"
                                           for n, e in sorted(errors().items())) + "}\n"
    profiles_text = "PROFILES = {\n" + "".join(f"    {name!r}: r'''\n{text}''',\n" for name, text in profiles().items()) + "}\n"
    return BEGIN + errors_text + profiles_text + END


def written():
    text = TOOL.read_text()
    return text[text.index(BEGIN):text.index(END) + len(END)]


if __name__ == "__main__":
    text = TOOL.read_text().replace(written(), block())
    TOOL.write_text(text)
