# SPDX-License-Identifier: GPL-2.0-or-later
"""What the documents name exists: files, make targets, words on the command line."""

import os
import re
import subprocess

import harness
import pytest

DOCS = sorted(path for path in harness.TOP.rglob("*.md") if "build" not in path.relative_to(harness.TOP).parts)
FOLDERS = ("abi", "boot", "docs", "fdt", "guest", "lib", "linker", "linux", "tests", "tools", "ultracall", "ultravisor", "virtio")

OTHERS = ("tools/testing/", "docs/interop/", "lib/kernel/")	# Linux', QEMU's, where systemd looks
FILE = re.compile(r"(?<![\w/.-])((?:" + "|".join(FOLDERS) + r")/[\w./-]*\w|[A-Z]+\.md|\.ci/run)")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def names(path):
    return [path.relative_to(harness.TOP).as_posix() for path in path]


@pytest.mark.parametrize("path", DOCS, ids=names(DOCS))
def test_files_exist(path):
    text = path.read_text()
    missing = [link for link in LINK.findall(text) if not (path.parent / link).exists()]
    missing += [name for name in FILE.findall(text) if not (harness.TOP / name).exists()
                and not (path.parent / name).exists() and not name.startswith(OTHERS)
                and not list(harness.TOP.glob(name + ".*"))]
    assert missing == []


def test_files_in_messages_exist():
    """Hints name files, too."""
    text = (harness.TOP / "abi/steps.h").read_text()
    assert [name for name in re.findall(r"\b((?:docs|linux)/[\w.-]+|[A-Z]+\.md)", text) if not (harness.TOP / name).exists()] == []


@pytest.mark.parametrize("path", DOCS, ids=names(DOCS))
def test_make_targets_exist(path):
    """make WORD, as a command: at the start of a code line or in backticks."""
    targets = set(re.findall(r"(?:^ {4}|`)make ([a-z][a-z-]*)\b(?!=)", path.read_text(), re.M))
    # the cache is the user's: make writes deps.mk anew, also with -n, if it is older than tools/deps
    env = {key: os.environ[key] for key in ("PATH", "HOME", "XDG_CACHE_HOME") if key in os.environ}
    for target in targets:
        done = subprocess.run(["make", "-n", target], cwd=harness.TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False, env=env)
        assert "No rule to make target" not in done.stdout, f"make {target}"


def test_every_word_is_in_the_readme():
    """The words that lib/options.c knows, and no other."""
    code = set(re.findall(r'\{ "(\w+)=", set_', (harness.TOP / "lib/options.c").read_text()))
    page = set(re.findall(r"^\| `pefboot\.(\w+)=", (harness.TOP / "README.md").read_text(), re.M))
    assert code and page == code
