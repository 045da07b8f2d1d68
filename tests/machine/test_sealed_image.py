# SPDX-License-Identifier: GPL-2.0-or-later
"""What tools/image makes, a Debian on a sealed disk: it becomes a secure VM whose root only its own blob opens, and a host that has the
disk has nothing else of it. Its kernel is that of linux/build --deb if that was built, otherwise the small one of the tests."""

import contextlib
import hashlib
import mmap
import os
import re
import shutil
import subprocess

import debian
import harness
import initrd
import pexpect
import pytest
import sealed
import secure
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

pytestmark = [pytest.mark.all, pytest.mark.alone, pytest.mark.xdist_group("distro")]

REPORT = harness.TOP / "tests/guest/distro-report.service"
CUT = """turn=$(cat /var/lib/turn 2>/dev/null || echo 1)
echo $((turn + 1)) >/var/lib/turn
if [ "$turn" = 1 ]; then
	sync
	touch /var/lib/not-synced
	systemctl reboot -ff
	sleep 3600
fi
echo "distro: fsck $(tr '\\n' ' ' </run/initramfs/fsck.log)"
"""
JOB = """echo "distro: root $(findmnt -n -o SOURCE /)"
echo "distro: secret $(sha256sum </root/secret)"
echo "distro: boot" /boot/*
echo "distro: key $(ls /run/pefboot/esm)"
echo "distro: sources" $(cut -d ' ' -f 2- /etc/apt/sources.list) $(ls /etc/apt/sources.list.d)
"""
# What the kernel swaps to, and what of a disk is mounted where
MOUNTS = """echo "distro: swaps $(sed 1d /proc/swaps | tr '\\n' ' ')"
echo "distro: mounts $(findmnt -r -n -o TARGET,SOURCE | grep ' /dev/' | tr '\\n' ' ')"
"""
WAIT = "echo distro: waits; until [ -e /run/came ]; do sleep 1; done\n"
BUNDLE, ROOT, SIZE = 9 << 20, 409 << 20, 2 << 30   # places of the first partition for a bundle, and of the root
# Of a shell, of sulogin, of a debugger
PROMPT = r"\(initramfs\)|BusyBox v|^[^ ]{0,20}[#$] $|mon>|Press Enter for maintenance|Give root password"
NO_KEY = "cryptsetup: ERROR: root: cryptsetup failed"
OFF = "pefboot-guest: a sealed system: no shell, the machine is turned off"


class Made:
    """A folder of tools/image, and the text of a file in the root."""

    def __init__(self, folder):
        self.disk, self.home, self.login = folder / "sealed/disk.img", folder / "sealed/home", folder / "login"
        self.secret = (folder / "files/root/secret").read_bytes()


def make(folder, *words, repository=None, kernel=None):
    """What tools/image makes in this folder with a report in it, as debian.disk() has one: for a boot with a job. kernel: of linux/build's
    configurations, in the place of that in the repository."""
    files = folder / "files"
    for name in ("root", "usr/local/sbin", "etc/systemd/system/multi-user.target.wants"):
        (files / name).mkdir(parents=True)
    (files / "root/secret").write_bytes(b"what the host would like to read " + os.urandom(6000).hex().encode())
    shutil.copy2(harness.TOP / "tests/guest/distro-report", files / "usr/local/sbin/report")
    shutil.copy2(REPORT, files / "etc/systemd/system/report.service")
    wants = files / "etc/systemd/system/multi-user.target.wants"
    (wants / "report.service").symlink_to("../report.service")
    if "--base" in words:       # a system that is there has its own network, but for those of the tests
        (wants / "systemd-networkd.service").symlink_to("/lib/systemd/system/systemd-networkd.service")
        (files / "etc/systemd/network").mkdir()
        (files / "etc/systemd/network/80-dhcp.network").write_text("[Match]\nName=en* eth*\n[Network]\nDHCP=yes\n")
    (folder / "password").write_text("a password\n")
    debian.quietly("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", folder / "login")
    debian.quietly("tar", "-xf", repository or debian.repository(), "-C", folder)
    packages = ["--packages", folder / "repo"]
    if kernel:
        packages = [word for path in (*(folder / "repo/pool").glob("pefboot*.deb"), *debian.small(folder, kernel)) for word in ("--packages", path)]
    said = debian.quietly(harness.TOP / "tools/image", *packages, "--recipient", sealed.KEYS / "machine-key.pub.pem",
                          "--origin", sealed.KEYS / "machine-key.pub.pem", "--files", files, "--password-file", folder / "password",
                          "--authorized-keys", folder / "login.pub", *words, "--output", folder / "sealed", env={**os.environ, "PEFBOOT_BUILD": str(harness.BUILD)})
    harness.LOGS.mkdir(parents=True, exist_ok=True)
    (harness.LOGS / "sealed-image-made.log").write_text(said)
    return Made(folder)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("image")
    yield make(folder, "--cmdline", f"{debian.PATIENCE} {harness.PATIENT} rootdelay=20 loglevel=4")
    shutil.rmtree(folder)


def machine(disk, *words, key=("--machine-key",), forward=""):
    """Arguments of tools/qemu for a guest that writes nothing to the disk."""
    return ["--firmware", "ultravisor", *key, "--mem", "1G", "--smp", "2", "--rng", "--disk", disk, *words, "--", "-snapshot", "-netdev",
            f"user,id=net0{forward}", "-device", "virtio-net-pci,netdev=net0,romfile="]


def boot(qemu, *words, **how):
    return qemu(*machine(*words, **how), timeout=debian.PATIENT)


def test_sealed_distro_image(qemu, made, tmp_path):
    """To a system that runs, with a network and a login; it has the file that its owner gave it. The first boot ends as by a power cut,
    after which the second has the root checked."""
    done = boot(qemu, made.disk, "--reboot", *debian.job(tmp_path / "job.tar", CUT + JOB))
    done.line("pefboot: 7/7 handoff world=secure ")
    done.line(r"^sealed login: ")
    _, said = debian.boots(done.console)
    debian.runs(said, "secure")
    assert "recovering journal" in said["fsck"]
    assert said["root"] == "/dev/mapper/root" and said["secret"].split()[0] == hashlib.sha256(made.secret).hexdigest()
    assert said["key"] == ""
    assert said["sources"] == " ".join(f"http://deb.debian.org/{suite} main" for suite in (
        "debian bookworm", "debian bookworm-updates", "debian-security bookworm-security")), "not where its owner has packages from"
    assert "/boot/vmlinux-" in said["boot"] and "/boot/pefboot-" not in said["boot"]
    assert secure.outcomes(done.console) == 2 * [("secure", "0")]


def partitions(disk, images):
    """The disk with more partitions: [(type, what is on it)]."""
    debian.quietly("truncate", "-s", "+200M", disk)
    debian.quietly("sgdisk", "--move-second-header", disk)
    for code, image in images:
        debian.quietly("sgdisk", f"--new=0:0:+{image.stat().st_size >> 20}M", f"--typecode=0:{code}", disk)
        start = max(int(found) for found in re.findall(r"^ +\d+ +(\d+) ", debian.quietly("sgdisk", "--print", disk), re.M))
        debian.quietly("dd", f"if={image}", f"of={disk}", "bs=512", f"seek={start}", "conv=notrunc")


def test_sealed_distro_image_takes_no_partition_of_the_hosts(qemu, made, tmp_path):
    """systemd-gpt-auto-generator(8) swaps to the disk that the root is on, and mounts /home and /srv from it, by what the partition table
    says, which is the host's: it would have the guest's memory."""
    disk, swap, home = (tmp_path / name for name in ("disk.img", "swap", "home"))
    debian.quietly("cp", "--sparse=always", made.disk, disk)
    for path in (swap, home):
        path.write_bytes(bytes(48 << 20))
    debian.quietly("/sbin/mkswap", swap)
    debian.quietly("/sbin/mke2fs", "-q", "-t", "ext4", home)
    partitions(disk, [("8200", swap), ("8302", home), ("8306", home)])     # swap, /home, /srv
    done = boot(qemu, disk, *debian.job(tmp_path / "job.tar", MOUNTS))
    (said,) = debian.boots(done.console)
    debian.runs(said, "secure")
    assert said["swaps"] == "" and said["mounts"] == "/ /dev/mapper/root"
    assert secure.outcomes(done.console) == [("secure", "0")]


def ssh(made, key, port):
    """The owner's, or of who else has a key; a command for the guest is to follow."""
    return ["ssh", "-F", "none", "-i", str(key), "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=yes", "-o",
            f"UserKnownHostsFile={made.home}/known_hosts", "-o", "HostKeyAlias=sealed", "-p", str(port), "root@127.0.0.1"]


def test_sealed_distro_image_proves_itself(qemu, made, tmp_path):
    """Over SSH, as the README has it, by the host key that only this disk has; whoever is no owner does not come in."""
    port = sealed.free_port()
    child = qemu.spawn(*machine(made.disk, *debian.job(tmp_path / "job.tar", WAIT), forward=f",hostfwd=tcp:127.0.0.1:{port}-:22"),
                       timeout=debian.PATIENT)
    child.expect("distro: waits")
    debian.quietly("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", tmp_path / "other")
    for key, status in ((tmp_path / "other", 255), (made.login, 0)):
        done = subprocess.run([*ssh(made, key, port), "touch /run/came; hostname"], capture_output=True, text=True, timeout=600, check=False)
        assert (done.returncode, done.stdout) == (status, "" if status else "sealed\n"), done.stderr
    child.expect("verdict emulated=1 world=secure .* leaked=0 ")


def test_sealed_distro_image_on_another_machine(qemu, made, tmp_path):
    """Which has no key for the blob."""
    boot(qemu, made.disk, key=("--machine-key", sealed.new_key(tmp_path / "key.pem"))).line("pefboot: FAIL 4/7 transition E405 ")


@contextlib.contextmanager
def changed(made, at, data):
    """Bytes of the disk, for a while."""
    with open(made.disk, "r+b", buffering=0) as disk:
        before = os.pread(disk.fileno(), len(data), at)
        os.pwrite(disk.fileno(), data, at)
        try:
            yield
        finally:
            os.pwrite(disk.fileno(), before, at)


def test_sealed_distro_image_console(qemu, made, tmp_path):
    """What a host has at the console of a system that runs: sysrq does nothing. The disk goes, and whoever types a name finds no shell
    there. An NMI ends it."""
    child = qemu.spawn(*machine(made.disk, *debian.job(tmp_path / "job.tar", WAIT), "--qmp", tmp_path / "qmp"), timeout=debian.PATIENT)
    monitor = secure.Qmp(tmp_path / "qmp")
    child.expect("distro: waits")
    child.send("".join("\x0f" + key for key in "hxcbeikfotwmpqlsujrvz"))
    assert monitor.hmp("drive_del disk0") == ""
    for _ in range(3):
        child.sendline("root")
        child.expect("I/O error, dev vda")
    monitor("inject-nmi")
    child.expect("Kernel panic - not syncing: System Reset")
    child.expect("verdict emulated=1 world=secure .* leaked=0 ")
    console = qemu.logs[-1].read_text(errors="replace").replace("\r", "")
    assert not re.search(PROMPT, console, re.M) and "sysrq: " not in console


def test_sealed_distro_image_without_its_blob(qemu, made):
    """The bundle as it was before it was sealed: Linux starts, gets no key, says so, and gives no shell."""
    with changed(made, BUNDLE, (made.home / "bundle.elf").read_bytes()):
        done = boot(qemu, made.disk)
    done.line(NO_KEY)
    done.line(OFF)
    assert "login:" not in done.console and not re.search(PROMPT, done.console, re.M)


def volume_key(made, scratch):
    """What encrypts the sectors, as its owner can have it."""
    debian.quietly(harness.deps("cryptsetup-bin") / "cryptsetup", "luksDump", "--batch-mode", "--dump-volume-key", "--volume-key-file",
                   scratch / "volume-key", "--key-file", made.home / "key", made.home / "root.header")
    return (scratch / "volume-key").read_bytes()


def opened(made, scratch):
    """The root file system, in pieces that overlap, as who has the key reads it; by another AES than tools/image has."""
    key, before, at = algorithms.AES(volume_key(made, scratch)), b"", 0
    with open(made.disk, "rb") as disk:
        disk.seek(ROOT)
        while at < SIZE:
            piece = disk.read(16 << 20)
            plain = before[-64:] + b"".join(Cipher(key, modes.XTS(((at + i) // 512).to_bytes(16, "little"))).decryptor().update(piece[i:i + 4096])
                                            for i in range(0, len(piece), 4096))
            before, at = plain, at + len(piece)
            yield plain


def test_sealed_distro_image_s_disk(made, tmp_path):
    """Nothing of the plain text, nor of the key, is on the disk; who has the key finds it all."""
    key = (made.home / "key").read_bytes()
    with open(made.disk, "rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as disk:
        absent = {"file": made.secret[:64], "its end": made.secret[-64:], "key": key, "passwd": b"root:x:0:0", "host key": b"OPENSSH PRIVATE KEY",
                  "units": REPORT.read_bytes()[:60], "ext4": b"\x53\xef\x01\x00\x01\x00"}
        assert [name for name, text in absent.items() if disk.find(text) >= 0] == []
        assert disk.find(b"root=/dev/mapper/root ro console=hvc0") > 0
    missing = {name: text for name, text in absent.items() if name != "key"}
    for plain in opened(made, tmp_path):
        missing = {name: text for name, text in missing.items() if text not in plain}
    assert missing == {}, "a search that finds nothing proves nothing"
    names = {path.name: path.stat().st_mode & 0o777 for path in made.home.iterdir()}
    assert names["key"] == 0o600 and made.home.stat().st_mode & 0o777 == 0o700
    assert subprocess.run([harness.BUILD / "pefboot-bundle", "digest", made.home / "bundle.elf"], stdout=subprocess.PIPE, check=True,
                          text=True).stdout == (made.home / "digest").read_text()


def normal_machine(made, folder, *words, forward):
    """The same system in a normal VM, whose initrd has the key: arguments of tools/qemu."""
    debian.quietly(harness.BUILD / "pefboot-bundle", "extract", "--kernel", folder / "vmlinux", "--initrd", folder / "initrd", "--cmdline",
                   folder / "cmdline", made.home / "bundle.elf")
    more = {"given": (made.home / "key").read_bytes(), "usr/bin/esmb-get-file": b"#!/bin/sh\nexec cat /given\n"}
    (folder / "initrd").write_bytes(initrd.with_more((folder / "initrd").read_bytes(), more))
    cmdline = (folder / "cmdline").read_text().rstrip("\0\n") + " pefboot.secure=off"
    line = machine(made.disk, *words, key=(), forward=forward)
    return ["--firmware", "pefboot", "--kernel", folder / "vmlinux", "--initrd", folder / "initrd", "--append", cmdline, "--no-reboot", *line[2:]]


def key_pieces(key):
    """A key in blocks of the cipher: as bytes, as words, and as a little-endian POWER keeps a vector that it has
    loaded: dm-crypt forgets what it was given, and the cipher has only its schedule, which begins with the key."""
    found = {}
    for at in range(0, len(key), 16):
        piece = key[at:at + 16]
        found |= {f"volume key, {at}": piece, f"volume key, {at}, vector": piece[::-1],
                  f"volume key, {at}, words": b"".join(piece[i:i + 4][::-1] for i in range(0, 16, 4))}
    return found


TYPES = "sha256sum /root/secret; stty -echo; echo asks; read -r word; echo took ${#word}; read -r end; touch /run/came"


@pytest.mark.parametrize("world", ["secure", "normal"])
def test_sealed_distro_image_s_memory(qemu, made, tmp_path, world):
    """While it works: what the host has given the guest has nothing of the keys, of a file that was read, of a password that was typed over
    SSH. In a normal VM the same search finds them."""
    memory, port, password = sealed.Memory(tmp_path, 1 << 30), sealed.free_port(), "typed over SSH " + os.urandom(12).hex()
    job, forward = debian.job(tmp_path / "job.tar", WAIT), f",hostfwd=tcp:127.0.0.1:{port}-:22"
    if world == "secure":
        line = machine(made.disk, *job, forward=forward)
    else:
        line = normal_machine(made, tmp_path, *job, forward=forward)
        memory.size = memory.guest
    child = qemu.spawn(*line, *memory.arguments(), timeout=debian.PATIENT)
    child.expect("distro: waits")
    command = ssh(made, made.login, port)
    shell = pexpect.spawn(command[0], ["-tt", *command[1:], TYPES], timeout=600, encoding="utf-8")
    shell.expect(hashlib.sha256(made.secret).hexdigest())
    shell.expect("asks")
    shell.sendline(password)
    shell.expect(f"took {len(password)}")
    key = {**key_pieces(volume_key(made, tmp_path)), "key": (made.home / "key").read_bytes()}
    texts = {"file": made.secret[:64], "end of the file": made.secret[-64:], "password": password.encode()}
    seen = memory.holds({**texts, **key})
    if world == "secure":
        assert seen == set()
        seen = memory.holds({**texts, **key}, memory.guest, memory.size)
    assert set(texts) < seen and any(name.startswith("volume key") for name in seen), "a search that finds nothing proves nothing"
    shell.sendline()
    child.expect("distro: end")
    child.expect("verdict emulated=1 world=secure .* leaked=0 " if world == "secure" else pexpect.EOF)
    memory.path.unlink()
