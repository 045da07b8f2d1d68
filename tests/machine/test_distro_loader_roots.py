# SPDX-License-Identifier: GPL-2.0-or-later
"""Roots of other kinds on a sealed disk, which the loader Linux starts: xfs and a /boot of its own on LVM, a subvolume of btrfs. A host has
disks of the same names and UUIDs; what is on them is neither started nor taken for the root."""

import os
import re
import shutil

import debian
import harness
import pytest
import secure
import test_distro_loader as loader
import test_sealed_image as image
from test_sealed_hostile import busybox

pytestmark = [pytest.mark.all, pytest.mark.alone, pytest.mark.xdist_group("distro")]

SIZE = 1 << 30
UUIDS = {name: f"{number}1111111-2222-3333-4444-555555555555" for number, name in enumerate(("xfs", "boot", "btrfs"), 1)}
# Of each kind: where the root is, and what else is on the command line
KINDS = {"lvm": "root=/dev/mapper/vg-root", "btrfs": "root=/dev/mapper/root rootflags=subvol=@", "two": "root=/dev/mapper/vg-one rootflags=subvol=@"}
# By the system itself, in a normal VM, to disks of their own; and what a host may have beside them. The host's kernel is the newest, and its btrfs,
# too, since it was written to more often
MOVE = r"""
set -e
mnt=/run/mnt version=$(uname -r)
mkdir -p $mnt
at() { echo /dev/disk/by-id/virtio-"$1"; }
open() { cryptsetup open --type luks2 --header /etc/luks/root.header --key-file key "$(at "$1")" "$1"; }
fill() {	# FOLDER of $mnt, its /etc/fstab, its root=
	cp -ax /. $mnt/"$1"
	printf '%%b' "$2" >$mnt/"$1"/etc/fstab
	sed -i "s,root=/dev/mapper/root,$3," $mnt/"$1"/etc/kernel/cmdline
}
host() {
	cp -a host/. "$1"
	mkdir -p "$1/boot"
	cp "/boot/vmlinux-$version" "$1/boot/vmlinux-9.9.9-host"
	cp "/boot/initrd.img-$version" "$1/boot/initrd.img-9.9.9-host"
}
volumes() {	# DEVICE, SIZE of its root
	pvcreate -q --devices "$1" "$1"
	vgcreate -q --devices "$1" vg "$1"
	lvcreate -q -y --devices "$1" -n boot -L 100M vg
	lvcreate -q -y --devices "$1" -n root -L "$2" vg
	udevadm settle
	mkfs.xfs -q -m uuid=%(xfs)s /dev/mapper/vg-root
	mke2fs -q -F -t ext4 -U %(boot)s /dev/mapper/vg-boot
	mount /dev/mapper/vg-root $mnt
	mkdir $mnt/boot
	mount /dev/mapper/vg-boot $mnt/boot
}
no_volumes() {
	umount -R $mnt
	vgchange -q --devices "$1" -an vg
}

tar -xf host.tar
open lvm
volumes /dev/mapper/lvm 700M
fill . '/dev/mapper/vg-root / xfs defaults 0 0\nUUID=%(boot)s /boot ext4 defaults 0 2\n' root=/dev/mapper/vg-root
no_volumes /dev/mapper/lvm
cryptsetup close lvm

open btrfs
mkfs.btrfs -q -U %(btrfs)s /dev/mapper/btrfs
mount /dev/mapper/btrfs $mnt
btrfs -q subvolume create $mnt/@
fill @ '/dev/mapper/root / btrfs subvol=@ 0 0\n' 'root=/dev/mapper/root rootflags=subvol=@'
umount $mnt
btrfs inspect-internal dump-super /dev/mapper/btrfs | sed -n 's/^generation/distro: btrfs/p'
cryptsetup close btrfs
btrfs device scan --forget

open two
pvcreate -q --devices /dev/mapper/two /dev/mapper/two
vgcreate -q --devices /dev/mapper/two vg /dev/mapper/two
for name in one two; do
	lvcreate -q -y --devices /dev/mapper/two -n $name -L 200M vg
done
udevadm settle
mkfs.btrfs -q -m single -d single -U %(btrfs)s /dev/mapper/vg-one /dev/mapper/vg-two
mount /dev/mapper/vg-one $mnt
btrfs -q subvolume create $mnt/@
cp -a /boot /etc $mnt/@
sed -i "s,root=/dev/mapper/root,root=/dev/mapper/vg-one rootflags=subvol=@," $mnt/@/etc/kernel/cmdline
no_volumes /dev/mapper/two
cryptsetup close two
btrfs device scan --forget

volumes "$(at hostvg)" 320M
host $mnt
echo '/dev/mapper/vg-boot /boot ext4 defaults 0 2' >$mnt/etc/fstab
no_volumes "$(at hostvg)"
mkfs.xfs -q -m uuid=%(xfs)s "$(at hostxfs)"
mke2fs -q -F -t ext4 -U %(boot)s "$(at hostboot)"
for file in hostxfs hostboot; do
	mount "$(at $file)" $mnt
	host $mnt
	cp $mnt/boot/* $mnt
	umount $mnt
done

mkfs.btrfs -q -m single -d single -U %(btrfs)s "$(at hostbtrfs)" "$(at hostbtrfs2)"
mount "$(at hostbtrfs)" $mnt
btrfs -q subvolume create $mnt/@
host $mnt/@
for turn in $(seq 400); do
	echo "$turn" >$mnt/turn
	btrfs filesystem sync $mnt
done
umount $mnt
btrfs inspect-internal dump-super "$(at hostbtrfs)" | sed -n 's/^generation/distro: host/p'
"""
JOB = """echo "distro: root $(findmnt -n -o SOURCE,FSTYPE /)"
echo "distro: boot $(findmnt -n -o SOURCE,FSTYPE /boot)"
echo "distro: line $(cat /proc/cmdline)"
echo "distro: tries $(ls /boot/pefboot-tries)."
echo "distro: key $(ls /run/pefboot/esm)."
echo "distro: secret $(wc -c </root/secret)"
"""
HOST = "this is the host's"


class Disks:
    """Sealed disks by kind, and the host's by name."""

    def __init__(self, folder):
        self.folder = folder
        self.made = image.make(folder, "--base", harness.deps("debian-volumes-12") / "root.tar", "--hostname", "roots", "--size", f"{SIZE >> 20}M", "--cmdline",
                               f"{debian.PATIENCE} {harness.PATIENT} rootdelay=20 loglevel=4", "--loader", secure.kernel(config=loader.LOADER),
                               kernel=loader.LOADER)

    def move(self, qemu):
        """Make them."""
        host = busybox(self.folder / "host")
        (host / "sbin/init").write_text(f"#!/bin/sh\necho \"{HOST}\" >/dev/console\nexec /bin/busybox poweroff -f\n")
        (host / "sbin/init").chmod(0o755)
        debian.quietly("tar", "-cf", self.folder / "host.tar", "-C", self.folder, "host")
        names = {**dict.fromkeys(KINDS, SIZE), "hostvg": 500 << 20, "hostxfs": 320 << 20, "hostboot": 100 << 20, "hostbtrfs": 200 << 20, "hostbtrfs2": 200 << 20}
        for name, size in names.items():
            with open(self.path(name), "wb") as file:
                file.truncate(size)
        job = debian.job(self.folder / "job.tar", MOVE % UUIDS, self.made.home / "key", self.folder / "host.tar")
        words = image.normal_machine(self.made, self.folder, *job, *(word for name in names for word in ("--disk", f"{self.path(name)},serial={name}")), forward="")
        done = qemu(*(word for word in words if word != "-snapshot"), timeout=debian.PATIENT)
        done.line("distro: job 0")
        generations = [int(done.line(rf"distro: {name}\s+(\d+)")[1]) for name in ("host", "btrfs")]
        assert generations[0] > generations[1] + 100, "that of the host is to be the newest"
        for kind, words in KINDS.items():
            (self.folder / kind).mkdir()
            bundle, _ = loader.resealed(self.made, self.folder / kind, words)
            shutil.copyfile(self.made.disk, self.disk(kind))
            for file, place in ((bundle, image.BUNDLE), (self.path(kind), image.ROOT)):
                debian.quietly("dd", f"if={file}", f"of={self.disk(kind)}", "bs=1M", f"seek={place >> 20}", "conv=notrunc", "status=none")
            self.path(kind).unlink()
        return self

    def path(self, name):
        return self.folder / f"{name}.img"

    def disk(self, kind):
        return self.folder / f"sealed-{kind}.img"


@pytest.fixture(scope="module")
def disks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("roots")
    runner = harness.Runner("distro-loader-roots-made", "pefboot")
    try:
        yield Disks(folder).move(runner)
    finally:
        runner.close()
        shutil.rmtree(folder)


def boot(qemu, disks, kind, folder, *host):
    """A secure boot with disks of the host's beside the sealed one."""
    words = [word for name in host for word in ("--disk", disks.path(name))]
    return qemu(*image.machine(disks.disk(kind), *debian.job(folder / "job.tar", JOB), *words), timeout=debian.PATIENT)


def runs(done, root, where):
    """The system's own kernel, from its own root, and nothing is left open or to be counted."""
    done.line(r"^pefboot-loader: starting 6\.")
    (said,) = debian.boots(done.console)
    debian.runs(said, "secure")
    assert (said["root"].split(), said["boot"].split()) == (root, where)
    assert (said["tries"], said["key"]) == (".", ".") and int(said["secret"]) > 6000
    assert "stays open" not in done.console and "stays mounted" not in done.console and HOST not in done.console
    assert secure.verdict(done.console)["leaked"] == "0"
    return said


def test_distro_loader_roots_lvm(qemu, disks, tmp_path):
    """xfs, and ext4 for /boot. The host's file systems of the same UUIDs are there, and not taken."""
    said = runs(boot(qemu, disks, "lvm", tmp_path, "hostxfs", "hostboot"), ["/dev/mapper/vg-root", "xfs"], ["/dev/mapper/vg-boot", "ext4"])
    assert "root=/dev/mapper/vg-root " in said["line"]


def test_distro_loader_roots_btrfs(qemu, disks, tmp_path):
    """In a subvolume. The host's btrfs of the same UUID is there, and newer."""
    said = runs(boot(qemu, disks, "btrfs", tmp_path, "hostbtrfs", "hostbtrfs2"), ["/dev/mapper/root[/@]", "btrfs"], [])
    assert "root=/dev/mapper/root rootflags=subvol=@ " in said["line"]


@pytest.mark.parametrize("when", ["loader", "system"])
def test_distro_loader_roots_volume_group_of_the_host(qemu, disks, tmp_path, when):
    """Of the same name, and newer: neither the loader nor the system's initrd, for which the host writes it once that was loaded, takes
    anything from there."""
    path = tmp_path / "host.img"
    shutil.copyfile(disks.path("hostvg"), path)
    if when == "system":
        os.truncate(path, 0)
        os.truncate(path, os.path.getsize(disks.path("hostvg")))
    child = qemu.spawn(*image.machine(disks.disk("lvm"), "--disk", path), timeout=debian.PATIENT)
    if when == "system":
        child.expect(r"pefboot-loader: starting 6\.")
        debian.quietly("dd", f"if={disks.path('hostvg')}", f"of={path}", "bs=1M", "conv=notrunc", "status=none")
    child.expect_exact(image.OFF)
    child.expect("verdict emulated=1 world=secure .* leaked=0 ")
    console = qemu.logs[-1].read_text(errors="replace").replace("\r", "")
    assert HOST not in console and "9.9.9-host" not in console and not re.search(image.PROMPT, console, re.M)


def test_distro_loader_roots_btrfs_of_the_host(qemu, disks, tmp_path):
    """Of the same UUID, on two disks, and newer, where the root is on two volumes, too: to the kernel all are parts of one, and the newest
    says what is in it. Neither the loader nor the initrd that it starts, on whose root there is no init, know any but their own."""
    done = boot(qemu, disks, "two", tmp_path, "hostbtrfs", "hostbtrfs2")
    done.line(r"^pefboot-loader: starting 6\.")
    done.line("No init found")
    done.line(image.OFF)
    assert HOST not in done.console and "9.9.9-host" not in done.console and not re.search(image.PROMPT, done.console, re.M)
