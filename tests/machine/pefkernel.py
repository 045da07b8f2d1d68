# SPDX-License-Identifier: GPL-2.0-or-later
"""Secure guests whose kernels know of PEF themselves: what the tests of them share."""

import functools
import hashlib
import os
import re
import subprocess

import harness
import secure

# A device that obeys the IOMMU, as a secure guest of mainline's wants it; one that does not.
ENFORCED, PLAIN = "transport=modern,iommu_platform=on", "transport=transitional"
PATIENCE = 8      # seconds without a sign of life from the disk, whose first request takes a millisecond


@functools.lru_cache(maxsize=None)
def kernel(*args):
    """vmlinux by arguments of linux/build; as slow as a kernel build the first time."""
    done = subprocess.run([harness.TOP / "linux/build", *args], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return harness.Path(done.stdout.strip())


def make_disk(folder):
    """An image with random contents, and its digest."""
    data = os.urandom(3 << 20)
    (folder / "disk.img").write_bytes(data)
    return folder / "disk.img", hashlib.md5(data).hexdigest()


def devices(disk, kind):
    """One of each: disk, network with a file to fetch, random numbers."""
    return ["--disk", f"{disk[0]},{kind}", "--net", kind, "--serve", disk[0], "--rng", kind]


def arguments(vmlinux, words, *args, initrd=None):
    """Arguments of tools/qemu for a boot to the report."""
    return secure.arguments(f"{harness.PATIENT} report disks=1 serve {words}", "--mem", "512M", *args, vmlinux=vmlinux,
                            initrd=initrd or secure.initramfs("none", "svm"))


def own_initrd(machine):
    """With tests/guest/pefkernel/init.c for /init, which reports and powers off."""
    path = harness.MADE / f"initramfs-own-{machine}.cpio.gz"
    subprocess.run([harness.TOP / "tools/initramfs", "--kernel", "none", "--output", path,
                    "--add", f"init={secure.program('tests/guest/pefkernel/init.c', machine)}"], check=True)
    return path


def library(name):
    """A file of the C library that the cross compiler has."""
    done = subprocess.run(["powerpc64le-linux-gnu-gcc", "-print-file-name=" + name], check=True,
                          stdout=subprocess.PIPE, text=True)
    assert "/" in done.stdout, f"the cross compiler has no {name}"
    return done.stdout.strip()


@functools.lru_cache(maxsize=None)
def kexec_initrd(vmlinux):
    """With kexec-tools, and the kernel and the initrd that come next."""
    path = harness.MADE / f"initramfs-kexec-{vmlinux.parent.name}.cpio.gz"
    files = [f"init={secure.INIT / 'svm'}", f"vmlinux={vmlinux}", f"next.gz={secure.initramfs('none', 'svm')}",
             f"sbin/kexec={harness.deps('kexec-tools') / 'sbin/kexec'}",
             f"lib64/ld64.so.2={library('ld64.so.2')}", f"lib/libc.so.6={library('libc.so.6')}"]
    subprocess.run([harness.TOP / "tools/initramfs", "--kernel", "none", "--output", path,
                    *[word for item in files for word in ("--add", item)]], check=True)
    return path


def check(boot, disk, svm="1", cpus=1):
    """Secure, and knows it or not; every device works; nothing left the guest but by its own will."""
    report = boot.report()
    assert (report["svm"], report["cpus"]) == (svm, str(cpus))
    assert [words[3] for words in report.all("disk")] == [disk[1]]
    assert report["served"] == disk[1]
    assert report["rng_current"].startswith("virtio_rng")
    found = secure.verdict(boot.console)
    assert (found["emulated"], found["world"], found["leaked"]) == ("1", "secure", "0")
    return report


class Call:
    """An ultracall of the trace, and the function that made it."""

    def __init__(self, pairs, caller):
        self.name, self.caller, self.rc = pairs["uvcall"], caller, int(pairs["rc"])
        self.gfn, self.count = int(pairs["r4"], 0), int(pairs["r5"], 0)

    def frames(self):
        return set(range(self.gfn, self.gfn + self.count))


def functions(vmlinux):
    """Addresses and names of the kernel's functions, sorted."""
    lines = [line.split() for line in (vmlinux.parent / "System.map").read_text().splitlines()]
    return sorted((int(address, 16), name) for address, kind, name in lines if kind in "tT")


def calls(console, vmlinux):
    """The ultracalls that the kernel made, in order; those of firmware, at real addresses, are left out."""
    table, found = functions(vmlinux), []
    for line in re.findall(r"ultravisor: (uvcall=.*)", console):
        pairs = dict(word.split("=", 1) for word in line.split())
        if int(pairs["nip"], 0) >= table[0][0]:
            found.append(Call(pairs, max(entry for entry in table if entry[0] <= int(pairs["lr"], 0))[1]))
    return found
