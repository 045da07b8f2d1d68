# SPDX-License-Identifier: GPL-2.0-or-later
"""pefboot-guest in a real distribution: Debian's initramfs-tools and dracut, run by Debian in a machine, make an initrd with what the package
brings; a secure guest boots that, and has its root file system on a disk that only its blob opens."""

import os
import re
import shutil
import subprocess

import harness
import initrd
import pytest
import sealed
import secure

pytestmark = pytest.mark.all

# As pefboot-guest(7) has them
CRYPTTAB = {
    "initramfs-tools": "root /dev/disk/by-id/virtio-root rootd luks,keyscript=decrypt_esm,header=/etc/luks/root.header,initramfs\n",
    "dracut": "root /dev/disk/by-id/virtio-root /run/cryptsetup-keys.d/root.key luks,header=/etc/luks/root.header,headless,force\n",
}
OPENED = {"initramfs-tools": "cryptsetup: root: set up successfully", "dracut": "Finished .*Cryptography Setup for root"}


def encrypted(folder, path, volume_key, *without):
    """A root file system of busybox and tests/guest/init/root, but for some of its files."""
    tree = folder / f"tree-{path.name}"
    for name in ("bin", "sbin", "usr", "proc", "sys", "dev", "run", "etc"):
        (tree / name).mkdir(parents=True)
    shutil.copy2(next(harness.deps("busybox").glob("**/bin/busybox")), tree / "bin/busybox")
    (tree / "bin/sh").symlink_to("busybox")
    shutil.copy2(secure.INIT / "root", tree / "sbin/init")
    (tree / "etc/os-release").touch()
    for name in without:
        (tree / name).unlink()
    path.write_bytes(harness.tool("encrypted-disk").encrypt(initrd.image(folder / f"plain-{path.name}", tree, "16M").read_bytes(), volume_key))


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """The encrypted root file system: a folder with disk.img, header and key; headless.img has no init."""
    folder, volume_key = tmp_path_factory.mktemp("root"), os.urandom(64)
    (folder / "volume-key").write_bytes(volume_key)
    (folder / "key").write_bytes(os.urandom(64))
    encrypted(folder, folder / "disk.img", volume_key)
    encrypted(folder, folder / "headless.img", volume_key, "sbin/init")
    harness.tool("encrypted-disk").header(str(folder), str(folder / "volume-key"))
    return folder


def make_initrd(qemu, folder, kind, disk):
    """Once for the tests that share the disk."""
    kept = disk / f"initrd-{kind}"
    if not kept.exists():
        kept.write_bytes(initrd.make(qemu, folder, kind, CRYPTTAB[kind], disk / "header"))
    return kept.read_bytes()


def machine(qemu, folder, kind, disk, *disks, root="/dev/mapper/root", files=("rootd",), handed=b""):
    """Of a secure guest with the key, if under that name, and these disks: arguments of tools/qemu. handed: an archive before the initrd."""
    words = initrd.WORDS + f" root={root}" + (" rd.esm.key=rootd:root rd.retry=40" if kind == "dracut" else "")
    bundle = sealed.create(folder / "bundle.elf", initrd.kernel().read_bytes(), handed + make_initrd(qemu, folder, kind, disk), words)
    sealed.seal(bundle, folder / "sealed.elf", {name: (disk / "key").read_bytes() for name in files})
    return ["--firmware", "ultravisor", "--machine-key", "--mem", "512M", "--disk", f"{folder}/sealed.elf,ro",
            *(word for spec in disks for word in ("--disk", spec)), "--no-reboot"]


def boot(qemu, *words, **how):
    return qemu(*machine(qemu, *words, **how), timeout=4 * harness.BOOT_TIMEOUT)


@pytest.mark.parametrize("kind", CRYPTTAB)
def test_sealed_debian_unlocks_its_root(qemu, disk, tmp_path, kind):
    """Keyscript and hook of initramfs-tools, with the scripts of cryptsetup-initramfs; the module of dracut, with systemd-cryptsetup."""
    done = boot(qemu, tmp_path, kind, disk, f"{disk}/disk.img,serial=root")
    done.line(OPENED[kind])
    assert done.line(r"^root: (.*)$")[1].rstrip("\0") == "/dev/mapper/root secure"
    assert secure.verdict(done.console)["leaked"] == "0"


@pytest.mark.parametrize("kind", CRYPTTAB)
def test_sealed_debian_after_a_loader(qemu, disk, tmp_path, kind):
    """Such an initrd says in its first bytes what it is, and takes what a loader has handed on, since the ultravisor gives that no more."""
    assert b"pefboot-sealed\0" in make_initrd(qemu, tmp_path, kind, disk)[:512]
    archive = harness.tool("initramfs").Cpio()
    archive.file("pefboot/esm/rootd", (disk / "key").read_bytes(), 0o400)
    done = boot(qemu, tmp_path, kind, disk, f"{disk}/disk.img,serial=root", files=("other",), handed=archive.close())
    done.line(OPENED[kind])
    assert done.line(r"^root: (.*)$")[1].rstrip("\0") == "/dev/mapper/root secure"


def spoiled(folder, disk, start, end):
    """What a host can always do: the disk with noise in a part of it."""
    data = bytearray((disk / "disk.img").read_bytes())
    data[start:end] = os.urandom(len(data[start:end]))
    (folder / "spoiled.img").write_bytes(data)
    return f"{folder}/spoiled.img,serial=root"


def host_root(folder):
    """A plain disk of the host's with a file system of the owner's UUID, and a shell as init."""
    (folder / "host/sbin").mkdir(parents=True)
    shutil.copy2(next(harness.deps("busybox").glob("**/bin/busybox")), folder / "host/sbin/init")
    path = initrd.image(folder / "host.img", folder / "host", "8M")
    subprocess.run(["tune2fs", "-U", UUID, path], check=True, stdout=subprocess.DEVNULL)
    return path


UUID = "11111111-2222-3333-4444-555555555555"
OFF = "pefboot-guest: a sealed system: no shell, the machine is turned off"
OTHER = "pefboot-guest: /dev/mapper/root was opened, and what is on it is not what the system wrote"


CASES = {
    ("initramfs-tools", "absent"): "Waiting for encrypted source device /dev/disk/by-id/virtio-root",
    ("initramfs-tools", "noise"): OTHER,
    ("initramfs-tools", "broken"): "Failed to mount /dev/mapper/root as root file system",
    ("initramfs-tools", "headless"): "No init found",
    ("initramfs-tools", "uuid"): f"root=UUID={UUID} is none of the disks that the ESM blob opens",
    ("dracut", "absent"): "pefboot-guest: /dev/disk/by-id/virtio-root has not appeared",
    ("dracut", "noise"): OTHER,
    ("dracut", "broken"): "pefboot-guest: failed: systemd-fsck-root.service",
    ("dracut", "headless"): "No init found: no /sbin/init on /dev/mapper/root",
    ("dracut", "keyless"): "no key for root: esmb-get-file -f rootd ended with status 4",
    ("dracut", "uuid"): f"root=UUID={UUID} is none of the disks that the ESM blob opens",
}


@pytest.mark.parametrize("kind,case", CASES)
def test_sealed_distro_no_shell(qemu, disk, tmp_path, kind, case):
    """Whatever a host does to the disk of a sealed system: the cause, and no shell, in which the key would be."""
    disks = {"absent": [], "keyless": [f"{disk}/disk.img,serial=root"], "noise": [spoiled(tmp_path, disk, 0, 8 << 20)], "broken": [spoiled(tmp_path, disk, 4096, 1 << 20)],
             "headless": [f"{disk}/headless.img,serial=root"],
             "uuid": [f"{disk}/disk.img,serial=root", host_root(tmp_path)]}[case]
    done = boot(qemu, tmp_path, kind, disk, *disks, **{"uuid": {"root": f"UUID={UUID}"}, "keyless": {"files": ["other"]}}.get(case, {}))
    done.line(CASES[kind, case])
    done.line(OFF)
    assert not re.search(r"\(initramfs\)|BusyBox v|~ #|^# |emergency mode|built-in shell|login:", done.console, re.M)


def test_sealed_distro_off(qemu, disk, tmp_path):
    """The owner's word esm.sealed=off: the same disk without an init has systemd run its shell. It is what the case above is about."""
    child = qemu.spawn(*machine(qemu, tmp_path, "dracut", disk, f"{disk}/headless.img,serial=root", root="/dev/mapper/root esm.sealed=off"),
                       timeout=4 * harness.BOOT_TIMEOUT)
    child.expect("/ # ")
    child.sendline("echo a shell of $((1 + 1))")
    child.expect("a shell of 2")
