# SPDX-License-Identifier: GPL-2.0-or-later
"""What a host can do to the encrypted root of a sealed system, with initramfs-tools, before it is opened, after, and while it is used:
the guest says what is wrong and turns itself off, or goes on unharmed, and there is never a prompt. What it does not notice is here, too.
The kernel has sysrq, which the guest has to close."""

import hashlib
import os
import re
import shutil
import struct
import subprocess
import threading
import time
import zlib

import disks
import harness
import luks
import pexpect
import pytest
import sealed
import secure
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from initrd import WORDS, image, with_more
from qmp import QmpError
from test_duties import partitions
from test_sealed_debian import OFF, OTHER, make_initrd

pytestmark = pytest.mark.all

INIT = secure.INIT / "hostile"
# Of a shell, of sulogin, of a debugger
PROMPT = r"\(initramfs\)|BusyBox v|^.{0,20}[#$] $|mon>|[Xx]mon|Press Enter for maintenance|Give root password"
EARLY = "Begin: Running /scripts/init-premount"
OPENED = "cryptsetup: root: set up successfully"
RUNS = "hostile: turn 1 "
SOURCE = "/dev/disk/by-id/virtio-root"
HOST = "this is the host's"
SECRET = "5ec7e7005ec7e700"     # tests/guest/holds.c


def busybox(tree):
    """A root file system with nothing but that, and an init."""
    for name in ("bin", "sbin", "usr", "proc", "sys", "dev", "run", "etc"):
        (tree / name).mkdir(parents=True)
    shutil.copy2(next(harness.deps("busybox").glob("**/bin/busybox")), tree / "bin/busybox")
    (tree / "bin/sh").symlink_to("busybox")
    (tree / "etc/os-release").touch()
    return tree


class Owner:
    """A folder with an encrypted disk, its header and key, and its initrd."""

    tagged = False

    def __init__(self, qemu, folder):
        self.folder, self.volume_key = folder, os.urandom(96 if self.tagged else 64)
        (folder / "key").write_bytes(os.urandom(64))
        (folder / "volume-key").write_bytes(self.volume_key)
        self.tree = busybox(folder / "tree")
        shutil.copy2(INIT, self.tree / "sbin/init")
        shutil.copy2(secure.program("tests/guest/holds.c"), self.tree / "bin/holds")
        self.file = os.urandom(64 << 10)
        (self.tree / "file").write_bytes(self.file)
        (self.tree / "boots").write_text("0\n")
        self.plain = image(folder / "plain.img", self.tree, "16M")
        self.disk = self.encrypted(self.plain.read_bytes())
        (folder / "disk.img").write_bytes(self.disk)
        harness.tool("encrypted-disk").header(str(folder), str(folder / "volume-key"), self.tagged)
        (folder / "scratch").mkdir()
        self.initrd = make_initrd(qemu, folder / "scratch", "initramfs-tools", folder)

    def encrypted(self, plain):
        return harness.tool("encrypted-disk").encrypt(plain, self.volume_key)

    def copy(self, path, change=lambda data: None):
        """The disk as the host has made it: for --disk."""
        data = bytearray(self.disk)
        change(data)
        path.write_bytes(data)
        return f"{path},serial=root"


@pytest.fixture(scope="module")
def owner(tmp_path_factory, request):
    runner = harness.Runner("sealed_hostile-made", "pefboot")
    return Owner(runner, tmp_path_factory.mktemp("hostile"))


def crypttab(owner, line):
    return with_more(owner.initrd, {"cryptroot/crypttab": line.encode()})


def room_for_logs(variables):
    """An NVRAM with these, and room for what Linux writes to it: QEMU makes one of 2 KiB where there are any. LoPAR 8.4."""
    def partition(signature, name, size, content=b""):
        head = bytearray(struct.pack(">BBH12s", signature, 0, size // 16, name))
        head[1] = (sum(head) + (sum(head) >> 8)) & 0xff
        return (head + content).ljust(size, b"\0")
    return partition(0x70, b"system", 2048, b"".join(text.encode() + b"\0" for text in variables)) + partition(0x7f, b"free space", 62 << 10)


def kernels_last_words(nvram):
    """What Linux put into the partition lnx,oops-log of the host's NVRAM: arch/powerpc/kernel/nvram_64.c, oops_to_nvram()."""
    data = nvram.read_bytes()
    (start,) = [start for _, name, start, _ in partitions(data) if name == "lnx,oops-log"]
    return zlib.decompressobj().decompress(data[start + 16 + 8 + 12:]).decode(errors="replace")


class Host:
    """A machine that a host has started; what it does at lines of the console."""

    config = "crypt debian crash"

    def __init__(self, qemu, owner, folder, *disks, words="", initrd=None, nvram=None):
        bundle = sealed.create(folder / "bundle.elf", secure.kernel(config=self.config).read_bytes(), initrd or owner.initrd,
                               f"{WORDS} root=/dev/mapper/root {words}".strip())
        sealed.seal(bundle, folder / "sealed.elf", {"rootd": (owner.folder / "key").read_bytes()})
        args = ["--firmware", "ultravisor", "--machine-key", "--mem", "512M", "--qmp", folder / "qmp", "--disk", f"{folder}/sealed.elf,ro",
                *(word for spec in disks for word in ("--disk", spec)), "--no-reboot"]
        if nvram:
            argv = qemu.argv(args)
            nvram.write_bytes(room_for_logs([argv[i + 1] for i, word in enumerate(argv) if word == "-prom-env"]))
            args += ["--", "-drive", f"if=pflash,format=raw,file={nvram}"]
        self.child = qemu.spawn(*args)
        self.monitor, self.log = secure.Qmp(folder / "qmp"), qemu.logs[-1]

    def at(self, line):
        self.child.expect(line)

    def end(self):
        """What the console said to its end; there was no prompt. The machine is off, its ultravisor content."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        assert self.child.exitstatus == 0
        console = self.log.read_text(errors="replace").replace("\r", "")
        assert not re.search(PROMPT, console, re.M), "a prompt"
        assert HOST not in console
        assert secure.verdict(console)["leaked"] == "0"
        return harness.Boot(console, 0, 0).judged_by_itself()


def unharmed(owner, done, turns=1, boots=1):
    assert done.line(r"^hostile: boot (\d+) of (\S+)$").groups() == (str(boots), "/dev/mapper/root")
    assert re.findall(r"^hostile: turn .*file (\w+)", done.console, re.M) == turns * [hashlib.md5(owner.file).hexdigest()]


def drive_del(monitor):
    """The disk is not there any more; the guest is not asked."""
    assert monitor.hmp("drive_del disk1") == ""


@pytest.mark.parametrize("stage,cause", [(EARLY, r"I/O error, dev vdb|ALERT!  /dev/mapper/root does not exist"), (OPENED, "I/O error, dev vdb"),
                                         (RUNS, "I/O error, dev vdb")], ids=["shut", "opened", "running"])
def test_sealed_distro_disk_vanishes(qemu, owner, tmp_path, stage, cause):
    host = Host(qemu, owner, tmp_path, owner.copy(tmp_path / "disk.img"), words="turns=10")
    host.at(stage)
    drive_del(host.monitor)
    done = host.end()
    done.line(cause)
    if stage == RUNS:
        done.line("hostile: turn 10 |Attempted to kill init")
    else:
        done.line(OFF)
        assert "hostile: " not in done.console


def test_sealed_distro_disk_is_asked_back(qemu, owner, tmp_path):
    """The guest of an ultravisor hears nothing of it, and keeps what it has."""
    host = Host(qemu, owner, tmp_path, owner.copy(tmp_path / "disk.img") + ",id=root", words="turns=3")
    host.at(EARLY)
    host.monitor("device_del", id="root")
    for stage in (OPENED, RUNS):
        host.at(stage)
        with pytest.raises(QmpError, match="already in progress"):
            host.monitor("device_del", id="root")
    unharmed(owner, host.end(), 3)


def test_sealed_distro_disk_of_another_guest(qemu, owner, tmp_path):
    """The same system, of the same owner, with another volume key."""
    (tmp_path / "disk.img").write_bytes(harness.tool("encrypted-disk").encrypt(owner.plain.read_bytes(), os.urandom(64)))
    turned_off(Host(qemu, owner, tmp_path, f"{tmp_path}/disk.img,serial=root").end(), OTHER)


def turned_off(done, cause):
    """For that reason; the owner's system did not run."""
    done.line(cause)
    done.line(OFF)
    assert "hostile: " not in done.console


def hosts_system(folder):
    """The file system that a host would like the guest to have."""
    tree = busybox(folder / "hosts-tree")
    (tree / "sbin/init").write_text(f"#!/bin/busybox sh\necho {HOST}\n/bin/busybox poweroff -f\n")
    (tree / "sbin/init").chmod(0o755)
    return image(folder / "hosts.img", tree, "16M").read_bytes()


def put(path, data):
    with open(path, "r+b") as file:
        file.seek(luks.DATA)
        file.write(data)


def forged(kind, owner, folder):
    """A disk of the host's with a header: the path."""
    path = folder / f"{kind}.img"
    if kind in ("keyslot", "reencryption"):
        volume_key = luks.formatted(path, folder / "hosts-key")
        put(path, harness.tool("encrypted-disk").encrypt(hosts_system(folder), volume_key))
        if kind == "keyslot":
            luks.any_key_opens(path, volume_key)
        else:
            luks.reencryption(path, folder / "hosts-key")
    else:   # the header is the owner's: everybody finds it in the bundle
        path.write_bytes((owner.folder / "header").read_bytes().ljust(luks.DATA + len(owner.disk), b"\0"))
        luks.TOOL.change_header(path, lambda text: text["segments"]["0"].update(offset=str(luks.DATA)))
        put(path, owner.disk if kind == "moved" else hosts_system(folder))
        if kind == "segment":
            luks.no_cipher(path)
    return path


def test_sealed_distro_header_of_the_owner(qemu, owner, tmp_path):
    """That is, what the other tests of a header would do without header= in crypttab: the disk's header decides where the data are."""
    bare = crypttab(owner, f"root {SOURCE} rootd luks,keyscript=decrypt_esm,initramfs\n")
    path = forged("moved", owner, tmp_path)
    assert luks.opened_by(path, owner.folder / "key")
    unharmed(owner, Host(qemu, owner, tmp_path, f"{path},serial=root", initrd=bare).end())


@pytest.mark.parametrize("kind", ["keyslot", "segment", "reencryption", "moved"])
def test_sealed_distro_header_of_the_host(qemu, owner, tmp_path, kind):
    """It is not read: the guest has the one that was measured, and finds noise where the host has put it."""
    turned_off(Host(qemu, owner, tmp_path, f"{forged(kind, owner, tmp_path)},serial=root").end(), OTHER)


@pytest.mark.parametrize("name", ["serial", "partuuid"])
@pytest.mark.parametrize("order", ["before", "after"])
def test_sealed_distro_two_disks_of_one_name(qemu, owner, tmp_path, name, order):
    """The guest takes either: it is the owner's, or it is noise."""
    ours, theirs, initrd = tmp_path / "disk.img", forged("segment", owner, tmp_path), None
    ours.write_bytes(owner.disk)
    if name == "partuuid":
        initrd = crypttab(owner, "root PARTUUID=00000000-0000-0000-0000-000000000001 "
                                 "rootd luks,keyscript=decrypt_esm,header=/etc/luks/root.header,initramfs\n")
        for path in (ours, theirs):
            data = path.read_bytes()
            blocks = len(data) // 512
            path.write_bytes(disks.gpt([(disks.LINUX_GUID, 2048, 2047 + blocks)], {1 << 20: data}, (4096 + blocks) * 512))
    pair = [f"{path},serial=root" for path in ((theirs, ours) if order == "before" else (ours, theirs))]
    done = Host(qemu, owner, tmp_path, *pair, initrd=initrd).end()
    if OFF in done.console:
        turned_off(done, OTHER)
    else:
        unharmed(owner, done)


def write(path, data):
    """Into the first MiB of a disk that a machine has."""
    with open(path, "r+b") as file:
        file.write(data[:luks.DATA])
        file.flush()


def test_sealed_distro_header_that_comes(qemu, owner, tmp_path):
    """Once the disk is open, before it is mounted."""
    host = Host(qemu, owner, tmp_path, owner.copy(tmp_path / "disk.img"))
    host.at(OPENED)
    write(tmp_path / "disk.img", forged("segment", owner, tmp_path).read_bytes())
    turned_off(host.end(), OTHER)


def test_sealed_distro_header_that_goes(qemu, owner, tmp_path):
    """Before the disk is opened: that it was there makes no difference."""
    (tmp_path / "disk.img").write_bytes(forged("segment", owner, tmp_path).read_bytes()[:luks.DATA] + owner.disk[luks.DATA:])
    host = Host(qemu, owner, tmp_path, f"{tmp_path}/disk.img,serial=root")
    host.at("Run /init as init process")
    write(tmp_path / "disk.img", owner.disk)
    unharmed(owner, host.end())


def test_sealed_distro_header_that_changes(qemu, owner, tmp_path):
    """From one moment to the next, all the time: header, noise, what belongs there."""
    kinds = [forged("segment", owner, tmp_path).read_bytes(), os.urandom(luks.DATA), forged("moved", owner, tmp_path).read_bytes(), owner.disk]
    host = Host(qemu, owner, tmp_path, owner.copy(tmp_path / "disk.img"))
    stop, writes = threading.Event(), []

    def change():
        while not stop.is_set():
            write(tmp_path / "disk.img", kinds[len(writes) % len(kinds)])
            writes.append(time.monotonic())
            stop.wait(0.005)
    thread = threading.Thread(target=change)
    thread.start()
    try:
        done = host.end()
    finally:
        stop.set()
        thread.join()
    assert len(writes) > 100
    if OFF in done.console:
        done.line("pefboot-guest: a sealed system")
    else:
        done.line("hostile: boot |Attempted to kill init")


@pytest.mark.parametrize("stage", [EARLY, OPENED, RUNS], ids=["shut", "opened", "running"])
def test_sealed_distro_nmi(qemu, owner, tmp_path, stage):
    """Linux takes it for an order to crash: it says so, and ends."""
    host = Host(qemu, owner, tmp_path, owner.copy(tmp_path / "disk.img"), words="turns=10")
    host.at(stage)
    host.monitor("inject-nmi")
    done = host.end()
    done.line("Kernel panic - not syncing: System Reset")
    assert "hostile: turn 10 " not in done.console


QUIET = "loglevel=0"
NO_NVRAM = "initcall_blacklist=__machine_initcall_pseries_pseries_nvram_init_log_partitions"


@pytest.mark.parametrize("words", ["", QUIET, f"{QUIET} {NO_NVRAM}"], ids=["as-it-is", "quiet", "neither"])
def test_sealed_distro_nmi_shows_registers(qemu, owner, tmp_path, words):
    """Of what it strikes: Linux prints them on the console, and keeps them in the NVRAM, which are both the host's, unless the command
    line says that it prints nothing, and has no place there."""
    host = Host(qemu, owner, tmp_path, owner.copy(tmp_path / "disk.img"), words=f"holds {words}", nvram=tmp_path / "nvram")
    host.at("hostile: holds a secret")
    time.sleep(2)   # the program is still in the kernel, perhaps
    host.monitor("inject-nmi")
    done = host.end()
    assert (SECRET in done.console) == ("System Reset" in done.console) == (QUIET not in words)
    if NO_NVRAM in words:
        assert "lnx,oops-log" not in [name for _, name, _, _ in partitions((tmp_path / "nvram").read_bytes())]
    else:
        assert SECRET in kernels_last_words(tmp_path / "nvram")


SYSRQ = "\x0f"    # Ctrl-O: drivers/tty/hvc/hvc_console.c
KEYS = "hxcbeikfotwmpqlsujrvz"


def test_sealed_distro_sysrq(qemu, owner, tmp_path):
    """All of its keys, at each stage."""
    host = Host(qemu, owner, tmp_path, owner.copy(tmp_path / "disk.img"), words="turns=5")
    for stage in (EARLY, OPENED, RUNS):
        host.at(stage)
        host.child.send("".join(SYSRQ + key for key in KEYS))
    done = host.end()
    unharmed(owner, done, 5)
    assert "sysrq: " not in done.console


def test_sealed_distro_sysrq_of_an_open_system(qemu, owner, tmp_path):
    """esm.sealed=off: the same keys, and the kernel obeys."""
    host = Host(qemu, owner, tmp_path, owner.copy(tmp_path / "disk.img"), words="turns=5 esm.sealed=off")
    host.at(RUNS)
    host.child.send(SYSRQ + "h" + SYSRQ + "c")
    done = host.end()
    done.line("sysrq: HELP")
    done.line("sysrq: Trigger a crash")


def test_sealed_distro_rolled_back(qemu, owner, tmp_path):
    """What encryption does not tell: the host brings back the disk as it was while the guest ran, and the guest goes on from there."""
    path = tmp_path / "disk.img"
    spec = owner.copy(path)
    host = Host(qemu, owner, tmp_path, spec, words="turns=3")
    host.at(RUNS)
    snapshot = path.read_bytes()
    unharmed(owner, host.end(), 3, boots=1)
    for boots in (2, 3):
        (tmp_path / str(boots)).mkdir()
        unharmed(owner, Host(qemu, owner, tmp_path / str(boots), spec).end(), boots=boots)
    path.write_bytes(snapshot)
    (tmp_path / "again").mkdir()
    unharmed(owner, Host(qemu, owner, tmp_path / "again", spec).end(), boots=2)


def flip(at):
    def change(data):
        data[at] ^= 1
    return change


def test_sealed_distro_bit_of_a_file(qemu, owner, tmp_path):
    """16 bytes of it are noise, and the guest reads them for the file: XTS has no sum."""
    at = owner.plain.read_bytes().index(owner.file) + 1000
    path = tmp_path / "disk.img"
    spec = owner.copy(path, flip(at))
    done = Host(qemu, owner, tmp_path, spec).end()
    sector = at & ~4095
    plain = Cipher(algorithms.AES(owner.volume_key), modes.XTS((sector // 512).to_bytes(16, "little"))).decryptor()
    noise = plain.update(path.read_bytes()[sector:sector + 4096])
    start = sector - at + 1000
    file = owner.file[:start] + noise + owner.file[start + 4096:]
    wrong = [i for i in range(len(file)) if file[i] != owner.file[i]]
    assert {i // 16 for i in wrong} == {1000 // 16} and len(wrong) > 8
    assert done.line(r"^hostile: turn 1 file (\w+)")[1] == hashlib.md5(file).hexdigest()


def test_sealed_distro_bit_of_an_inode(qemu, owner, tmp_path):
    """ext4 has sums of what describes its files: that of the init is none any more."""
    said = subprocess.run(["debugfs", "-R", "imap /sbin/init", owner.plain], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    block, offset = re.search(r"located at block (\d+), offset (\w+)", said.stdout).groups()
    spec = owner.copy(tmp_path / "disk.img", flip(int(block) * 4096 + int(offset, 16) + 40))
    done = Host(qemu, owner, tmp_path, spec).end()
    done.line("EXT4-fs error .* checksum invalid")
    turned_off(done, "No init found")


def with_fsck(initrd, folder):
    """As mkinitramfs makes it where it sees the root file system."""
    (folder / "system").mkdir()
    subprocess.run(["tar", "-xf", harness.deps("debian-sealed-12") / "root.tar", "-C", folder / "system", "./usr/sbin", "./usr/lib/powerpc64le-linux-gnu"],
                   check=True)
    programs = harness.tool("initramfs").Programs()
    for name in ("fsck", "fsck.ext4", "logsave"):
        programs.add(name, str(folder / "system"))
    return with_more(initrd, {f"usr/{name}": harness.Path(path).read_bytes() for name, path in programs.files.items() if "/ld64" not in name})


def test_sealed_distro_needs_fsck(qemu, owner, tmp_path):
    """16 bytes of a group's descriptor are noise, which e2fsck leaves to somebody at a console."""
    done = Host(qemu, owner, tmp_path, owner.copy(tmp_path / "disk.img", flip(4096)), initrd=with_fsck(owner.initrd, tmp_path)).end()
    done.line("UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY")
    turned_off(done, "The root filesystem on /dev/mapper/root requires a manual fsck")
