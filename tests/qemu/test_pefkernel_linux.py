# SPDX-License-Identifier: GPL-2.0-or-later
"""
linux/VERSION/svm: two bugs of mainline's own secure guests, each shown under the miniature
ultravisor: with the patches a CONFIG_PPC_SVM kernel reads its disk, without them it stops there.
No pool: the kernel ignores it, shares what it needs itself, and its devices offer ACCESS_PLATFORM.
"""
import hashlib
import os

import pytest
from test_linux_series import build

import harness

DEVICE = "transport=modern,iommu_platform=on"
VERSIONS = ["6.12", "7.2"]
pytestmark = pytest.mark.all
WORDS = {
    # name: (words on the command line, what is needed besides for the other bug not to be in the way)
    "swiotlb": ("", ""),
    "no-direct-window": ("disable_ddw", "swiotlb=force"),
}


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    path = tmp_path_factory.mktemp("disk") / "disk.img"
    path.write_bytes(os.urandom(4 << 20))
    return path, hashlib.md5(path.read_bytes()).hexdigest()


def boot(qemu, disk, series, version, words, *args, **how):
    """A secure boot of a kernel that knows nothing of the pool."""
    return qemu("--firmware", "ultravisor", "--mem", "512M",
                "--kernel", build(version, "--patches", series, "--config", "svm"),
                "--initrd", harness.initramfs("none"),
                "--append", f"console=hvc0 panic=-1 report disks=1 pefboot.kernel=any {words}".strip(),
                "--disk", f"{disk[0]},{DEVICE}", *args, **how)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", WORDS)
def test_linux_pefkernel_has_io_with_the_patches(qemu, disk, case, version):
    done = boot(qemu, disk, "svm", version, WORDS[case][0])
    report = done.report()
    assert [words[3] for words in report.all("disk")] == [disk[1]]
    assert done.line(r"ultravisor: verdict .*world=secure .*leaked=0 ")
    done.line(r"software IO TLB: mapped \[mem .*\(64MB\)")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", WORDS)
def test_linux_pefkernel_hangs_without_the_patches(qemu, disk, case, version):
    """The negative, and the proof that the bugs are there."""
    done = boot(qemu, disk, "none", version, " ".join(WORDS[case]), "--timeout", "90", status=124)
    done.line(r"virtio_blk virtio0: \[vda\]")
    assert "report: disk" not in done.console
    if case == "swiotlb":
        done.line(r"software IO TLB: No low mem")
