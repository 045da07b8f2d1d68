# SPDX-License-Identifier: GPL-2.0-or-later
"""kexec with something wrong: each ends with its number and a hint. The good ways are in tests.cfg."""

import disks
import doctor
import harness
import kexec
import pexpect
import pytest
import secure

FILE_OFFSET = 0x10000   # of the image in the file of a bundle
OFF = "pefboot.secure=off"


def bundle(tmp_path, kernel=None, initrd=b"initrd" * 100, cmdline=OFF):
    """The image of a bundle as a loader puts it into memory."""
    return disks.bundle(tmp_path / "bundle.elf", kernel or disks.spin_elf(), initrd, cmdline)[FILE_OFFSET:]


def zimage():
    """A bundle refuses to be made with a zImage: its marks are written into a good kernel's place."""
    head = b"\x48\0\0\x20" + (0x4000000).to_bytes(4, "big")
    return lambda image: image.replace(disks.spin()[:8], head, 1)


def initrd(start, end):
    return lambda tree: (tree.cells("/chosen", "linux,initrd-start", 0, start),
                         tree.cells("/chosen", "linux,initrd-end", 0, end))


def same(_):
    """Leave it as it is."""


CASES = {
    "no-chosen": (lambda tree: tree.remove("/chosen"), {}, same, 212),
    "crash-kernel": (lambda tree: tree.cells("/memory@0", "linux,usable-memory", 0, 0x8000000, 0, 0x8000000), {}, same, 213),
    "initrd-out-of-range": (initrd(0x10000000, 0x90000000), {"initrd": None}, same, 305),
    "initrd-ends-before-it-begins": (initrd(0x8000000, 0x4000000), {"initrd": None}, same, 305),
    "initrd-over-the-bundle": (initrd(doctor.PEFBOOT + 0x60000, doctor.PEFBOOT + 0x61000), {"initrd": None}, same, 306),
    "initrd-beside-the-bundle": (initrd(0x8000000, 0x8001000), {"initrd": None, "cmdline": "quiet"}, same, 347),
    "no-initrd-and-no-root": (same, {"initrd": None}, same, 348),
    "zimage": (same, {}, zimage(), 303),
    "no-token": (lambda tree: tree.drop("/rtas", "query-cpu-stopped-state"), {}, same, 205),
    "a-manifest-of-the-future": (same, {}, lambda image: disks.put_manifest(image, 8 - FILE_OFFSET, ">I", 3), 342),
    "too-large": (same, {}, lambda image: disks.put_manifest(image, 32 - FILE_OFFSET, ">Q", 0x3fff0000), 341),
    "no-ultravisor": (same, {"cmdline": "quiet"}, same, 401),
}
IN_CHECK = ("no-chosen", "initrd-out-of-range", "initrd-beside-the-bundle", "zimage")


@pytest.mark.parametrize("edit,what,spoil,number", [
    pytest.param(*case, id="kexec-" + name, marks=() if name in IN_CHECK else pytest.mark.all)
    for name, case in CASES.items()])
def test_refused(qemu, tmp_path, edit, what, spoil, number):
    tree = doctor.dump(qemu, tmp_path, "--mem", "512M")
    edit(tree)
    image = bundle(tmp_path, **what)
    done = doctor.kexec(qemu, tmp_path, tree, spoil(image) or image, "--mem", "512M")
    done.line(rf"FAIL \d/7 \w+ E{number} ")
    done.line("pefboot: hint: ")
    done.line(rf"pefboot: EXIT {number}$")


def test_kexec_pefboot_alone(qemu, tmp_path):
    """Without a disk there is nothing to start; what QEMU once loaded for SLOF is not it."""
    tree = doctor.dump(qemu, tmp_path, "--mem", "512M")
    tree.cells("/chosen", "qemu,boot-kernel", 0, 0x400000, 0, 0x100000)
    done = doctor.kexec(qemu, tmp_path, tree, (harness.BUILD / "pefboot.bin").read_bytes(), "--mem", "512M")
    done.line("E301 .*no virtio disk")


@pytest.mark.all
@pytest.mark.parametrize("mode", ["xics", "xive"])
def test_kexec_by_linux_holds(qemu, tmp_path, mode):
    """A stop that holds the machine stays: no interrupt of the kernel before ends it."""
    bundle_path = kexec.bundle(tmp_path / "next.elf", "console=hvc0 pefboot.fail=hold")
    first = kexec.initramfs(tmp_path / "first.cpio.gz", "none", next=bundle_path)
    child = qemu.spawn("--kernel", secure.kernel(), "--initrd", first, "--append", "console=hvc0 how=file", "--mem", "512M",
                       "--smp", "2", "--net", "--machine", f"ic-mode={mode}")
    child.expect(r"pefboot: EXIT 401")
    assert child.expect([r"exception", pexpect.EOF, pexpect.TIMEOUT], timeout=12) == 2


@pytest.mark.all
def test_kexec_of_a_crash(qemu, tmp_path):
    """kexec -p: there is no dump to be had of it, which is said."""
    first = kexec.initramfs(tmp_path / "first.cpio.gz", "6.12", next=kexec.bundle(tmp_path / "next.elf", OFF))
    child = qemu.spawn("--kernel", harness.kernel("6.12"), "--initrd", first, "--append",
                       "console=hvc0 pefboot.secure=off crash crashkernel=320M", "--mem", "2G", "--smp", "2")
    for text in ("sysrq triggered crash", "1/7 entry door=kexec", "FAIL 2/7 discover E213 ", "EXIT 213", pexpect.EOF):
        child.expect(text)


@pytest.mark.all
def test_kexec_by_linux_from_a_secure_guest(qemu, tmp_path):
    """There it is refused: such a Linux kexecs the next kernel itself."""
    first = kexec.initramfs(tmp_path / "first.cpio.gz", "none", next=harness.BUILD / "pefboot.elf")
    done = qemu(*secure.arguments("how=file", "--mem", "512M", "--smp", "2", initrd=first))
    done.line("1/7 entry door=bios")
    done.line("FAIL 5/7 verify E509 ")
