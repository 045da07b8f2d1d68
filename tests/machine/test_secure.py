# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest becomes secure under the miniature ultravisor, and everything that leaves it is in the pool."""

import base64
import gzip
import hashlib
import itertools
import mmap
import os
import re
import subprocess

import harness
import pytest
import secure

BINDING = harness.TOP / "docs/binding"
POOL = 64 << 20
SLOT = 2048

# What each virtio device is like. With iommu_platform=on QEMU itself refuses what has no TCE, and
# only the pool has one: indirect tables and all, nothing was outside if the sums are right.
KINDS = {
    "legacy": "transport=legacy",
    "transitional": "transport=transitional",
    "modern": "transport=modern",
    "packed": "transport=modern,packed=on",
    "enforced": "transport=modern,iommu_platform=on",
    "enforced-packed": "transport=modern,iommu_platform=on,packed=on",
}
# QEMU, CPUs, devices, kernel. The product is under `all`.
ONCE = (("7.2", "1", "transitional", "6.12"), ("10.0", "4", "legacy", "6.12"), ("10.0", "1", "packed", "6.12"),
        ("7.2", "4", "modern", "6.12"), ("7.2", "2", "enforced", "6.12"))
PRODUCT = [*itertools.product(("7.2", "10.0"), ("1", "2", "4"), KINDS, ("6.12",)),
           *itertools.product(("7.2",), ("2",), KINDS, ("6.1", "7.2", "6.12-4k", "7.2-4k"))]
BOOTS = [pytest.param(*line, id="-".join(line), marks=() if line in ONCE else pytest.mark.all)
         for line in (*ONCE, *(line for line in PRODUCT if line not in ONCE))]


@pytest.fixture(scope="module")
def disks(tmp_path_factory):
    """Two images with random contents: {path: md5}."""
    folder, made = tmp_path_factory.mktemp("disks"), {}
    for name, size in (("blk.img", 3 << 20), ("scsi.img", 2 << 20)):
        data = os.urandom(size)
        (folder / name).write_bytes(data)
        made[folder / name] = hashlib.md5(data).hexdigest()
    return made


def devices(disks, kind):
    blk, scsi = disks
    return ["--disk", f"{blk},{kind}", "--scsi", kind, "--disk", f"{scsi},bus=scsi", "--net", kind,
            "--serve", scsi, "--rng", kind]


def check_io(report, disks):
    """Each device worked, and did so through the pool."""
    blk, scsi = disks.values()
    assert {words[0]: words[3] for words in report.all("disk")} == {"vda": blk, "sda": scsi}
    assert report["served"] == scsi
    assert report["rng_current"].startswith("virtio_rng")
    _, _, slots, _, used, _, *peak = report["pool"].split()
    assert int(slots) == POOL // SLOT
    # Rings and what the network card holds; the disks' reads pass through.
    assert 100 < int(used)
    # 6.1 does not keep it
    assert int(used) < int(*peak) if peak else report["release"].startswith("6.1.")


def check_record(report, console):
    """/chosen/pefboot says what the log says; report prints each property as text."""
    words = {words[0]: words[1:] for words in report.all("pefboot")}
    assert words["world"] == ["secure"]
    assert words["kernel"] == words["initrd"] == words["cmdline"] == ["unverified"]
    assert words["firmware"] == [re.search(r"1/7 entry .*version=(\S+)", console)[1]]
    assert {"pool", "times", "version"} <= set(words)
    assert "world=secure" in console


def check_verdict(console, shared):
    found = secure.verdict(console)
    assert (found["emulated"], found["world"], found["leaked"]) == ("1", "secure", "0")
    assert int(found["shared"]) == shared
    calls = dict(call.split(":") for call in found["uvcalls"].split(","))
    assert int(calls.pop("0xf134")) >= 3, "UV_UNSHARE_PAGE: the tree twice, the memory around what is the ultravisor's"
    assert calls == {"0xf110": "2", "0xf130": "1"}, "asked for an ultravisor, UV_ESM, one UV_SHARE_PAGE"


@pytest.mark.parametrize("release,smp,kind,version", BOOTS)
def test_secure_all_io_goes_through_the_pool(qemu, disks, release, smp, kind, version):
    boot = qemu(*secure.arguments("report disks=2 serve pefboot.secure=required", *devices(disks, KINDS[kind]),
                                  "--qemu", release, "--smp", smp, "--mem", "1G", vmlinux=secure.named(version)))
    boot.judged("secure-required")
    report = boot.report()
    assert report["release"].startswith(secure.version_of(version))
    assert int(report["cpus"]) == int(smp)
    check_io(report, disks)
    assert "Call Trace" not in boot.console and "not mapped in the DMA window" not in boot.console
    check_record(report, boot.console)
    # RTAS, its buffers and those of the ultravisor: 7 pages
    check_verdict(boot.console, POOL // 0x10000 + 7)
    # What steers the ultravisor and what came from the host are gone.
    assert "uv." not in report["cmdline"]


@pytest.mark.parametrize("release,machine", [("7.2", "pseries"), ("7.2", "pseries-6.1"), *(
    pytest.param(release, machine, marks=pytest.mark.all) for release in ("10.0", "11.1") for machine in ("pseries", "pseries-6.1"))])
def test_secure_numa(qemu, release, machine):
    """Of several nodes an honest machine has the tables that the stage demands, in the form of each machine: FORM2, and FORM1 before."""
    nodes = [word for node, size in enumerate((1280, 256, 256, 256, 256)) for word in (
        "-object", f"memory-backend-ram,size={size}M,id=m{node},reserve=off", "-numa", f"node,nodeid={node},memdev=m{node}")]
    boot = qemu(*secure.arguments("quiet", "--mem", "1G", "--qemu", release, "--", "-machine", machine, *nodes, initrd=secure.initramfs("none", "quick")))
    boot.line("5/7 verify world=secure ")
    assert secure.verdict(boot.console)["leaked"] == "0"


@pytest.fixture(scope="module")
def handed_over(tmp_path_factory):
    """The tree as a secure Linux has it from pefboot."""
    path = tmp_path_factory.mktemp("tree") / "handed-over.dtb"
    runner = harness.Runner("qemu-test_secure-tree", "ultravisor")
    initrd = secure.initramfs("none", harness.TOP / "tests/guest/init/pool")
    boot = runner(*secure.arguments("tree quiet", "--mem", "512M", "--phb", "2", "--net", "at=phb1",
                                    "--", "-device", "virtio-balloon-pci", "-netdev", "user,id=old",
                                    "-device", "spapr-vlan,netdev=old", initrd=initrd))
    lines = [line[5:] for line in boot.lines if line.startswith("fdt: ")]
    raw = path.with_suffix(".raw")
    raw.write_bytes(gzip.decompress(base64.b64decode("".join(lines))))
    # fdtget does not take the place of what was removed, a NOP, for what it is
    subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dtb", "-o", path, raw], check=True)
    return path


def complaints(dtb, schema):
    """What dt-validate says with one of our schemas, and that it applied at all."""
    words = [harness.deps("dt-schema") / "dt-validate", "-s", BINDING, "-l", schema]
    said = [subprocess.run([*words, *more, dtb], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                           timeout=300, check=False).stdout for more in ([], ["-M"])]
    assert f"/{schema}.yaml" in said[1], f"{schema} applies to no node"
    return said[0]


@pytest.mark.parametrize("schema", ["access-platform", "handoff", "record"])
def test_secure_tree_keeps_the_binding(handed_over, schema):
    assert complaints(handed_over, schema) == ""


def fdt(program, *words):
    done = subprocess.run([program, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    return done.stdout.split() if done.returncode == 0 else None


@pytest.mark.parametrize("schema,node,prop", [
    ("handoff", "/", "reserved-ranges"), ("record", "/chosen/pefboot", "pool")])
def test_secure_tree_that_breaks_the_binding_is_told(handed_over, tmp_path, schema, node, prop):
    broken = tmp_path / "broken.dtb"
    broken.write_bytes(handed_over.read_bytes())
    assert fdt("fdtput", "-d", broken, node, prop) is not None
    assert f"'{prop}' is a required property" in complaints(broken, schema)


def test_secure_tree_holds_nothing_that_reaches_past_the_pool(handed_over):
    """One pool, named by both host bridges; devices that do not go through it are gone."""
    pool, = fdt("fdtget", "-l", handed_over, "/reserved-memory")
    phandle = fdt("fdtget", handed_over, f"/reserved-memory/{pool}", "phandle")
    bridges = [name for name in fdt("fdtget", "-l", handed_over, "/") if name.startswith("pci@")]
    assert len(bridges) == 2
    for name in bridges:
        assert fdt("fdtget", handed_over, "/" + name, "memory-region") == phandle
        for device in fdt("fdtget", "-l", handed_over, "/" + name):
            assert fdt("fdtget", "-t", "x", handed_over, f"/{name}/{device}", "device-id") != ["1002"]
    assert {name.partition("@")[0] for name in fdt("fdtget", "-l", handed_over, "/vdevice")} <= {
        "vty", "nvram", "rtc"}
    record = [int(word, 16) for word in fdt("fdtget", "-t", "x", handed_over, "/chosen/pefboot", "pool")]
    assert record == [0, int(pool.partition("@")[2], 16), 0, POOL]
    times = [int(word, 16) for word in fdt("fdtget", "-t", "x", handed_over, "/chosen/pefboot", "times")]
    steps = [high << 32 | low for high, low in zip(times[::2], times[1::2])]
    assert len(steps) == 7 and steps == sorted(steps) and steps[0] > 0


def test_secure_kernel_without_mark_is_refused(qemu):
    boot = qemu(*secure.arguments("", "--mem", "1G", vmlinux=harness.kernel("6.12")))
    boot.judged("refused", "--expect", "E404")
    assert "esm=start" not in boot.console
    assert secure.verdict(boot.console)["world"] == "normal"


def test_secure_kernel_without_mark_reaches_no_device(qemu, disks):
    """Allowed with pefboot.kernel=any: its drivers offer private memory to the devices."""
    initrd = secure.initramfs("6.12", "io")
    boot = qemu(*secure.arguments("quiet pefboot.kernel=any", *devices(disks, "transport=transitional"),
                                  "--mem", "1G", vmlinux=harness.kernel("6.12"), initrd=initrd))
    assert boot.line(r"notice: kernel without the mark")
    assert boot.line(r"^io: 6\.12\.")
    assert boot.line(r"^io: driver 0000:"), "the devices were not even tried"
    assert boot.line(r"^io: read (\d*)")[1] in ("", "0")
    found = secure.verdict(boot.console)
    assert (found["world"], found["leaked"]) == ("secure", "0")


def pieces(data, size=48):
    """Parts of a file that nothing else holds by chance: no runs of one byte, none of them twice."""
    found = []
    for at in range(len(data) // 64, len(data) - size, len(data) // 64):
        piece = data[at:at + size]
        if len(set(piece)) > 16 and data.count(piece) == 1:
            found.append(piece)
    assert len(found) > 10
    return found[::len(found) // 6]


def hits(path, wanted):
    with open(path, "rb") as dump, mmap.mmap(dump.fileno(), 0, access=mmap.ACCESS_READ) as memory:
        return sum(memory.find(piece) >= 0 for piece in wanted)


@pytest.mark.parametrize("firmware,seen", [("ultravisor", False), ("pefboot", True)], ids=["secure", "normal"])
def test_secure_memory_cannot_be_found_outside(qemu, tmp_path, firmware, seen):
    """The host looks for a secret, the kernel and the initrd in all the memory it has given the guest."""
    word = os.urandom(8).hex()
    secret = hashlib.sha512(word.encode() + b"\n").hexdigest().encode()
    initrd = secure.initramfs("none", "hold", f"secret={secure.INIT / 'secret'}")
    child = qemu.spawn(*secure.arguments(f"quiet secret={word}", "--mem", "256M", "--qmp", tmp_path / "qmp",
                                         initrd=initrd, firmware=firmware))
    child.expect("hold: 102600 bytes")
    monitor = secure.Qmp(tmp_path / "qmp")
    dump = monitor.dump(tmp_path / "memory", 0, 256 << 20)
    # Linux overwrites the archive when it has been unpacked; its files it keeps
    kernel, files = pieces(secure.kernel().read_bytes()), pieces(gzip.decompress(initrd.read_bytes()))
    found = [hits(dump, wanted) for wanted in ([secret], kernel, files)]
    dump.unlink()
    if seen:
        assert all(found), "a search that finds nothing proves nothing"
        return
    assert found == [0, 0, 0]
    monitor("cont")
    child.sendline("")
    child.expect(r"verdict .* leaked=0 ")
