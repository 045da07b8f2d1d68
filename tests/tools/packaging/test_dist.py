# SPDX-License-Identifier: GPL-2.0-or-later
"""A release, sources of one's own, and what shells complete."""

import os
import re
import shutil
import subprocess
import tarfile

import harness
import pytest

VERSION = re.search(r'"(.*)"', (harness.TOP / "lib/version.h").read_text())[1]
PROGRAMS = ("pefboot-bundle", "pefboot-svm-check", "bootlog.pyz")
IMAGES = ("pefboot.bin", "pefboot.elf", "pefboot-loader.elf", "ultravisor.bin", "esmb-get-file", "bootlog.pyz")


def make(*args, prefix=(), **how):
    return subprocess.run([*prefix, "make", "--no-print-directory", *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=900, check=False, **how)


@pytest.mark.parametrize("name", PROGRAMS)
def test_version(build, name):
    done = subprocess.run([build / name, "--version"], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout == f"{name.removesuffix('.pyz')} {VERSION}\n"


@pytest.mark.parametrize("name,file", [("pefboot-vm", "pefboot-vm"), ("pefboot-image", "image")])
def test_version_of_a_script(name, file):
    done = subprocess.run([harness.TOP / "tools" / file, "--version"], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout == f"{name} {VERSION}\n"


@pytest.mark.all
def test_version_of_the_guests_program(build):
    done = subprocess.run(["qemu-ppc64le-static", build / "esmb-get-file", "--version"], stdout=subprocess.PIPE,
                          text=True, check=True)
    assert done.stdout == f"esmb-get-file {VERSION}\n"


def test_version_is_in_the_news_and_the_spec():
    assert re.search(r"^pefboot (\S+)$", (harness.TOP / "NEWS").read_text(), re.M)[1] == VERSION
    assert re.search(r"^Version:\s+(\S+)$", (harness.TOP / "tools/pefboot.spec").read_text(), re.M)[1] == VERSION


@pytest.mark.parametrize("words,says", [(("LIBFDT=/nowhere",), "LIBFDT=/nowhere: no libfdt.h there"),
                                        (("BEARSSL=/nowhere",), "LIBFDT=: no libfdt.h there")])
def test_given_sources_that_are_none(words, says):
    done = make("-C", harness.TOP, "-n", *words)
    assert done.returncode == 2 and says in done.stdout


def test_given_sources_need_no_apt():
    """With both given, nothing of the build asks for packages or sources."""
    said = make("-C", harness.TOP, "-n", "-B", "O=nowhere", "all", f"LIBFDT={harness.deps('libfdt') / 'libfdt'}",
                f"BEARSSL={harness.deps('bearssl')}").stdout
    assert "boot/main.c" in said and "tools/deps" not in said and "deps.mk" not in said


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """The archive, made twice, and its files in a folder."""
    folder = tmp_path_factory.mktemp("release")
    for out in ("one", "two"):
        done = make("-C", harness.TOP, f"O={folder / out}", "dist", env={**os.environ, "MAKEFLAGS": "", "GIT_CONFIG_COUNT": "1",
                    "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"})
        assert done.returncode == 0, done.stdout
    archives = [folder / out / f"pefboot-{VERSION}.tar.gz" for out in ("one", "two")]
    assert archives[0].read_bytes() == archives[1].read_bytes()
    with tarfile.open(archives[0]) as archive:
        archive.extractall(folder)
    return folder / f"pefboot-{VERSION}"


def test_release_has_licences(release):
    for name in ("COPYING", "NEWS", "libraries/libfdt/GPL", "libraries/libfdt/BSD-2-Clause", "libraries/bearssl/LICENSE.txt"):
        assert (release / name).is_file(), name


@pytest.mark.all
def test_release_builds_without_network(release, build, skip):
    """Without network, cache and apt: the same images."""
    if os.geteuid():
        skip("not root")
    done = make("-j2", prefix=("unshare", "-n"), cwd=release, env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"})
    assert done.returncode == 0, done.stdout
    assert [name for name in IMAGES if (release / "build" / name).read_bytes() != (build / name).read_bytes()] == []


@pytest.mark.all
def test_rpm(release, tmp_path):
    """Packages for Fedora, by Debian's rpmbuild, which has none of Fedora's package names."""
    archive = release.parent / "one" / f"pefboot-{VERSION}.tar.gz"
    done = subprocess.run(["rpmbuild", "-ta", "--nodeps", "--define", f"_topdir {tmp_path}", archive], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    files = {}
    for path in (tmp_path / "RPMS").rglob("*.rpm"):
        name = path.name.split(f"-{VERSION}")[0]
        files[name] = subprocess.run(["rpm", "-qpl", path], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    assert files.keys() == {"pefboot", "pefboot-dbg", "pefboot-bundle", "pefboot-vm", "pefboot-bootlog"}
    assert "/usr/share/qemu/pefboot.bin" in files["pefboot"] and "/usr/bin/bootlog" in files["pefboot-bootlog"]
    assert "/usr/bin/pefboot-svm-check" in files["pefboot-bundle"]
    # what gdb looks for beside its commands: test_debugger_without_sources
    assert {"/usr/lib/debug/pefboot/pefboot.linked", "/usr/lib/debug/pefboot/ultravisor.elf", "/usr/share/pefboot/gdb/pefboot.py",
            "/usr/share/pefboot/gdb/elf.py"} <= set(files["pefboot-dbg"])
    assert not [name for name in files["pefboot-dbg"] if "__pycache__" in name or name in files["pefboot"]
                and not name.startswith("/usr/share/licenses")]


def complete(program, *words):
    """What bash offers for the last word."""
    script = f"""source {harness.TOP}/tools/completions/{program}.bash
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_{program.replace('-', '_')} "$1" "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD-1]}}"
printf '%s\\n' "${{COMPREPLY[@]}}" """
    first = {"bootlog": str(harness.BOOTLOG)}.get(program, program)
    done = subprocess.run(["bash", "-c", script, "bash", first, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


def test_bash_completes_bundle(build):
    usage = subprocess.run([build / "pefboot-bundle", "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout
    synopsis = usage.split("\n\n")[0]
    commands = set(re.findall(r"pefboot-bundle (\w+)", synopsis))
    assert set(complete("pefboot-bundle", "")) == commands | {"--help", "--version"}
    for command in commands:
        part = re.search(rf"pefboot-bundle {command}\b(.*?)(?=pefboot-bundle|$)", synopsis, re.S)[1]
        assert set(complete("pefboot-bundle", command, "-")) == set(re.findall(r"(?<!\w)--?[a-z][a-z-]*", part)), command
    assert complete("pefboot-bundle", "pcrs", "--bank", "sha3") == ["sha384"]


def test_bash_completes_bootlog():
    def options(*words):
        said = subprocess.run([harness.BOOTLOG, *words, "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout
        return {word for word in re.findall(r"(?m)^  (?:-\w, )?(-[\w-]+)|^  -\w \S+, ", said) if word} - {"-h", "--help"}
    for command in complete("bootlog", "")[:-2]:
        offered = {word for word in complete("bootlog", command, "-") if word.startswith("-")}
        assert offered - {"-o"} == options(command) - {"-o", "--output", "--"}, command
    profiles = {path.stem for path in (harness.TOP / "tools/profiles").glob("*.toml")}
    assert set(complete("bootlog", "check", "--profile", "")) >= profiles
    assert complete("bootlog", "check", "-o", "j") == ["junit", "json"]


@pytest.mark.all
@pytest.mark.parametrize("program", ["pefboot-bundle", "bootlog"])
def test_zsh_reads_words(program, tmp_path):
    """The function loads, and knows each command that bash is offered."""
    shutil.copy(harness.TOP / f"tools/completions/_{program}", tmp_path)
    subprocess.run(["zsh", "-fc", f"fpath=({tmp_path} $fpath); autoload -Uz compinit && compinit -D && autoload +X _{program}"], check=True)
    text = (tmp_path / f"_{program}").read_text()
    assert [word for word in complete(program, "") if not re.search(rf"'{word}(:|')", text)] == []
