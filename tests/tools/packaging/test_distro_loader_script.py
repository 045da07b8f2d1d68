# SPDX-License-Identifier: GPL-2.0-or-later
"""The boot script of the loader Linux, with stand-ins for what it starts: which kernel, with what, and what is left behind."""

import subprocess

import harness
import pytest
from test_distro_hooks import HERE, System, disks, kernel

SCRIPT = harness.TOP / "guest/loader/scripts/pefboot"
KEY = b"a key of the disk\0\n" * 3
# What initramfs-tools has, and what the script starts; each says so in a file
STUBS = """
panic() {{ echo "panic: $*${{ROOT:+, with $ROOT}}"; exit 9; }}
ROOT=/dev/mapper/root
read_fstab_entry() {{ while read -r MNT_FSNAME MNT_DIR MNT_TYPE MNT_OPTS _ MNT_PASS; do [ "$MNT_DIR" != "$1" ] || return 0; done <{root}/etc/fstab; return 1; }}
local_mount_root() {{ :; }}
local_device_setup() {{ DEV=$1; }}
mountfs() {{ read_fstab_entry "$1" && echo "mountfs $MNT_FSNAME $MNT_DIR $MNT_TYPE $MNT_OPTS $MNT_PASS" >>{root}/said; }}
mount() {{ echo "mount $*" >>{root}/said; }}
umount() {{ echo "umount $*" >>{root}/said; }}
cryptsetup() {{ echo "cryptsetup $*" >>{root}/said; }}
sync() {{ :; }}
cpio() {{ sed s/^/archive:/; }}
kexec() {{
	printf '%s\\n' "kexec $*" >>{root}/said
	[ "$1" = -e ] && exit 0
	for word; do case $word in --initrd=*) cp "${{word#--initrd=}}" {root}/handed; ln -f "${{word#--initrd=}}" {root}/page;; esac; done
	[ ! -e {root}/refuse ] || ! grep -qF -f {root}/refuse <<<"$3"
}}
rootmnt={root}
. {script}
{more}
mountroot
"""


class Loader(System):
    """A sealed system whose root is this folder."""

    def __init__(self, root):
        super().__init__(root)
        self.file("etc/kernel/cmdline", "root=/dev/mapper/root ro console=hvc0\n")
        self.file("etc/fstab", "/dev/mapper/root / ext4 defaults 0 1\n")
        self.file("conf/pefboot-sealed", "root\nsrv\n")
        self.file("run/pefboot/esm/rootd", KEY)
        self.file("run/mounts", f"/dev/dm-0 {root} ext4 ro 0 0\n")
        self.cmdline()

    def cmdline(self, words=""):
        self.file("run/cmdline", f"root=/dev/mapper/root quiet boot=pefboot {words}\n")

    def put(self, version, initrd="070701 pefboot-sealed ", **how):
        self.file(f"boot/vmlinux-{version}", kernel(version, **how))
        if initrd:
            self.file(f"boot/initrd.img-{version}", f"{initrd}of {version}")

    def load(self, status=0, typed="", more=""):
        """The console's lines, and what was started, in turn. more: what else the initrd's functions have."""
        for name in ("said", "handed", "page"):
            (self.root / name).unlink(missing_ok=True)
        self.file("run/console", typed)
        (self.root / "script").write_text(STUBS.format(root=self.root, script=SCRIPT, more=more))
        env = {**self.env, "PEFBOOT_RUN": str(self.root / "run"), "PEFBOOT_CMDLINE": str(self.root / "run/cmdline"),
               "PEFBOOT_CONF": str(self.root / "conf"), "PEFBOOT_MOUNTS": str(self.root / "run/mounts"), "PEFBOOT_CONSOLE": str(self.root / "run/console")}
        done = subprocess.run(["bash", self.root / "script"], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=60, check=False)
        assert done.returncode == status, done.stdout
        said = (self.root / "said").read_text().splitlines() if (self.root / "said").exists() else []
        return done.stdout.splitlines(), said

    def started(self, **how):
        """The version that was started."""
        _, said = self.load(**how)
        assert said[-1] == "kexec -e"
        return next(line for line in said if line.startswith("kexec -s")).split("vmlinux-")[1].split()[0]

    def tries(self):
        return {path.name: int(path.read_text()) for path in (self.boot / "pefboot-tries").glob("*")}


@pytest.fixture
def system(tmp_path):
    return Loader(tmp_path)


def test_distro_loader(system):
    """The newest, with its initrd behind what the blob gave and its system's command line; then all is closed, and nothing is left of the key."""
    for version in ("6.12.9-pefboot", "6.12.117-pefboot", "6.1.3-pefboot"):
        system.put(version)
    console, said = system.load()
    assert console == ["pefboot-loader: starting 6.12.117-pefboot"]
    assert said == [f"mount -o remount,rw {system.root}", f"mount -o remount,ro {system.root}",
                    f"kexec -s -l {system.boot}/vmlinux-6.12.117-pefboot --initrd={system.root}/run/initrd "
                    "--command-line=root=/dev/mapper/root ro console=hvc0 pefboot.entry=6.12.117-pefboot",
                    f"umount {system.boot}", f"umount {system.root}", "cryptsetup close root", "cryptsetup close srv", "kexec -e"]
    assert (system.root / "handed").read_text() == ("archive:pefboot\narchive:pefboot/esm\narchive:pefboot/esm/rootd\n"
                                                    "070701 pefboot-sealed of 6.12.117-pefboot")
    assert set((system.root / "page").read_bytes()) == {0}, "what it lay in"
    assert (system.root / "run/pefboot/esm/rootd").read_bytes() == bytes(len(KEY)) and not (system.root / "run/initrd").exists()
    assert system.tries() == {"6.12.117-pefboot": 1}


def test_distro_loader_skips(system):
    """By name, and why: a kernel without the mark, as a newer one of Debian's; without an initrd; that is none; what kexec does not take."""
    system.put("6.12.1-pefboot")
    system.put("6.12.2-pefboot")
    system.put("6.13.1-powerpc64le", mark=b"")
    system.put("6.14.1-pefboot", initrd=None)
    system.put("6.14.2-pefboot", initrd="070701 another ")
    system.file("boot/vmlinux-6.15.1-pefboot", b"cut off")
    system.file("refuse", "6.12.2-pefboot\n")
    console, said = system.load()
    assert console == ["pefboot-loader: skipped 6.15.1-pefboot: the kernel does not say that it keeps to the DMA pool (E404)",
                       "pefboot-loader: skipped 6.14.2-pefboot: its initrd is none of a sealed system: pefboot-guest had no part in it",
                       "pefboot-loader: skipped 6.14.1-pefboot: it has no initrd",
                       "pefboot-loader: skipped 6.13.1-powerpc64le: the kernel does not say that it keeps to the DMA pool (E404)",
                       "pefboot-loader: starting 6.12.2-pefboot", "pefboot-loader: kexec did not load 6.12.2-pefboot",
                       "pefboot-loader: starting 6.12.1-pefboot"]
    assert said[-1] == "kexec -e"


def test_distro_loader_falls_back(system):
    """Three times, then the kernel before; if none of them comes up, the newest all the same."""
    system.put("6.12.1-pefboot")
    system.put("6.12.2-pefboot")
    assert [system.started() for _ in range(6)] == 3 * ["6.12.2-pefboot"] + 3 * ["6.12.1-pefboot"]
    console, _ = system.load()
    assert console == ["pefboot-loader: put off 6.12.2-pefboot: started 3 times, and it did not come up (/boot/pefboot-tries/6.12.2-pefboot)",
                       "pefboot-loader: put off 6.12.1-pefboot: started 3 times, and it did not come up (/boot/pefboot-tries/6.12.1-pefboot)",
                       "pefboot-loader: starting 6.12.2-pefboot"]
    system.run(system.root / "etc/kernel/postinst.d/zz-pefboot", "6.12.2-pefboot", "x")     # it is installed again
    assert system.tries() == {"6.12.1-pefboot": 3}
    assert system.started() == "6.12.2-pefboot"
    system.file("boot/pefboot-tries/6.12.2-pefboot", "no number")
    assert system.started() == "6.12.2-pefboot"


def test_distro_loader_without_fallback(system):
    system.put("6.12.1-pefboot")
    system.put("6.12.2-pefboot")
    system.cmdline("pefboot.fallback=off")
    assert [system.started() for _ in range(5)] == 5 * ["6.12.2-pefboot"] and system.tries() == {}


def test_distro_loader_words(system):
    """pefboot.entry= has this one or none; its entry of the Boot Loader Specification gives the command line."""
    system.put("6.12.1-pefboot")
    system.put("6.12.2-pefboot")
    system.cmdline("pefboot.entry=6.12.1-pefboot")
    assert system.started() == "6.12.1-pefboot"
    system.cmdline("pefboot.entry=6.12")
    console, said = system.load(status=9)
    assert console == ["panic: there is no kernel 6.12, as pefboot.entry= has it"] and said == []
    system.cmdline()
    system.file("boot/loader/entries/a.conf", "title a\nversion 6.12.3-x\nlinux /vmlinux-6.12.1-pefboot\ninitrd /boot/initrd.img-6.12.1-pefboot\n"
                "options root=/dev/mapper/vg-root a|b\noptions pefboot.secure=auto boot=pefboot last\n")
    _, said = system.load()
    assert said[2].endswith(f"/boot/vmlinux-6.12.1-pefboot --initrd={system.root}/run/initrd --command-line=root=/dev/mapper/vg-root a|b last pefboot.entry=6.12.3-x")


@pytest.mark.parametrize("gone", ("kernel-old", "initrd-old"))
def test_distro_loader_entry_of_what_is_gone(system, gone):
    """A file that is left in loader/entries hides no kernel that is installed: it is named, and left out."""
    system.put("6.12.1-pefboot")
    for name in {"kernel-old", "initrd-old"} - {gone}:
        system.file(f"boot/{name}", "")
    entry = system.file("boot/loader/entries/a.conf", "version 6.12.1-pefboot\nlinux /kernel-old\ninitrd /initrd-old\noptions root=x\n")
    console, said = system.load()
    assert console == [f"update-pefboot: left out {entry}: there is no {system.boot}/{gone}", "pefboot-loader: starting 6.12.1-pefboot"]
    assert f"/boot/vmlinux-6.12.1-pefboot --initrd={system.root}/run/initrd --command-line=root=/dev/mapper/root ro console=hvc0 " in said[2]


def test_distro_loader_menu(system):
    """It selects, and that is all: what is typed is a digit, or nothing, or wrong. A kernel that did not come up is started if it is chosen."""
    for number in range(12):
        system.put(f"6.12.{number}-pefboot", mark=b"" if number == 7 else b"virtio,acc-plat1")
    system.cmdline("pefboot.menu=60")
    system.file("boot/pefboot-tries/6.12.11-pefboot", "3")
    wanted = {"1": "11", "2": "10", "0": "1", "9": "2", "5": "6", "": "10", "x": "10"}
    assert {typed: system.started(typed=typed).split("-")[0].split(".")[2] for typed in wanted} == wanted
    console, _ = system.load(typed="1")
    assert console[:2] == ["pefboot-loader:   1  6.12.11-pefboot", "pefboot-loader:   2  6.12.10-pefboot"]
    assert console[9:] == ["pefboot-loader:   0  6.12.1-pefboot", "pefboot-loader: which? in 60 s the first that has come up",
                           "pefboot-loader: starting 6.12.11-pefboot"]
    system.put("6.12.12-pefboot")
    (system.boot / "pefboot-tries/6.12.11-pefboot").unlink()
    for number in range(1, 12):
        (system.boot / f"vmlinux-6.12.{number}-pefboot").unlink()
    assert {typed: system.started(typed=typed) for typed in ("2", "9")} == {"2": "6.12.0-pefboot", "9": "6.12.12-pefboot"}, "of two"


def test_distro_loader_of_nothing(system):
    """No kernel at all, or none that can be loaded: said, and no more."""
    assert system.load(status=9) == (["panic: no kernel in /boot that can be started"], [])
    system.put("6.12.1-pefboot")
    system.file("refuse", "6.12.1\n")
    assert system.load(status=9)[0][-1] == "panic: no kernel in /boot that can be started"


def test_distro_loader_on_a_full_disk(system):
    """A try that cannot be counted is one all the same."""
    system.put("6.12.1-pefboot")
    system.file("boot/pefboot-tries", "in the way")
    console, said = system.load()
    assert "pefboot-loader: cannot count the tries of 6.12.1-pefboot in /boot/pefboot-tries" in console and said[-1] == "kexec -e"


def test_distro_loader_line(system):
    """As GRUB would start the system; where that does not say how, as this one was."""
    (system.root / "etc/kernel/cmdline").unlink()
    system.put("6.12.0-pefboot")
    system.file("etc/fstab", "/dev/mapper/root / btrfs subvol=@rootfs\n")
    _, said = system.load()
    assert said[2].endswith("--command-line=root=/dev/mapper/root ro rootflags=subvol=@rootfs console=hvc0 quiet pefboot.entry=6.12.0-pefboot")
    (system.root / "etc/default/grub").unlink()
    (system.root / "proc/cmdline").unlink()
    system.put("6.12.1-pefboot")
    system.cmdline("pefboot.menu=1 console=hvc0 pefboot.secure=required")
    console, said = system.load()
    assert said[2].endswith("--command-line=root=/dev/mapper/root quiet console=hvc0 pefboot.entry=6.12.1-pefboot")
    assert any(line.startswith('update-pefboot: error: no root= in the command line ""') for line in console)


def test_distro_loader_bundle(system):
    """A sealed bundle into the partition that is empty; nothing else, and no file that is none."""
    for letter in "ab":
        system.file(f"dev/{letter}", bytes(1 << 20))
    system.file("etc/pefboot.conf", 'BUNDLES=none\nPARTITIONS="/dev/a /dev/b"\n')
    made = system.root / "made.elf"
    disks.bundle(made, kernel("sealed"), b"initrd", "root=/dev/mapper/root", room="64K")
    assert "is not sealed: it would get no key" in system.update("--install", made, status=1)
    sealed = system.root / "sealed.elf"
    system.run(harness.BUILD / "pefboot-bundle", "seal", made, "--recipient", harness.TOP / "tests/host/data/esm/machine-key.pub.pem",
               "--file", f"rootd={system.root}/run/pefboot/esm/rootd", "-o", sealed)
    system.file("cut.elf", sealed.read_bytes()[:-5])
    assert "is no sound bundle" in system.update("--install", system.root / "cut.elf", status=1)
    assert (system.root / "dev/a").read_bytes() == (system.root / "dev/b").read_bytes() == bytes(1 << 20)
    assert system.update("--install", sealed) == f"update-pefboot: wrote {sealed} to {system.root}/dev/a\n"
    assert (system.root / "dev/a").read_bytes() == sealed.read_bytes().ljust(1 << 20, b"\0")
    system.file("etc/pefboot.conf", "BUNDLES=none\n")
    assert "has no PARTITIONS" in system.update("--install", sealed, status=1)


def test_distro_loader_counts_no_more(system):
    """Once a kernel has come up, by the name that the loader gave it; whatever else is on its command line names no other file."""
    for version in ("6.12.1-pefboot", "6.12.2-pefboot"):
        system.file(f"boot/pefboot-tries/{version}", "2")
    for word in ("", "pefboot.entry=", "pefboot.entry=../pefboot-tries/6.12.1-pefboot", "pefboot.entry=6.12.2-pefboot"):
        system.cmdline(word)
        system.run(SCRIPT.parent.parent / "came-up", PEFBOOT_CMDLINE=str(system.root / "run/cmdline"))
    assert system.tries() == {"6.12.1-pefboot": 2}
    system.run(system.root / "etc/kernel/postrm.d/zz-pefboot", "6.12.1-pefboot", "x")
    assert system.tries() == {}


@pytest.mark.parametrize("place", ("", "boot"))
def test_distro_loader_counts_no_more_on_what_is_read(system, place):
    """On a file system that is mounted for reading, too: as the loader has counted, so that it is as it was afterwards."""
    place = system.root / place
    system.file("run/mounts", f"/dev/dm-0 {system.root} ext4 ro 0 0\n" + (f"/dev/dm-1 {place} ext4 ro 0 0\n" if place != system.root else ""))
    system.file("bin/mount", f'#!/bin/sh\necho "$*" >>{system.root}/said\n[ ! -e {system.root}/refuse ]\n').chmod(0o755)
    system.file("bin/rm", f"#!/bin/sh\ngrep -qs remount,rw {system.root}/said && exec /bin/rm \"$@\"\n").chmod(0o755)
    system.cmdline("pefboot.entry=6.12.1-pefboot")
    how = {"PATH": f"{system.root}/bin:{system.env['PATH']}", "PEFBOOT_CMDLINE": str(system.root / "run/cmdline"),
           "PEFBOOT_MOUNTS": str(system.root / "run/mounts")}
    came_up = SCRIPT.parent.parent / "came-up"
    assert system.run(came_up, **how) == "" and not (system.root / "said").exists(), "nothing is counted"
    system.file("boot/pefboot-tries/6.12.1-pefboot", "1")
    system.file("refuse", "")
    system.run(came_up, status=1, **how)
    for name in ("refuse", "said"):
        (system.root / name).unlink()
    system.run(came_up, **how)
    assert system.tries() == {}
    assert (system.root / "said").read_text() == f"-o remount,rw {place}\n-o remount,ro {place}\n"


def test_distro_loader_with_a_boot_of_its_own(system):
    """It is that which is written to."""
    system.put("6.12.1-pefboot")
    system.file("run/mounts", f"/dev/dm-0 {system.root} ext4 ro 0 0\n/dev/dm-1 {system.boot} ext4 ro 0 0\n")
    _, said = system.load()
    assert said[:2] == [f"mount -o remount,rw {system.boot}", f"mount -o remount,ro {system.boot}"]


@pytest.mark.parametrize("fstab,mounted", (
    ("/dev/mapper/root / ext4 defaults 0 1\n/dev/mapper/boot /boot xfs noatime 0 2", "/dev/mapper/boot /boot xfs noatime 2"),
    ("# /dev/x /boot ext4\n\n \t/dev/mapper/boot\t/boot ext4 defaults 0 0\n/dev/y /boot ext4\n", "/dev/mapper/boot /boot ext4 defaults 0"),
    ("/dev/mapper/root / ext4\n/dev/x /boot/efi vfat\n", None), (None, None)), ids=("last", "first", "none", "no fstab"))
def test_distro_loader_mounts_boot(system, fstab, mounted):
    system.put("6.12.1-pefboot")
    (system.root / "etc/fstab").unlink()
    if fstab is not None:
        system.file("etc/fstab", fstab)
    _, said = system.load()
    assert [line for line in said if line.startswith("mountfs")] == ([f"mountfs {mounted}"] if mounted else [])
    if mounted:
        console, _ = system.load(status=9, more="sealed() { :; }; rests_on_sealed() { false; }")
        assert console == ["panic: /etc/fstab has /dev/mapper/boot for /boot, which does not lie on the disks that the ESM blob opens"]


def test_distro_loader_looks_at_mounts(system):
    """In an initrd that is sealed, before it looks for a kernel; with an fsck of no system."""
    system.put("6.12.1-pefboot")
    more = 'look_at_mounts() { ROOT=; panic "not ours, fastboot=$fastboot"; }'
    assert system.load(more=more)[1][-1] == "kexec -e"
    assert system.load(status=9, more="sealed() { :; }; " + more) == (["panic: not ours, fastboot=y"], [])


def test_distro_loader_scripts_are_sound():
    for path in (SCRIPT, SCRIPT.parent.parent / "came-up", SCRIPT.parent.parent / "hooks/pefboot-loader", HERE / "update-pefboot"):
        subprocess.run(["dash", "-n", path], check=True)
