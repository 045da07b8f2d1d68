# SPDX-License-Identifier: GPL-2.0-or-later
"""SLOF that loads pefboot from a disk or a CD-ROM, where pefboot then finds a bundle by its own drivers."""

import hashlib
import subprocess

import disks
import harness
import kexec

START = 2048                    # block of the loader's partition; the bundle's is behind it
BUNDLE = 4096
BOOTINFO = """<chrp-boot>
<description>pefboot</description>
<os-name>pefboot</os-name>
<boot-script>boot &device;:,\\boot\\pefboot.elf{words}</boot-script>
</chrp-boot>
"""


def loader():
    return (harness.BUILD / "pefboot-loader.elf").read_bytes()


def gpt(bundle):
    blocks = len(bundle) // 512
    return disks.gpt([(disks.PREP_GUID, START, BUNDLE - 1), (disks.PREP_GUID, BUNDLE, BUNDLE + blocks - 1)],
                     {START * 512: loader(), BUNDLE * 512: bundle}, len(bundle) + (4 << 20))


def mbr(bundle):
    disk = bytearray(disks.mbr([(disks.PREP, START, BUNDLE - START), (disks.PREP, BUNDLE, len(bundle) // 512)],
                               {START * 512: loader(), BUNDLE * 512: bundle}, len(bundle) + (4 << 20)))
    disk[446] = 0x80            # active, or SLOF passes it over
    return bytes(disk)


def iso_of(program, folder, words="", append=()):
    """A CD-ROM from which SLOF starts a program. words: behind its name."""
    for name in ("ppc", "boot"):
        (folder / "iso" / name).mkdir(parents=True)
    (folder / "iso/ppc/bootinfo.txt").write_text(BOOTINFO.format(words=words))
    (folder / "iso/boot/pefboot.elf").write_bytes(program)
    subprocess.run(["xorriso", "-as", "mkisofs", "-R", "-o", folder / "cd", *append, folder / "iso"], check=True, stderr=subprocess.DEVNULL)
    return (folder / "cd").read_bytes()


def iso(bundle, folder, words=""):
    """The bundle is a partition behind the file system. words: behind the loader's name."""
    (folder / "bundle").write_bytes(bundle)
    return iso_of(loader(), folder, words, ["-append_partition", "1", "0x41", folder / "bundle"])


def attach(path, bus):
    """Words of tools/qemu, and further ones of QEMU."""
    if bus == "cdrom":
        return [], ["-device", "virtio-scsi-pci,id=s", "-drive", f"file={path},format=raw,if=none,id=cd,media=cdrom",
                    "-device", "scsi-cd,bus=s.0,drive=cd"]
    return ["--disk", f"{path},bus={bus}"], []


def boot(qemu, tmp_path, section, target, smp, release):
    """One row of tests.cfg. Linux reads the disk that it was booted from."""
    words = "" if target == "secure" else " pefboot.secure=off"
    bundle = kexec.bundle(tmp_path / "bundle.elf", f"console=hvc0 panic=-1 report disks=1 {harness.PATIENT}{words}").read_bytes()
    make = {"gpt": gpt, "mbr": mbr, "iso": lambda data: iso(data, tmp_path)}[section["layout"]]
    image = tmp_path / "disk.img"
    image.write_bytes(make(bundle))
    firmware = ["slof"] if target == "normal" else ["ultravisor", "--guest-firmware", "slof"]
    disk, raw = attach(image, section["bus"])
    done = qemu("--firmware", *firmware, *disk, "--qemu", release, "--smp", smp, "--mem", "1G", "--no-reboot", "--", *raw)
    if section["bus"] != "cdrom":       # the kernel of the tests has no driver for one
        assert [found[3] for found in done.report().all("disk")] == [hashlib.md5(image.read_bytes()).hexdigest()]
    return done
