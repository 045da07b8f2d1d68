# SPDX-License-Identifier: GPL-2.0-or-later
"""One truth: the headers in abi/ and docs/errors.md, of which the tables of bootlog are made."""

import re

import pytest
from bootlog import sources, tables
from bootlog.explain import ESM_CODES
from harness import TOP


def test_every_error_number_is_documented():
    """docs/errors.md has each number of abi/steps.h, in its name and words, and no other."""
    code, page = sources.read_error_lists(), {n: e[:2] for n, e in sources.read_error_page().items()}
    assert len(code) >= 27
    assert page == code


def test_numbers_stand_under_their_step():
    text = (TOP / "docs" / "errors.md").read_text()
    step = None
    for line in text.splitlines():
        if line.startswith("## "):
            step = line.split()[1]
        elif line.startswith("### "):
            assert line.startswith(f"### E{step}"), line


def test_errors_have_cause_and_remedy():
    for number, entry in tables.ERRORS.items():
        assert len(entry) == 4 and all(entry), number


@pytest.mark.parametrize("head,paragraphs", [
    ("E101 no name: what", ["Cause.", "Remedy: r."]), ("E101 E_X: what", ["Cause."]),
    ("E101 E_X: what", ["Remedy: r."]), ("E101 E_X: what", ["Cause.", "Remedy: r.", "Remedy: s."])])
def test_a_broken_entry_of_the_page_is_refused(head, paragraphs):
    assert sources.read_entry("E101 E_X: what", ["Cause.", "Remedy: r."])[0] == 101
    with pytest.raises(ValueError, match="errors.md: E101"):
        sources.read_entry(head, paragraphs)


def test_steps_are_those_of_the_code():
    text = (TOP / "abi" / "steps.h").read_text()
    assert len(tables.STEPS) == 7
    for number, name in enumerate(tables.STEPS, 1):
        assert f'X({number}, {name.upper()}, "{name}")' in text


def test_codes_are_those_of_the_headers():
    """Each return code of abi/pef.h and abi/papr.h at its number, under the speaker's name."""
    text = (TOP / "abi" / "pef.h").read_text() + (TOP / "abi" / "papr.h").read_text()
    codes = re.findall(r"^#define ([UH])_([A-Z0-9_]+)\s+\(?(-?\d+)\)?\s", text, re.M)
    known = {(who, name[2:]): value for value, names in tables.CODES.items()
             for who, name in zip("UH", names) if name}
    assert len(known) >= 30
    for (who, name), value in known.items():
        assert (who, name, str(value)) in codes
    assert tables.CODES[3] == ("U_NOT_AVAILABLE", "H_NOT_AVAILABLE")    # not a mode of H_SET_MODE
    assert {name for names in tables.CODES.values() for name in names} >= set(ESM_CODES)


def test_profiles_are_those_of_the_folder():
    files = {path.stem: path.read_text() for path in (TOP / "tools" / "profiles").glob("*.toml")}
    assert files.keys() == tables.PROFILES.keys()
    for name, text in tables.PROFILES.items():
        assert f'name = "{name}"\n' in text and "\n\n" not in text and "\n#" not in text
