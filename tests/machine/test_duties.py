# SPDX-License-Identifier: GPL-2.0-or-later
"""What prom_init and SLOF do for users is done here, too (docs/prom-init.md); held against SLOF on the same line."""

import hashlib
import re
import struct
import subprocess

import audit
import disks
import harness
import kexec
import pytest
import secure
import slofdisk

LINES = {"hash-xics": "disable_radix xive=off", "hash": "disable_radix=yes", "radix": "disable_radix=no", "xics": "xive=off",
         "limit": "mem=512M", "iommu": "iommu=off", "svm": "svm=off"}
ALWAYS = ("hash-xics",)


@pytest.mark.parametrize("words", [
    pytest.param(words, id=name, marks=() if name in ALWAYS else pytest.mark.all) for name, words in LINES.items()])
def test_duties_as_under_slof(qemu, words):
    """MMU, interrupts, memory and the negotiated vector are those that prom_init arrives at under SLOF."""
    ours, slof = qemu.linux(append=words), qemu.under_slof("duties", append=words)
    report = ours.report()
    for what in ("mmu", "irq", "cmdline"):
        assert report[what] == slof[what]
    assert abs(int(report["memory_kb"]) - int(slof["memory_kb"])) < 64 << 10
    if "disable_radix xive=off" in words:
        assert (report["mmu"], report["irq"]) == ("hash", "xics")
    assert "has no effect" not in ours.console


@pytest.mark.parametrize("world", ["secure", pytest.param("normal", marks=pytest.mark.all)])
def test_duties_limit_of_a_bundle(qemu, tmp_path, world):
    """mem= in a bundle on a disk: kernel, initrd, tree and pool lie where Linux will look."""
    path = tmp_path / "bundle.elf"
    words = {"secure": "", "normal": "pefboot.secure=off pefboot.dma=pool"}[world]
    subprocess.run([harness.BUILD / "pefboot-bundle", "create", "--kernel", secure.kernel(), "--initrd", secure.initramfs(), "--cmdline",
                    f"console=hvc0 panic=-1 report mem=512M pefboot.log=info {words}", "-o", path], check=True)
    boot = qemu("--firmware", "ultravisor" if world == "secure" else "pefboot", "--mem", "1G", "--no-reboot", "--disk", f"{path},ro")
    boot.judged(world)
    report = boot.report()
    assert int(report["memory_kb"]) < 512 << 10
    initrd = [int.from_bytes(report.property("chosen/linux,initrd-" + end), "big") for end in ("start", "end")]
    assert initrd[0] < initrd[1] <= 512 << 20
    pool, size = (int(word, 16) for word in boot.line(r"6/7 patch pool=(\w+)\+(\w+)").groups())
    assert pool + size <= 512 << 20
    assert int(boot.line(r"7/7 handoff .* tree=(\w+)")[1], 16) < 512 << 20


def partitions(image):
    """(signature, name, start, end) of an NVRAM, whose checksums are right: LoPAR 8.4."""
    found, at = [], 0
    while at < len(image):
        signature, checksum, blocks, name = struct.unpack_from(">BBH12s", image, at)
        head = bytearray(image[at:at + 16])
        head[1] = 0
        total = sum(head)
        assert checksum == (total + (total >> 8)) & 0xff and blocks
        found.append((signature, name.rstrip(b"\0").decode(), at, at + 16 * blocks))
        at += 16 * blocks
    return found


@pytest.mark.parametrize("firmware", ["pefboot", pytest.param("slof", marks=pytest.mark.all)])
def test_duties_nvram(qemu, tmp_path, firmware):
    """An empty NVRAM gets SLOF's partitions, with room for Linux's logs; the log of its panic is there afterwards."""
    image = tmp_path / "nvram.img"
    image.write_bytes(bytes(64 << 10))
    args = ["--firmware", firmware, "--kernel", harness.kernel("6.12"), "--no-reboot", "--append", "console=hvc0 panic=-1 rdinit=/none",
            "--", "-drive", f"if=pflash,format=raw,file={image}"]
    boot = qemu(*args, status=None)
    assert "Kernel panic" in boot.console
    assert "nvram corruption" not in boot.console and "No room to create" not in boot.console
    found = {name: (signature, start, end) for signature, name, start, end in partitions(image.read_bytes())}
    assert list(found) == ["ibm,CPU0log", "ibm,CPU1log", "common", "ibm,rtas-log", "lnx,oops-log", "free space"]
    # the heads of SLOF's partitions, byte for byte, and how its logs begin
    data = image.read_bytes()
    assert data[:24] == bytes.fromhex("51150200") + b"ibm,CPU0log\0" + bytes.fromhex("0040000000000001")
    assert data[0x2000:0x2018] == bytes.fromhex("51940080") + b"ibm,CPU1log\0" + bytes.fromhex("0040000000000001")
    assert data[0x2800:0x2810] == bytes.fromhex("70fc0100") + b"common".ljust(12, b"\0")
    _, start, end = found["lnx,oops-log"]
    assert any(data[start + 16:end]), "no log of the panic"


@pytest.mark.all
@pytest.mark.parametrize("world", ["normal", "secure"])
def test_duties_crash(request, tmp_path, world):
    """A guest that crashes starts the kernel of kexec -p. The pool lies in what crashkernel= keeps, where that kernel has its memory, too;
    nothing was loaded over it, and both kernels reserve it, so no private data get there. Debian's kernel, which has CRASH_DUMP."""
    (tmp_path / "append").write_text("console=hvc0 panic=-1 report maxcpus=1")
    first = kexec.initramfs(tmp_path / "first.cpio.gz", "6.12", next=harness.kernel("6.12"), **{
        "next-initrd": secure.initramfs(), "next-append": tmp_path / "append"})
    firmware, words = {"normal": ("pefboot", "pefboot.secure=off pefboot.dma=pool"), "secure": ("ultravisor", "pefboot.kernel=any")}[world]
    args = ["--kernel", harness.kernel("6.12"), "--initrd", first, "--no-reboot", "--mem", "2G", "--append",
            f"console=hvc0 panic=-1 crash how=load initrd append crashkernel=512M {words} {harness.PATIENT}"]
    with audit.Machine(*args, firmware=firmware, log=harness.log_path(request.node.nodeid)) as machine:
        machine.wait_for("reboot: Power down" + ("(?s:.*)verdict .*uvcalls" if world == "secure" else ""), timeout=3 * harness.BOOT_TIMEOUT)
        console = machine.console()
    assert "Reserving 512MB of memory at 512MB for crashkernel" in console
    start, size = (int(word, 16) for word in re.search(r"6/7 patch pool=(\w+)\+(\w+)", console).groups())
    assert 512 << 20 <= start and start + size <= 1 << 30
    assert console.count(f"OF: reserved mem: 0x{start:016x}..0x{start + size - 1:016x}") == 2
    assert int(re.search(r"report: memory_kb (\d+)", console)[1]) < 512 << 10       # of the second kernel
    if world == "secure":
        found = secure.verdict(console)
        assert found["leaked"] == "0" and found["world"] == "secure"


def crash(request, tmp_path, how, size, version="6.12", memory="2G"):
    """The console of a secure guest with disk, network and rng that crashes and starts the kernel of kexec -p."""
    vmlinux = secure.kernel(version, "crash")
    (tmp_path / "append").write_text("console=hvc0 panic=-1 report maxcpus=1 disks=1")
    (tmp_path / "disk.img").write_bytes(disks.random_bytes("crash", 3 << 20))
    first = kexec.initramfs(tmp_path / "first.cpio.gz", "none", next=vmlinux, **{
        "next-initrd": secure.initramfs(), "next-append": tmp_path / "append"})
    args = secure.arguments(f"crash how={how} initrd append crashkernel={size} {harness.PATIENT}", "--mem", memory, "--disk",
                            tmp_path / "disk.img", "--net", "--rng", vmlinux=vmlinux, initrd=first)[2:]
    with audit.Machine(*args, firmware="ultravisor", log=harness.log_path(request.node.nodeid)) as machine:
        machine.wait_for("reboot: Power down(?s:.*)verdict .*uvcalls", timeout=3 * harness.BOOT_TIMEOUT)
        boot = harness.Boot(machine.console(), 0, 0)
    found = secure.verdict(boot.console)
    assert found["leaked"] == "0" and found["world"] == "secure"
    assert "elfcorehdr=" in boot.report()["cmdline"]
    return boot


@pytest.mark.all
@pytest.mark.parametrize("how,size,version,memory", [
    ("file", "256M", "6.1", "2G"), ("file", "256M", "6.12", "2G"), ("file", "256M", "7.2", "2G"), ("file", "512M", "6.12", "4G"),
    ("file", "256M@768M", "6.12", "2G"), ("load", "512M", "6.12", "4G")])
def test_duties_crash_pool(request, tmp_path, how, size, version, memory):
    """The crash kernel of a secure guest uses the pool that is shared already, inside of what crashkernel= keeps or, by kexec -s -p,
    outside: its devices work. Its initrd and what describes the first kernel lie elsewhere."""
    boot = crash(request, tmp_path, how, size, version, memory)
    start, end = (int(word, 16) for word in boot.line(r"6/7 patch pool=(\w+)\+(\w+)").groups())
    end += start
    report = boot.report()
    assert [words[3] for words in report.all("disk")] == [hashlib.md5((tmp_path / "disk.img").read_bytes()).hexdigest()]
    assert report["ping"] == "eth0 ok" and report["rng_current"].startswith("virtio_rng")
    assert re.fullmatch(rf"{start:x} slots \d+ used [1-9]\d* .*", report["pool"])
    header, unit = re.search(r"elfcorehdr=(\w+?)(K?)\b", report["cmdline"]).groups()
    kept = [int(header, 0) << (10 if unit else 0), *(
        int.from_bytes(report.property(f"chosen/linux,initrd-{what}"), "big") for what in ("start", "end"))]
    assert not any(start <= at < end for at in kept)


@pytest.mark.all
@pytest.mark.parametrize("how,size", [("load", "256M"), ("file", "200M")], ids=["load", "no-multiple"])
def test_duties_crash_pool_refused(request, tmp_path, how, size):
    """Where its memory does not have the pool the crash kernel has no devices, and says why: kexec -p without -s names what crashkernel=
    keeps only, and Linux cuts what is no multiple of 16 MiB."""
    boot = crash(request, tmp_path, how, size)
    assert "Restricted DMA pool must be accessible within the linear mapping" in boot.console
    assert "restricted DMA pool cannot be used (-22), no DMA for this device" in boot.console
    assert "Oops" not in boot.console


# pefboot.pool=, memory of the guest, kind of the disk, and whether the pool lies above the window.
POOLS = {"1G": ("1G", "2560M", "transport=transitional", True), "1G-tight": ("1G", "2G", "transport=legacy", True),
         "2G": ("2G", "4G", "transport=modern", True),
         "600M": ("600M", "2560M", "transport=modern,iommu_platform=on", False)}


@pytest.mark.alone
@pytest.mark.parametrize("name", [pytest.param(name, marks=() if name == "1G" else pytest.mark.all) for name in POOLS])
def test_duties_large_pool(qemu, tmp_path, name):
    """A pool that the window has no room for serves devices that ignore the IOMMU; nothing else of the guest is seen."""
    size, memory, kind, above = POOLS[name]
    data = disks.random_bytes(name, 3 << 20)
    (tmp_path / "disk.img").write_bytes(data)
    boot = qemu(*secure.arguments(f"report disks=1 pefboot.secure=required pefboot.pool={size}",
                                  "--disk", f"{tmp_path / 'disk.img'},{kind}", "--mem", memory))
    start, length = (int(word, 16) for word in boot.line(r"6/7 patch pool=(\w+)\+(\w+)").groups())
    assert length == {"2G": 2 << 30, "1G": 1 << 30, "600M": 600 << 20}[size]
    assert (start + length > 1 << 30) == above == ("notice: the pool lies above the DMA window" in boot.console)
    assert ("not mapped in the DMA window (-34)" in boot.console) == above
    assert [words[3] for words in boot.report().all("disk")] == [hashlib.md5(data).hexdigest()]
    found = secure.verdict(boot.console)
    assert (found["world"], found["leaked"]) == ("secure", "0")
    assert int(found["shared"]) == length // 0x10000 + 7


@pytest.mark.parametrize("boot,index,want", [
    ("strict=on", "", r"FAIL 3/7 load E335"), ("strict=off", "", r"7/7 handoff"), ("strict=on", ",bootindex=2", r"7/7 handoff"),
    ("strict=on,order=cd,menu=on", ",bootindex=2", r"notice: -boot order= and menu= do nothing: use bootindex=")],
    ids=["other", "not-strict", "in-the-list", "order"])
def test_duties_strict(request, tmp_path, boot, index, want):
    """With -boot strict=on only disks with bootindex= are tried, of which one here is empty; what has no effect is said."""
    disks.bundle(tmp_path / "bundle.elf", disks.spin_elf(), disks.random_bytes("strict", 70000))
    (tmp_path / "empty.img").write_bytes(bytes(1 << 20))
    args = ["-boot", boot]
    for name, place in (("empty.img", ",bootindex=1"), ("bundle.elf", index)):
        args += ["-drive", f"file={tmp_path / name},format=raw,if=none,id={name[0]}", "-device", f"virtio-blk-pci,drive={name[0]}{place}"]
    with audit.Machine("--mem", "512M", "--", *args, log=harness.log_path(request.node.nodeid)) as machine:
        machine.wait_for(want)


def on_media(medium, bundle, folder):
    """Words of QEMU for a medium that pefboot has no driver for."""
    path = folder / "medium.img"
    if medium == "net":
        return ["-netdev", f"user,id=n,tftp={folder},bootfile={bundle.name}", "-device", "spapr-vlan,netdev=n"]
    if medium == "cdrom":
        path.write_bytes(slofdisk.iso_of(bundle.read_bytes(), folder))
        return ["-cdrom", path]
    data = bundle.read_bytes()
    end = slofdisk.START + -(-len(data) // 512)
    path.write_bytes(disks.gpt([(disks.PREP_GUID, slofdisk.START, end)], {slofdisk.START * 512: data}, (end + 4096) * 512))
    if medium == "vscsi":
        return ["-drive", f"file={path},format=raw,if=scsi"]
    return ["-device", "qemu-xhci", "-drive", f"file={path},format=raw,if=none,id=u", "-device", "usb-storage,drive=u"]


@pytest.mark.parametrize("medium", ["net", *(pytest.param(name, marks=pytest.mark.all) for name in ("cdrom", "vscsi", "usb"))])
def test_duties_media_of_slof(request, qemu, tmp_path, medium):
    """What `pefboot-bundle slof` makes is loaded whole by SLOF, from where pefboot cannot read: its hint there says so."""
    disks.bundle(tmp_path / "bundle.elf", disks.spin_elf(), disks.random_bytes("media", 70000))
    made = tmp_path / "bundle.slof"
    subprocess.run([harness.BUILD / "pefboot-bundle", "slof", "-o", made, tmp_path / "bundle.elf"], check=True)
    args = on_media(medium, made, tmp_path)
    stopped = qemu("--mem", "512M", "--", *args)
    assert stopped.line(r"hint: (.*)")[1].endswith(": pefboot-bundle slof")
    stopped.line(r"EXIT 301$")
    with audit.Machine("--firmware", "slof", "--mem", "512M", "--", *args, log=harness.log_path(request.node.nodeid)) as machine:
        machine.wait_for(r"3/7 load from=memory kernel=0x1\w{7}\+", harness.BOOT_TIMEOUT)
        machine.wait_for(r"7/7 handoff")


@pytest.mark.all
def test_duties_net_secure(qemu, tmp_path):
    """A secure guest from the network: SLOF, in the ultravisor's guest, loads all of it by TFTP."""
    bundle = kexec.bundle(tmp_path / "bundle.elf", "console=hvc0 panic=-1 report pefboot.secure=required")
    subprocess.run([harness.BUILD / "pefboot-bundle", "slof", "-o", tmp_path / "bundle.slof", bundle], check=True)
    boot = qemu("--firmware", "ultravisor", "--guest-firmware", "slof", "--mem", "512M", "--", "-netdev",
                f"user,id=n,tftp={tmp_path},bootfile=bundle.slof", "-device", "virtio-net-pci,netdev=n,romfile=",
                timeout=2 * harness.BOOT_TIMEOUT)
    boot.line(r"1/7 entry door=of ")
    boot.line(r"5/7 verify world=secure .*kernel=match initrd=match cmdline=match")
    assert boot.report()["ping"] == "eth0 ok"
    assert secure.verdict(boot.console)["leaked"] == "0"


# What QEMU's own functional tests of this machine give it, and wait for, in this order: tests/functional/test_ppc64_pseries.py
FUNCTIONAL = {
    "plain": ([], "", []),
    "smp": (["--smp", "4"], "", ["smp: Brought up 1 node, 4 CPUs"]),
    "hpt-smp": (["--smp", "4"], "disable_radix", ["hash-mmu: Initializing hash mmu", "smp: Brought up 1 node, 4 CPUs"]),
    "smt": (["--smp", "4,threads=4"], "", ["CPU maps initialized for 4 threads per core", "smp: Brought up 1 node, 4 CPUs"]),
    "big": (["--smp", "16,threads=4,cores=2,sockets=2", "--", *(
        word for node in (0, 1) for word in ("-object", f"memory-backend-ram,size=256M,id=m{node}", "-numa", f"node,nodeid={node},memdev=m{node}"))],
        "", ["CPU maps initialized for 4 threads per core", "smp: Brought up 2 nodes, 16 CPUs"]),
}


@pytest.mark.all
@pytest.mark.parametrize("name", FUNCTIONAL)
def test_duties_functional(request, name):
    """They pass with Debian's kernel and -bios pefboot.bin. QEMU 10.0 has the threads that the last two want."""
    words, append, patterns = FUNCTIONAL[name]
    args = ["--qemu", "10.0", "--mem", "512M", "--kernel", harness.kernel("6.12"), "--append", f"printk.time=0 console=hvc0 {append}", *words]
    with audit.Machine(*args, log=harness.log_path(request.node.nodeid)) as machine:
        machine.wait_for("(?s)" + ".*".join(map(re.escape, [*patterns, "VFS: Cannot open root device"])), timeout=harness.BOOT_TIMEOUT)
        assert "Kernel panic" not in machine.console().partition("VFS: Cannot open root device")[0]
