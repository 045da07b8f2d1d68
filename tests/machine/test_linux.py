# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's kernels, unmodified, boot to user space; the devices are there as SLOF gives them."""

import hashlib
import itertools
import os

import harness
import pytest

QEMUS = ("7.2", "10.0", "11.1")
CPUS = ("POWER8", "POWER9", "POWER10")
SMPS = ("1", "2", "8")
MEMORIES = ("512M", "2G", "6G", "64G")
KERNELS = ("6.1", "6.12")

# Each value of each axis once, and what is likeliest to break together. The product is under `all`.
ONCE = (
    ("7.2", "POWER8", "1", "512M", "6.1"),
    ("7.2", "POWER9", "2", "2G", "6.12"),
    ("10.0", "POWER10", "8", "6G", "6.1"),
    ("10.0", "POWER9", "2", "64G", "6.12"),
)
PRODUCT = [line for line in itertools.product(QEMUS, CPUS, SMPS, MEMORIES, KERNELS) if line not in ONCE]


def matrix():
    return [pytest.param(*line, id="-".join(line)) for line in ONCE] + \
        [pytest.param(*line, id="-".join(line), marks=pytest.mark.all) for line in PRODUCT]


@pytest.mark.parametrize("release,cpu,smp,mem,version", matrix())
def test_boots(qemu, release, cpu, smp, mem, version):
    boot = qemu.linux("--qemu", release, "--cpu", cpu, "--smp", smp, "--mem", mem, version=version)
    if qemu.firmware == "pefboot":
        boot.judged("normal")
    report = boot.report()
    assert report["release"].startswith(version + ".")
    assert int(report["cpus"]) == int(smp)
    assert report["cpu"].startswith(cpu)
    total = int(report["memory_kb"]) << 10
    size = harness.tool("qemu").size(mem)
    assert 0.8 * size - (128 << 20) < total <= size
    # CAS: radix and XIVE are asked for wherever the machine offers them.
    assert (report["mmu"], report["irq"]) == (("hash", "xics") if cpu == "POWER8" else ("radix", "xive"))
    assert float(report["crng"]) == 0, "rng-seed did not reach the kernel"


@pytest.mark.all
@pytest.mark.parametrize("nodes", [64, 65, 128])    # 128 is QEMU's MAX_NODES
def test_numa_nodes(qemu, nodes):
    words = [word for node in range(nodes) for word in (
        "-object", f"memory-backend-ram,id=node{node},size=256M,reserve=off", "-numa", f"node,nodeid={node},memdev=node{node}")]
    boot = qemu.linux("--mem", f"{256 * nodes}M", "--", *words, version="6.12")
    boot.judged("normal")
    assert int(boot.report()["memory_kb"]) > 250 * 1024 * nodes


@pytest.mark.parametrize("smp,cpus", [("4,threads=4", 4), ("8,cores=2,threads=4", 8)])
def test_threads(qemu, smp, cpus):
    """Several threads a core, which TCG has since QEMU 9.1."""
    assert int(qemu.small("--qemu", "10.0", "--smp", smp).report()["cpus"]) == cpus


@pytest.mark.parametrize("options,mmu,irq", [
    ("ic-mode=xics", "radix", "xics"), ("ic-mode=xive", "radix", "xive"), ("max-cpu-compat=power8", "hash", "xics")])
def test_what_the_machine_offers(qemu, options, mmu, irq):
    """CAS takes what is offered, and does not ask for more."""
    report = qemu.small("--machine", options).report()
    assert (report["mmu"], report["irq"]) == (mmu, irq)


@pytest.fixture
def images(tmp_path):
    """Disk images with content that differs in each sector, and their digests."""
    made = {}
    for name, sectors in (("blk.img", 6001), ("second.img", 16), ("scsi.img", 4096)):
        content = b"".join(hashlib.sha512(f"{name} {number // 8}".encode()).digest() * 8
                           for number in range(sectors))
        (tmp_path / name).write_bytes(content)
        made[name] = hashlib.md5(content).hexdigest()
    return tmp_path, made


LINES = {
    "plain": "--disk {d}/blk.img --net --rng --disk {d}/scsi.img,bus=scsi,block=4096",
    "two-phbs": "--phb 2 --disk {d}/blk.img --net at=phb1 --disk {d}/second.img,at=phb1 --scsi at=phb1 "
                "--disk {d}/scsi.img,bus=scsi",
    "bridge": "--bridge --disk {d}/blk.img,at=br0 --disk {d}/second.img --net at=br0",
    "nested-bridges": "--bridge --bridge at=br0 --bridge --disk {d}/blk.img,at=br1 --net at=br0 --rng at=br2 "
                      "--disk {d}/second.img,at=br1",
    "bridge-on-second-phb": "--phb 2 --bridge at=phb1 --disk {d}/blk.img,at=br0 --net --rng at=phb1",
    "legacy": "--disk {d}/blk.img,transport=legacy --net transport=legacy --scsi transport=legacy "
              "--disk {d}/scsi.img,bus=scsi",
    "modern": "--disk {d}/blk.img,transport=modern --net transport=modern --scsi transport=modern "
              "--disk {d}/scsi.img,bus=scsi",
    "iommu": "--disk {d}/blk.img,transport=modern,iommu_platform=on "
             "--net transport=modern,iommu_platform=on",
}


# SLOF takes long, so the others are under `all`.
ALWAYS = ("plain", "two-phbs", "nested-bridges", "legacy")


@pytest.mark.parametrize("line", [
    pytest.param(line, id=name, marks=() if name in ALWAYS else pytest.mark.all) for name, line in LINES.items()])
def test_devices_as_under_slof(qemu, images, line):
    """The same PCI devices appear at the same places, and disks and network work."""
    folder, digests = images
    words = line.format(d=folder).split()
    names = [os.path.basename(word.split(",")[0]) for word in words if ".img" in word]
    args = words + ["--serve", str(folder / "second.img")]
    append = f"disks={len(names)} serve"
    boot = qemu.linux if line == LINES["plain"] else qemu.small
    ours = boot(*args, append=append).report()
    slof = qemu.under_slof(line, *args, append=append)
    assert ours.all("pci") == slof.all("pci")
    assert len(ours.all("pci")) >= line.count("--bridge") + line.count("--net") + line.count("blk.img")
    assert sorted(words[3] for words in ours.all("disk")) == sorted(digests[name] for name in names)
    assert ours.all("disk") == slof.all("disk")
    if "--net" in words:
        assert ours["net"].split()[2] == "10.0.2.15"
        assert ours["ping"] == "eth0 ok"
        assert ours["served"] == digests["second.img"]
    if "--rng" in words:
        assert ours["rng_current"].startswith("virtio_rng")
