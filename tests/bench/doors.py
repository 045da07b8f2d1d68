#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What pefboot itself executes in each door, from its first instruction to the kernel's first, with 24 disks.

Instructions are counted by QEMU (-icount). Under Open Firmware, what that does when it is called is not pefboot's
own; the total is, beside it, what Linux' prom_init needs there for the same tree: from its entry to its second start
at the same place, which ends prom_init. Who is loaded from a disk reads the bundle, too; the turns of waiting for the
disk are not counted. kexec: the state that either call leaves, which pefboot cannot tell apart, is made by a few
instructions of a firmware, since Linux cannot be counted away: one CPU, and devices that nobody has used."""

import subprocess
import tempfile
from pathlib import Path

import figures  # also says where the tests' modules are
import bench
import disks
import doctor
import grub
import harness
import slofdisk
import stops

DISKS = 24
MOST = 3_000_000
FILE_OFFSET = 0x10000
KERNEL = 0x400000   # where QEMU puts kernels, and SLOF and VOF enter them; our loader is linked there, too
GRUB = 0x2000000    # where GRUB puts a kernel that is linked at 0
LOCAL_ENTRY = 8     # of a function that sets up a TOC, from its symbol: ELFv2 ABI 2.3.2.1


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


def symbol(name):
    text = subprocess.run(["powerpc64-linux-gnu-nm", harness.BUILD / "pefboot.linked"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return int(figures.search(rf"(?m)^(\w+) \w {name}$", text), 16)


def counted(base, *args, firmware="slof", after="Trying to load", raw=()):
    """(pefboot's own instructions, and with those of Open Firmware) from its first, at base, to the kernel's.

    raw: words of QEMU, for a loader that takes the bundle from a disk: while pefboot waits for that, the machine stands
    still until the disk has answered, and the waiting is not counted."""
    with stops.Machine(*args, "--mem", "1G", "--", *raw, firmware=firmware) as machine:
        first, pause = machine.reach(base, after), None
        if raw:
            machine.reach(base + symbol("move_image"))
            pause = machine.register(3) + symbol("queue_wait") + LOCAL_ENTRY
        text = machine.finish(pause)
    ticks = int(figures.search(r"openfirmware=0x\w+ .* ticks=(\d+)", text))
    total = round(int(figures.search(r"TB=(\w{16})", text), 16) * 1000 / figures.TIMEBASE) - first
    return total - round(ticks * 1000 / figures.TIMEBASE), total


def by_kernel(firmware, folder):
    after = "Booting from memory" if firmware == "slof" else ""
    return counted(KERNEL, "--kernel", bundle(folder), "--append", "pefboot.log=info", *disk_words(folder), firmware=firmware, after=after)


def by_grub(folder):
    path = grub.disk(folder / "grub.img", folder, bundle(folder), "pefboot.log=info")
    return counted(GRUB, "--disk", f"{path},ro", *disk_words(folder)[2:])


def by_loader(folder):
    (folder / "gpt.img").write_bytes(slofdisk.gpt(bundle(folder).read_bytes()))
    return counted(KERNEL, "--disk", f"{folder / 'gpt.img'},ro,ioeventfd=off", *disk_words(folder)[2:],
                   raw=["-prom-env", "boot-file=pefboot.log=info"])


def by_cdrom(folder):
    with tempfile.TemporaryDirectory(dir=folder) as place:
        (folder / "cd.iso").write_bytes(slofdisk.iso(bundle(folder).read_bytes(), Path(place), " pefboot.log=info"))
    return counted(KERNEL, *disk_words(folder), raw=[*slofdisk.attach(folder / "cd.iso", "cdrom")[1], "-boot", "d"])


def prom_init(firmware, folder):
    """What Linux does in pefboot's place."""
    after = "Booting from memory" if firmware == "slof" else ""
    start, end = stops.arrivals(KERNEL, 2, "--kernel", harness.kernel("6.12"), "--append", "console=hvc0", *disk_words(folder),
                                "--mem", "1G", firmware=firmware, after=after)
    return end - start


def own(name, value):
    figures.judged(f"instructions, {name}, {DISKS} disks", value=value, most=MOST, form=",d")


def by_open_firmware(name, most, way, *args):
    value, total = way(*args)
    own(name, value)
    figures.judged("  with Open Firmware's, at most prom_init's", value=total, most=most, form=",d")


def main():
    folder = Path(figures.FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    for name, count in (("-bios", bios), ("kexec", kexec)):
        figures.section(lambda: own(name, count(folder)), name)
    ways = {"vof": {"VOF": (by_kernel, "vof")},
            "slof": {"SLOF": (by_kernel, "slof"), "GRUB": (by_grub,), "loader, disk": (by_loader,), "loader, CD-ROM": (by_cdrom,)}}
    for firmware, names in ways.items():
        most = {}
        figures.section(lambda: most.update(found=prom_init(firmware, folder)), f"prom_init, {firmware}")
        for name, (way, *args) in names.items():
            figures.section(lambda: by_open_firmware(name, most.get("found", 0), way, *args, folder), name)
    figures.finish()


if __name__ == "__main__":
    main()
