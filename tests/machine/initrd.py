# SPDX-License-Identifier: GPL-2.0-or-later
"""An initrd as Debian's own tools make it with what pefboot-guest brings: in a normal VM, from the packages alone."""

import os
import re
import shutil
import subprocess

import harness
import secure

WORDS = f"console=hvc0 panic=-1 {harness.PATIENT}"


def kernel():
    return secure.kernel(config="crypt debian")


def image(path, tree, size):
    subprocess.run(["mke2fs", "-q", "-F", "-t", "ext4", "-O", "^has_journal", "-b", "4096", "-d", tree, path, size], check=True)
    return path


def system(folder, kind, crypttab, header):
    """A disk with Debian and pefboot-guest, and with an encrypted disk in its crypttab if there is a header."""
    tree, config = folder / "tree", kernel().parent / "config"
    subprocess.run(["cp", "-a", harness.deps(f"guest-{kind}") / "root", tree], check=True)
    subprocess.run(["make", "-s", "-C", harness.TOP, f"O={harness.BUILD}", "install-guest", f"DESTDIR={tree}", "PREFIX=/usr"], check=True,
                   env={**os.environ, "MAKEFLAGS": ""}, stdout=subprocess.DEVNULL)
    release = re.search(r"Linux/powerpc (\S+) Kernel", config.read_text())[1] + "-pefboot"
    for name in ("etc/luks", f"lib/modules/{release}", "boot"):
        (tree / name).mkdir(parents=True, exist_ok=True)
    shutil.copy2(config, tree / f"boot/config-{release}")
    if header:
        shutil.copy2(header, tree / "etc/luks/root.header")
    shutil.copy2(harness.TOP / "tests/guest/make-initrd", tree / "init")
    (tree / "etc/crypttab").write_text(crypttab)
    (tree / "etc/fstab").touch()
    made = image(folder / "system.img", tree, "320M")
    shutil.rmtree(tree)
    return made


def with_more(initrd, files):
    """An initrd and a second archive, whose files replace those of the first. files: {name: bytes}."""
    archive = harness.tool("initramfs").Cpio()
    for name, data in files.items():
        archive.file(name, data, 0o755)
    return initrd + bytes(-len(initrd) % 4) + archive.close()


def make(qemu, folder, kind, crypttab="", header=None):
    """What the distribution's own tool makes, in a normal VM: bytes."""
    (folder / "initrd.img").write_bytes(bytes(64 << 20))
    made = qemu("--kernel", kernel(), "--append", WORDS + " quiet root=/dev/vda rw init=/init", "--mem", "1G", "--disk",
                system(folder, kind, crypttab, header), "--disk", folder / "initrd.img", "--no-reboot", timeout=8 * harness.BOOT_TIMEOUT)
    size = int(made.line(r"^make-initrd: status 0 size (\d+)$")[1])
    assert "pefboot-guest: WARNING" not in made.console
    return (folder / "initrd.img").read_bytes()[:size]
