# SPDX-License-Identifier: GPL-2.0-or-later
"""A pool that is too small for the load: requests wait, and nothing goes past it or wrong."""

import hashlib
import os
import re

import harness
import pytest
import secure
from test_secure import KINDS

READERS = 4
MEMORY = 512 << 20
POOL = 8 << 20
SLOT = 2048


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """{name: (path, md5)}; vdb is written to."""
    folder, made = tmp_path_factory.mktemp("disks"), {}
    for name, size in (("vda", 16 << 20), ("vdb", 24 << 20), ("sda", 8 << 20)):
        data = os.urandom(size)
        (folder / name).write_bytes(data)
        made[name] = folder / name, hashlib.md5(data).hexdigest()
    return made


def load(qemu, images, kind, version, pool):
    """{what: sums or numbers} of tests/qemu/init/load, and the console."""
    initrd = secure.initramfs("none", "load")
    boot = qemu(*secure.arguments(
        f"pefboot.pool={pool} {harness.PATIENT}", "--disk", f"{images['vda'][0]},{kind}",
        "--disk", f"{images['vdb'][0]},{kind}", "--scsi", kind, "--disk", f"{images['sda'][0]},bus=scsi",
        "--net", kind, "--serve", images["sda"][0], "--rng", kind, "--smp", "2", "--mem", str(MEMORY),
        vmlinux=secure.kernel(version), initrd=initrd), timeout=2 * harness.BOOT_TIMEOUT)
    said = {}
    for line in boot.lines:
        match = re.match(r"load: (\w+) (.*)", line)
        if match:
            said.setdefault(match[1], []).append(match[2])
    return said, boot


@pytest.mark.all
@pytest.mark.parametrize("kind", ["transitional", "enforced"])
@pytest.mark.parametrize("version", ["6.12", "7.2"])
def test_secure_pool_exhausted(qemu, images, version, kind):
    said, boot = load(qemu, images, KINDS[kind], version, "8M,force")
    assert said["vda"] == [images["vda"][1]] * READERS
    assert said["sda"] == [images["sda"][1]] * READERS
    assert said["write"] == said["data"] * READERS
    assert said["serve"] == [images["sda"][1]]
    slots, _, peak = said["pool"][0].split()
    assert int(slots) == POOL // SLOT
    assert int(peak) > int(slots) // 2
    assert int(said["full"][0]) > 0, "the pool was large enough, so nothing is shown"
    assert said["errors"] == ["0"]
    assert boot.line(r"swiotlb buffer is full \(sz: \d+ bytes\), total 4096 \(slots\)")
    verdict = secure.verdict(boot.console)
    assert (verdict["world"], verdict["leaked"]) == ("secure", "0")


@pytest.mark.all
def test_secure_pool_not_exhausted(qemu, images):
    """The negative: the same load with the pool of every day."""
    said, _ = load(qemu, images, KINDS["transitional"], "6.12", "64M")
    assert said["vda"] == [images["vda"][1]] * READERS
    assert said["full"] == ["0"]
