# SPDX-License-Identifier: GPL-2.0-or-later
"""The door of Open Firmware: SLOF and QEMU's own (VOF) start pefboot, which starts Linux."""

import subprocess

import harness
import pytest

WORDS = f"console=hvc0 panic=-1 {harness.PATIENT} report"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """bundle(WORDS): a boot bundle of Debian's kernel for a VM that stays normal."""
    folder = tmp_path_factory.mktemp("bundle")

    def make(words="pefboot.secure=off"):
        path = folder / f"{words}.elf"
        if not path.exists():
            subprocess.run([harness.BUILD / "pefboot-bundle", "create", "--kernel", harness.kernel("6.12"), "--initrd",
                            harness.initramfs("6.12"), "--cmdline", f"{WORDS} {words}", "-o", path], check=True)
        return path
    return make


@pytest.mark.parametrize("firmware", ["slof", "vof"])
def test_bare_elf_finds_the_bundle_on_a_disk(qemu, bundle, firmware):
    """Debian's kernel gets to user space; both MMU and interrupts are the new ones."""
    boot = qemu("--firmware", firmware, "--kernel", harness.BUILD / "pefboot.elf", "--disk", f"{bundle()},ro", "--no-reboot",
                "--append", "pefboot.log=info")
    boot.line(r"1/7 entry door=\w+ image=0x\w+ tree=0x\w+ size=\d+$")
    boot.line(r"2/7 discover memory=2048M cpus=1 phbs=1 pci=1 mmu=radix irq=xive")
    boot.line(r"3/7 load from=disk ")
