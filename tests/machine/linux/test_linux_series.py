# SPDX-License-Identifier: GPL-2.0-or-later
"""linux/: the series apply and are clean, linux/build does what it says, the mark is in the image."""
import hashlib
import re
import shutil
import struct
import subprocess
import time

import harness
import pytest

LINUX = harness.TOP / "linux"
MARK = b"virtio,acc-plat1"
MARK_OFFSET = 0x48
PORT = pytest.mark.all
LINUX_BUILD = harness.program(LINUX / "build")
SERIES = [pytest.param(version, name, id=f"{version}-{name}",
                       marks=[] if version == "6.12" else PORT)
          for name, versions in LINUX_BUILD.SERIES.items() for version in versions]
REPLACED = sorted(LINUX.glob("*/*/*.patch"))


def build(*args):
    """Path of the vmlinux; as slow as a kernel build the first time."""
    done = subprocess.run([LINUX / "build", *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr
    return harness.Path(done.stdout.strip())


def files_of(patch):
    return re.findall(r"^(?:---|\+\+\+) [ab]/(\S+)", patch.read_text(), re.M)


def copy_touched(source, series, tree):
    for name in {name for patch in series for name in files_of(patch)}:
        if (source / name).exists():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / name, tree / name)


def apply(patch, tree):
    return subprocess.run(["patch", "-d", tree, "-p1", "-F0", "-f", "--no-backup-if-mismatch",
                           "-i", patch],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


@pytest.mark.parametrize("version,name", SERIES)
def test_linux_series_applies(version, name, tmp_path):
    """To the newest source of its version, patch by patch, without fuzz."""
    series = LINUX_BUILD.patches(version, [name])
    copy_touched(harness.deps("linux-" + version), series, tmp_path)
    for patch in series:
        done = apply(patch, tmp_path)
        assert done.returncode == 0, f"{patch.name}: {done.stdout}"
        assert "fuzz" not in done.stdout, f"{patch.name}: {done.stdout}"


def contents(tree):
    return {path.relative_to(tree): path.read_bytes() for path in tree.rglob("*") if path.is_file()}


def outcome(patches, last, source, tree):
    """The touched files after the patches and the last one; None if the last one does not apply."""
    copy_touched(source, [*patches, last], tree)
    for patch in patches:
        assert apply(patch, tree).returncode == 0, patch.name
    return contents(tree) if apply(last, tree).returncode == 0 else None


@pytest.mark.parametrize("own", [
    pytest.param(path, id=f"{path.parents[1].name}-{path.parent.name}-{path.name[:4]}",
                 marks=[] if path.parents[1].name == "6.12" else PORT) for path in REPLACED])
def test_linux_series_version_has_only_what_differs(own, tmp_path):
    """A version has a patch of its own only where that of the series would not do the same."""
    version, name = own.parents[1].name, own.parent.name
    assert version in LINUX_BUILD.SERIES[name]
    common = LINUX / name / own.name
    assert common.exists(), "replaces nothing"
    before = [path for path in LINUX_BUILD.patches(version, [name]) if path.name < own.name]
    source = harness.deps("linux-" + version)
    (tmp_path / "common").mkdir()
    after = outcome(before, common, source, tmp_path / "common")
    if own in LINUX_BUILD.patches(version, [name]):
        (tmp_path / "own").mkdir()
        assert outcome(before, own, source, tmp_path / "own") != after
    else:
        assert own.read_text().startswith("Left out. ")


def checkpatch(patch, version, directory):
    """
    With the kernel's own script, but for what it cannot know here: commits, which need the history
    (UNKNOWN_COMMIT_ID), and that MAINTAINERS has the directories of new files (FILE_PATH_CHANGES).
    """
    script = harness.deps("linux-" + version) / "scripts" / "checkpatch.pl"
    done = subprocess.run(["perl", script, "--strict", "--no-tree", "--terse",
                           "--ignore", "UNKNOWN_COMMIT_ID,FILE_PATH_CHANGES", patch],
                          cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize("version,name", SERIES)
def test_linux_series_is_checkpatch_clean(version, name, tmp_path):
    for patch in LINUX_BUILD.patches(version, [name]):
        assert checkpatch(patch, version, tmp_path) == (0, ""), patch.name


def test_linux_series_checkpatch_would_complain(tmp_path):
    """The negative: the same run on a patch with a fault."""
    patch = LINUX_BUILD.patches("6.12", ["pool"])[0]
    bad = tmp_path / "bad.patch"
    bad.write_text(patch.read_text().replace("\n+\treturn ", "\n+        return ", 1))
    status, said = checkpatch(bad, "6.12", tmp_path)
    assert status == 1 and "code indent should use tabs" in said


@pytest.mark.parametrize("version,name", SERIES)
def test_linux_series_is_numbered_and_signed(version, name):
    series = LINUX_BUILD.patches(version, [name])
    for number, patch in enumerate(series, 1):
        text = patch.read_text()
        count = str(len(series))
        assert f"Subject: [PATCH {number:0{len(count)}}/{count}] " in text or count == "1", patch.name
        assert re.search(r"^Signed-off-by: .+ <.+@.+>$", text, re.M), patch.name
        assert str(harness.TOP) not in text and "/tmp/" not in text, patch.name


def test_linux_series_versions_have_the_same_subjects():
    """Those of the newest version; a patch which a version leaves out is named below."""
    assert LINUX_BUILD.SERIES == {"pool": ("6.1", "6.12", "7.2"), "svm": ("6.12", "7.2")}
    left_out = {("6.12", "svm"): 1}
    for name, versions in LINUX_BUILD.SERIES.items():
        everything = [path.name for path in sorted((LINUX / name).glob("*.patch"))]
        assert LINUX_BUILD.patches(versions[-1], [name]) == sorted((LINUX / name).glob("*.patch"))
        for version in versions:
            have = [path.name for path in LINUX_BUILD.patches(version, [name])]
            assert have == everything[:len(everything) - left_out.get((version, name), 0)]


def test_linux_series_own_patch_replaces_that_of_the_series(tmp_path, monkeypatch):
    """Other versions keep theirs; a text without a diff leaves the patch out."""
    monkeypatch.setattr(LINUX_BUILD, "HERE", tmp_path)
    for path in ("pool/1.patch", "pool/2.patch", "pool/3.patch", "6.12/pool/2.patch"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("Subject\n\ndiff --git a/x b/x\n")
    (tmp_path / "6.12/pool/3.patch").write_text("Left out.\n")

    def names(version):
        return [str(path.relative_to(tmp_path)) for path in LINUX_BUILD.patches(version, ["pool"])]

    assert names("6.12") == ["pool/1.patch", "6.12/pool/2.patch"]
    assert names("6.1") == names("7.2") == ["pool/1.patch", "pool/2.patch", "pool/3.patch"]


# ------------------------------------------------------------------------------- linux/build


def test_linux_build_second_run_is_at_once():
    first = build()
    start = time.monotonic()
    assert build() == first
    assert time.monotonic() - start < 3


def test_linux_build_verifies_the_configuration():
    lines = {"CONFIG_A": "CONFIG_A=y", "CONFIG_B": "# CONFIG_B is not set",
             "CONFIG_C": "CONFIG_C=8"}
    assert not LINUX_BUILD.dropped(lines, "CONFIG_A=y\nCONFIG_C=8\n")
    assert not LINUX_BUILD.dropped(lines, "CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=8\n")
    assert LINUX_BUILD.dropped(lines, "CONFIG_C=8\n") == ["CONFIG_A=y"]
    assert LINUX_BUILD.dropped(lines, "CONFIG_A=m\nCONFIG_C=8\n") == ["CONFIG_A=y"]
    assert LINUX_BUILD.dropped(lines, "CONFIG_A=y\nCONFIG_B=y\nCONFIG_C=8\n") == [
        "# CONFIG_B is not set"]
    assert LINUX_BUILD.dropped(lines, "CONFIG_A=y\nCONFIG_C=80\n") == ["CONFIG_C=8"]


def test_linux_build_last_fragment_wins():
    assert "CONFIG_PPC_SVM" not in LINUX_BUILD.requested("6.12", [])
    assert LINUX_BUILD.requested("6.12", ["svm"])["CONFIG_PPC_SVM"] == "CONFIG_PPC_SVM=y"


@pytest.mark.parametrize("wrong", [["--config", "nonsense"], ["--patches", "nonsense"], ["5.10"],
                                   ["--patches", "svm", "6.1"]])
def test_linux_build_refuses_what_is_not_there(wrong):
    done = subprocess.run([LINUX / "build", "--path", *wrong], capture_output=True, text=True,
                          check=False)
    assert done.returncode != 0 and done.stdout == ""
    assert wrong[-1] in done.stderr


def test_linux_build_is_named_by_content():
    """Another configuration, another compiler or no patches is another kernel; the same request is the same."""
    paths = [build("--path", *args) for args in
             ([], ["--cc", "gcc"], ["--config", "svm"], ["--config", "big-endian"], ["--cc", "clang"], ["--patches", "none"])]
    assert paths[0] == paths[1]
    assert len(set(paths)) == 5


PATCH = """--- a/{name}
+++ b/{name}
@@ -1 +1 @@
-{name}
+{text}
"""


def test_linux_build_makes_anew_what_changed_and_nothing_else(tmp_path, monkeypatch):
    """The times of the files that patches touch: make goes by them."""
    monkeypatch.setattr(LINUX_BUILD, "HERE", tmp_path)
    source, tree = tmp_path / "linux", tmp_path / "work" / "source"
    source.mkdir()
    tree.parent.mkdir()
    for name in ("one", "two", "three"):
        (source / name).write_text(name + "\n")
    patches = {}
    for name, text in (("one", "uno"), ("two", "due"), ("two", "zwei")):
        patches[text] = tmp_path / f"{text}.patch"
        patches[text].write_text(PATCH.format(name=name, text=text))

    def times(*series):
        with open(tmp_path / "log", "w", encoding="utf-8") as log:
            LINUX_BUILD.unpack(source, [patches[name] for name in series], tree, log)
        return {path.name: path.stat().st_mtime_ns for path in tree.iterdir()}

    first = times("uno", "due")
    assert times("uno", "due") == first
    other = times("uno", "zwei")
    assert other["two"] > first["two"] and (other["one"], other["three"]) == (first["one"], first["three"])
    none = times()
    assert none["one"] > first["one"] and none["two"] > other["two"]
    assert (source / "one").read_text() == "one\n" == (tree / "one").read_text()
    again = times("uno", "zwei")
    assert again["one"] > none["one"] and again["two"] > none["two"]


def test_linux_build_kept_the_configuration():
    config = (build().parent / "config").read_text()
    assert LINUX_BUILD.dropped(LINUX_BUILD.requested("6.12", []), config) == []
    assert "\nCONFIG_DMA_RESTRICTED_POOL=y\n" in config


# ---------------------------------------------------------------------------------- the mark


def at_entry(vmlinux, offset, size):
    """Bytes of an ELF kernel from its entry point on, as a loader of segments sees them."""
    image = vmlinux.read_bytes()
    order = "<" if image[5] == 1 else ">"
    entry, phoff = struct.unpack_from(order + "QQ", image, 24)
    phentsize, phnum = struct.unpack_from(order + "HH", image, 54)
    for i in range(phnum):
        kind, _, start, vaddr, _, filesz = struct.unpack_from(order + "IIQQQQ", image,
                                                              phoff + i * phentsize)
        if kind == 1 and vaddr <= entry < vaddr + filesz:
            at = start + entry - vaddr + offset
            return image[at:at + size]
    raise AssertionError(f"{vmlinux}: no segment with the entry point")


def test_linux_mark_is_in_the_patched_kernel():
    assert at_entry(build(), MARK_OFFSET, len(MARK)) == MARK


@pytest.mark.parametrize("version", ["6.1", "6.12"])
def test_linux_mark_is_not_in_the_kernels_of_debian(version):
    """There the place is empty, so that no kernel has it by accident."""
    assert at_entry(harness.kernel(version), MARK_OFFSET, len(MARK)) == bytes(len(MARK))


def test_linux_mark_is_what_the_document_says():
    text = (harness.TOP / "docs" / "binding" / "kernel-mark.md").read_text()
    assert f"`{MARK.decode()}`" in text
    assert f"`{MARK.hex(' ')}`" in text
    assert f"offset {MARK_OFFSET:#x} " in text


@pytest.mark.parametrize("version", ["6.12", *(pytest.param(version, marks=PORT) for version in ("6.1", "7.2"))])
def test_linux_has_what_is_not_to_be_called(version):
    """A name that a kernel has not is a word of initcall_blacklist= that does nothing, and says nothing: an NMI would show registers."""
    (name,) = re.findall(r"initcall_blacklist=(\w+)", harness.tool("image").SILENT)
    assert f" {name}\n" in (build(version).parent / "System.map").read_text()


# ------------------------------------------------------------------------- long: make check-all


@pytest.mark.all
@pytest.mark.parametrize("version", ["6.1", "7.2"])
def test_linux_port_builds_and_is_marked(version):
    assert at_entry(build(version), MARK_OFFSET, len(MARK)) == MARK


@pytest.mark.all
def test_linux_series_builds_patch_by_patch():
    """As git bisect would: every prefix of the 6.12 series makes a vmlinux, each another one."""
    count = len(LINUX_BUILD.patches("6.12", ["pool"]))
    config = ["--config", "svm", "--config", "crash"]
    paths = [build(*config, "--first", str(number)) for number in range(count + 1)]
    assert paths[-1] == build(*config)
    assert len(set(paths)) == count + 1
    # dt-bindings changes no code
    assert len({hashlib.sha256(path.read_bytes()).digest() for path in paths}) == count
