# SPDX-License-Identifier: GPL-2.0-or-later
"""A secure Linux starts another by kexec: it is as secure, and the first left nothing outside. The second writes to all
memory that it takes for its own: of what the ultravisor has reserved that is nothing, or it would be ended (E915)."""

import gzip
import hashlib
import os
import re
import subprocess

import harness
import pytest
import secure
from test_secure import KINDS, check_io, devices, disks, hits, pieces  # pylint: disable=unused-import

INIT = harness.TOP / "tests/guest/init"
MEMORY = 512 << 20
UNSHARE_ALL = "0xf140"      # UV_UNSHARE_ALL_PAGES
KEXEC = {"file": "-s,-l", "load": "-l"}     # kexec_file_load(), kexec_load()

# Firmware, how, devices, CPUs, the first kernel and the second. One with CONFIG_PPC_SVM (-svm) takes
# back what it has shared and shares the pool again; for the others it stays shared. -4k has pages of 4 KiB. The VM that
# stays normal is the negative: there the same search finds everything.
ONCE = ("ultravisor", "load", "transitional", "2", "6.12", "6.12")
BOOTS = [pytest.param(*line, id="-".join(line), marks=() if line == ONCE else pytest.mark.all)
         for line in (ONCE,
                      ("ultravisor", "file", "transitional", "2", "6.12", "6.12"),
                      ("ultravisor", "load", "legacy", "1", "6.12", "6.12"),
                      ("ultravisor", "file", "enforced", "4", "6.12", "6.12"),
                      ("ultravisor", "file", "enforced", "2", "6.1", "6.1"),
                      ("ultravisor", "file", "enforced", "2", "7.2", "7.2"),
                      ("ultravisor", "load", "packed", "2", "7.2", "6.12"),
                      ("ultravisor", "file", "enforced", "2", "6.12-4k", "6.12-4k"),
                      ("ultravisor", "load", "transitional", "2", "6.12", "7.2-4k"),
                      ("ultravisor", "load", "packed", "2", "7.2-4k", "6.12"),
                      ("ultravisor", "file", "transitional", "2", "6.12-svm", "6.12-svm"),
                      ("ultravisor", "load", "enforced", "2", "6.12-svm", "6.12-svm"),
                      ("ultravisor", "file", "enforced", "2", "7.2-svm", "7.2-svm"),
                      ("ultravisor", "file", "enforced", "2", "6.12", "6.12-svm"),
                      ("pefboot", "file", "enforced", "2", "6.12", "6.12"))]


def cpio(path, *files):
    words = [word for item in (f"init={INIT / 'next'}", *files) for word in ("--add", item)]
    subprocess.run([harness.TOP / "tools/initramfs", "--kernel", "none", "--output", path, *words], check=True)
    return path


def library(name):
    """A file of the C library that the cross compiler has."""
    done = subprocess.run(["powerpc64le-linux-gnu-gcc", "-print-file-name=" + name], check=True,
                          stdout=subprocess.PIPE, text=True)
    assert "/" in done.stdout, f"the cross compiler has no {name}"
    return done.stdout.strip()


@pytest.fixture
def initrd(tmp_path):
    """initrd(vmlinux): kexec-tools, the second kernel and its initramfs."""
    def make(vmlinux):
        (tmp_path / "vmlinux.gz").write_bytes(gzip.compress(vmlinux.read_bytes(), 1))
        second = cpio(tmp_path / "second.cpio.gz")
        return cpio(tmp_path / "first.cpio.gz", f"secret={INIT / 'secret'}",
                    f"sbin/kexec={harness.deps('kexec-tools') / 'sbin/kexec'}",
                    f"lib64/ld64.so.2={library('ld64.so.2')}", f"lib/libc.so.6={library('libc.so.6')}",
                    f"vmlinux.gz={tmp_path / 'vmlinux.gz'}", f"second.cpio.gz={second}")
    return make


def seen_by_the_host(monitor, path, *groups):
    """Of each group of byte strings, how many are in the memory that the host has given the guest."""
    dump = monitor.dump(path, 0, MEMORY)
    found = [hits(dump, wanted) for wanted in groups]
    dump.unlink()
    monitor("cont")
    return found


@pytest.mark.parametrize("firmware,how,kind,smp,first,second", BOOTS)
# pylint: disable-next=redefined-outer-name
def test_secure_kexec(qemu, tmp_path, disks, initrd, firmware, how, kind, smp, first, second):
    vmlinux, word = secure.named(first), os.urandom(8).hex()
    archive = initrd(secure.named(second))
    child = qemu.spawn(*secure.arguments(
        f"{harness.PATIENT} disks=2 serve secret={word} kexec={KEXEC[how]} fill pefboot.dma=pool", *devices(disks, KINDS[kind]),
        "--smp", smp, "--mem", str(MEMORY), "--qmp", tmp_path / "qmp", vmlinux=vmlinux, initrd=archive,
        firmware=firmware))
    pools = []
    for end in ("Starting new kernel", rf"kexec: second {re.escape(secure.version_of(second))}"):
        child.expect(end)
        report = harness.Report(child.before.replace("\r", ""))
        check_io(report, disks)
        assert int(report["cpus"]) == int(smp)
        pools.append(report["pool"].split()[0])
    assert pools[0] == pools[1]
    filled, size = re.search(r"kexec: filled (\d+) of (\d+)", child.before).groups()
    assert int(filled) == int(size) > MEMORY // 2

    secret = hashlib.sha512(word.encode() + b"\n").hexdigest().encode()
    found = seen_by_the_host(secure.Qmp(tmp_path / "qmp"), tmp_path / "memory", [secret],
                             pieces(vmlinux.read_bytes()), pieces(gzip.decompress(archive.read_bytes())))
    if firmware != "ultravisor":
        assert all(found), "a search that finds nothing proves nothing"
        return
    assert found == [0, 0, 0]
    child.sendline("")
    child.expect("ultravisor: verdict .*\n")
    verdict = secure.verdict(child.match[0].replace("\r", ""))
    assert (verdict["world"], verdict["leaked"]) == ("secure", "0")
    calls = dict(call.split(":") for call in verdict["uvcalls"].split(","))
    assert (UNSHARE_ALL in calls) == first.endswith("-svm")
