# SPDX-License-Identifier: GPL-2.0-or-later
"""After UV_ESM there is only what somebody has named: what is measured has to be all that the guest still needs."""

import hashlib
import json
import struct
import subprocess

import disks
import harness
import pytest
import secure

CMDLINE = "console=hvc0 root=/dev/vda pefboot.kernel=any"
DATA = disks.random_bytes("disk of a guest that is measured", 256 << 10)


def boot(digest, words=""):
    """The words that have it measured."""
    return ["--", "-prom-env", f"uv=uv.trace uv.digest={digest} {words}".rstrip()]


@pytest.fixture(scope="module")
def stub(tmp_path_factory):
    """stub(initrd): a bundle whose kernel spins: arguments, and its bytes."""
    def make(initrd):
        path = tmp_path_factory.mktemp("stub") / "bundle.elf"
        data = disks.bundle(path, disks.spin_elf(), initrd, CMDLINE)
        return ["--firmware", "ultravisor", "--mem", "256M", "--disk", f"{path},ro"], data
    return make


def test_sealed_stage_alone_is_not_enough(qemu, stub):
    """A bundle of which only [0, image_size) is measured is left without a kernel."""
    machine, data = stub(b"initrd")
    done = qemu(*machine, *boot(disks.measured(data, disks.manifest(data, 16))))
    done.line(r"ultravisor: esm=forget kept=\d+ us=\d+$")
    done.line(r"pefboot: FAIL 5/7 verify E506 ")
    found = secure.verdict(done.console)
    assert (found["world"], found["leaked"]) == ("secure", "0")


def test_sealed_nothing_is_forgotten(qemu, stub):
    """The same with an ultravisor that forgets nothing."""
    machine, data = stub(b"initrd")
    child = qemu.spawn(*machine, *boot(disks.measured(data, disks.manifest(data, 16)), "uv.forget=off"))
    child.expect("7/7 handoff world=secure")
    assert b"esm=forget" not in qemu.logs[-1].read_bytes()


def test_sealed_without_an_initrd(qemu, stub):
    """The one that pefboot makes for the ultravisor's sake comes along, too."""
    machine, data = stub(None)
    child = qemu.spawn(*machine, *boot(disks.measured(data)))
    child.expect(r"esm=forget kept=\d+")
    child.expect("5/7 verify world=secure .* kernel=match initrd=match cmdline=match")
    child.expect("7/7 handoff world=secure")


def loaded(vmlinux):
    """The bytes of an ELF file as they lie in memory, to the end of its last segment's file bytes."""
    data = vmlinux.read_bytes()
    order = ">" if data[5] == 2 else "<"
    start, = struct.unpack_from(order + "Q", data, 32)
    size, count = struct.unpack_from(order + "HH", data, 54)
    segments = [struct.unpack_from(order + "IIQQQQ", data, start + size * number) for number in range(count)]
    segments = [(paddr, data[offset:offset + length]) for kind, _, offset, _, paddr, length in segments if kind == 1 and length]
    base = min(paddr for paddr, _ in segments)
    image = bytearray(max(paddr + len(part) for paddr, part in segments) - base)
    for paddr, part in segments:
        image[paddr - base:paddr - base + len(part)] = part
    return bytes(image)


def stage_and(kernel):
    """What is measured of a kernel from -kernel: the stage, as much memory as it has, and the kernel's file bytes."""
    stage = (harness.BUILD / "pefboot.bin").read_bytes()
    footprint, = struct.unpack_from(">I", stage, 0x1c)
    image = stage.ljust(footprint, b"\0") + kernel
    return f"{len(image)}:{hashlib.sha512(image).hexdigest()}"


def owners_digest(bundle):
    """What pefboot-bundle digest says of the measured range."""
    said = subprocess.run([harness.BUILD / "pefboot-bundle", "digest", "--json", bundle], stdout=subprocess.PIPE, check=True).stdout
    return json.loads(said)["kernel"]


@pytest.mark.parametrize("door", ["bundle", "kernel"])
def test_sealed_linux(qemu, tmp_path, door):
    """Linux boots of what is measured, and reads its disk. Of a bundle it reads what the owner's tool says."""
    (tmp_path / "data.img").write_bytes(DATA)
    (tmp_path / "empty.img").write_bytes(bytes(1 << 20))
    words, initrd = f"console=hvc0 quiet panic=-1 {harness.PATIENT} pefboot.pool=16M", secure.initramfs("none", "quick")
    machine = ["--firmware", "ultravisor", "--mem", "256M"]
    if door == "bundle":
        data = disks.bundle(tmp_path / "bundle.elf", secure.kernel().read_bytes(), initrd.read_bytes(), words, room="64K")
        machine += ["--disk", f"{tmp_path}/bundle.elf,ro"]
        digest = disks.measured(data)
    else:
        machine += ["--kernel", secure.kernel(), "--initrd", initrd, "--append", words, "--disk", f"{tmp_path}/empty.img,ro"]
        digest = stage_and(loaded(secure.kernel()))
    done = qemu(*machine, "--disk", f"{tmp_path}/data.img,ro", *boot(digest))
    assert "real=machine-down" not in done.console
    kept = int(done.line(r"ultravisor: esm=forget kept=(\d+) us=\d+$")[1])
    assert kept < 0x1000 // 2
    assert done.line(r"quick: (\w+)")[1] == hashlib.md5(DATA).hexdigest()
    assert done.line(r"^measured: (\w*)$")[1] == (owners_digest(tmp_path / "bundle.elf") if door == "bundle" else "")
    found = secure.verdict(done.console)
    assert (found["world"], found["leaked"]) == ("secure", "0")


@pytest.mark.all
@pytest.mark.alone
@pytest.mark.parametrize("release", ["7.2", "10.0"])
def test_sealed_64_gib(qemu, tmp_path, release):
    """A guest of 64 GiB, on a machine of a quarter of that: what nobody touched is never read, neither before nor by the verdict."""
    words = f"console=hvc0 quiet panic=-1 {harness.PATIENT} pefboot.pool=64M"
    data = disks.bundle(tmp_path / "bundle.elf", secure.kernel().read_bytes(), secure.initramfs("none", "quick").read_bytes(), words)
    (tmp_path / "data.img").write_bytes(DATA)
    done = qemu("--qemu", release, "--firmware", "ultravisor", "--mem", "64G", "--disk", f"{tmp_path}/bundle.elf,ro",
                "--disk", f"{tmp_path}/data.img,ro", *boot(disks.measured(data)))
    assert int(done.line(r"ultravisor: esm=forget kept=(\d+) us=\d+$")[1]) < 0x1000
    assert done.line(r"quick: (\w+)")[1] == hashlib.md5(DATA).hexdigest()
    found = secure.verdict(done.console)
    assert (found["world"], found["leaked"]) == ("secure", "0")
    assert int(found["private"]) + int(found["shared"]) == 64 << 14
