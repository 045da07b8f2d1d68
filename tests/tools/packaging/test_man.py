# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual pages: well formed, and about the programs as they are."""

import re
import subprocess

import harness
import pytest

PAGES = sorted((harness.TOP / "docs/man").iterdir())


def read(name):
    """The words of a page."""
    page = harness.TOP / "docs/man" / name
    done = subprocess.run(["groff", "-man", "-Tascii", "-P-c", "-rLL=2000n", page], stdout=subprocess.PIPE, text=True, check=True)
    return re.sub(r".\x08", "", done.stdout)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_warnings(page):
    for command in (["groff", "-ww", "-man", "-Tutf8", "-z", page],
                    ["man", "--warnings", "-E", "UTF-8", "-Tutf8", "-Z", "-l", page]):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_name_and_section(page):
    """Title, name and file agree, and whatis can read the page."""
    name, section = page.name.rsplit(".", 1)
    assert f"\n.TH {name.upper()} {section} " in page.read_text()
    done = subprocess.run(["lexgrog", page], stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0 and f'"{name} - ' in done.stdout


def test_pages_refer_to_pages_that_are_there():
    names = {page.name for page in PAGES}
    for page in PAGES:
        for name, section in re.findall(r"^\.BR (\S+) \((\d)\)", page.read_text(), re.M):
            assert f"{name}.{section}".replace("\\", "") in names


def helps(command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def test_bundle_options(build):
    usage, page = helps([build / "pefboot-bundle", "--help"]), read("pefboot-bundle.1")
    words = set(re.findall(r"--?[a-z]+", usage)) | set(re.findall(r"^(?:usage:)? +pefboot-bundle (\w+)", usage, re.M))
    assert {"--json", "-o", "create", "verify"} <= words
    assert [word for word in words if word not in page] == []
    assert set(re.findall(r"--[a-z]+", page)) - words == {"--output", "--help"}


def test_bootlog_options():
    tool, page = harness.BOOTLOG, read("bootlog.1")
    commands = re.search(r"{([\w,]+)}", helps([tool, "--help"]))[1].split(",")
    words = {"--version"}
    for command in commands:
        words |= set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*\b", helps([tool, command, "--help"])))
    assert len(commands) >= 7 and {"--nonce", "--strict", "-o"} <= words
    assert [word for word in words | set(commands) if word not in page] == []
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", page)) <= words


def test_firmware_words():
    """pefboot(7) has each word that the firmware reads, and no other; and its error number for the rest."""
    source = (harness.TOP / "lib/options.c").read_text()
    words = set(re.findall(r'{ "(\w+)=", set_\w+ }', source))
    page = read("pefboot.7")
    assert len(words) >= 7
    assert set(re.findall(r"^ +pefboot\.(\w+)=", page, re.M)) == words
    for value in set(re.findall(r'strcmp\(value, "(\w+)"\)', source)) | set(re.findall(r'memcmp\(part, "(\w+)"', source)):
        assert value in page
    number = re.search(r"X\((\d+), E_OPTION,", (harness.TOP / "abi/steps.h").read_text())[1]
    assert f"stops the boot (E{number})" in page
