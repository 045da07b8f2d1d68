# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk that SLOF boots GRUB from: its core in a PReP partition, ext4 with its menu and what that starts."""

import functools
import subprocess

import harness

MIB = 1 << 20
MODULES = "part_msdos ext2 linux boot normal configfile search_fs_file echo test".split()


@functools.lru_cache(maxsize=None)
def core(release=""):
    """GRUB's core image; it looks for /grub/grub.cfg on all disks. A named release is one that measures."""
    path = harness.MADE / f"grub{release}.elf"
    early = harness.MADE / "grub-early.cfg"
    early.write_text("search.file /grub/grub.cfg root\nset prefix=($root)/grub\n")
    modules = harness.deps("grub-modules" + release) / "usr/lib/grub/powerpc-ieee1275"
    subprocess.run([harness.deps("grub-mkimage" + release) / "grub-mkimage", "-O", "powerpc-ieee1275", "-d", modules, "-o", path,
                    "-c", early, "-p", "/grub", *MODULES, *(["tpm"] if release else [])], check=True)
    return path


def menu(path, words, initrd):
    """grub.cfg with one entry, which is started at once."""
    lines = [f"linux /{path} {words}".rstrip()] + (["initrd /initrd"] if initrd else [])
    return "set timeout=0\nmenuentry pefboot {\n" + "".join(f"\t{line}\n" for line in lines) + "}\n"


def disk(path, folder, elf, words="", initrd=None, release=""):
    """Write the disk: elf is started by GRUB, with these words and an initrd if there is one."""
    tree = folder / "tree"
    (tree / "grub").mkdir(parents=True, exist_ok=True)
    (tree / "grub/grub.cfg").write_text(menu("pefboot.elf", words, initrd))
    (tree / "pefboot.elf").write_bytes(elf.read_bytes())
    if initrd:
        (tree / "initrd").write_bytes(initrd.read_bytes())
    size = sum(file.stat().st_size for file in tree.rglob("*")) // MIB + 16
    (folder / "ext4").write_bytes(b"")
    subprocess.run(["mke2fs", "-q", "-F", "-t", "ext4", "-d", tree, folder / "ext4", f"{size}M"], check=True)
    table = f"1M 1M 41 *\n2M {size}M 83\n".replace(" ", ",")
    with open(path, "wb") as image:
        image.truncate((size + 3) * MIB)
    subprocess.run(["sfdisk", "-q", path], input=table, text=True, check=True)
    with open(path, "r+b") as image:
        image.seek(MIB)
        image.write(core(release).read_bytes())
        image.seek(2 * MIB)
        image.write((folder / "ext4").read_bytes())
    return path
