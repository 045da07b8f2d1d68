# SPDX-License-Identifier: GPL-2.0-or-later
"""What others say when a boot fails (SLOF, QEMU, a crashing kernel), named once and explained."""

import pytest

import corpus
from bootlog.explain import explain_word
from bootlog.judge import check
from bootlog.profile_file import load_profile
from bootlog.slof import SLOF_ERRORS
from bootlog.status import FAIL, PASS

SIGNAL = b"qemu-system-ppc64: terminating on signal 15 from pid 4711 (timeout)\r\n"
OS_TERM = b"qemu-system-ppc64: OS terminated: \r\n"
CATCH = (b"\r\n ( 700 ) Program Exception [ 0 ]\r\n\r\n\r\n    R0 .. R7           R8 .. R15         R16 .. R23         R24 .. R31\r\n"
         b"DEFAULT CATCH!, throw-code = 700\r\n")
NOTHING = (b"Trying to load:  from: /pci@800000020000000/scsi@1 ... \r\nE3404: Not a bootable device!\r\n"
           b"Trying to load:  from: cdrom ... \r\nE3405: No such device\r\n\r\nE3407: Load failed\r\n\r\n"
           b"  Type 'boot' and press return to continue booting the system.\r\n")


def findings(log, profile="normal"):
    judge = check(log, load_profile(profile))
    return judge.status, {f.id: f for f in judge.findings}


def test_slof_catch_hints():
    status, found = findings(corpus.SLOF + CATCH)
    assert status == FAIL and {"slof-catch", "slof-exception"} <= set(found)
    assert "( 700 ) Program Exception" in found["slof-exception"].text and "700" in found["slof-catch"].remedy


def test_slof_boots_nothing_hints():
    status, found = findings(corpus.SLOF + NOTHING)
    assert status == FAIL and "slof-prompt" in found
    assert "E3404" in found["slof-error"].text and found["slof-error"].remedy


def test_slof_goes_on_to_the_next_device_hints():
    """What one device lacks is no failure where the next one boots."""
    tried = NOTHING.partition(b"\r\n\r\nE3407")[0] + b"\r\n"
    status, found = findings(corpus.SLOF + tried + corpus.NORMAL.replace(b"door=bios", b"door=of"))
    assert status == PASS and found["slof-error"].severity == "warn"


@pytest.mark.parametrize("number", SLOF_ERRORS)
def test_slof_numbers_hints(number):
    assert explain_word(f"E{number}").startswith(f"E{number}, said by SLOF: ")
    _, found = findings(corpus.SLOF + f"\r\nE{number}: words of SLOF\r\n".encode())
    assert SLOF_ERRORS[number][0] in found["slof-error"].text


def test_slof_number_unknown_hints():
    assert not explain_word("E3499")
    _, found = findings(corpus.SLOF + b"\r\nE3499: words of SLOF\r\n")
    assert "E3499" in found["slof-error"].text


def test_signal_hints():
    """Who waits for the end of the machine must see it end by itself."""
    status, found = findings(corpus.STEPS + corpus.LINUX + SIGNAL, "secure")
    assert status == FAIL and found["killed"].severity == "fail"
    assert findings(corpus.SECURE + SIGNAL, "secure")[0] == PASS    # it had powered off
    status, found = findings(corpus.NORMAL + SIGNAL)
    assert status == PASS and found["killed"].severity == "warn"


def test_os_terminated_hints():
    """QEMU's word for a panic is no second finding, and one of its own where no panic was seen."""
    status, found = findings(corpus.BANNER + corpus.STEPS + corpus.PANIC, "secure")
    assert status == FAIL and "panic" in found and not {"os-terminated", "qemu"} & set(found)
    status, found = findings(corpus.NORMAL + OS_TERM)
    assert status == FAIL and set(found) == {"os-terminated"}


def test_quiet_hints():
    status, found = findings(corpus.NORMAL_STEPS + b"/ # poweroff\r\n")
    assert status == FAIL and "quiet" in found["unfinished"].remedy
    kernel = corpus.LINUX[:corpus.LINUX.index(b"Run /init")]
    for log in (corpus.BEFORE, corpus.NORMAL_STEPS + kernel):       # a kernel that has spoken was not told so
        _, found = findings(log)
        assert "quiet" not in found["unfinished"].remedy


def crash(log):
    return log + b"[    3.1] sysrq: Trigger a crash\r\n[    3.2] Kernel panic - not syncing: sysrq triggered crash\r\n" \
        b"[    3.3] kexec: Starting switchover sequence.\r\n[    0.0] Linux version 6.12.0\r\n[    1.0] Run /init as init process\r\n"


def test_kdump_hints():
    good = crash(corpus.NORMAL)
    assert findings(good, "kdump")[0] == PASS
    assert findings(good)[0] == FAIL
    lines = good.splitlines(True)
    assert all(findings(b"".join(lines[:i]), "kdump")[0] == FAIL for i in range(len(lines) - 1, len(lines) - 4, -1))
    assert findings(corpus.NORMAL, "kdump")[0] == FAIL


@pytest.mark.parametrize("memory,slots,advice", [
    (1024, 8192, "pefboot.pool=32M"), (1024, 1 << 17, "pefboot.pool=512M"), (1024, 200000, "pefboot.pool=640M"), (1024, 350000, "queue-size="),
    (1024, 350000, "2 GiB of memory"), (2048, 200000, "pefboot.pool=1024M. It lies above the DMA window"), (2048, 1 << 18, "pefboot.pool=1024M"),
    (4096, 8192, "pefboot.pool=32M"), (4096, 1 << 19, "pefboot.pool=2048M. It lies above"), (4096, 1 << 20, "No larger pool fits"), (4096, 1 << 20, "queue-size=")])
def test_pool_advice_hints(memory, slots, advice):
    """No size that E601 would refuse is asked for."""
    full = f"[    3.1] virtio_blk virtio0: swiotlb buffer is full (sz: 65536 bytes), total {slots} (slots), used 9 (slots)\r\n".encode()
    log = corpus.SECURE.replace(b"memory=512M", f"memory={memory}M".encode())
    assert log != corpus.SECURE
    _, found = findings(corpus.inside(log, full), "secure")
    assert advice in found["swiotlb-full"].remedy
