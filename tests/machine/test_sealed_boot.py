# SPDX-License-Identifier: GPL-2.0-or-later
"""Bundles of version 2 in a machine: what the log says was measured is what the file has, and the blob goes to the ultravisor."""

import hashlib
import os
import struct

import disks
import esmblob
import harness
import pytest
import sealed

CMDLINE = "console=hvc0 pefboot.secure=required pefboot.kernel=any"
INITRD = disks.random_bytes("initrd", 100001)
PUBLIC = (harness.TOP / "tests/host/data/esm/machine-key.pub.pem").read_bytes()


def part(data, number):
    """Offset and size of a part, and its bytes, by docs/bundle.md."""
    offset, size = (disks.manifest(data, disks.PART + 80 * number + at) for at in (0, 8))
    return offset, size, data[0x10000 + offset:0x10000 + offset + size]


def range_of(data):
    """The measured range of a version 2 bundle."""
    offset, size, _ = part(data, 0)
    return data[0x10000:0x10000 + offset + size]


def blob_for(data, initrd=INITRD, cmdline=CMDLINE):
    return esmblob.make([(PUBLIC, "published key of the tests")], esmblob.digests(range_of(data), initrd, cmdline),
                        {"rootd": b"\0secret\n"})


def seal(data, blob):
    """Put a blob into its place; no other byte changes."""
    at, room = 0x10000 + disks.manifest(data, 280), disks.manifest(data, 288)
    return data[:at] + blob + bytes(room - len(blob)) + data[at + room:]


@pytest.fixture(params=sealed.RELEASES)
def qemu(request, qemu):
    return sealed.Release(qemu, request.param)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sealed")
    return folder / "bundle.elf", disks.bundle(folder / "bundle.elf", disks.spin_elf(), INITRD, CMDLINE, room="64K")


def machine(path, *words):
    return ["--firmware", "ultravisor", "--mem", "256M", "--machine-key", "--disk", f"{path},ro", "--", "-prom-env", "uv=" + " ".join(words)]


@pytest.mark.parametrize("kind", ["without", "sealed", "laid-out"])
def test_sealed_digest_is_the_files(qemu, tmp_path, bundle, kind):
    """The SHA-512 in the log is that of the file's bytes; behind the kernel's nothing is believed: it is random here."""
    data = bundle[1]
    if kind == "laid-out":      # at boot, since its segment does not lie in the file as it would in memory
        data = disks.bundle(tmp_path / "bundle.elf", disks.elf([(0x1000, 0, disks.spin(), 0x28000)]), INITRD, CMDLINE, room="64K")
    words = ["uv.trace", f"uv.digest={disks.measured(data)}"]
    size, measured = len(range_of(data)), hashlib.sha512(range_of(data)).hexdigest()
    place = disks.manifest(data, 280)
    if kind == "sealed":
        data = seal(data, blob_for(data))
    for start, end in ((size, part(data, 1)[0]), (part(data, 1)[0] + len(INITRD), place)):
        data = data[:0x10000 + start] + os.urandom(end - start) + data[0x10000 + end:]
    (tmp_path / "bundle.elf").write_bytes(data)
    child = qemu.spawn(*machine(tmp_path / "bundle.elf", *words))
    child.expect(rf"4/7 transition mode=secure secure=required kbase=(0x\w+) tree=0x\w+ measured=(0x\w+)\+{size:#x}"
                 + (r" blob=(0x\w+)\+0x\w+" if kind == "sealed" else "") + r"\r*\n")
    assert child.match[1] == child.match[2]
    if kind == "sealed":
        assert int(child.match[3], 16) % 0x10000 == 0
    child.expect("5/7 verify world=secure .* kernel=match initrd=match cmdline=match sha512=" + measured)
    child.expect("7/7 handoff world=secure")


def test_sealed_version_1_is_as_it_was(qemu, tmp_path):
    data = disks.bundle(tmp_path / "bundle.elf", disks.spin_elf(), INITRD, CMDLINE)
    child = qemu.spawn(*machine(tmp_path / "bundle.elf", f"uv.digest={disks.measured(data)}"))
    child.expect(rf"4/7 transition mode=secure .* measured=0x\w+\+{len(data) - 0x10000:#x}\r*\n")
    child.expect(r"5/7 verify world=secure .* kernel=match initrd=match cmdline=match\r*\n")
    child.expect("7/7 handoff world=secure")


def test_sealed_refusal_has_the_digest(qemu, tmp_path, bundle):
    """One bit of the stage is another: what the ultravisor refused can be held against the file."""
    data = bytearray(bundle[1])
    wanted = disks.measured(bytes(data))
    data[0x10000 + 0x3000] ^= 1
    (tmp_path / "bundle.elf").write_bytes(data)
    done = qemu(*machine(tmp_path / "bundle.elf", f"uv.digest={wanted}"))
    measured = range_of(bytes(data))
    done.line(rf"pefboot: measured=0x\w+\+{len(measured):#x} sha512={hashlib.sha512(measured).hexdigest()}")
    done.line("pefboot: FAIL 4/7 transition E405 ")
    done.line("pefboot: EXIT 405")


@pytest.mark.parametrize("begin,number", [(struct.pack(">II", 0xd00dfeed, 0x10001), 350), (struct.pack(">II", 0xd00dfeed, 39), 349),
                                          (b"\x7fELF", 349)], ids=["large", "small", "other"])
def test_sealed_bad_blob(qemu, tmp_path, bundle, begin, number):
    (tmp_path / "bundle.elf").write_bytes(seal(bundle[1], begin))
    done = qemu("--disk", f"{tmp_path}/bundle.elf,ro", "--mem", "256M")
    done.line(rf"pefboot: .*E{number} ")


def newc(name, data=b""):
    fields = [0, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


def archive(blob):
    """In front of an initrd, as svm-tool makes it."""
    data = b"".join(newc(name) for name in (".", "opt", "opt/ibm", "opt/ibm/pef")) + newc("opt/ibm/pef/blob", blob) + newc("TRAILER!!!")
    return data + bytes(-len(data) % 512)


def test_sealed_archive_needs_an_ultravisor(qemu, tmp_path):
    """A blob in front of the initrd says that somebody wants a secure guest; it is in the ultravisor's hands from there on."""
    (tmp_path / "kernel").write_bytes(disks.spin_elf())
    (tmp_path / "initrd").write_bytes(archive(esmblob.make([(PUBLIC, "")], esmblob.digests(b"", INITRD, ""))) + INITRD)
    args = ["--kernel", tmp_path / "kernel", "--initrd", tmp_path / "initrd", "--append", "console=hvc0 pefboot.kernel=any", "--mem", "256M"]
    done = qemu(*args)
    done.line("pefboot: FAIL 4/7 transition E401 ")
    done = qemu.spawn(*args, "--firmware", "ultravisor", "--", "-prom-env", "uv=uv.trace")
    done.expect(r"3/7 load from=memory .* initrd=(0x\w+)\+")
    start = int(done.match[1], 16)
    done.expect(r"4/7 transition mode=secure .* blob=(0x\w+)\+(0x\w+)\r*\n")
    assert start < int(done.match[1], 16) < start + 0x1000
