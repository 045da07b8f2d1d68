# SPDX-License-Identifier: GPL-2.0-or-later
"""
linux/VERSION/svm: what stands between a PPC_SVM kernel of mainline's and its devices, and the patches
that remove it. Without them there is no I/O, for the reason which the kernel's log and its ultracalls
show; with them there is.
"""

import harness
import pefkernel
import pytest
import secure

VERSIONS = [pytest.param("6.12"), pytest.param("7.2", marks=pytest.mark.all)]

# Words on the command line, and what more they need for the other fault not to stand in the way.
CASES = {
    "swiotlb": ("", ""),
    "no-direct-window": ("disable_ddw", "swiotlb=force"),
}
SWIOTLB_FRAMES = 1024


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    return pefkernel.make_disk(tmp_path_factory.mktemp("disk"))


def kernel(version, series):
    return pefkernel.kernel(version, "--patches", series, "--config", "svm")


def arguments(vmlinux, disk, words, *args):
    return pefkernel.arguments(vmlinux, f"pefboot.kernel=any uv.trace {words}".strip(),
                               *pefkernel.devices(disk, pefkernel.ENFORCED), *args)


def counts(console, vmlinux):
    """How many frames each UV_SHARE_PAGE of the kernel's DMA code asked for."""
    return [call.count for call in pefkernel.calls(console, vmlinux)
            if (call.name, call.caller) == ("UV_SHARE_PAGE", "set_memory_decrypted")]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", CASES)
def test_pefkernel_linux_has_io_with_the_patches(qemu, disk, case, version):
    vmlinux = kernel(version, "svm")
    boot = qemu(*arguments(vmlinux, disk, CASES[case][0]))
    pefkernel.check(boot, disk)
    boot.line(r"software IO TLB: mapped \[mem .*\(64MB\)")
    assert counts(boot.console, vmlinux) == [SWIOTLB_FRAMES] + 5 * [1], "a buffer to bounce in, and five rings"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", CASES)
def test_pefkernel_linux_hangs_without_the_patches(qemu, disk, case, version):
    """The negative, and the proof that the faults are there."""
    vmlinux = kernel(version, "none")
    child = qemu.spawn(*arguments(vmlinux, disk, " ".join(CASES[case]).strip()))
    child.expect(r"virtio_blk virtio0: \[vda\] 6144 512-byte logical blocks")
    # The next thing it does is to read the partition table
    assert child.expect(["report: begin", harness.pexpect.TIMEOUT], timeout=pefkernel.PATIENCE) == 1
    console = qemu.logs[-1].read_text(errors="replace").replace("\r", "")
    shared = counts(console, vmlinux)
    if case == "swiotlb":
        assert "software IO TLB: No low mem" in console
        assert SWIOTLB_FRAMES not in shared and 1 in shared, "rings, but nothing to bounce in"
    else:
        assert shared == [SWIOTLB_FRAMES], "a buffer to bounce in, but no ring"


@pytest.mark.all
@pytest.mark.parametrize("version,series,smp", [
    ("6.12", "svm", "1"), ("6.12", "svm", "4"), ("7.2", "svm", "1"), ("7.2", "svm", "4"), ("6.12", "none", "1")])
def test_pefkernel_linux_after_kexec(qemu, disk, version, series, smp):
    """
    The second kernel finds the window of the first, which is then no direct one. Of 7.2 without the patches not
    even the first kernel gets as far as that: test_pefkernel_linux_large_reads.
    """
    vmlinux = kernel(version, series)
    words = "swiotlb=force next" if series == "none" else "next"
    arguments_ = arguments(vmlinux, disk, words, "--smp", smp)
    arguments_[arguments_.index("--initrd") + 1] = pefkernel.kexec_initrd(vmlinux)
    child = qemu.spawn(*arguments_)
    child.expect("report: end")
    child.expect("svm: kexec")
    child.expect("UV_UNSHARE_ALL_PAGES .*rc=0")
    child.expect(r"virtio_blk virtio0: \[vda\]")
    if series == "none":
        assert child.expect(["report: begin", harness.pexpect.TIMEOUT], timeout=pefkernel.PATIENCE) == 1
        return
    child.expect("report: disk vda.* " + disk[1])
    child.expect("report: served " + disk[1])
    child.expect("verdict .*world=secure .*leaked=0")


@pytest.mark.all
def test_pefkernel_linux_large_reads(qemu, disk):
    """7.2 with a direct window, which has a limit: nobody says how much can be bounced at once."""
    child = qemu.spawn(*secure.arguments("pefboot.kernel=any swiotlb=force", "--mem", "512M", "--disk",
                                         f"{disk[0]},{pefkernel.ENFORCED}", vmlinux=kernel("7.2", "none")))
    child.expect("The console is yours")
    child.sendline("md5sum /dev/vda")
    child.expect("swiotlb buffer is full")
    assert child.expect([disk[1], harness.pexpect.TIMEOUT], timeout=pefkernel.PATIENCE) == 1
