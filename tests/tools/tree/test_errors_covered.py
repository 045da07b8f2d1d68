# SPDX-License-Identifier: GPL-2.0-or-later
"""Every error number has a test that provokes it."""

import re
import subprocess

import harness

# Where a number is what a test waits for: an assertion or a table of a unit test (by name), a call or
# a table of a QEMU test (by number). Logs and tables of tests/tools/bootlog were provoked by nobody.
UNIT = sorted((harness.TOP / "tests/host/unit").rglob("*_test.c"))
QEMU = [path for path in sorted((harness.TOP / "tests").rglob("test_*.py"))
        if not {"bootlog", "tree"} & set(path.relative_to(harness.TOP).parts)]


def numbers():
    text = (harness.TOP / "abi/steps.h").read_text()
    return {int(number): name for number, name in re.findall(r"X\((\d{3}), (E_\w+),", text)}


def names_waited_for():
    return {name for path in UNIT for name in re.findall(r"\bE_[A-Z0-9_]+\b", path.read_text())}


def numbers_waited_for():
    return {int(number) for path in QEMU for number in
            re.findall(r"\bE(\d{3})\b|: \((\d{3}), |\brun\((\d{3})\b|\bstops\(.*, (\d{3})\)", path.read_text())
            for number in number if number}


def test_numbers_are_found():
    assert len(numbers()) > 50 and {101, 208, 302} <= numbers_waited_for()
    assert {"E_ZIMAGE", "E_VERIFY_RTAS"} <= names_waited_for()


def test_every_number_is_provoked():
    names, seen = names_waited_for(), numbers_waited_for()
    assert [f"E{number} {name}" for number, name in numbers().items() if name not in names and number not in seen] == []


# Numbers whose hint no test follows, and why. The list may only become shorter.
NOT_FOLLOWED = {
    104: "a bug of ours: report it", 102: "a bug of ours: report it", 909: "a bug of ours: report it", 910: "a bug of ours: report it",
    908: "a QEMU with KVM, which no machine of the tests has",
    911: "pefboot and prom_init give way where nothing but radix is offered: a kernel that has no radix",
    912: "to be reported; the only guest known that fills a table is made for it (test_ultravisor.py)",
}


def followed():
    """What tests do that: unit tests by a table and by name, machines by a table."""
    unit = "".join(path.read_text() for path in UNIT)
    machine = (harness.TOP / "tests/machine/test_hints.py").read_text()
    return {int(number) for number in re.findall(r"^\tX\((\d{3}),|^static void test_hints_(\d{3})\(", unit, re.M) for number in number if number} | {
        int(number) for number in re.findall(r"^    (\d{3}): \(", machine, re.M)}


def test_hints_are_followed():
    text = (harness.TOP / "abi/uv_errors.h").read_text()
    known = {**numbers(), **{int(number): name for number, name in re.findall(r"X\((\d{3}), (E_\w+),", text)}}
    assert followed() <= set(known) and len(followed()) > 85
    assert {number for number in known if number not in followed()} == set(NOT_FOLLOWED)


def callers(image, function):
    """The functions that call it, by name."""
    text = subprocess.run(["powerpc64-linux-gnu-objdump", "-d", "--no-show-raw-insn", harness.BUILD / image], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    return {head for head, body in re.findall(r"^\w+ <(.*)>:\n((?:.+\n)*)", text, re.M) if re.search(rf"\sb[l ].*<{function}[+>]", body)}


def test_the_ultravisor_has_words_for_what_it_raises():
    """Of the numbers of abi/steps.h it can raise that of check() alone (ultravisor/errors.c)."""
    assert callers("pefboot.linked", "error") > {"check_failed"}
    assert callers("ultravisor.elf", "error") <= {"check_failed"}
