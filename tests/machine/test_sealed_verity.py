# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian whose root never changes, on a disk that the host reads: dm-verity compares each block with the hash on the measured command
line, and what is written lies in memory. As docs/debian.md has it, with the dracut of Debian 12."""

import re
import shutil

import debian
import harness
import initrd
import pytest
import sealed
import secure

pytestmark = [pytest.mark.all, pytest.mark.alone, pytest.mark.xdist_group("distro")]

WORDS = f"{initrd.WORDS} {debian.PATIENCE} quiet pefboot.secure=required systemd.volatile=overlay systemd.verity_root_options=panic-on-corruption"
READ_LATE = "/usr/lib/systemd/systemd-logind"      # long after the root was mounted
JOB = """echo "distro: root $(findmnt -n -o FSTYPE /)"
echo "distro: disk $(cat /sys/block/dm-0/dm/uuid) $(cat /sys/block/dm-0/ro)"
echo "distro: shell $(systemctl show -p ExecStart emergency.service)"
touch /usr/bin/new
echo "distro: written $? $(ls /usr/bin/new)"
"""
MAKE = r"""
set -e
mkdir root && tar -xpf {tar} -C root --exclude='./dev/*'
: >root/etc/fstab
printf '[Match]\nName=en*\n[Network]\nDHCP=yes\n' >root/etc/systemd/network/80-dhcp.network
install -m 755 {report} root/usr/local/sbin/report
install -m 644 {report}.service root/etc/systemd/system/report.service
chroot root /bin/systemctl -q enable systemd-networkd report
mke2fs -q -t ext4 -O ^has_journal -b 4096 -d root ext4 {size}M
"""
FIRST, SIZE, HASHES = 1, 400, 8     # MiB: where the partitions begin, and theirs


def kernel():
    return secure.kernel(config="crypt debian verity").read_bytes()


class Made:
    """The disk, its root hash, and where on it a file of the root begins."""

    def __init__(self, folder):
        self.disk = folder / "disk.img"
        tar = harness.deps("debian-sealed-12") / "root.tar"
        debian.quietly(harness.TOP / "tools/foreign", "sh", "-c", MAKE.format(tar=tar, report=harness.TOP / "tests/guest/distro-report", size=SIZE),
                       cwd=folder)
        said = debian.quietly(harness.deps("cryptsetup-bin") / "veritysetup", "format", folder / "ext4", folder / "hashes")
        self.hash = re.search(r"Root hash:\s+(\w{64})", said)[1]
        with open(self.disk, "wb") as image:
            image.truncate((SIZE + HASHES + 2) << 20)
        debian.quietly("sgdisk", f"--new=1:2048:+{SIZE}M", f"--partition-guid=1:{self.hash[:32]}", f"--new=2:0:+{HASHES}M",
                       f"--partition-guid=2:{self.hash[32:]}", self.disk)
        for name, place in (("ext4", FIRST), ("hashes", FIRST + SIZE)):
            debian.quietly("dd", f"if={folder / name}", f"of={self.disk}", "bs=1M", f"seek={place}", "conv=notrunc,sparse", "status=none")
        self.block = int(debian.quietly("debugfs", "-R", f"blocks {READ_LATE}", folder / "ext4").splitlines()[-1].split()[0])
        shutil.rmtree(folder / "root")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("verity")
    yield Made(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return tmp_path_factory.mktemp("initrd") / "initrd"


@pytest.fixture
def ramdisk(qemu, kept, tmp_path):
    """Dracut's initrd of a system without an encrypted disk, made once."""
    if not kept.exists():
        kept.write_bytes(initrd.make(qemu, tmp_path, "dracut"))
    return kept.read_bytes()


def machine(bundle, disk, *words):
    return ["--firmware", "ultravisor", "--machine-key", "--mem", "1G", "--smp", "2", "--rng", "--disk", f"{bundle},ro", "--disk", f"{disk},ro",
            *words, "--no-reboot", "--", "-netdev", "user,id=net0", "-device", "virtio-net-pci,netdev=net0,romfile="]


def test_sealed_distro_verity(qemu, made, ramdisk, tmp_path):
    """To a system that runs, without any blob; what it writes is not on the disk."""
    bundle = sealed.create(tmp_path / "bundle.elf", kernel(), ramdisk, f"{WORDS} roothash={made.hash}")
    done = qemu(*machine(bundle, made.disk, *debian.job(tmp_path / "job.tar", JOB)), timeout=debian.PATIENT)
    (said,) = debian.boots(done.console)
    debian.runs(said, "secure")
    assert said["root"] == "overlay" and said["written"] == "0 /usr/bin/new"
    assert re.fullmatch(r"CRYPT-VERITY-\w+-root 1", said["disk"])
    assert "emergency mode of a sealed system" in said["shell"] and "sulogin" not in said["shell"]
    found = secure.verdict(done.console)
    assert (found["world"], found["leaked"]) == ("secure", "0")


STOPS = {"data": "data block {} is corrupted", "hashes": "metadata block {} is corrupted",
         "gone": "Timed out waiting for device .*/dev/mapper/root"}


@pytest.mark.parametrize("what", STOPS)
def test_sealed_distro_verity_stops(qemu, made, ramdisk, tmp_path, what):
    """One bit of a file that is read late, or of the hash of hashes: the block is named, and the kernel stops there; a disk without its
    partitions: no shell. This bundle has a blob."""
    words = WORDS.replace(debian.PATIENCE, "")
    bundle = sealed.create(tmp_path / "bundle.elf", kernel(), ramdisk, f"{words} roothash={made.hash}")
    sealed.seal(bundle, tmp_path / "sealed.elf", {"identity": b"of this guest"})
    shutil.copy2(made.disk, tmp_path / "disk.img")
    start, block = {"data": (FIRST, made.block), "hashes": (FIRST + SIZE, 1), "gone": (0, 0)}[what]
    with open(tmp_path / "disk.img", "r+b") as disk:
        disk.seek((start << 20) + 4096 * block)
        piece = bytearray(disk.read(4096))
        piece[77] ^= 4
        disk.seek(-4096, 1)
        disk.write(piece if what != "gone" else bytes(4096))    # its partitions
    done = qemu(*machine(tmp_path / "sealed.elf", tmp_path / "disk.img"), timeout=debian.PATIENT)
    done.line(STOPS[what].format(block))
    done.line("pefboot-guest: a sealed system: no shell, the machine is turned off" if what == "gone"
              else "Kernel panic - not syncing: dm-verity device corrupted")
    assert "distro: state" not in done.console
