# SPDX-License-Identifier: GPL-2.0-or-later
"""The build: the same everywhere, small, and it says what it lacks."""

import os
import re
import shutil
import subprocess

import harness
import pytest

# With all doors and drivers in. SLOF: 996,688.
LIMIT = 160 << 10


def tracked():
    """The files of the tree, as they are now."""
    names = subprocess.run(["git", "-c", "safe.directory=*", "-C", harness.TOP, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                           stdout=subprocess.PIPE, text=True, check=True).stdout
    return [name for name in names.split("\0") if name and (harness.TOP / name).is_file()]


def copy(folder):
    """The tree, in another folder."""
    for file in tracked():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(harness.TOP / file, folder / file)
    return folder


def make(folder, *args, **env):
    return subprocess.run(["make", "-C", folder, *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=600, check=False, env={**os.environ, "MAKEFLAGS": "", **env})


@pytest.mark.parametrize("args,jobs", [((), f"-j{len(os.sched_getaffinity(0))}"), (("-j1",), "-j1"), (("-j3",), "-j3"),
                                       (("clean",), None)], ids=["all-cpus", "one", "three", "clean"])
def test_jobs(args, jobs):
    """All CPUs are used without a word; what is said on the command line holds."""
    done = make(harness.TOP, "-n", "-p", *args, MAKELEVEL="0")
    flags = re.search(r"^MAKEFLAGS :?= (.*)", done.stdout, re.M)[1]
    assert [word for word in flags.split() if word.startswith("-j")] == ([jobs] if jobs else [])


def test_folders_that_cannot_be(tmp_path):
    """Each is one line that says so, of make itself; clean does not remove what a blank makes of O."""
    (tmp_path / "a b").mkdir()
    shutil.copy2(harness.TOP / "Makefile", tmp_path / "a b")
    no_blank = "make takes no folder with a blank in its name.  Stop."
    for folder, args, says in ((harness.TOP, [f"O={tmp_path}/a b"], no_blank), (harness.TOP, ["clean", f"O={tmp_path}/a b"], no_blank),
                               (tmp_path / "a b", [], no_blank), (harness.TOP, ["run", "O=/proc/none"], "O=/proc/none: cannot write there.  Stop."),
                               (harness.TOP, ["check", "O=/proc/none"], "O=/proc/none: cannot write there.  Stop.")):
        done = make(folder, "--no-print-directory", *args)
        assert done.returncode == 2 and done.stdout.splitlines()[-1].endswith(says), done.stdout
        assert len(done.stdout.splitlines()) <= 2       # the other is mkdir's
    assert (tmp_path / "a b/Makefile").exists()


def images(folder):
    found = {path.name: path.read_bytes() for pattern in ("*.bin", "*.elf", "*.pyz") for path in folder.glob(pattern)}
    assert {"pefboot.bin", "bootlog.pyz"} <= found.keys()
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A copy of the tree, built where apt only fails, and what make said."""
    commands = tmp_path_factory.mktemp("bin")
    for name in ("apt-get", "apt-cache"):
        (commands / name).write_text("#!/bin/sh\necho an archive was asked; exit 100\n")
        (commands / name).chmod(0o755)
    folder = copy(tmp_path_factory.mktemp("tree"))
    done = make(folder, "-j2", PATH=f"{commands}:{os.environ['PATH']}")
    assert done.returncode == 0, done.stdout
    return folder, done.stdout


def test_without_network(built):
    """Once sources are fetched, the build asks no archive."""
    assert "an archive was asked" not in built[1]


def test_reproducible(built, tmp_path):
    """Two folders, two build directories, two times and time zones: the same bytes."""
    other = copy(tmp_path / "a/folder/with/a-longer-name")
    assert make(other, "O=elsewhere", "-j2", TZ="Asia/Tokyo", LC_ALL="C.UTF-8").returncode == 0
    first, second = images(built[0] / "build"), images(other / "elsewhere")
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_second_make_does_nothing(built):
    assert "CC" not in make(built[0]).stdout


def test_second_make_by_another_name_does_nothing(built):
    """The tests name the folder by its whole path. What they linked anew was missing, for a moment, to those beside them."""
    for how in (f"O={built[0]}/build", "O=build/", "O=build"):
        assert not re.search("LD|CC|AS", make(built[0], how).stdout)


# What a caller may set, or not.
FROM_OUTSIDE = {"BEARSSL", "DESTDIR", "HOST_EXTRA", "LIBFDT", "MAKECMDGOALS", "TOOL_CFLAGS", "TOOL_LDFLAGS", "XDG_CACHE_HOME"}


def test_variables_are_defined(built):
    """A misspelt list of objects is an empty one, without a word."""
    said = make(built[0], "-n", "--warn-undefined-variables", "all", "unit-tests").stdout
    assert set(re.findall(r"undefined variable '([^']+)'", said)) - FROM_OUTSIDE == set()


def test_changed_header_is_noticed(built):
    """A second make compiles what includes a header that changed."""
    (built[0] / "lib/log.h").touch()
    assert "boot/main.c" in make(built[0]).stdout


def test_source_that_goes_away_is_noticed(built):
    """What was linked with it is linked again; or else a build that works here fails elsewhere."""
    source = built[0] / "lib/extra.c"
    source.write_text("typedef int extra;\n")
    assert "lib/extra.c" in make(built[0]).stdout
    source.unlink()
    assert "pefboot.linked" in make(built[0]).stdout


def test_warnings_are_errors(built):
    with open(built[0] / "lib/names.c", "a", encoding="utf-8") as source:
        source.write("int undeclared(int unused) { return 0; }\n")
    done = make(built[0])
    assert done.returncode != 0 and "-Werror" in done.stdout


def test_size(build):
    assert (build / "pefboot.bin").stat().st_size <= LIMIT


def test_every_file_names_its_licence():
    """What can carry the SPDX line carries it near its top."""
    without = {"COPYING", "debian/changelog", "debian/source/format", "linux/COVER"}       # the last is a mail
    bare = {".json", ".png", ".patch", ".dtb", ".log", ".txt", ".bin", ".gz"}
    missing = []
    for name in tracked():
        path = harness.TOP / name
        if name in without or path.suffix in bare or "/data/" in name:
            continue
        if "SPDX-License-Identifier: " not in path.read_text(errors="replace")[:600]:
            missing.append(name)
    assert missing == []


SOURCES = ("abi/", "boot/", "fdt/", "guest/", "lib/", "linker/", "tools/", "ultracall/", "ultravisor/", "virtio/")


def test_lines_fit():
    """100 columns where tabs count 8, and nothing after the last character."""
    long, trailing = [], []
    for name in tracked():
        if not name.endswith((".c", ".h", ".S", ".lds")):
            continue
        for number, line in enumerate((harness.TOP / name).read_text().split("\n"), 1):
            if name.startswith(SOURCES) and len(line.expandtabs(8)) > 100:
                long.append(f"{name}:{number}")
            if line != line.rstrip():
                trailing.append(f"{name}:{number}")
    assert (long, trailing) == ([], [])


def test_relocations(build):
    """Only what ultravisor/cpu/head.S applies: R_PPC64_RELATIVE. (Of pefboot linker/pefboot.lds sees to it.)"""
    done = subprocess.run(["powerpc64-linux-gnu-readelf", "-rW", build / "ultravisor.elf"], stdout=subprocess.PIPE,
                          text=True, check=True)
    assert set(re.findall(r"R_PPC64_\w+", done.stdout)) == {"R_PPC64_RELATIVE"}


# Instructions on FPRs, VRs and VSRs: nobody switches these registers, and MSR[FP,VEC,VSX] are 0.
NOT_INTEGER = re.compile(r""":\t(f[a-z]+\.?|lf[sdi][a-z]*|stf[sdi][a-z]*|mtfs[a-z0-9]*|mffs[a-z]*|l[ev]v?x[a-z]*|lv[a-z0-9]+
    |stv[a-z0-9]+|v[a-z0-9]+|xs[a-z0-9]+|xv[a-z0-9]+|xx[a-z0-9]+|lx[vs][a-z0-9]*|stx[vs][a-z0-9]*|m[tf]v[a-z0-9]+)\s""", re.X)


@pytest.mark.parametrize("image", ["pefboot.linked", "ultravisor.elf"])
def test_no_floating_point_no_vectors(build, image):
    done = subprocess.run(["powerpc64-linux-gnu-objdump", "-d", "--no-show-raw-insn", "-j", ".text", build / image], stdout=subprocess.PIPE,
                          text=True, check=True)
    code = [line for line in done.stdout.splitlines() if re.match(r"\s+[0-9a-f]+:\t", line)]
    assert len(code) > 5000
    # Negative offsets of jump tables, which lie in .text, read as fnmsub f31,f31,...
    assert [line for line in code if NOT_INTEGER.search(line + " ") and "f31,f31," not in line] == []


def test_what_counts_as_floating_point():
    """The pattern above knows them."""
    for name in ("fadd", "lfd", "stfd", "lvx", "stvx", "vaddubm", "xxlor", "lxvd2x", "stxvw4x", "mtvsrd", "mfvsrd", "fmr"):
        assert NOT_INTEGER.search(f"  100:\t{name}     0,1 "), name
    for name in ("ld", "std", "lwz", "mflr", "mtfsprg", "lbz", "stdx", "extsw", "mfspr", "slbmfee"):
        assert not NOT_INTEGER.search(f"  100:\t{name}     0,1 ".replace("mtfsprg", "mtsprg")), name
