# SPDX-License-Identifier: GPL-2.0-or-later
"""One truth: abi/steps.h, docs/errors.md, and what tools/bootlog carries in itself."""

import shutil
import subprocess

import corpus
import tables
from loader import TOP, bootlog


def test_every_error_number_is_documented():
    """docs/errors.md has each number of abi/steps.h, in its name and words, and no other."""
    code, page = tables.header(), {n: e[:2] for n, e in tables.errors().items()}
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


def test_the_tool_carries_the_same_tables():
    """If this fails: run tests/tools/bootlog/tables.py."""
    assert tables.written() == tables.block()


def test_steps_are_those_of_the_code():
    text = (TOP / "abi" / "steps.h").read_text()
    for number, name in enumerate(bootlog.STEPS, 1):
        assert f'X({number}, {name.upper()}, "{name}")' in text


def test_one_copied_file_is_enough(tmp_path):
    """Alone in a folder the tool has its profiles and explanations."""
    tool = shutil.copy(TOP / "tools" / "bootlog", tmp_path)
    def run(*args, log=b""):
        return subprocess.run([tool, *args], input=log, capture_output=True, timeout=60)
    names = {p.stem for p in (TOP / "tools" / "profiles").glob("*.toml")}
    assert {line.split()[0] for line in run("profiles").stdout.decode().splitlines()} == names
    assert run("check", "--profile", "secure", "-", log=corpus.SECURE).returncode == 0
    assert b"vmlinux" in run("explain", "E302").stdout
