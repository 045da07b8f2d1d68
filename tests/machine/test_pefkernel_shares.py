# SPDX-License-Identifier: GPL-2.0-or-later
"""What a PPC_SVM kernel shares and takes back, held against what its source says (paths are Linux 6.12's)."""

import re

import harness
import pefkernel
import pytest
import secure

UNMODIFIED = ("--patches", "none", "--config", "svm")
WORDS = "pefboot.kernel=any swiotlb=force quiet uv.trace"
FRAME = 64 << 10

# arch/powerpc/kernel/paca.c alloc_shared_lppaca(): 1 KiB for each of nr_cpu_ids, at most CONFIG_NR_CPUS = 8
LPPACA = ("UV_SHARE_PAGE", "allocate_paca", 1)
# kernel/dma/swiotlb.c swiotlb_update_mem_attributes(): IO_TLB_DEFAULT_SIZE is 64 MiB
SWIOTLB = ("UV_SHARE_PAGE", "set_memory_decrypted", (64 << 20) // FRAME)
# kernel/dma/direct.c dma_direct_alloc(), dma_direct_free(): a ring of 256 entries is less than a page
RING = ("UV_SHARE_PAGE", "set_memory_decrypted", 1)
RING_FREED = ("UV_UNSHARE_PAGE", "set_memory_encrypted", 1)
# arch/powerpc/platforms/pseries/svm.c dtl_cache_ctor(): 4 KiB for each CPU, shared by the page
DTL = ("UV_SHARE_PAGE", "dtl_cache_ctor", 1)
# arch/powerpc/kexec/core_64.c default_machine_kexec()
ALL_FREED = ("UV_UNSHARE_ALL_PAGES", "default_machine_kexec")


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    return pefkernel.make_disk(tmp_path_factory.mktemp("disk"))


def kinds(found):
    return [(call.name, call.caller, call.count) for call in found]


def frames(found):
    return set().union(*(call.frames() for call in found))


def test_pefkernel_shares_what_its_source_says(qemu, disk):
    """From boot to power-off, with dispatch logs, and every device away from its driver and back."""
    vmlinux, cpus = pefkernel.kernel(*UNMODIFIED), 2
    boot = qemu(*pefkernel.arguments(vmlinux, f"{WORDS} dtl rebind", "--smp", cpus, *pefkernel.devices(disk, pefkernel.ENFORCED)))
    before, after = boot.console.split("svm: unbind")
    for part in before, after:
        assert [words[3] for words in harness.Report(part).all("disk")] == [disk[1]]
    found = pefkernel.calls(boot.console, vmlinux)
    assert [call for call in found if call.rc] == []

    rings = cpus + 3 + 1    # a queue for each CPU; receive, transmit, control; random numbers
    start, rest = found[:2 + rings], found[2 + rings:]
    assert kinds(start) == [LPPACA, SWIOTLB] + rings * [RING]
    assert len(frames(start)) == 1 + SWIOTLB[2] + rings, "no frame is shared twice"
    logs = [call for call in rest if kinds([call]) == [DTL]]
    assert 1 <= len(logs) <= cpus and not frames(logs) & frames(start)
    rest = [call for call in rest if call not in logs]
    assert kinds(rest) == rings * [RING_FREED] + rings * [RING]
    assert frames(rest[:rings]) == frames(start[2:]), "what was shared for the rings is taken back, and nothing else"

    # The logs and the VPAs are shared, so QEMU knows of them; what is shared at the end is what was not taken back.
    assert len(re.findall(r"^svm: cpu\d ", before, re.M)) == cpus
    boot.line("svm: shared_processor_mode 1")
    verdict = secure.verdict(boot.console)
    pool, firmware = 1024, 7
    assert int(verdict["shared"]) == len(frames(start) | frames(logs) | frames(rest)) - \
        len(frames(rest[:rings]) - frames(rest[rings:])) + pool + firmware
    assert verdict["leaked"] == "0"


@pytest.mark.parametrize("smp", ["2"])
def test_pefkernel_kexec_takes_everything_back(qemu, smp):
    """UV_UNSHARE_ALL_PAGES, and the next kernel shares anew. Without devices: see test_pefkernel_linux.py."""
    vmlinux = pefkernel.kernel(*UNMODIFIED)
    boot = qemu(*secure.arguments(f"{harness.PATIENT} report {WORDS} next", "--mem", "512M", "--smp", smp, vmlinux=vmlinux,
                                  initrd=pefkernel.kexec_initrd(vmlinux)))
    first, second = boot.console.split("svm: kexec")
    for part in first, second:
        report = harness.Report(part)
        assert (report["svm"], report["cpus"]) == ("1", smp)
        assert "svm: shared_processor_mode 1" in part
    found = pefkernel.calls(boot.console, vmlinux)
    assert [call for call in found if call.rc] == []
    assert kinds(found[:2]) == kinds(found[3:]) == [LPPACA, SWIOTLB]
    assert (found[2].name, found[2].caller) == ALL_FREED
    verdict = secure.verdict(boot.console)
    # The pool of the firmware, too, was taken back
    assert (verdict["world"], verdict["leaked"], int(verdict["shared"])) == ("secure", "0", 1 + SWIOTLB[2] + 7)
