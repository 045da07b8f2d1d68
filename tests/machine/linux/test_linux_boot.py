# SPDX-License-Identifier: GPL-2.0-or-later
"""The patched kernels, booted by pefboot in a VM that stays normal, with the pool and the flag."""
import base64
import gzip
import hashlib
import os
import re
import subprocess
import sys

import harness
import pytest

sys.path.insert(0, str(harness.TOP / "tests/machine"))
import secure  # noqa: E402 (needs the path above)

VERSIONS = [pytest.param("6.12"), *(pytest.param(name, marks=pytest.mark.all) for name in ("6.1", "7.2", "6.12-4k", "7.2-4k"))]
# What the virtio devices are like. With iommu_platform=on QEMU refuses what has no TCE, and only
# the pool has one: if this boots and the sums are right, all I/O was inside.
DEVICES = {
    "legacy": "transport=legacy",
    "transitional": "transport=transitional",
    "modern": "transport=modern",
    "packed": "transport=modern,packed=on",
    "enforced": "transport=modern,iommu_platform=on",
    "enforced-packed": "transport=modern,iommu_platform=on,packed=on",
}


@pytest.fixture(scope="module")
def initramfs(tmp_path_factory):
    path = tmp_path_factory.mktemp("initramfs") / "initramfs.cpio.gz"
    subprocess.run([harness.TOP / "tools/initramfs", "--kernel", "none", "--output", path,
                    "--add", f"init={harness.TOP / 'tests/guest/init/pool'}"], check=True)
    return path


@pytest.fixture(scope="module")
def disks(tmp_path_factory):
    """Two disks with random contents: {path: md5}."""
    folder = tmp_path_factory.mktemp("disks")
    made = {}
    for name, size in (("first.img", 8 << 20), ("second.img", 4 << 20)):
        data = os.urandom(size)
        (folder / name).write_bytes(data)
        made[folder / name] = hashlib.md5(data).hexdigest()
    return made


def boot(qemu, initramfs, disks, device, *args, version="6.12", words=""):
    first, second = disks
    return qemu("--kernel", secure.named(version), "--initrd", initramfs, "--no-reboot",
                "--append", f"console=hvc0 quiet panic=-1 disks=2 serve pefboot.dma=pool {words}".strip(),
                "--disk", f"{first},{device}", "--scsi", device, "--disk", f"{second},bus=scsi",
                "--net", device, "--serve", second, "--rng", device, *args)


def check_report(report, disks):
    first, second = disks.values()
    assert {words[3] for words in report.all("disk")} == {first, second}
    assert report["served"] == second
    assert report["rng_current"].startswith("virtio_rng")
    _, _, slots, _, used, _, *peak = report["pool"].split()
    assert int(slots) == (64 << 20) // 2048
    assert 0 < int(used)
    # 6.1 does not keep it
    assert int(used) <= int(*peak) if peak else report["release"].startswith("6.1.")


def check_log(console, devices):
    log = [line for line in console.splitlines() if line.startswith("dmesg: ")]
    assert len([line for line in log if "assigned reserved memory node restricted-dma@" in line]) == devices
    assert not [line for line in log if re.search(r"BUG|Call Trace|WARNING: CPU|not mapped|refusing", line)]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("device", DEVICES)
def test_linux_all_io_goes_through_the_pool(qemu, initramfs, disks, device, version):
    done = boot(qemu, initramfs, disks, DEVICES[device], version=version)
    report = done.report()
    assert report["release"].startswith(secure.version_of(version))
    check_report(report, disks)
    check_log(done.console, 4)


@pytest.mark.parametrize("args", [("--cpu", "POWER8"), ("--cpu", "POWER10", "--smp", "4"), ("--phb", "2"),
                                  ("--machine", "ic-mode=xics"), ("--qemu", "10.0")],
                         ids=lambda args: "-".join(args).replace("--", ""))
@pytest.mark.parametrize("version", [pytest.param("6.12"), pytest.param("6.12-4k", marks=pytest.mark.all)])
def test_linux_pool_on_other_machines(qemu, initramfs, disks, args, version):
    done = boot(qemu, initramfs, disks, DEVICES["enforced"], *args, version=version)
    check_report(done.report(), disks)
    check_log(done.console, 4)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("device", ["legacy", "enforced"])
def test_linux_pool_survives_rebind_and_rescan(qemu, initramfs, disks, device, version):
    """
    Slots come back when the devices go, and they work when they are there again. virtio_scsi leaves
    its 8 event buffers mapped each time it loses a device, here twice; that is so in mainline.
    """
    done = boot(qemu, initramfs, disks, DEVICES[device], version=version, words="rebind")
    assert int(done.line(r"^rebind: left (\d+)")[1]) <= 2 * 8
    before, after = done.console.split("rebind: left")
    check_report(harness.Report(before), disks)
    check_report(harness.Report(after), disks)
    check_log(done.console, 8)


def test_linux_unpatched_kernel_does_not_use_the_pool(qemu, initramfs, disks):
    """The negative: the same tree, and the pool is not even attached."""
    first, _ = disks
    done = qemu("--kernel", harness.kernel("6.12"), "--initrd", harness.initramfs("6.12"), "--no-reboot",
                "--append", "console=hvc0 quiet panic=-1 report disks=1 pefboot.dma=pool pefboot.kernel=any",
                "--disk", f"{first},transport=legacy")
    assert done.report().all("disk")
    assert not done.report().all("pool")


def test_linux_tree_handed_over_keeps_the_bindings(qemu, initramfs, disks, tmp_path):
    done = boot(qemu, initramfs, disks, DEVICES["transitional"], words="tree")
    text = "".join(line[5:] for line in done.console.splitlines() if line.startswith("fdt: "))
    (tmp_path / "guest.dtb").write_bytes(gzip.decompress(base64.b64decode(text)))
    for schema in ("access-platform", "handoff"):
        command = [harness.deps("dt-schema") / "dt-validate", "-s", harness.TOP / "docs/binding", "-l", schema,
                   tmp_path / "guest.dtb"]
        matched = subprocess.run([*command, "-M"], capture_output=True, text=True, check=False)
        assert f"/{schema}.yaml" in matched.stdout + matched.stderr
        said = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        assert said.stdout == ""
