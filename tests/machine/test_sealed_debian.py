# SPDX-License-Identifier: GPL-2.0-or-later
"""pefboot-guest in a real distribution: Debian's initramfs-tools and dracut, run by Debian in a machine, make an initrd with what the package
brings; a secure guest boots that, and has its root file system on a disk that only its blob opens."""

import os
import re
import shutil
import subprocess

import harness
import pytest
import sealed
import secure

pytestmark = pytest.mark.all

# As pefboot-guest(7) has them
CRYPTTAB = {
    "initramfs-tools": "root /dev/disk/by-id/virtio-root rootd luks,keyscript=decrypt_esm,header=/etc/luks/root.header,initramfs\n",
    "dracut": "root /dev/disk/by-id/virtio-root /run/cryptsetup-keys.d/root.key luks,header=/etc/luks/root.header,force\n",
}
OPENED = {"initramfs-tools": "cryptsetup: root: set up successfully", "dracut": "Finished .*Cryptography Setup for root"}
WORDS = f"console=hvc0 panic=-1 {harness.PATIENT}"


def kernel():
    return secure.kernel(config="crypt debian")


def image(path, tree, size):
    subprocess.run(["mke2fs", "-q", "-F", "-t", "ext4", "-O", "^has_journal", "-b", "4096", "-d", tree, path, size], check=True)
    return path


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """The encrypted root file system: a folder with disk.img, header and key."""
    folder, tree, tool = tmp_path_factory.mktemp("root"), tmp_path_factory.mktemp("tree"), harness.tool("encrypted-disk")
    for name in ("bin", "sbin", "usr", "proc", "sys", "dev", "run", "etc"):
        (tree / name).mkdir()
    shutil.copy2(next(harness.deps("busybox").glob("**/bin/busybox")), tree / "bin/busybox")
    shutil.copy2(secure.INIT / "root", tree / "sbin/init")
    (tree / "etc/os-release").touch()
    volume_key = os.urandom(64)
    (folder / "volume-key").write_bytes(volume_key)
    (folder / "key").write_bytes(os.urandom(64))
    (folder / "disk.img").write_bytes(tool.encrypt(image(folder / "plain.img", tree, "16M").read_bytes(), volume_key))
    tool.header(str(folder), str(folder / "volume-key"))
    return folder


def system(folder, kind, disk):
    """A disk with Debian and pefboot-guest, whose crypttab has the encrypted disk."""
    tree, config = folder / "tree", kernel().parent / "config"
    subprocess.run(["cp", "-a", harness.deps(f"guest-{kind}") / "root", tree], check=True)
    subprocess.run(["make", "-s", "-C", harness.TOP, f"O={harness.BUILD}", "install-guest", f"DESTDIR={tree}", "PREFIX=/usr"], check=True,
                   env={**os.environ, "MAKEFLAGS": ""}, stdout=subprocess.DEVNULL)
    release = re.search(r"Linux/powerpc (\S+) Kernel", config.read_text())[1] + "-pefboot"
    for name in ("etc/luks", f"lib/modules/{release}", "boot"):
        (tree / name).mkdir(parents=True, exist_ok=True)
    shutil.copy2(config, tree / f"boot/config-{release}")
    shutil.copy2(disk / "header", tree / "etc/luks/root.header")
    shutil.copy2(harness.TOP / "tests/guest/make-initrd", tree / "init")
    (tree / "etc/crypttab").write_text(CRYPTTAB[kind])
    (tree / "etc/fstab").touch()
    made = image(folder / "system.img", tree, "320M")
    shutil.rmtree(tree)
    return made


def make_initrd(qemu, folder, kind, disk):
    """What the distribution's own tool makes, in a normal VM."""
    (folder / "initrd.img").write_bytes(bytes(64 << 20))
    made = qemu("--kernel", kernel(), "--append", WORDS + " quiet root=/dev/vda rw init=/init", "--mem", "1G", "--disk",
                system(folder, kind, disk), "--disk", folder / "initrd.img", "--no-reboot", timeout=8 * harness.BOOT_TIMEOUT)
    size = int(made.line(r"^make-initrd: status 0 size (\d+)$")[1])
    assert "pefboot-guest: WARNING" not in made.console
    return (folder / "initrd.img").read_bytes()[:size]


@pytest.mark.parametrize("kind", CRYPTTAB)
def test_sealed_debian_unlocks_its_root(qemu, disk, tmp_path, kind):
    """Keyscript and hook of initramfs-tools, with the scripts of cryptsetup-initramfs; the module of dracut, with systemd-cryptsetup."""
    words = WORDS + " root=/dev/mapper/root" + (" rd.esm.key=rootd:root" if kind == "dracut" else "")
    bundle = sealed.create(tmp_path / "bundle.elf", kernel().read_bytes(), make_initrd(qemu, tmp_path, kind, disk), words)
    sealed.seal(bundle, tmp_path / "sealed.elf", {"rootd": (disk / "key").read_bytes()})
    done = qemu("--firmware", "ultravisor", "--machine-key", "--mem", "512M", "--disk", f"{tmp_path}/sealed.elf,ro", "--disk",
                f"{disk}/disk.img,serial=root", "--no-reboot", timeout=4 * harness.BOOT_TIMEOUT)
    done.line(OPENED[kind])
    assert done.line(r"^root: (.*)$")[1].rstrip("\0") == "/dev/mapper/root secure"
    assert secure.verdict(done.console)["leaked"] == "0"
