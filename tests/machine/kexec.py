# SPDX-License-Identifier: GPL-2.0-or-later
"""A Linux that kexecs pefboot, alone or in a bundle: what the tests of that door share."""

import functools
import hashlib
import os
import subprocess

import disks
import harness
import secure

INIT = harness.TOP / "tests/guest/init/kexec"
DEVICES = {"1af4:1000": "net", "1af4:1001": "blk", "1af4:1005": "rng"}


def library(name):
    """A file of the C library of ppc64el, which comes with the cross compiler."""
    done = subprocess.run(["powerpc64le-linux-gnu-gcc", f"-print-file-name={name}"], stdout=subprocess.PIPE, text=True,
                          check=True)
    return done.stdout.strip()


def initramfs(path, modules, **files):
    """The test initramfs with tests/guest/init/kexec, kexec-tools and what else is named."""
    files = {"init": INIT, "kexec": harness.deps("kexec-tools") / "sbin/kexec", "lib64/ld64.so.2": library("ld64.so.2"),
             "lib/libc.so.6": library("libc.so.6"), **files}
    subprocess.run([harness.TOP / "tools/initramfs", "--kernel", modules, "--output", path,
                    *[word for item in files.items() for word in ("--add", "=".join(map(str, item)))]], check=True)
    return path


def bundle(path, cmdline, vmlinux=None):
    """A bundle of the patched kernel."""
    subprocess.run([harness.BUILD / "pefboot-bundle", "create", "--kernel", vmlinux or secure.kernel(),
                    "--initrd", secure.initramfs(), "--cmdline", cmdline, "-o", path], check=True)
    return path


def first_kernel(name):
    return secure.kernel() if name == "small" else harness.kernel(name)


@functools.lru_cache(maxsize=None)
def images(kernel, target, folder):
    """The bundle, and the initramfs of a first kernel that kexecs it: made once for each."""
    words = "" if target == "secure" else " pefboot.secure=off"
    path = bundle(folder / f"next-{target}.elf", f"console=hvc0 panic=-1 report disks=1{words}")
    append = folder / "append"
    append.write_text("pefboot.log=info")
    return path, {what: initramfs(folder / f"first-{kernel}-{target}-{what}.cpio.gz",
                                  "none" if kernel == "small" else kernel,
                                  **{"next": image, "next-append": append})
                  for what, image in (("bundle", path), ("pefboot", harness.BUILD / "pefboot.elf"))}


def disk(folder, target, what):
    """The disk: the bundle for pefboot alone, otherwise anything."""
    path = folder / f"disk-{target}-{what}.img"
    if not path.exists():
        path.write_bytes((folder / f"next-{target}.elf").read_bytes() if what == "pefboot" else os.urandom(3 << 20))
    return path


def run(qemu, first, kernel, words, *args, firmware=("pefboot",), **how):
    """A first Linux with this initramfs, to the end: two boots, and kexec-tools' digest of what it loads."""
    how.setdefault("timeout", 3 * harness.BOOT_TIMEOUT)
    return qemu("--firmware", *firmware, "--kernel", first_kernel(kernel), "--initrd", first, "--no-reboot", "--append",
                f"console=hvc0 panic=-1 pefboot.secure=off {words} {harness.PATIENT}", *args, **how)


def pci(boot, key):
    """The PCI devices as "key: pci ADDRESS VENDOR:DEVICE" lines say."""
    return [line.split("pci ")[1].split()[:2] for line in boot.lines if line.startswith(f"{key}: pci ")]


def firmware(section, target):
    """Words of tools/qemu for what starts the first kernel: pefboot, unless the row says otherwise."""
    guest = section.get("firmware", "pefboot")
    if target == "normal":
        return [guest]
    return ["ultravisor"] + (["--guest-firmware", guest] if guest != "pefboot" else [])


def boot(qemu, tmp_path, section, target, smp, release):
    """One row of tests.cfg."""
    folder = harness.MADE / "kexec"
    folder.mkdir(exist_ok=True)
    path, firsts = images(section["kernel"], target, folder)
    image = disk(folder, target, section["next"])
    words = f"how={section['how']} append{disks.measured_if(target == 'secure', path)}"
    done = run(qemu, firsts[section["next"]], section["kernel"], words, "--disk", image, "--net", "--rng", "--qemu", release,
               "--smp", smp, "--mem", "1G", firmware=firmware(section, target))
    report = done.report()
    assert pci(done, "kexec") == pci(done, "report") and len(pci(done, "report")) == len(DEVICES)
    assert [words[3] for words in report.all("disk")] == [hashlib.md5(image.read_bytes()).hexdigest()]
    assert report["ping"] == "eth0 ok"
    assert report["rng_current"].startswith("virtio_rng")
    return done
