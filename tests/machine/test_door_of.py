# SPDX-License-Identifier: GPL-2.0-or-later
"""The door of Open Firmware, beside the ways of tests.cfg: what stops there, and what a loader brings besides."""

import grub
import harness
import openfirmware
import pytest

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
    boot.line(r"1/7 entry door=of image=0x\w+ tree=0x\w+ size=\d+$")
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


@pytest.mark.all
def test_grub_with_an_initrd(qemu, tmp_path):
    """The bundle's own is what Linux gets."""
    disk = grub.disk(tmp_path / "disk.img", tmp_path, openfirmware.bundle("normal"), "", harness.initramfs("6.12"))
    boot = qemu("--firmware", "slof", "--disk", f"{disk},ro", "--no-reboot")
    boot.line("pefboot: notice: the initrd beside the boot bundle is ignored")
    assert "report: end" in boot.console
