# SPDX-License-Identifier: GPL-2.0-or-later
"""Hints that lead out: a machine is given a cause and stops with its number; then what the hint says is done to the same
machine, and it boots, or stops for another reason. What needs no machine: tests/host/unit/boot/hints_test.c."""

import gzip
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import audit  # noqa: E402 (neighbours)
import disks  # noqa: E402
import harness  # noqa: E402
import secure  # noqa: E402
from elf import elf  # noqa: E402
from test_errors import LINUX_BASE, linux_head  # noqa: E402
from test_virtio import BAD, block_node, gpt_disk  # noqa: E402

OFF = ["--append", "pefboot.secure=off"]
PAYLOAD = harness.program(harness.TOP / "tests/guest/conformance/run")
SLOW = ["--", "-blockdev", "driver=null-co,size=1048576,latency-ns=7000000000,node-name=top", "-device", "virtio-blk-pci,drive=top"]


class Things:
    """What machines are given: files in a folder of the test."""

    def __init__(self, folder):
        self.folder, self.count = folder, 0

    def file(self, name, data=b""):
        """A file of its own, whatever has that name already."""
        self.count += 1
        (self.folder / f"{self.count}-{name}").write_bytes(data)
        return self.folder / f"{self.count}-{name}"

    def kernel(self, data=None, **how):
        """Words for a kernel from memory."""
        return ["--kernel", self.file("vmlinux", elf(disks.spin() if data is None else data, LINUX_BASE, **how)), *OFF]

    def bundle(self, initrd=b"initrd" * 100, cmdline="pefboot.secure=off"):
        """Words for a disk with a bundle."""
        path = self.file("bundle.elf")
        disks.bundle(path, disks.spin_elf(), initrd, cmdline)
        return ["--disk", path]

    def bad(self, name):
        """A disk as test_virtio.py spoils it, and the good one."""
        path, initrd = self.file("good.elf"), b"initrd" * 100
        image = path, disks.bundle(path, disks.spin_elf(), initrd), initrd
        return ["--mem", "512M", "--disk", self.file("bad.img", BAD[name][1](image))], ["--mem", "512M", "--disk", path]


def disk_option(things, bad, good):
    disk = things.bundle()[1]
    return ["--disk", f"{disk},{bad}"], ["--disk", f"{disk},{good}"]


def failing_disk(things):
    disk = things.bundle()[1]
    return ["--", *block_node(disk, driver="blkdebug", image="file", **{
        "inject-error.0.event": "none", "inject-error.0.iotype": "read"})], ["--disk", disk]


def grub_in_prep(things):
    """The PReP partition of an installed system stays as it is; the bundle gets a disk of its own."""
    loader = disks.elf([(0x10000, 0, b"GRUB" * 100, None)], bits=32).ljust(0x21000, b"\0")
    disk = ["--disk", things.file("system.img", gpt_disk((None, loader)))]
    return disk, disk + things.bundle()


def scsi_cd(things):
    controller = ["--", "-device", "virtio-scsi-pci,id=s"]
    data = things.bundle()[1].read_bytes()
    path = things.file("cd.iso", data + bytes(-len(data) % 2048))
    return ([*controller, "-device", "scsi-cd,bus=s.0"],
            [*controller, "-drive", f"file={path},format=raw,if=none,id=cd,media=cdrom", "-device", "scsi-cd,bus=s.0,drive=cd"])


def block_size(things):
    data = things.bundle()[1].read_bytes()
    path = things.file("b.img", data + bytes(-len(data) % 16384))
    return ["--disk", f"{path},block=16384"], ["--disk", f"{path},block=4096"]


def large_bundle(things):
    disk = things.bundle(initrd=bytes(300 << 20))
    return [*disk, "--mem", "256M"], [*disk, "--mem", "1G"]


def under_ultravisor(*bad, good=("--mem", "256M")):
    return lambda things: (["--firmware", "ultravisor", "--mem", "256M", *bad, *things.kernel()],
                           ["--firmware", "ultravisor", *good, *things.kernel()])


def goes_secure(things):
    kernel = things.kernel()
    return ["--firmware", "ultravisor", "--mem", "256M", *kernel[:-1], "pefboot.kernel=any"]


def conformance(touch):
    """A guest that asks for the ultravisor's calls, and touches a frame that is not its own if told to."""
    before, after = PAYLOAD.arguments()
    return [*before, *after, "-prom-env", touch]


def silent(*words):
    """Under VOF the command line is known before a disk is read."""
    return ["--firmware", "vof", "--kernel", harness.BUILD / "pefboot.elf", "--append", *words]


# number: words of the hint; what goes wrong, and the same with the hint followed; where that leads if not to a kernel
CASES = {
    103: ("give the guest more memory", lambda things: (
        [*things.kernel(memory=600 << 20), "--mem", "512M"], [*things.kernel(memory=600 << 20), "--mem", "2G"])),
    208: ("without max-cpu-compat=", lambda things: (
        [*things.kernel(), "--machine", "max-cpu-compat=power7"], things.kernel())),
    301: ("a bundle on a virtio disk; for -cdrom, USB: pefboot-bundle slof", lambda things: (
        ["--", "-cdrom", things.file("x.iso", bytes(1 << 20))], things.bundle())),
    302: ("pass an uncompressed 64-bit powerpc vmlinux", lambda things: (things.kernel(bytes(0x10000)), things.kernel())),
    324: ("a queue-size that is a power of two, 8 to 1024", lambda things: disk_option(things, "queue-size=4", "queue-size=8")),
    326: ("pefboot.disk-timeout=SECONDS waits longer", lambda things: (
        [*silent("pefboot.disk-timeout=5"), *SLOW], [*silent("pefboot.disk-timeout=60"), *SLOW]), "EXIT 335$"),
    331: ("check the image and QEMU's own messages", failing_disk),
    332: ("use logical_block_size=512 or 4096", block_size),
    333: ("or scsi-cd with a medium", scsi_cd),
    334: ("write the bundle to the whole disk", lambda things: things.bad("gpt-both-crcs")),
    335: ("give it a disk of its own", grub_in_prep),
    336: ("write the bundle again", lambda things: things.bad("cut")),
    341: ("make it again with pefboot-bundle create", lambda things: things.bad("reserved")),
    342: ("use pefboot and pefboot-bundle of one version", lambda things: things.bad("version")),
    343: ("give the guest more memory", large_bundle),
    344: ("pass an uncompressed 64-bit powerpc vmlinux", lambda things: things.bad("elf32")),
    345: ("build or fetch it again", lambda things: things.bad("no-segments")),
    346: ("build or fetch it again", lambda things: things.bad("entry-outside")),
    348: ("give it one (pefboot-bundle create --initrd)", lambda things: (
        things.bundle(initrd=None), things.bundle())),
    401: ("else pefboot.secure=auto", lambda things: (
        things.bundle(cmdline="quiet"), things.bundle(cmdline="quiet pefboot.secure=auto"))),
    701: ("try it with QEMU alone", lambda things: (things.kernel(linux_head()), things.kernel())),
    901: ("cap-nested-hv=on", under_ultravisor("--machine", "cap-nested-hv=off")),
    902: ("at most 64 CPUs", under_ultravisor("--smp", "65", good=("--mem", "256M", "--smp", "2"))),
    903: ("ic-mode=xics", under_ultravisor("--machine", "ic-mode=xive")),
    904: ("twice the guest's memory", under_ultravisor("--mem", "128M")),
    905: ("with less than 64 KiB of -append", lambda things: (
        [*under_ultravisor()(things)[0][:-1], "x" * 66000], under_ultravisor()(things)[1])),
    906: ("name a loaded one by uv.firmware=", lambda things: (
        [*under_ultravisor()(things)[0], "--", "-prom-env", "uv=uv.firmware=0x70000000+0x1000"],
        [*under_ultravisor()(things)[0], "--guest-firmware", harness.BUILD / "pefboot.bin"])),
    907: ("docs/ultravisor.md", lambda things: (
        [*under_ultravisor()(things)[0], "--", "-prom-env", "uv=uv.nonsense"], under_ultravisor()(things)[1])),
    913: ("uv.abort=", lambda things: (
        [*goes_secure(things), "--", "-prom-env", "uv=uv.abort=commit"], goes_secure(things))),
    # what the hint adds is a property that nobody expects
    914: ("tools/qemu --evil loads it", lambda things: (
        [*goes_secure(things), "--", "-prom-env", "uv=uv.evil=overlay:0x8000000+0x100"],
        [*goes_secure(things), "--evil", things.file("a.dtso", b'/dts-v1/;\n/plugin/;\n&{/} { hint = "followed"; };\n')]), "EXIT 501$"),
    915: ("leave memory alone that UV_ESM has reserved", lambda things: (conformance("touch=1"), conformance("touch=0")), "# failed 0$"),
    916: ("an RSA-2048 key as PKCS#1 in DER", lambda things: (
        [*goes_secure(things), "--", "-prom-env", "uv=uv.key=0x8000000+0x100"], [*goes_secure(things), "--machine-key"])),
}
IN_CHECK = (103, 208, 335, 401, 901)      # one for each step that a machine can stop in


@pytest.mark.parametrize("number", [pytest.param(number, marks=() if number in IN_CHECK else pytest.mark.all) for number in CASES])
def test_hints_followed(qemu, tmp_path, number):
    words, make, *then = CASES[number]
    bad, good = make(Things(tmp_path))
    stopped = qemu(*bad, timeout=90)
    assert words in stopped.line(r"hint: (.*)")[1]
    stopped.line(rf"EXIT {number}$")
    if then:
        qemu(*good, timeout=90).line(then[0])
        return
    with audit.Machine(*good, log=harness.LOGS / f"test_hints-{number}-followed.log") as machine:
        machine.wait_for(r"7/7 handoff", timeout=120)


def test_hints_keep_the_boot_loader(qemu, tmp_path):
    """Nobody is sent to overwrite what starts an installed system."""
    stopped = qemu(*grub_in_prep(Things(tmp_path))[0], timeout=60)
    stopped.line(r"E335 .*\(gpt\): another program \(ELF\), such as GRUB: keep it$")
    assert "PReP" not in stopped.line(r"hint: (.*)")[1]


def test_hints_absent_lun(qemu, tmp_path):
    """A target that has no LUN 0 is no alarm."""
    path = Things(tmp_path).file("empty.img", bytes(1 << 20))
    stopped = qemu("--", "-drive", f"file={path},format=raw,if=none,id=d", "-device", "virtio-scsi-pci,id=s", "-device",
                   "scsi-hd,bus=s.0,drive=d,scsi-id=1,lun=3", timeout=60)
    stopped.line(r"EXIT 335$")
    assert "E333" not in stopped.console


def test_hints_gzip(qemu, tmp_path):
    """A compressed kernel that got into a bundle is called that."""
    data = disks.bundle(tmp_path / "b.elf", disks.spin_elf(), b"initrd" * 100)
    packed = gzip.compress(disks.spin_elf())[:0x1000]
    (tmp_path / "b.elf").write_bytes(data.replace(disks.spin_elf()[:0x1000], packed.ljust(0x1000, b"\0"), 1))
    qemu("--disk", tmp_path / "b.elf", timeout=60).line(r"E344 .*gzip: unpack it first$")


@pytest.mark.all
def test_hints_secure_without_append(qemu):
    """-kernel and no -append: the ultravisor gets the empty command line that it demands."""
    done = qemu("--firmware", "ultravisor", "--mem", "512M", "--kernel", secure.kernel(), "--initrd", secure.initramfs("none", "quick"),
                "--no-reboot")
    assert secure.verdict(done.console)["world"] == "secure"
    done.line(r"5/7 verify world=secure ")
