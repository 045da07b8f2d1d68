# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands of docs/secrets.md, as an owner types them."""

import os
import re
import subprocess
import sys

import esmblob
import harness
import pytest

sys.path.insert(0, str(harness.TOP / "tests/machine"))
import disks  # noqa: E402 (needs the path above)

OURS = ("pefboot-bundle", "(umask 077; head", "cat", "truncate", "cryptsetup luksFormat", "openssl req", "openssl genrsa", "openssl pkey")
LATER = ("ssh-keygen", "rootd=rootd.key --file hostkey=")     # tests/machine/test_sealed_ssh.py


def commands(section):
    """The lines of code in a section that run on the owner's machine, and code in its text that does."""
    text = (harness.TOP / "docs/secrets.md").read_text()
    part = text.split(f"\n## {section}\n")[1].split("\n## ")[0]
    lines = re.findall(r"^ {4,}(\S.*)$", part, re.M)
    return [line for line in re.findall(r"`(openssl genrsa [^`]*)`", part) + lines
            if line.startswith(OURS) and not any(word in line for word in LATER)]


def run(lines, folder):
    """What they print, each."""
    path = {**os.environ, "PATH": f"{harness.BUILD}:{harness.deps('cryptsetup-bin')}:{os.environ['PATH']}"}
    found = []
    for line in lines:
        done = subprocess.run(["sh", "-ec", line], cwd=folder, env=path, umask=0o022, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (line, done.stdout + done.stderr)
        found.append(done.stdout)
    return found


def opened(folder, name):
    data = (folder / name).read_bytes()
    at = 0x10000 + int.from_bytes(data[0x12000 + 280:0x12000 + 288], "big")     # docs/bundle.md: blob_offset
    size = int.from_bytes(data[at + 4:at + 8], "big")
    return esmblob.Opened(data[at:at + size], (folder / "machine-key.pem").read_bytes())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What the owner has before he begins."""
    path = tmp_path_factory.mktemp("story")
    (path / "vmlinux").write_bytes(disks.spin_elf(0x30000))
    for name in ("initrd.img", "initrd2.img", "move.img"):
        (path / name).write_bytes(disks.random_bytes(name, 5000))
    private, public = esmblob.new_key(path / "machine-key")
    public.rename(path / "machine.pem")
    run(commands("The story"), path)
    return path


def test_sealed_story(folder):
    """From a key to a bundle that has it sealed, and shows no trace of it."""
    lines = commands("The story")
    assert [line.split()[1] for line in lines if line.startswith("pefboot-bundle")] == ["create", "digest", "seal", "info", "verify"]
    *_, digests, text, info, verdict = run(lines, folder)
    assert opened(folder, "sealed.elf").files == {"rootd": (folder / "rootd.key").read_bytes()}
    assert opened(folder, "sealed.elf").digests["kernel"] in digests
    assert "file rootd, 64 bytes" in text and "file rootd, 64 bytes" in info
    assert "origin-lockbox opens" in verdict and "blob     ok" in verdict
    assert (folder / "rootd.key").read_bytes() not in (folder / "sealed.elf").read_bytes()


def test_sealed_story_of_an_old_bundle(folder):
    """The path that ends what an old bundle opens: a header of another volume key, a bundle that moves, one that has the new key."""
    (folder / "hostkey").write_bytes(b"made by ssh-keygen")
    lines = commands("An old bundle still opens")
    assert [line.split()[1] for line in lines if line.startswith("pefboot-bundle")] == ["create", "seal", "create", "seal", "verify"]
    assert "blob     ok" in run(lines, folder)[-1]
    old, move, new = (opened(folder, name) for name in ("sealed.elf", "move-sealed.elf", "sealed2.elf"))
    assert new.files == {"rootd": (folder / "rootd2.key").read_bytes()}
    assert set(move.files) == {"hostkey"} and old.files["rootd"] != new.files["rootd"]
    assert len({blob.digests["initrd"] for blob in (old, move, new)}) == 3
    assert [opens(folder, key) for key in ("rootd.key", "rootd2.key")] == [False, True]


def opens(folder, key):
    """Does this key open the new header?"""
    return subprocess.run([harness.deps("cryptsetup-bin") / "cryptsetup", "open", "--test-passphrase", "--key-file", folder / key, "--header",
                           folder / "root2.header", folder / "disk2.img"], stderr=subprocess.DEVNULL, check=False).returncode == 0


def test_sealed_story_of_an_identity(folder):
    """A TLS key and its certificate go into the blob without lying in one file anywhere."""
    lines = commands("Proof of identity")
    assert len(lines) == 2
    run(lines, folder)
    files = opened(folder, "sealed.elf").files
    assert files["identity"] == (folder / "identity.key").read_bytes() + (folder / "identity.crt").read_bytes()
    assert files["rootd"] == (folder / "rootd.key").read_bytes()


def test_sealed_story_keys_are_private(folder):
    """What the page has the owner make is for the owner alone, with the usual umask, too."""
    for section in ("An old bundle still opens", "Proof of identity"):
        run([line for line in commands(section) if "rootd2.key" in line and "urandom" in line or "openssl req" in line], folder)
    for name in ("rootd.key", "owner.pem", "rootd2.key", "identity.key"):
        assert (folder / name).stat().st_mode & 0o777 == 0o600, name
