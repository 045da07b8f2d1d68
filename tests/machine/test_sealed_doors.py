# SPDX-License-Identifier: GPL-2.0-or-later
"""A sealed bundle that another door brings: its blob comes along, and the guest gets its files. From a disk, by -bios: test_sealed_guest.py."""

import disks
import grub
import harness
import kexec
import pytest
import sealed

pytestmark = pytest.mark.all

FILES = {"rootd": disks.random_bytes("root's key", 64), "data": b"\0\n" * 100}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("doors")
    return sealed.seal(sealed.create(folder / "bundle.elf", sealed.reader()), folder / "sealed.elf", FILES)


def check_given(qemu, child, door):
    """The ultravisor finds the blob where pefboot put it, each digest is the owner's, and the reader reads."""
    child.expect(f"pefboot: 1/7 entry door={door}")
    child.expect(r"pefboot: 3/7 load from=memory")
    child.expect(r"pefboot: 4/7 transition mode=secure .* measured=0x\w+\+0x\w+ blob=0x\w+\+0x\w+")
    child.expect("5/7 verify world=secure .* kernel=match initrd=match cmdline=match sha512=")
    child.expect("reader: end")
    said = sealed.said(qemu.logs[-1].read_text().replace("\r", ""))
    assert {name: said[name] for name in FILES} == {name: (0, len(data), sealed.fnv(data)) for name, data in FILES.items()}


@pytest.mark.parametrize("how", ("load", "file"))
def test_sealed_kexec(qemu, bundle, tmp_path, how):
    first = kexec.initramfs(tmp_path / "first.cpio.gz", "none", next=bundle)
    child = qemu.spawn("--firmware", "ultravisor", "--mem", "512M", "--machine-key", "--kernel", kexec.first_kernel("small"), "--initrd",
                       first, "--append", f"console=hvc0 panic=-1 pefboot.secure=off how={how} {harness.PATIENT}")
    check_given(qemu, child, "kexec")


def test_sealed_grub(qemu, bundle, tmp_path):
    disk = grub.disk(tmp_path / "grub.img", tmp_path, bundle)
    child = qemu.spawn("--firmware", "ultravisor", "--guest-firmware", "slof", "--mem", "512M", "--machine-key", "--disk", f"{disk},ro")
    check_given(qemu, child, "of")


@pytest.mark.parametrize("what", sealed.PART)
def test_sealed_grub_edited(qemu, bundle, tmp_path, what):
    """What GRUB reads the host may have changed: /boot is not encrypted there. The digests in the blob are of what was sealed."""
    disk = grub.disk(tmp_path / "grub.img", tmp_path, sealed.flipped(bundle, tmp_path, what))
    child = qemu.spawn("--firmware", "ultravisor", "--guest-firmware", "slof", "--mem", "512M", "--machine-key", "--disk", f"{disk},ro")
    child.expect("pefboot: 1/7 entry door=of")
    child.expect("pefboot: FAIL 4/7 transition E405 ")
    child.expect("verdict ")
    assert "reader: " not in qemu.logs[-1].read_text()


def test_sealed_slof(qemu, bundle):
    """QEMU puts the bundle into memory, SLOF enters it."""
    child = qemu.spawn("--firmware", "ultravisor", "--guest-firmware", "slof", "--mem", "512M", "--machine-key", "--kernel", bundle)
    check_given(qemu, child, "of")
