# SPDX-License-Identifier: GPL-2.0-or-later
"""SLOF, GRUB on SLOF, and QEMU's own Open Firmware (VOF) start pefboot: what the tests of that door share."""

import functools
import hashlib
import os
import re

import disks
import grub
import harness
import kexec

WORDS = f"console=hvc0 panic=-1 report disks=1 {harness.PATIENT}"
SEEN = re.compile(r"^ +(\w\w) (\w\w)00 \([BD]\) : (\w{4}) (\w{4}) ")


@functools.lru_cache(maxsize=None)
def bundle(target):
    """The patched kernel in a bundle, made once for each target."""
    folder = harness.MADE / "openfirmware"
    folder.mkdir(exist_ok=True)
    words = "" if target == "secure" else " pefboot.secure=off"
    return kexec.bundle(folder / f"{target}.elf", WORDS + words)


def firmware(name, target):
    """Words of tools/qemu: as the machine's own, or as that of the ultravisor's guest."""
    return ["--firmware", name] if target == "normal" else ["--firmware", "ultravisor", "--guest-firmware", name]


@functools.lru_cache(maxsize=None)
def grub_disk(target):
    """GRUB with an entry that starts the bundle."""
    folder = bundle(target).parent
    return grub.disk(folder / f"grub-{target}.img", folder, bundle(target), "pefboot.log=info")


def seen_by_slof(boot):
    """Its scan of PCI, in the words of the report: [["0000:00:01.0", "1af4:1000"], ...]."""
    found = [SEEN.match(line) for line in boot.lines]
    places = [(m, int(m[2], 16)) for m in found if m]
    return sorted([f"0000:{m[1]}:{where >> 3:02x}.{where & 7}", f"{m[3]}:{m[4]}"] for m, where in places)


def boot(qemu, tmp_path, section, target, smp, release):
    """One row of tests.cfg."""
    name, how = section["firmware"], section["load"]
    image = tmp_path / "disk.img"
    image.write_bytes(bundle(target).read_bytes() if how == "pefboot" else os.urandom(3 << 20))
    words = "--append", "pefboot.log=info" + disks.measured_if(target == "secure", bundle(target))
    args = ["--kernel", harness.BUILD / "pefboot.elf" if how == "pefboot" else bundle(target), *words]
    if how == "grub":
        args, image = [], grub_disk(target)
    buses = section.get("buses", "").split()
    at = ",at=br0" if buses else ""
    done = qemu(*firmware(name, target), *args, *buses, "--disk", f"{image},ro{at}", "--net", "--rng", "--qemu", release, "--smp",
                smp, "--mem", "1G", "--no-reboot")
    report = done.report()
    assert [words[3] for words in report.all("disk")] == [hashlib.md5(image.read_bytes()).hexdigest()]
    assert report["ping"] == "eth0 ok"
    assert report["rng_current"].startswith("virtio_rng")
    assert len(report.all("pci")) == 3 + buses.count("--bridge")
    if name == "slof":
        assert seen_by_slof(done) == [words[:2] for words in report.all("pci")]
    return done
