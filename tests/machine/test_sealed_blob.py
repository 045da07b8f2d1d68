# SPDX-License-Identifier: GPL-2.0-or-later
"""ESM blobs in the miniature ultravisor: the guest that one is for gets its files, and no other becomes secure."""

import hashlib
import struct
import subprocess

import disks
import harness
import pytest
import sealed
from test_sealed_forget import stage_and

import esmblob

KEY = harness.TOP / "tests/host/data/esm/machine-key.pub.pem"
CMDLINE = "console=hvc0 of a sealed guest pefboot.kernel=any"
INITRD = disks.random_bytes("initrd of a sealed guest", 30001)
SECRET = disks.random_bytes("what only one guest gets", 60).hex().encode()     # 120 bytes, which take two calls
NAME, SPACE = "rootd", 0x8000


@pytest.fixture(params=sealed.RELEASES)
def qemu(request, qemu):
    return sealed.Release(qemu, request.param)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """The bytes of a kernel that shows the file."""
    folder = tmp_path_factory.mktemp("get-file")
    subprocess.run(["powerpc64-linux-gnu-gcc", "-mbig-endian", "-c", "-o", folder / "kernel.o", harness.TOP / "tests/guest/get_file.S"],
                   check=True)
    subprocess.run(["powerpc64-linux-gnu-objcopy", "-O", "binary", folder / "kernel.o", folder / "kernel.bin"], check=True)
    code = bytearray((folder / "kernel.bin").read_bytes())
    at = code.index(b"<end>") - 64
    code[at:at + len(NAME)] = NAME.encode()
    image = bytearray(disks.spin())
    image[4:8] = struct.pack(">I", 0x48000000 | 0x100 - 4)
    image[0x100:len(code)] = code[0x100:]
    return bytes(image)


def blob_for(measured, cmdline=CMDLINE, key=KEY):
    return esmblob.make([(key.read_bytes(), "")], esmblob.digests(measured, INITRD, cmdline), {NAME: SECRET})


@pytest.fixture
def guest(tmp_path, kernel):
    """guest(...): arguments of a boot of that kernel, with a blob in an archive in front of its initrd; what of it is not as in the blob."""
    size, digest = stage_and(kernel).split(":")
    (tmp_path / "kernel.elf").write_bytes(disks.elf([(0x10000, 0, kernel, len(kernel) + SPACE)]))

    def make(words="", initrd=INITRD, opener=("--machine-key",), **blob):
        made = blob_for((int(size), bytes.fromhex(digest)), **blob)
        (tmp_path / "initrd").write_bytes(esmblob.archive(made) + initrd)
        return ["--firmware", "ultravisor", "--mem", "256M", *opener, "--kernel", tmp_path / "kernel.elf", "--initrd",
                tmp_path / "initrd", "--append", CMDLINE, "--", "-prom-env", f"uv={words}"]
    return make


def check_given(child):
    child.expect("7/7 handoff world=secure")
    child.expect_exact(SECRET[:64].decode())
    child.expect_exact(SECRET[64:].decode())
    child.expect_exact("<end>")


def test_sealed_guest(qemu, guest):
    """It reads its file, of two pieces; what was not measured is forgotten. The published key is called so."""
    child = qemu.spawn(*guest("uv.trace"))
    child.expect(f"ultravisor: key=memory .* wiped=yes fingerprint={hashlib.sha256(KEY.read_bytes()).hexdigest()}")
    child.expect("ultravisor: notice: uv.key is the published test key")
    child.expect("esm=blob from=initrd range=.* files=yes")
    child.expect("esm=match rtas=yes kernel=yes initrd=yes bootargs=yes")
    child.expect("esm=forget kept=")
    check_given(child)


@pytest.mark.parametrize("what, match", [
    ({"cmdline": CMDLINE + " init=/bin/sh"}, "rtas=yes kernel=yes initrd=yes bootargs=no"),
    ({"initrd": INITRD[:-1] + b"!"}, "rtas=yes kernel=yes initrd=no bootargs=yes"),
], ids=["cmdline", "initrd"])
def test_sealed_other(qemu, guest, what, match):
    """A guest with the blob of another one stays normal; pefboot says that it was refused."""
    done = qemu(*guest(**what))
    done.line(rf"ultravisor: esm=match {match}$")
    done.line(r'ultravisor: esm=abort phase=digest why="the guest does not match its blob"$')
    done.line(r"pefboot: FAIL 4/7 transition E4\d\d ")
    assert SECRET[:64].decode() not in done.console


def test_sealed_to_another_machine(qemu, guest, tmp_path):
    """The key of this one does not open it."""
    _, public = esmblob.new_key(tmp_path / "other")
    done = qemu(*guest(key=public))
    done.line(r'ultravisor: esm=abort phase=digest why="lockbox-1 does not open with this machine\'s key"$')
    done.line(r"pefboot: FAIL 4/7 transition E4\d\d ")


def test_sealed_warn(qemu, guest):
    """As the published build: it is said, everything is brought in, and the files are given."""
    child = qemu.spawn(*guest("uv.esm=warn", cmdline="another"))
    child.expect('esm=warn why="the guest does not match its blob"')
    check_given(child)


def test_sealed_bundle(qemu, tmp_path, kernel):
    """A bundle with a blob in its place: all of it is vouched for, by the owner and by its manifest."""
    path = tmp_path / "bundle.elf"
    data = bytearray(disks.bundle(path, disks.elf([(0x10000, 0, kernel, len(kernel) + SPACE)]), INITRD, CMDLINE, room="64K"))
    end, at = disks.manifest(data, disks.PART) + disks.manifest(data, disks.PART + 8), 0x10000 + disks.manifest(data, 280)
    made = blob_for(bytes(data[0x10000:0x10000 + end]))
    data[at:at + len(made)] = made
    path.write_bytes(data)
    child = qemu.spawn("--firmware", "ultravisor", "--mem", "256M", "--machine-key", "--disk", f"{path},ro", "--", "-prom-env",
                       "uv=uv.esm=enforce")
    child.expect("esm=blob from=tree range=.* files=yes")
    child.expect("esm=match rtas=yes kernel=yes initrd=yes bootargs=yes")
    child.expect("5/7 verify world=secure .* kernel=match initrd=match cmdline=match")
    check_given(child)
