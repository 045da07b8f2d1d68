# SPDX-License-Identifier: GPL-2.0-or-later
"""The build: the same everywhere, small, and it says what it lacks."""

import os
import shutil
import subprocess

import harness
import pytest

# With all doors and drivers in. SLOF: 996,688.
LIMIT = 128 << 10


def tracked():
    """The files of the tree, as they are now."""
    names = subprocess.run(["git", "-c", "safe.directory=*", "-C", harness.TOP, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                           stdout=subprocess.PIPE, text=True, check=True).stdout
    return [name for name in names.split("\0") if name and (harness.TOP / name).is_file()]


@pytest.fixture
def copy(tmp_path):
    """copy(NAME): the tree in a folder of that name."""
    def copier(name):
        for file in tracked():
            target = tmp_path / name / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(harness.TOP / file, target)
        return tmp_path / name
    return copier


def make(folder, *args, **env):
    return subprocess.run(["make", "-C", folder, *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=300, check=False, env={**os.environ, "MAKEFLAGS": "", **env})


def images(folder):
    found = {path.name: path.read_bytes() for pattern in ("*.bin", "*.elf") for path in folder.glob(pattern)}
    assert "pefboot.bin" in found
    return found


def test_reproducible(copy):
    """Two folders, two build directories, two times and time zones: the same bytes."""
    one, two = copy("one"), copy("a/folder/with/a longer-name".replace(" ", "-"))
    assert make(one, "-j2").returncode == 0
    assert make(two, "O=elsewhere", "-j2", TZ="Asia/Tokyo", LC_ALL="C.UTF-8").returncode == 0
    first, second = images(one / "build"), images(two / "elsewhere")
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_second_make_does_nothing(copy):
    folder = copy("tree")
    assert make(folder, "-j2").returncode == 0
    assert "CC" not in make(folder).stdout


def test_without_network(copy, tmp_path):
    """Once sources are fetched, the build asks no archive: apt only fails here."""
    commands = tmp_path / "bin"
    commands.mkdir()
    for name in ("apt-get", "apt-cache"):
        (commands / name).write_text("#!/bin/sh\necho network was asked for; exit 100\n")
        (commands / name).chmod(0o755)
    done = make(copy("tree"), "-j2", PATH=f"{commands}:{os.environ['PATH']}")
    assert done.returncode == 0 and "network was asked for" not in done.stdout, done.stdout


def test_warnings_are_errors(copy):
    folder = copy("tree")
    with open(folder / "boot/main.c", "a", encoding="utf-8") as source:
        source.write("int unused_and_undeclared(int x) { return 0; }\n")
    done = make(folder)
    assert done.returncode != 0 and "-Werror" in done.stdout


def test_size(build):
    assert (build / "pefboot.bin").stat().st_size <= LIMIT


def test_every_file_names_its_licence():
    """What can carry the SPDX line carries it near its top."""
    without = {"COPYING"}
    bare = {".json", ".patch", ".dtb", ".log", ".txt", ".bin", ".gz"}
    missing = []
    for name in tracked():
        path = harness.TOP / name
        if name in without or path.suffix in bare or "/data/" in name:
            continue
        if "SPDX-License-Identifier: " not in path.read_text(errors="replace")[:600]:
            missing.append(name)
    assert missing == []
