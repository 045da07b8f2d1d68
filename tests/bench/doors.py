#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What pefboot itself executes in each door, from its first instruction to the kernel's first, with 24 disks.

Instructions are counted by QEMU (-icount). SLOF and VOF: what Open Firmware does when it is called is not pefboot's
own; the total is, beside it, what Linux' prom_init needs there for the same tree: from its entry to its second start
at the same place, which ends prom_init. kexec: the state that kexec leaves is made by a few instructions of a
firmware, since Linux cannot be counted away: one CPU, and devices that nobody has used."""

import subprocess
import sys
from pathlib import Path

import figures  # also says where the tests' modules are
import bench
import disks
import doctor
import harness
import stops

DISKS = 24
MOST = 3_000_000
FILE_OFFSET = 0x10000
KERNEL = 0x400000   # where QEMU puts kernels, and SLOF and VOF enter them


def disk_words(folder):
    """Disks without anything on them."""
    empty = folder / "empty.img"
    empty.write_bytes(bytes(1 << 20))
    return ["--disk", f"{empty},ro"] * DISKS


def entered(*args):
    """Instructions from reset to the stub kernel's first."""
    text = figures.machine("--icount", "--mem", "1G", *args)
    if "TB=" not in text:
        raise figures.Failed(f"the kernel was not reached:\n{text[-2000:]}")
    return round(int(text.split("TB=")[1][:16], 16) * 1000 / figures.TIMEBASE)


def bundle(folder):
    """The stub kernel in a bundle for a normal VM, linked as Linux is: it lies in the file as it runs."""
    path, kernel = folder / "stub-bundle.elf", folder / "stub-kernel.elf"
    subprocess.run(["powerpc64-linux-gnu-objcopy", "-O", "binary", bench.build_stub(), folder / "stub.bin"], check=True)
    kernel.write_bytes(disks.elf([(0x10000, 0, (folder / "stub.bin").read_bytes(), None)]))
    subprocess.run([harness.BUILD / "pefboot-bundle", "create", "--kernel", kernel, "--initrd", bench.make_initrd(),
                    "--cmdline", "console=hvc0 pefboot.secure=off", "-o", path], check=True)
    return path


def kexec(folder):
    (folder / "image").write_bytes(bundle(folder).read_bytes()[FILE_OFFSET:])
    return entered("--firmware", doctor.shim(folder, entry=0), *disk_words(folder), "--",
                   *doctor.loader(folder / "image", doctor.PEFBOOT))


def bios(folder):
    return entered("--kernel", bench.build_stub(), "--initrd", bench.make_initrd(), "--append", "console=hvc0",
                   *disk_words(folder))


def open_firmware(firmware, folder):
    """(pefboot's own instructions, with those of Open Firmware, prom_init's) of a kernel that QEMU has loaded."""
    devices = disk_words(folder)
    args = ["--firmware", firmware, "--kernel", bundle(folder), "--append", "pefboot.log=info", *devices]
    path = "Booting from memory" if firmware == "slof" else ""
    first, = stops.arrivals(KERNEL, 1, *args[2:], "--mem", "1G", firmware=firmware, after=path)
    text = figures.machine("--icount", "--mem", "1G", *args)
    ticks = int(figures.search(r"openfirmware=0x\w+ .* ticks=(\d+)", text))
    total = round(int(figures.search(r"TB=(\w{16})", text), 16) * 1000 / figures.TIMEBASE) - first
    start, end = stops.arrivals(KERNEL, 2, "--kernel", harness.kernel("6.12"), "--append", "console=hvc0", *devices, "--mem", "1G",
                                firmware=firmware, after=path)
    return total - round(ticks * 1000 / figures.TIMEBASE), total, end - start


def by_open_firmware(firmware):
    own, total, linux = open_firmware(firmware, Path(figures.FOLDER))
    figures.judged(f"instructions, {firmware}, {DISKS} disks", value=own, most=MOST, form=",d")
    figures.judged("  with Open Firmware's, at most prom_init's", value=total, most=linux, form=",d")


def main():
    figures.FOLDER.mkdir(parents=True, exist_ok=True)
    for name, count in (("-bios", bios), ("kexec", kexec)):
        figures.section(lambda: figures.judged(f"instructions, {name}, {DISKS} disks", value=count(Path(figures.FOLDER)),
                                               most=MOST, form=",d"), name)
    for firmware in ("vof", "slof"):
        figures.section(lambda: by_open_firmware(firmware), firmware)
    figures.finish()


if __name__ == "__main__":
    main()
