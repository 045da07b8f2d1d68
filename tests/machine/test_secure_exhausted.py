# SPDX-License-Identifier: GPL-2.0-or-later
"""A pool that is too small for the load: requests wait, and nothing goes past it or wrong."""

import hashlib
import os
import re

import harness
import pytest
import secure
from test_secure import KINDS

# By what each says at its end: four readers of two disks each, four writers of another, the network
JOBS = {"vda": 4, "sda": 4, "write": 4, "serve": 1}
MEMORY = 512 << 20
POOL = 8 << 20
SLOT = 2048
SLOW = "-set", "drive.disk0.throttling.bps-total=16777216"     # of vda, whose requests so are there at the same time


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """{name: (path, md5)}; vdb is written to."""
    folder, made = tmp_path_factory.mktemp("disks"), {}
    for name, size in (("vda", 16 << 20), ("vdb", 24 << 20), ("sda", 8 << 20)):
        data = os.urandom(size)
        (folder / name).write_bytes(data)
        made[name] = folder / name, hashlib.md5(data).hexdigest()
    return made


def load(qemu, images, kind, version, pool, slow=()):
    """{what: sums or numbers} of tests/guest/init/load, and the console."""
    initrd = secure.initramfs("none", "load")
    boot = qemu(*secure.arguments(
        f"pefboot.pool={pool} {harness.PATIENT}", "--disk", f"{images['vda'][0]},{kind}",
        "--disk", f"{images['vdb'][0]},{kind}", "--scsi", kind, "--disk", f"{images['sda'][0]},bus=scsi",
        "--net", kind, "--serve", images["sda"][0], "--rng", kind, "--smp", "2", "--mem", str(MEMORY), "--", *slow,
        vmlinux=secure.kernel(version), initrd=initrd), timeout=2 * harness.BOOT_TIMEOUT)
    said = {}
    for line in boot.lines:
        match = re.fullmatch(r"\[ *[\d.]+\] load: (\w+) (.*)", line)
        if match:
            said.setdefault(match[1], []).append(match[2])
    return said, boot


def check(said, images, boot, may_wait=()):
    """All jobs got through but for those that may wait, and read what is right; nobody was told of an
    error, and nothing left the pool."""
    right = {"vda": images["vda"][1], "sda": images["sda"][1], "write": said["data"][0], "serve": images["sda"][1]}
    ended = {job: len(said.get(job, [])) for job in JOBS}
    assert ended == {job: ended[job] if job in may_wait else count for job, count in JOBS.items()}
    assert all(said.get(job, []) == [right[job]] * ended[job] for job in JOBS)
    assert int(said["done"][0]) == sum(ended.values())
    assert said["errors"] == ["0"]
    verdict = secure.verdict(boot.console)
    assert (verdict["world"], verdict["leaked"]) == ("secure", "0")


@pytest.mark.all
@pytest.mark.parametrize("kind", ["transitional", "enforced", "packed"])
@pytest.mark.parametrize("version", ["6.12", "7.2"])
def test_secure_pool_exhausted(qemu, images, version, kind):
    """
    Requests wait and are tried again. On 7.2 those of 4 MiB, the readers', may wait for ever, and the kernel says so
    all the time: what it keeps mapped for the network leaves them no sixteen empty segments of 256 KiB.
    The writers, with 1 MiB, and the network get through even then.
    """
    said, boot = load(qemu, images, KINDS[kind], version, "8M,force", SLOW)
    check(said, images, boot, () if version == "6.12" else ("vda", "sda"))
    slots, _, peak = said["pool"][0].split()
    assert int(slots) == POOL // SLOT
    assert int(peak) > int(slots) // 2
    assert int(said["full"][0]) > 0, "the pool was large enough, so nothing is shown"
    assert boot.line(r"swiotlb buffer is full \(sz: \d+ bytes\), total 4096 \(slots\)")
    if int(said["done"][0]) < sum(JOBS.values()):
        assert "swiotlb buffer is full (sz: 262144 bytes)" in boot.console[boot.console.rindex("load: serve "):]


@pytest.mark.all
@pytest.mark.parametrize("version,pool", [("6.12", "64M"), ("7.2", "64M"), ("7.2", "16M")])
def test_secure_pool_not_exhausted(qemu, images, version, pool):
    """The negative, with the pool of every day and the smallest that needs no `force`: all get through."""
    said, boot = load(qemu, images, KINDS["transitional"], version, pool)
    check(said, images, boot)
    assert pool != "64M" or said["full"] == ["0"]
