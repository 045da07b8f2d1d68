# SPDX-License-Identifier: GPL-2.0-or-later
"""The door of Open Firmware, beside the ways of tests.cfg: what stops there, and what a loader brings besides."""

import grub
import harness
import openfirmware
import pytest
import qmp

FIRMWARES = [pytest.param("slof", marks=pytest.mark.all), "vof"]


def stops(boot, number):
    """The log is that of an orderly stop with this number."""
    boot.judged("refused", "--expect", f"E{number}")
    boot.line(rf"pefboot: FAIL \d/7 \w+ E{number} ")
    return boot


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_no_ultravisor_but_one_demanded(qemu, firmware):
    """A bundle means to be secure; VOF, which lives in QEMU, never has an ultravisor below it."""
    stops(qemu("--firmware", firmware, "--kernel", openfirmware.bundle("secure"), "--no-reboot"), 401)


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_pefboot_alone(qemu, firmware):
    """The kernel that the firmware speaks of is pefboot; there is no other, and no disk."""
    boot = stops(qemu("--firmware", firmware, "--kernel", harness.BUILD / "pefboot.elf", "--no-reboot"), 301)
    boot.line(r"1/7 entry door=of image=0x\w+ tree=0x\w+ size=\d+ version=\S+$")
    boot.line(r"2/7 discover memory=2048M cpus=1 phbs=1 pci=0 mmu=radix irq=xive")


@pytest.mark.parametrize("firmware", FIRMWARES)
@pytest.mark.parametrize("words,mmu,irq", [("hash,xics", "hash", "xics"), ("off", "hash", "xics"), ("xics", "radix", "xics")])
def test_modes(qemu, firmware, words, mmu, irq):
    """What pefboot.cas= says goes through Open Firmware."""
    boot = stops(qemu("--firmware", firmware, "--kernel", harness.BUILD / "pefboot.elf", "--append", f"pefboot.cas={words}",
                      "--no-reboot"), 301)
    boot.line(rf"2/7 discover .* mmu={mmu} irq={irq}")


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_misspelt_word(qemu, firmware):
    stops(qemu("--firmware", firmware, "--kernel", harness.BUILD / "pefboot.elf", "--append", "pefboot.cas=hsah", "--no-reboot"), 211)


def test_memory_of_a_boot_before(qemu, tmp_path):
    """A reset leaves memory as it was: what Open Firmware gives us is not zero, and a second boot goes as the first."""
    disk = grub.disk(tmp_path / "disk.img", tmp_path, harness.BUILD / "pefboot.elf", "pefboot.fail=hold")
    (tmp_path / "junk").write_bytes(b"\xa5" * (16 << 20))
    child = qemu.spawn("--firmware", "slof", "--disk", f"{disk},ro", "--qmp", tmp_path / "qmp", "--", "-device",
                       f"loader,file={tmp_path / 'junk'},addr=0x2000000,force-raw=on")
    numbers = []
    for _ in range(2):
        child.expect(r"pefboot: EXIT (\d+)")
        numbers.append(child.match[1])
        if len(numbers) == 1:
            monitor = qmp.Qmp(tmp_path / "qmp")
            monitor("system_reset")
    monitor("quit")
    child.expect(harness.pexpect.EOF)
    assert numbers == ["335", "335"]     # GRUB is all that is on the disk


@pytest.mark.all
def test_grub_with_an_initrd(qemu, tmp_path):
    """The bundle's own is what Linux gets."""
    disk = grub.disk(tmp_path / "disk.img", tmp_path, openfirmware.bundle("normal"), "", harness.initramfs("6.12"))
    boot = qemu("--firmware", "slof", "--disk", f"{disk},ro", "--no-reboot")
    boot.line("pefboot: notice: the initrd beside the boot bundle is ignored")
    assert "report: end" in boot.console
