# SPDX-License-Identifier: GPL-2.0-or-later
"""Booting from virtio disks: every transport, every partition table, bad ones, and silence afterwards."""

import hashlib
import itertools
import re
import struct
import subprocess
import time

import audit
import disks
import harness
import pytest

MEMORY = 256 << 20
LOADED = r"3/7 load from=disk kernel=0x(\w+)\+0x(\w+) \S+ initrd=0x(\w+)\+0x(\w+)"

TRANSPORTS = {"legacy": "transport=legacy", "transitional": "transport=transitional", "modern": "transport=modern",
              "iommu": "transport=modern,iommu_platform=on"}
MATRIX = list(itertools.product(("7.2", "10.0"), ("blk", "scsi"), TRANSPORTS, ("512", "4096")))


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """A bundle with a kernel that spins and an initrd of an odd size: (path, bytes, initrd)."""
    path = tmp_path_factory.mktemp("bundle") / "bundle.elf"
    initrd = disks.random_bytes("initrd", 5000001)
    return path, disks.bundle(path, disks.spin_elf(), initrd), initrd


@pytest.fixture
def machine(request):
    """machine(*args): a running QEMU (audit.Machine) that is ended with the test."""
    started = []

    def start(*args):
        log = harness.log_path(request.node.nodeid, len(started))
        started.append(audit.Machine("--mem", f"{MEMORY >> 20}M", *args, log=log).__enter__())
        return started[-1]
    yield start
    for one in started:
        one.__exit__()


def disk(path, bus, transport, block="512"):
    """The words of tools/qemu for one disk."""
    where = TRANSPORTS[transport]
    if bus == "blk":
        return ["--disk", f"{path},{where},block={block}"]
    return ["--scsi", where, "--disk", f"{path},bus=scsi,block={block}"]


def check_loaded(machine, initrd, kernel=None):
    """Kernel and initrd are in memory as they were on the disk, and the kernel has been entered."""
    places = [int(word, 16) for word in machine.wait_for(LOADED).groups()]
    machine.wait_for("7/7 handoff")
    kernel = kernel or disks.spin()
    assert hashlib.md5(machine.memory(places[0], len(kernel))).digest() == hashlib.md5(kernel).digest()
    assert places[3] == len(initrd)
    assert hashlib.md5(machine.memory(places[2], len(initrd))).digest() == hashlib.md5(initrd).digest()
    return places


@pytest.mark.parametrize("release,bus,transport,block", MATRIX)
def test_virtio_matrix(machine, image, release, bus, transport, block):
    """What was loaded is what is on the disk, to the bit."""
    running = machine("--qemu", release, *disk(image[0], bus, transport, block))
    check_loaded(running, image[2])


@pytest.mark.parametrize("bus,transport", [("blk", "legacy"), ("blk", "iommu"), ("scsi", "transitional")])
def test_virtio_quiet(machine, image, bus, transport):
    """After the handoff no device that pefboot drove has a queue, is a bus master, or writes memory."""
    running = machine(*disk(image[0], bus, transport), "--rng", TRANSPORTS[transport], "--",
                      "-device", "virtio-serial-pci", "-chardev", "null,id=null", "-device", "virtconsole,chardev=null")
    check_loaded(running, image[2])
    assert len(audit.devices(running)) == 3
    audit.check_quiet(running, MEMORY)


def test_virtio_audit_sees(machine, image):
    """The audit finds queues and bus masters where there are some: under Linux."""
    running = machine("--mem", "1G", "--kernel", harness.small_kernel(), "--initrd", harness.initramfs("none"),
                      "--append", "console=hvc0", "--disk", image[0])
    running.wait_for("The console is yours")
    name, path = audit.devices(running)[0]
    assert name == "virtio-blk" and audit.queues(running, path) == [0]
    assert audit.bus_masters(running) == 1
    with pytest.raises(AssertionError, match="live queue"):
        audit.check_quiet(running, 0x1000)


def hypercalls(qemu, *args):
    """Numbers and arguments of the hypercalls of a boot that ends in an error, or in a kernel that powers off."""
    path = harness.log_path(qemu.name).with_suffix(".hcalls")
    boot = qemu(*args, "--", "-d", "int", "-D", path)
    calls = [tuple(int(word, 16) for word in re.findall(r"r\d+=(\w+)", line))
             for line in path.read_text().splitlines() if line.startswith("hypercall r3=")]
    path.unlink()
    return boot, calls


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_virtio_tces(qemu, tmp_path, transport):
    """A plain device never touches a TCE; for the other kind all that is mapped is unmapped."""
    (tmp_path / "empty.img").write_bytes(bytes(1 << 20))
    boot, calls = hypercalls(qemu, *disk(tmp_path / "empty.img", "blk", transport))
    boot.line(r"EXIT 335")
    tces = [call[1:4] for call in calls if call[0] == 0x20]
    if transport != "iommu":
        assert tces == []
        return
    mapped = [call[1] for call in tces if call[2]]
    assert mapped and all(call[2] in (0, call[1] | 3) for call in tces)
    assert sorted(set(mapped)) == sorted({call[1] for call in tces if not call[2]})
    last = {call[1]: call[2] for call in tces}
    assert set(last.values()) == {0}


@pytest.mark.parametrize("where", ["--bridge --disk {0},at=br0", "--bridge --bridge at=br0 --disk {0},at=br1",
                                   "--phb 2 --disk {0},at=phb1", "--phb 2 --bridge at=phb1 --scsi at=br0 --disk {0},bus=scsi",
                                   "--bridge --disk {0},at=br0,transport=legacy",
                                   "--bridge --bridge at=br0 --disk {0},at=br1,transport=legacy"],
                         ids=["bridge", "two-bridges", "second-phb", "bridge-on-second-phb", "bridge-legacy",
                              "two-bridges-legacy"])
def test_virtio_places(machine, image, where):
    """Behind bridges and on other host bridges."""
    check_loaded(machine(*where.format(image[0]).split()), image[2])


def test_virtio_24_disks(machine, image, tmp_path):
    """The one with the bundle is the last, behind 23 that have none."""
    (tmp_path / "empty.img").write_bytes(bytes(4096))
    args = [word for _ in range(23) for word in ("--disk", f"{tmp_path / 'empty.img'},ro")]
    check_loaded(machine(*args, "--disk", image[0]), image[2])


def test_virtio_scsi_units(machine, image, tmp_path):
    """Several targets and LUNs; the bundle is on the last one, target 200, LUN 5."""
    (tmp_path / "empty.img").write_bytes(bytes(1 << 20))
    raw = ["-drive", f"file={image[0]},format=raw,if=none,id=last", "-device", "virtio-scsi-pci,id=s",
           "-device", "scsi-hd,bus=s.0,drive=last,scsi-id=200,lun=5"]
    for number, (target, lun) in enumerate([(0, 3), (1, 0), (1, 300), (200, 0)]):
        raw += ["-drive", f"file={tmp_path / 'empty.img'},format=raw,if=none,readonly=on,id=d{number}",
                "-device", f"scsi-hd,bus=s.0,drive=d{number},scsi-id={target},lun={lun}"]
    check_loaded(machine("--", *raw), image[2])


def test_virtio_cdrom(machine, image):
    """2048 bytes a block."""
    padded = image[0].parent / "cd.iso"
    padded.write_bytes(image[1] + bytes(-len(image[1]) % 2048))
    raw = ["-drive", f"file={padded},format=raw,if=none,id=cd,media=cdrom", "-device", "virtio-scsi-pci,id=s",
           "-device", "scsi-cd,bus=s.0,drive=cd"]
    check_loaded(machine("--", *raw), image[2])


@pytest.mark.parametrize("first", ["blk", "scsi"])
def test_virtio_bootindex(machine, image, tmp_path, first):
    """bootindex decides, whatever the order of devices and kinds."""
    other = disks.random_bytes("other", 70000)
    disks.bundle(tmp_path / "other.elf", disks.spin_elf(), other)
    files = {first: image[0], "scsi" if first == "blk" else "blk": tmp_path / "other.elf"}
    raw = ["-drive", f"file={files['blk']},format=raw,if=none,id=a", "-drive", f"file={files['scsi']},format=raw,if=none,id=b",
           "-device", f"virtio-blk-pci,drive=a,bootindex={1 if first == 'blk' else 2}", "-device", "virtio-scsi-pci,id=s",
           "-device", f"scsi-hd,bus=s.0,drive=b,scsi-id=3,lun=1,bootindex={2 if first == 'blk' else 1}"]
    check_loaded(machine("--", *raw), image[2])


PARTITIONS = 6 << 20   # bytes of the disk beside the bundle
START = 2048


def gpt_disk(image, block=512, parts=None, **change):
    size = (len(image[1]) + PARTITIONS + 4095) & ~4095
    start = START * 512 // block
    last = start + (len(image[1]) + block - 1) // block - 1
    parts = parts or [(disks.LINUX_GUID, start - 100, start - 2), (disks.PREP_GUID, start, last)]
    return disks.gpt(parts, {start * block: image[1]}, size, block, **change)


def mbr_disk(image, parts=None):
    size = (len(image[1]) + PARTITIONS + 4095) & ~4095
    blocks = (len(image[1]) + 511) // 512
    parts = parts or [(0x83, 64, 100), (0, 0, 0), (disks.PREP, START, blocks)]
    return disks.mbr(parts, {START * 512: image[1]}, size)


TABLES = {
    "mbr": (mbr_disk, {}, "512"),
    "gpt": (gpt_disk, {}, "512"),
    "gpt-4096": (gpt_disk, {"block": 4096}, "4096"),
    "gpt-backup": (gpt_disk, {"primary": "none"}, "512"),
    "gpt-backup-4096": (gpt_disk, {"primary": "none", "block": 4096}, "4096"),
    "gpt-primary-crc": (gpt_disk, {"primary": {"crc": 1}}, "512"),
    "gpt-no-backup": (gpt_disk, {"backup": "none"}, "512"),
}


@pytest.mark.parametrize("name", TABLES)
def test_virtio_partitions(machine, image, tmp_path, name):
    make, change, block = TABLES[name]
    (tmp_path / "disk.img").write_bytes(make(image, **change))
    check_loaded(machine("--disk", f"{tmp_path / 'disk.img'},block={block}"), image[2])


def test_virtio_next_partition(machine, image, tmp_path):
    """An empty PReP partition before the one with the bundle, as distributions leave them."""
    last = START + (len(image[1]) + 511) // 512 - 1
    parts = [(disks.PREP_GUID, 64, 1000), (disks.PREP_GUID, START, last)]
    (tmp_path / "disk.img").write_bytes(gpt_disk(image, parts=parts))
    check_loaded(machine("--disk", tmp_path / "disk.img"), image[2])


def whole(data):
    return lambda image: data(image)


def kernel_at(image):
    """Where the kernel lies in the good bundle's image, which begins at 0x10000 of the file."""
    return struct.unpack_from(">Q", image[1], disks.MANIFEST + disks.PART)[0]


def overwritten(image, at, data):
    return image[1][:at] + data + image[1][at + len(data):]


def kernel_bundle(kernel):
    """The good bundle with its kernel's bytes overwritten from the start."""
    return lambda image: overwritten(image, 0x10000 + kernel_at(image), kernel)


def manifest(at, fmt, value):
    return lambda image: disks.put_manifest(image[1], at, fmt, value)


FILE = 0x10000 + 0x20000   # of the spinning kernel
HUGE = 0xffffffffffff0000
LOAD = (1, 7, 0x10000, 0, 0, 0x20000, 0x28000, 0x10000)
BAD = {
    "empty": (335, lambda image: bytes(1 << 20)),
    "one-block": (335, lambda image: bytes(512)),
    "plain-pefboot": (335, lambda image: (harness.BUILD / "pefboot.elf").read_bytes() + bytes(-(harness.BUILD / "pefboot.elf").stat().st_size % 512)),
    "cut": (336, lambda image: image[1][:len(image[1]) // 2 & ~511]),
    "partition-smaller": (336, lambda image: gpt_disk(image, parts=[(disks.PREP_GUID, START, START + 1000)])),
    "version": (342, manifest(8, ">I", 3)),
    "manifest-size": (341, manifest(12, ">I", 511)),
    "reserved": (341, manifest(511, "B", 1)),
    "image-over-memory": (341, manifest(16, ">Q", 0x100000)),
    "total-huge": (341, manifest(32, ">Q", HUGE)),
    "total-not-elf": (341, manifest(32, ">Q", 0x600000)),
    "kernel-in-image": (341, manifest(disks.PART, ">Q", 0x10000)),
    "kernel-odd": (341, lambda image: disks.put_manifest(image[1], disks.PART, ">Q", kernel_at(image) + 0x200)),
    "kernel-wraps": (341, manifest(disks.PART + 8, ">Q", HUGE)),
    "no-kernel": (341, lambda image: disks.put_manifest(disks.put_manifest(image[1], disks.PART, ">Q", 0), disks.PART + 8, ">Q", 0)),
    "initrd-over-kernel": (341, lambda image: disks.put_manifest(image[1], disks.PART + 80, ">Q", kernel_at(image))),
    "cmdline-long": (341, manifest(disks.PART + 160 + 8, ">Q", 4096)),
    "not-elf": (344, kernel_bundle(b"MZ\0\0")),
    "elf32": (344, kernel_bundle(disks.elf([], bits=32))),
    "byte-order": (344, kernel_bundle(b"\x7fELF\x02\x03\x01")),
    "machine": (344, kernel_bundle(disks.elf([], machine=62))),
    "relocatable": (344, kernel_bundle(disks.elf([], kind=1))),
    "no-segments": (345, kernel_bundle(disks.elf([], phdrs=[]))),
    "segment-outside": (345, kernel_bundle(disks.elf([], phdrs=[(1, 7, FILE, 0, 0, 0x10000, 0x10000, 1)]))),
    "segment-offset-wraps": (345, kernel_bundle(disks.elf([], phdrs=[(1, 7, HUGE, 0, 0, 0x20000, 0x20000, 1)]))),
    "segment-address-wraps": (345, kernel_bundle(disks.elf([], phdrs=[(1, 7, 0x10000, HUGE, HUGE, 16, 0x20000, 1)]))),
    "segment-larger-in-file": (345, kernel_bundle(disks.elf([], phdrs=[(1, 7, 0x10000, 0, 0, 0x100, 0x10, 1)]))),
    "segments-overlap": (345, kernel_bundle(disks.elf([], phdrs=[LOAD, (1, 7, 0x10000, 0x1000, 0x1000, 16, 16, 1)]))),
    "entry-outside": (346, kernel_bundle(disks.elf([], entry=0x100000, phdrs=[LOAD]))),
    "entry-inside": (302, kernel_bundle(disks.elf([], entry=0x100, phdrs=[LOAD]))),
    "not-linux": (302, lambda image: overwritten(image, 0x20000 + kernel_at(image), bytes(64))),
    "zimage": (303, kernel_bundle(disks.elf([(0x10000, 0x4000000, struct.pack(">III", 0x48000020, 0x4000000, 0), 0x20000)],
                                            entry=0x4000000))),
    "kernel-huge": (343, kernel_bundle(disks.elf([], phdrs=[(1, 7, 0x10008, 0, 0, 0x10000, 1 << 40, 1)]))),
    "mbr-overlap": (334, lambda image: mbr_disk(image, [(disks.PREP, START, 5000), (0x83, START + 100, 10)])),
    "mbr-behind-end": (334, lambda image: mbr_disk(image, [(disks.PREP, START, 0xffffffff)])),
    "gpt-both-crcs": (334, lambda image: gpt_disk(image, primary={"crc": 1}, backup={"crc": 2})),
    "gpt-none": (334, lambda image: gpt_disk(image, primary="none", backup="none")),
    "gpt-count-overflows": (334, lambda image: gpt_disk(image, primary={"count": 0xffffffff}, backup={"count": 0x2000001})),
    "gpt-size-overflows": (334, lambda image: gpt_disk(image, primary={"size": 0xfffffff8}, backup={"size": 0})),
    "gpt-header-size": (334, lambda image: gpt_disk(image, primary={"header_size": 0xffffffff}, backup={"header_size": 8})),
    "gpt-entries-behind-end": (334, lambda image: gpt_disk(image, primary={"entries": HUGE}, backup={"entries": 1 << 40})),
    "gpt-usable-behind-end": (334, lambda image: gpt_disk(image, primary={"last": HUGE}, backup={"last": HUGE})),
    "gpt-elsewhere": (334, lambda image: gpt_disk(image, primary={"my": 2}, backup={"my": 1})),
    "gpt-overlap": (334, lambda image: gpt_disk(image, parts=[(disks.PREP_GUID, 2048, 4000), (disks.LINUX_GUID, 3000, 5000)])),
    "gpt-outside-usable": (334, lambda image: gpt_disk(image, parts=[(disks.PREP_GUID, 3, 4000)])),
    "gpt-backwards": (334, lambda image: gpt_disk(image, parts=[(disks.PREP_GUID, 4000, 3000)])),
}


@pytest.mark.parametrize("name", BAD)
def test_virtio_bad_disk(qemu, image, tmp_path, name):
    """The number, the hint, and power-off."""
    number, make = BAD[name]
    (tmp_path / "disk.img").write_bytes(make(image))
    boot = qemu("--mem", "512M", "--disk", tmp_path / "disk.img", timeout=60)
    boot.line(rf"FAIL 3/7 load E{number} ")
    boot.line(rf"EXIT {number}$")
    assert boot.console.count("hint:") == 1


def test_virtio_bad_then_good(machine, image, tmp_path):
    """A bad disk is said in a notice, and the next one boots."""
    (tmp_path / "bad.img").write_bytes(BAD["segments-overlap"][1](image))
    running = machine("--disk", tmp_path / "bad.img", "--disk", image[0])
    check_loaded(running, image[2])
    running.wait_for(r"notice: blk 0x0 \(disk\) left out: E345 ")


def test_virtio_no_disk(qemu):
    qemu("--net", "--rng", timeout=60).line(r"EXIT 301$")


def test_virtio_no_room(qemu, tmp_path):
    disks.bundle(tmp_path / "large.elf", disks.spin_elf(), bytes(300 << 20))
    qemu("--mem", "256M", "--disk", tmp_path / "large.elf", timeout=60).line(r"EXIT 343$")


def block_node(path, **driver):
    """QEMU's arguments for a disk behind a block driver that misbehaves."""
    options = ",".join(f"{key.replace('_', '-')}={value}" for key, value in driver.items())
    return ["-blockdev", f"driver=file,filename={path},node-name=file", "-blockdev", f"{options},node-name=top",
            "-device", "virtio-blk-pci,drive=top"]


def test_virtio_read_error(qemu, image):
    raw = block_node(image[0], driver="blkdebug", image="file", **{"inject-error.0.event": "none", "inject-error.0.iotype": "read"})
    boot = qemu("--", *raw, timeout=60)
    boot.line(r"E331 .*virtio-blk status 1")
    boot.line(r"EXIT 331$")


def test_virtio_timeout(qemu):
    """A disk that takes 20 seconds for each request: given up after the seconds asked for."""
    raw = ["-blockdev", "driver=null-co,size=1048576,latency-ns=20000000000,node-name=top", "-device", "virtio-blk-pci,drive=top"]
    boot = qemu("--firmware", "vof", "--kernel", harness.BUILD / "pefboot.elf", "--append", "pefboot.disk-timeout=6", "--", *raw,
                timeout=90)
    stamps = [float(re.match(r"\[ *([\d.]+)\] pefboot: ", line)[1]) for line in boot.lines if "pefboot: " in line]
    boot.line(r"notice: still waiting for disk 0x\w+, 5 s$")
    boot.line(r"E326 .*0x\w+, 6 s$")
    boot.line(r"EXIT 326$")
    assert 6 <= max(stamps) < 30


@pytest.fixture
def slow_disk(tmp_path):
    """slow_disk(PATH, SECONDS): QEMU's words for a disk, each read of which takes so long."""
    servers = []

    def serve(path, seconds):
        socket = tmp_path / f"nbd{len(servers)}"
        servers.append(subprocess.Popen(["nbdkit", "-f", "-r", "-U", socket, "--filter=delay", "file", path, f"rdelay={seconds}"]))
        while not socket.exists():
            assert servers[-1].poll() is None
            time.sleep(0.1)
        return ["-drive", f"file=nbd:unix:{socket},format=raw,if=none,readonly=on,id=slow", "-device", "virtio-blk-pci,drive=slow"]
    yield serve
    for server in servers:
        server.kill()
        server.wait()


@pytest.mark.all
def test_slow_disk_hints(qemu, machine, slow_disk, tmp_path):
    """Healthy but slow: it boots, and says what it waits for. Too slow: E326, and its hint leads to a boot."""
    def disk(seconds, word=""):
        disks.bundle(tmp_path / "b.elf", disks.spin_elf(), None, f"root=/dev/vda2 pefboot.secure=off {word}".strip())
        return slow_disk(tmp_path / "b.elf", seconds)

    running = machine("--", *disk(6))
    running.wait_for("7/7 handoff")
    assert running.console().count("notice: still waiting for disk 0x") >= 3
    stopped = qemu("--", *disk(12, "pefboot.disk-timeout=7"))    # what is read before its command line may take longer
    stopped.line(r"E326 .*0x\w+, 7 s$")
    word = stopped.line(r"hint: .*(pefboot.disk-timeout=)SECONDS")[1]
    machine("--", *disk(12, f"{word}60")).wait_for("7/7 handoff")


def test_virtio_odd_kernel(machine, tmp_path):
    """Segments in no order and far from how they lie in the file: each gets to its place, gaps are zeros."""
    image = disks.spin(0x30000)
    segments = [(0x40100, 0x20000, image[0x20000:], 0x14000), (0x1000, 0, image[:0x8000], 0x8000),
                (0x20300, 0x8000, image[0x8000:0x18000], None)]
    initrd = disks.random_bytes("odd", 100001)
    disks.bundle(tmp_path / "b.elf", disks.elf(segments), initrd)
    running = machine("--disk", tmp_path / "b.elf")
    kernel = image[:0x18000] + bytes(0x8000) + image[0x20000:] + bytes(0x4000)
    check_loaded(running, initrd, kernel)


def test_virtio_little_endian(machine, tmp_path):
    initrd = disks.random_bytes("little", 1000)
    disks.bundle(tmp_path / "b.elf", disks.spin_elf(little=True), initrd)
    running = machine("--disk", tmp_path / "b.elf")
    check_loaded(running, initrd, disks.spin(little=True))
    running.wait_for("endian=little")


def test_virtio_console(machine, image, tmp_path):
    """The log goes to a virtio console, too, from its first line to the end of step 3."""
    running = machine("--disk", image[0], "--", "-device", "virtio-serial-pci", "-chardev", f"file,id=c,path={tmp_path / 'log'}",
                      "-device", "virtconsole,chardev=c")
    check_loaded(running, image[2])
    text = (tmp_path / "log").read_text()
    assert re.findall(r"pefboot: (\d)/7", text) == ["1", "2", "3"]
    assert text in running.console()


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_virtio_rng(machine, image, transport):
    running = machine("--disk", image[0], "--rng", TRANSPORTS[transport], "--rng", TRANSPORTS[transport])
    check_loaded(running, image[2])
    running.wait_for("rng-seed=stirred devices=2")


def test_virtio_options_of_the_bundle(qemu, tmp_path):
    """pefboot's words on the bundle's command line count, and a wrong one stops."""
    disks.bundle(tmp_path / "b.elf", disks.spin_elf(), None, "root=/dev/vda2 pefboot.secure=required")
    qemu("--disk", tmp_path / "b.elf", timeout=60).line(r"EXIT 401$")
    data = disks.bundle(tmp_path / "b.elf", disks.spin_elf(), None, "root=/dev/vda2 pefboot.secure=off")
    (tmp_path / "b.elf").write_bytes(data.replace(b"pefboot.secure=", b"pefboot.nonsen="))
    qemu("--disk", tmp_path / "b.elf", timeout=60).line(r"EXIT 211$")


def test_virtio_left_alone(machine, tmp_path):
    """Five bridges in a row are too many for the drivers, which a kernel from memory does not need."""
    (tmp_path / "kernel").write_bytes(disks.spin_elf())
    bridges = ["--bridge"] + [word for number in range(4) for word in ("--bridge", f"at=br{number}")]
    running = machine("--mem", "512M", *bridges, "--rng", "at=br4", "--kernel", tmp_path / "kernel", "--append", "pefboot.secure=off")
    running.wait_for(r"notice: virtio devices left alone: E207 ")
    running.wait_for("7/7 handoff")


def debian_bundle(path, version, cmdline):
    return disks.bundle(path, harness.kernel(version).read_bytes(), harness.initramfs(version).read_bytes(), cmdline)


@pytest.mark.parametrize("version,bus", [("6.1", "blk"), ("6.12", "scsi")])
def test_virtio_debian(qemu, tmp_path, version, bus):
    """Debian's kernel from a GPT disk to user space, which reads the same disk."""
    data = debian_bundle(tmp_path / "b.elf", version, "console=hvc0 quiet panic=-1 report pefboot.secure=off disks=1")
    content = gpt_disk((None, data))
    (tmp_path / "disk.img").write_bytes(content)
    report = qemu("--disk", f"{tmp_path / 'disk.img'},bus={bus}", "--no-reboot").report()
    assert report["release"].startswith(version + ".")
    assert report["cmdline"].endswith("report pefboot.secure=off disks=1")
    assert report.all("disk")[0][3] == hashlib.md5(content).hexdigest()
    assert float(report["crng"]) == 0
