# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/image: what it refuses before it begins, what it takes as packages, and that a failure leaves nothing."""

import io
import os
import re
import signal
import subprocess
import time
import types

import harness
import pytest

KEY = harness.TOP / "tests/host/data/esm/machine-key.pub.pem"
IMAGE = harness.tool("image")


def package(folder, name, architecture="ppc64el"):
    """A package without anything in it."""
    tree = folder / f"tree-{name}-{architecture}"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN/control").write_text(f"Package: {name}\nVersion: 1\nArchitecture: {architecture}\nMaintainer: nobody <a@b.invalid>\n"
                                         "Description: of a test\n")
    path = folder / f"{name}_1_{architecture}.deb"
    subprocess.run(["dpkg-deb", "-Znone", "--root-owner-group", "--build", tree, path], check=True, stdout=subprocess.DEVNULL)
    return path


def run(folder, *words, recipient=KEY, status=1, **env):
    """Its message; nothing is left in the folder but what was there."""
    before = sorted(path.name for path in folder.iterdir())
    done = subprocess.run([harness.TOP / "tools/image", "--recipient", recipient, "--output", folder / "out", *words], check=False,
                          capture_output=True, text=True, env={**os.environ, "PEFBOOT_BUILD": str(harness.BUILD), **env})
    assert done.returncode == status, done.stderr
    assert sorted(path.name for path in folder.iterdir()) == before
    return done.stderr


def test_sealed_image_needs(tmp_path):
    (tmp_path / "there").mkdir()
    some = ("--packages", tmp_path)
    assert "--packages" in run(tmp_path, status=2)
    assert "'2' is no size" in run(tmp_path, *some, "--size", "2", status=2)
    assert "no-key.pem: No such file" in run(tmp_path, *some, recipient=tmp_path / "no-key.pem")
    assert "is a private key: give the public one" in run(tmp_path, *some, recipient=KEY.with_name("machine-key.pem"))
    assert "is no public key in PEM" in run(tmp_path, *some, recipient=harness.TOP / "README.md")
    assert "--packages: cannot read /nowhere" in run(tmp_path, "--packages", "/nowhere")
    assert "--authorized-keys %s: No such file" % (tmp_path / "none") in run(tmp_path, *some, "--authorized-keys", tmp_path / "none")
    assert "there is there already: name a new folder" in run(tmp_path, *some, "--output", tmp_path / "there")
    assert "MiB free, and this takes" in run(tmp_path, *some, "--size", "9000000G")


def test_sealed_image_packages(tmp_path):
    """Those of the guest's architecture, of our own and the kernel; what is missing is named."""
    debs = tmp_path / "debs"
    debs.mkdir()
    for name, architecture in (("pefboot", "all"), ("pefboot-bundle", "amd64"), ("pefboot-guest", "ppc64el"), ("pefboot-vm", "all"),
                               ("linux-image-1-dbg", "ppc64el")):
        package(debs, name, architecture)
    said = run(tmp_path, "--packages", debs)
    assert "among the packages is no pefboot-bundle, no linux-image-VERSION-pefboot: make deb" in said
    kernel = package(tmp_path, "linux-image-1-pefboot")
    package(debs, "pefboot-bundle")
    IMAGE.packages([str(debs), str(kernel)], tmp_path / "copied")
    assert sorted(path.name.rpartition("_")[0] for path in (tmp_path / "copied").iterdir()) == ["linux-image-1-pefboot", "pefboot", "pefboot-bundle",
                                                                                                "pefboot-guest"]


def test_sealed_image_encrypts_in_pieces(tmp_path, monkeypatch):
    """The same sectors, whatever the size of a piece; nothing in front of the partition changes."""
    plain, key = os.urandom(5 * 4096), os.urandom(64)
    (tmp_path / "plain").write_bytes(plain)
    (tmp_path / "disk").write_bytes(b"\xaa" * 4096 * 7)
    monkeypatch.setattr(IMAGE, "PIECE", 2 * 4096)
    IMAGE.encrypt(tmp_path / "plain", tmp_path / "disk", 4096, key)
    whole = harness.tool("encrypted-disk").encrypt(plain, key)
    assert (tmp_path / "disk").read_bytes() == b"\xaa" * 4096 + whole + b"\xaa" * 4096


def test_sealed_image_encrypts_with_tags(tmp_path):
    """The partition that it has made for them, and nothing in front of it or behind it."""
    tags, plain, key = harness.tool("dm-integrity"), os.urandom(3 << 20), os.urandom(96)
    size, wanted = tags.room(len(plain)), io.BytesIO()
    tags.fill(wanted, 0, size, io.BytesIO(plain), key, harness.tool("encrypted-disk").encrypt)
    (tmp_path / "plain").write_bytes(plain)
    (tmp_path / "disk").write_bytes(b"\xaa" * (size + 8192))
    IMAGE.encrypt(tmp_path / "plain", tmp_path / "disk", 4096, key, size)
    disk = (tmp_path / "disk").read_bytes()
    assert disk == b"\xaa" * 4096 + wanted.getvalue() + b"\xaa" * (size + 4096 - len(wanted.getvalue()))
    assert size - len(wanted.getvalue()) < 1 << 20


def test_sealed_image_loader_without_tags(tmp_path):
    """One that would become secure and could not open the root."""
    (tmp_path / "pefboot-bundle").write_text("#!/bin/sh\n")
    (tmp_path / "pefboot-bundle").chmod(0o755)
    (tmp_path / "vmlinux").write_bytes(b"device-mapper: crypt")
    words = ("--packages", tmp_path, "--size", "9000000G", "--loader", tmp_path / "vmlinux")
    assert "has no dm-integrity built in" in run(tmp_path, *words, "--integrity", PEFBOOT_BUILD=str(tmp_path))
    assert "MiB free, and this takes" in run(tmp_path, *words, PEFBOOT_BUILD=str(tmp_path))
    (tmp_path / "vmlinux").write_bytes(b"device-mapper: crypt dm-integrity-wait")
    assert "MiB free, and this takes" in run(tmp_path, *words, "--integrity", PEFBOOT_BUILD=str(tmp_path))


def namespace(folder, script, monkeypatch):
    """What in_namespace() does with a script in the place of its own, without one."""
    (folder / "foreign").write_text('#!/bin/sh\n[ "$1" = --apart ] && shift && exec "$@"\n')
    (folder / "foreign").chmod(0o755)
    (folder / "work").mkdir(exist_ok=True)
    (folder / "root.tar").touch()
    monkeypatch.setattr(IMAGE, "beside", lambda name: str(folder / name))
    monkeypatch.setattr(IMAGE, "SYSTEM", "exec 3>&1 1>&2\n" + script)
    steps = types.SimpleNamespace(name=None, names=[])
    steps.step = lambda name: (setattr(steps, "name", name), steps.names.append(name))
    IMAGE.in_namespace(steps, str(folder), folder / "root.tar", {"WORD": "word"})
    return steps.names


def test_sealed_image_steps(tmp_path, monkeypatch):
    """A step that fails is named, with what it said; a warning of the hook is no success; full is told from broken."""
    assert namespace(tmp_path, 'echo "step: one $WORD" >&3; echo "step: two" >&3', monkeypatch) == ["one word", "two"]
    with pytest.raises(IMAGE.Failure, match=r"(?s)^two\n.*  it broke$"):
        namespace(tmp_path, 'echo "step: two" >&3; echo it broke; exit 3', monkeypatch)
    with pytest.raises(IMAGE.Failure, match="no header"):
        namespace(tmp_path, 'echo "step: two" >&3; echo "pefboot-guest: WARNING: root has no header=FILE"', monkeypatch)
    with pytest.raises(IMAGE.Failure, match="^three: give a larger --size\n"):
        namespace(tmp_path, 'echo "step: three" >&3; echo "mke2fs: Could not allocate block in ext2 filesystem"; exit 1', monkeypatch)


def test_sealed_image_page():
    done = subprocess.run([harness.TOP / "tools/image", "--help"], stdout=subprocess.PIPE, text=True, check=True)
    page = (harness.TOP / "docs/man/pefboot-image.1").read_text().replace("\\-", "-")
    options = re.findall(r"^  (--[\w-]+)", done.stdout, re.M)
    assert len(options) > 10 and [option for option in options if option not in page] == []
    assert IMAGE.CMDLINE in page


def pem(folder, name, kind, words):
    """A public key of this kind."""
    subprocess.run(["openssl", "genpkey", "-quiet", "-algorithm", kind, "-pkeyopt", words, "-out", folder / "private"], check=True)
    subprocess.run(["openssl", "pkey", "-in", folder / "private", "-pubout", "-out", folder / name], check=True)
    (folder / "private").unlink()
    return folder / name


def test_sealed_image_says_it_before_it_begins(tmp_path):
    """What would fail only at the end, or make a disk that nobody can use."""
    some = ("--packages", tmp_path)
    for name, text in (("a.key", "-----BEGIN OPENSSH PRIVATE KEY-----\n"), ("none.pub", "# none\n\n"), ("login.pub", "ssh-ed25519 AAAA me\n"), ("empty", "\nx\n")):
        (tmp_path / name).write_text(text)
    login = (*some, "--authorized-keys", tmp_path / "login.pub")
    assert "a.key is a private key: give the public one, which ends in .pub" in run(tmp_path, *some, "--authorized-keys", tmp_path / "a.key")
    assert "none.pub has no key in it" in run(tmp_path, *some, "--authorized-keys", tmp_path / "none.pub")
    assert "has no password in its first line" in run(tmp_path, *some, "--password-file", tmp_path / "empty")
    assert "'my vm' is no name of a host" in run(tmp_path, *login, "--hostname", "my vm")
    assert "--size: a Debian takes at least 600M" in run(tmp_path, *login, "--size", "599M")
    assert "E211 pefboot.* option on the command line not understood" in run(tmp_path, *login, "--cmdline", "pefboot.secur=required")
    assert "pefboot-bundle seal: " in run(tmp_path, *login, recipient=pem(tmp_path, "large.pem", "RSA", "rsa_keygen_bits:3072"))
    assert "pefboot-bundle seal: " in run(tmp_path, *login, recipient=pem(tmp_path, "ec.pem", "EC", "ec_paramgen_curve:P-256"))
    assert "pefboot-bundle seal: " in run(tmp_path, *login, "--recipient", KEY)
    assert "login.pub is no folder" in run(tmp_path, *login, "--files", tmp_path / "login.pub")
    (tmp_path / "left").mkdir()
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    assert "dangling is there already" in run(tmp_path, *login, "--output", tmp_path / "dangling")
    (tmp_path / ".pefboot-image-left").mkdir()
    assert ".pefboot-image-left is of a run that goes on, or that was killed" in run(tmp_path, *login)


@pytest.mark.parametrize("number,status", [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_sealed_image_interrupted(tmp_path, number, status):
    """Nothing is left, the key least of all, and nobody works on."""
    (tmp_path / "debs").mkdir()
    os.mkfifo(tmp_path / "debs/a.deb")       # dpkg-deb waits for it
    # Who starts the tests in the background has them ignore the signals
    with subprocess.Popen([harness.TOP / "tools/image", "--recipient", KEY, "--output", tmp_path / "out", "--packages", tmp_path / "debs"],
                          start_new_session=True, preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
                          env={**os.environ, "PEFBOOT_BUILD": str(harness.BUILD)}) as child:
        while not list(tmp_path.glob(".pefboot-image-*/work/given/packages")):
            assert child.poll() is None
            time.sleep(0.05)
        time.sleep(0.2)
        child.send_signal(number)
        try:
            assert child.wait(60) == status
        finally:
            child.kill()
        assert list(tmp_path.glob(".pefboot-image-*")) == []
        with pytest.raises(ProcessLookupError):
            os.killpg(child.pid, 0)
