# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of bootlog, from where their facts stand: headers in abi/, docs/errors.md, profiles.

Only a checkout has these files. The build keeps the result (tools/bootlog-pyz)."""

import re
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]


def read_version():
    """The version of pefboot that this belongs to."""
    return re.search(r'#define VERSION "(.*)"', (TOP / "lib/version.h").read_text())[1]


def read_steps():
    """The names of the steps, in order."""
    found = re.findall(r'X\((\d), \w+, "(\w+)"\)', read_header("steps.h"))
    return tuple(name for _, name in sorted(found))


def read_errors():
    """{number: (name, what happened, cause, remedy)}"""
    page = read_error_page()
    return {number: (*words, *page.get(number, ("", ""))[-2:])
            for number, words in sorted(read_error_lists().items())}


def read_error_lists():
    """{number: (name, what happened)} from the headers."""
    text = read_header("steps.h") + read_header("uv_errors.h")
    found = re.findall(r'X\((\d+),\s*(E_\w+),\s*"((?:[^"\\]|\\.)*)"', text)
    return {int(number): (name, what.replace('\\"', '"')) for number, name, what in found}


def read_error_page():
    """{number: (name, what happened, cause, remedy)} from docs/errors.md, as plain text."""
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", (TOP / "docs/errors.md").read_text())
    table = {}
    for part in re.split(r"^### ", text, flags=re.M)[1:]:
        part = re.split(r"^## ", part, flags=re.M)[0]
        head, *paragraphs = [" ".join(p.split()) for p in part.strip().split("\n\n")]
        number, entry = read_entry(head, paragraphs)
        if number in table:
            raise ValueError(f"docs/errors.md: E{number} stands there twice")
        table[number] = entry
    return table


def read_entry(head, paragraphs):
    """An entry of the page: a heading, the cause, and one paragraph "Remedy: ..."."""
    m = re.fullmatch(r"E(\d{3}) (E_\w+): (.+)", head)
    remedy = [p[7:].strip() for p in paragraphs if p.startswith("Remedy:")]
    cause = " ".join(p for p in paragraphs if not p.startswith("Remedy:"))
    if not m or len(remedy) != 1 or not cause:
        raise ValueError(f"docs/errors.md: {head}: not a number, a name, a cause and one remedy")
    what = m[3].replace("\\*", "*")
    return int(m[1]), (m[2], what, cause.replace("`", ""), remedy[0].replace("`", ""))


def read_codes():
    """{value: (name from an ultravisor, name from a hypervisor)}, which do not always agree."""
    uv, hv = read_values("pef.h", "U_"), read_values("papr.h", "H_")
    return {value: (uv.get(value, ""), hv.get(value, "")) for value in sorted({*uv, *hv})}


def read_values(header, prefix):
    """{value: name} of the return codes in a header: a block under a comment that says "codes"."""
    text = read_header(header)
    block = re.search(r"^/\* (?:Return c|C)odes.*\n((?:#define .*\n)+)", text, re.M)[1]
    found = re.findall(rf"^#define ({prefix}\w+)\s+\(?(-?\d+)", block, re.M)
    return {int(value): name for name, value in found}


def read_profiles():
    """{name: text} of tools/profiles, without comments."""
    return {f.stem: strip_comments(f.read_text())
            for f in sorted((TOP / "tools/profiles").glob("*.toml"))}


def strip_comments(text):
    return re.sub(r"\n{2,}", "\n", re.sub(r"^#.*\n", "", text, flags=re.M)).lstrip()


def read_header(name):
    """The text of a header, continued lines joined."""
    return (TOP / "abi" / name).read_text().replace("\\\n", " ")
