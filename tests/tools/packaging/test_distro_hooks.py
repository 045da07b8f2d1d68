# SPDX-License-Identifier: GPL-2.0-or-later
"""update-pefboot and the hooks that call it, in a root of their own: shell, with the real pefboot-bundle and kernels that spin."""

import json
import os
import re
import subprocess
import sys

import harness
import pytest

sys.path.insert(0, str(harness.TOP / "tests/machine"))
import disks  # noqa: E402 (needs the path above)

HERE = harness.TOP / "guest/bundles"
FSTAB = "# /dev/none / ext4\nUUID=11-22 / ext4 errors=remount-ro 0 1\nUUID=33 /boot ext4 defaults 0 2\n"
GRUB = 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX="console=hvc0"\n'
GRUB_LIB = """prepare_grub_to_access_device() { printf '\\tinsmod part_gpt\\n\\tsearch %s' "$*"; }
make_system_path_relative_to_its_root() { echo "/rel"; }
"""
FROM_GRUB = "root=UUID=11-22 ro console=hvc0 quiet"


def kernel(name, mark=b"virtio,acc-plat1"):
    image = disks.spin(little=True, name=name)
    return disks.elf([(0x10000, 0, image[:0x48] + mark.ljust(16, b"\0") + image[0x58:], None)], little=True)


class System:
    """A Debian below a folder, with the hooks where its packages have them."""

    def __init__(self, root):
        self.root, self.boot = root, root / "boot"
        self.file("etc/fstab", FSTAB)
        self.file("etc/default/grub", GRUB)
        self.file("proc/cmdline", "BOOT_IMAGE=/vmlinux root=/dev/vda9 initrd=/x quiet\n")
        self.file("usr/sbin/update-initramfs", "")
        (root / "usr/sbin/update-initramfs").chmod(0o755)
        self.boot.mkdir()
        for name, place in (("kernel-installed", "etc/kernel/postinst.d/zz-pefboot"), ("kernel-removed", "etc/kernel/postrm.d/zz-pefboot"),
                            ("kernel-installed", "etc/initramfs/post-update.d/pefboot")):
            self.file(place, (HERE / name).read_text())
            (root / place).chmod(0o755)
        (root / "tmp").mkdir()
        self.env = {**os.environ, "PATH": f"{HERE}:{harness.BUILD}:{os.environ['PATH']}", "PEFBOOT_ROOT": str(root),
                    "TMPDIR": str(root / "tmp")}

    def file(self, name, content):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def install(self, version, **how):
        """As the kernel's package and initramfs-tools: the kernel, its initrd, the hooks of both."""
        self.file(f"boot/vmlinux-{version}", kernel(version, **how))
        self.file(f"boot/initrd.img-{version}", disks.random_bytes(f"initrd {version}", 5001))
        return (self.run(self.root / "etc/initramfs/post-update.d/pefboot", version, f"/boot/initrd.img-{version}")
                + self.run(self.root / "etc/kernel/postinst.d/zz-pefboot", version, f"/boot/vmlinux-{version}"))

    def run(self, *argv, status=0, **env):
        done = subprocess.run(argv, env={**self.env, **env}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=60, check=False)
        assert done.returncode == status, done.stdout
        assert list(self.root.glob("**/pefboot-*.new")) + list((self.root / "tmp").iterdir()) == []
        return done.stdout

    def update(self, *argv, **how):
        return self.run(HERE / "update-pefboot", *argv, **how)

    def maintain(self, script, *argv, **how):
        """As dpkg calls a script of the package."""
        return self.run("sh", harness.TOP / f"debian/pefboot-guest.{script}", *argv, DPKG_ROOT=str(self.root), **how)

    def menu(self, **how):
        """The lines that grub-mkconfig gets."""
        self.file("lib/grub-mkconfig_lib", GRUB_LIB)
        self.file("bin/probe", "#!/bin/sh\necho /dev/vda2\n").chmod(0o755)
        menu = self.run(HERE / "09_pefboot", pkgdatadir=f"{self.root}/lib", grub_probe=f"{self.root}/bin/probe", **how)
        return [line.strip() for line in menu.splitlines() if not line.startswith("Found")]

    def bundles(self):
        return sorted(path.name for path in self.boot.glob("pefboot-*"))

    def info(self, version):
        return json.loads(self.run(harness.BUILD / "pefboot-bundle", "info", "--json", self.boot / f"pefboot-{version}.elf"))


@pytest.fixture
def system(tmp_path):
    return System(tmp_path)


def test_distro_kernel_comes_and_goes(system):
    """Each kernel with its initrd, what it replaces, and a kernel that is removed; a reader of /boot sees no half of one."""
    says = system.install("6.12.1-pefboot")
    assert says == f"update-pefboot: made {system.boot}/pefboot-6.12.1-pefboot.elf\n"     # once, though there are two hooks
    info = system.info("6.12.1-pefboot")
    assert info["cmdline"]["text"] == FROM_GRUB + " pefboot.secure=auto" and info["initrd"]["size"] == 5001
    assert (system.boot / "pefboot-6.12.1-pefboot.elf").stat().st_mode & 0o777 == 0o600
    system.install("6.12.2-pefboot")
    before = system.info("6.12.2-pefboot")["initrd"]["sha512"]
    system.file("boot/initrd.img-6.12.2-pefboot", b"another")
    system.run(system.root / "etc/initramfs/post-update.d/pefboot", "6.12.2-pefboot", "/boot/initrd.img-6.12.2-pefboot")
    assert system.info("6.12.2-pefboot")["initrd"]["sha512"] != before
    # the hook runs for a package that is upgraded, too
    system.run(system.root / "etc/kernel/postrm.d/zz-pefboot", "6.12.1-pefboot", "/boot/vmlinux-6.12.1-pefboot")
    assert system.bundles() == ["pefboot-6.12.1-pefboot.elf", "pefboot-6.12.2-pefboot.elf"]
    (system.boot / "vmlinux-6.12.1-pefboot").unlink()
    system.run(system.root / "etc/kernel/postrm.d/zz-pefboot", "6.12.1-pefboot", "/boot/vmlinux-6.12.1-pefboot")
    assert system.bundles() == ["pefboot-6.12.2-pefboot.elf"]
    system.update("--remove-all")
    assert system.bundles() == [] and (system.boot / "vmlinux-6.12.2-pefboot").exists()


def test_distro_bundles_are_made_elsewhere(system):
    """A sealed system's bundle is its owner's: nothing is made, and nothing in the partition written over."""
    partition = system.file("part", bytes(1 << 20))
    system.file("etc/pefboot.conf", "BUNDLES=none\nPARTITIONS=/part\n")
    says = system.install("6.12.1-pefboot")
    assert says.splitlines()[0] == f"update-pefboot: BUNDLES=none in {system.root}/etc/pefboot.conf: no bundle is made here"
    assert system.bundles() == [] and partition.read_bytes() == bytes(1 << 20) and not (system.root / "none").exists()
    system.file("boot/pefboot-6.12.1-pefboot.elf", b"what was there")
    partition.write_bytes(b"what was there".ljust(1 << 20, b"\0"))
    (system.boot / "vmlinux-6.12.1-pefboot").unlink()
    assert system.run(system.root / "etc/kernel/postrm.d/zz-pefboot", "6.12.1-pefboot", "x") == ""
    assert partition.read_bytes().startswith(b"what was there")


def test_distro_kernel_without_mark(system):
    """Debian's own: one line that says why, no bundle, and none left of a kernel of that name that had the mark."""
    system.install("6.12.1-1-powerpc64le")
    says = system.install("6.12.1-1-powerpc64le", mark=b"")
    assert says.splitlines()[0] == ("update-pefboot: no secure boot with 6.12.1-1-powerpc64le: the kernel does not say that it keeps to "
                                    "the DMA pool (E404); pefboot's packages of Linux do")
    assert system.bundles() == []


def test_distro_both_layouts(system):
    """Since Linux 7.2 Debian has the kernel with its modules; without arguments all that are installed get a bundle."""
    system.file("usr/lib/modules/7.2.13-pefboot/vmlinuz", kernel("7.2.13"))
    system.file("boot/initrd.img-7.2.13-pefboot", b"initrd")
    system.file("boot/vmlinux-6.12.1-pefboot", kernel("6.12.1"))
    says = system.update()
    assert system.bundles() == ["pefboot-7.2.13-pefboot.elf"] and "no initrd of 6.12.1-pefboot yet" in says
    system.file("boot/initrd.img-6.12.1-pefboot", b"initrd")
    system.update()
    assert system.bundles() == ["pefboot-6.12.1-pefboot.elf", "pefboot-7.2.13-pefboot.elf"]


ORDER = ("5.10.9-x", "6.1.2-x", "6.12.1~rc1-x", "6.12.1~rc2-x", "6.12.1-rc10-x", "6.12.1", "6.12.1+deb12-x", "6.12.1-x", "6.12.1-x-64k", "6.12.1.2-x",
         "6.12.9-x", "6.12.10-x", "6.12.95+deb13-x", "6.13-rc2-x", "6.13-x", "10.0-x")


def test_distro_order(system):
    """One for all: what a loader is told, what GRUB starts first, and what -bios pefboot.bin does; copies of kernels are none."""
    for version in reversed(ORDER):
        system.file(f"boot/vmlinux-{version}", kernel(version))
        system.file(f"boot/initrd.img-{version}", b"initrd")
        for copy in (".bak", ".old", ".new", ".dpkg-tmp", ".dpkg-bak"):
            system.file(f"boot/vmlinux-{version}{copy}", kernel(version))
    assert [line.split("|")[0] for line in system.update("--kernels").splitlines()] == list(ORDER)
    system.update()
    names = [f"pefboot-{version}.elf" for version in reversed(ORDER)]
    assert [line.rpartition("/")[2] for line in system.update("--bundles").splitlines()] == names
    assert [line.rpartition("/")[2] for line in system.menu() if line.startswith("linux")] == names


@pytest.mark.parametrize("files,line", (
    ({}, FROM_GRUB + " pefboot.secure=auto"),
    ({"etc/default/grub.d/10-more.cfg": 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX pefboot.secure=required"\n'},
     "root=UUID=11-22 ro console=hvc0 pefboot.secure=required quiet"),
    ({"etc/kernel/cmdline": "root=/dev/vdb \n\tquiet\n"}, "root=/dev/vdb quiet pefboot.secure=auto"),
    ({"etc/pefboot.conf": 'CMDLINE="root=x pefboot.secure=off"\n', "etc/kernel/cmdline": "y"}, "root=x pefboot.secure=off"),
    ({"etc/fstab": "proc /proc proc\n"}, "root=/dev/vda9 quiet pefboot.secure=auto"),
    ({"etc/fstab": "/dev/mapper/vg-root\t/\text4\n"}, "root=/dev/mapper/vg-root ro console=hvc0 quiet pefboot.secure=auto"),
    ({"etc/fstab": "UUID=aa-bb / btrfs defaults,subvol=@rootfs 0 0\n"},
     "root=UUID=aa-bb ro rootflags=subvol=@rootfs console=hvc0 quiet pefboot.secure=auto"),
    ({"etc/fstab": "UUID=aa-bb / btrfs subvolid=256,noatime"}, "root=UUID=aa-bb ro rootflags=subvolid=256 console=hvc0 quiet pefboot.secure=auto"),
    ({"etc/fstab": "UUID=aa-bb / btrfs subvol=@\n", "etc/default/grub": 'GRUB_CMDLINE_LINUX="quiet rootflags=subvol=@other"\n'},
     "root=UUID=aa-bb ro quiet rootflags=subvol=@other pefboot.secure=auto"),
    ({"etc/fstab": "UUID=aa-bb / btrfs subvol=@\n", "etc/default/grub": 'GRUB_CMDLINE_LINUX_DEFAULT="rootflags=compress=zstd"\n'},
     "root=UUID=aa-bb ro rootflags=compress=zstd pefboot.secure=auto"),
    ({"etc/default/grub.d/x.cfg": 'GRUB_TERMINAL="$GRUB_TERMINAL console"\n[ -d /none ] && GRUB_CMDLINE_LINUX=none\n'}, FROM_GRUB + " pefboot.secure=auto"),
    ({"etc/kernel/cmdline": "roothash=12 quiet\n"}, "roothash=12 quiet pefboot.secure=auto"),
), ids=("grub", "grub.d", "kernel", "conf", "running", "lvm", "btrfs", "subvolid", "rootflags", "rootflags of another kind", "shell", "roothash"))
def test_distro_command_line(system, files, line):
    for name, content in files.items():
        system.file(name, content)
    assert system.update("--cmdline") == line + "\n"


@pytest.mark.parametrize("files,said", (
    ({"etc/default/grub": GRUB + 'GRUB_CMDLINE_LINUX="quiet\n'}, "a mistake in {root}/etc/default/grub or grub.d, see above"),
    ({"etc/default/grub.d/x.cfg": ". /none\n"}, "a mistake in {root}/etc/default/grub or grub.d, see above"),
    ({"etc/kernel/cmdline": "quiet\tmyroot=/dev/vda\n"}, 'no root= in the command line "quiet myroot=/dev/vda": CMDLINE in {root}/etc/pefboot.conf is one, or '
     "{root}/etc/kernel/cmdline"),
    ({"etc/fstab": "", "proc/cmdline": "quiet\n"}, 'no root= in the command line "quiet": '),
    ({"etc/fstab": "", "proc/cmdline": None}, 'no root= in the command line "": '),
), ids=("quote", "file", "kernel", "running", "nothing"))
def test_distro_no_command_line(system, files, said):
    """Where it is not known the bundle before stays, which starts."""
    system.install("6.12.1-pefboot")
    before = (system.boot / "pefboot-6.12.1-pefboot.elf").read_bytes()
    for name, content in files.items():
        if content is None:
            (system.root / name).unlink()
        else:
            system.file(name, content)
    for argv in ((), ("--cmdline",)):
        lines = system.update(*argv, status=1).splitlines()
        assert any(line.startswith("update-pefboot: error: " + said.format(root=system.root)) for line in lines), lines
        assert not any(line.startswith("root=") or "unbound" in line for line in lines)
    assert (system.boot / "pefboot-6.12.1-pefboot.elf").read_bytes() == before


MISTAKES = {"quote": 'POOL="64M\n', "file": ". /none\n", "exit": "exit 3\n"}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_distro_mistake_in_conf(system, mistake):
    """It ends what makes bundles, and the one before stays; not what a loader asks, what GRUB starts, nor that the package goes."""
    system.install("6.12.1-pefboot")
    system.install("6.12.2-pefboot")
    kernels, before = system.update("--kernels"), system.info("6.12.1-pefboot")
    system.file("etc/pefboot.conf", "BUNDLES=none\n" + MISTAKES[mistake])
    for argv in ((), ("6.12.1-pefboot",), ("--cmdline",), ("--install", "x")):
        assert f"update-pefboot: error: a mistake in {system.root}/etc/pefboot.conf, see above\n" in system.update(*argv, status=1)
    assert system.info("6.12.1-pefboot") == before
    assert system.update("--kernels") == kernels and len(kernels.splitlines()) == 2
    assert [line.rpartition("/")[2] for line in system.menu() if line.startswith("linux")] == ["pefboot-6.12.2-pefboot.elf", "pefboot-6.12.1-pefboot.elf"]
    assert "see above: as if it were empty" in system.update("--remove", "6.12.1-pefboot")
    assert system.bundles() == ["pefboot-6.12.2-pefboot.elf"]
    system.maintain("prerm", "remove")
    assert system.bundles() == []


@pytest.mark.parametrize("content", ("[ -d /none ] && POOL=64M\n", "POOL=$UNSET\n", "BUNDLES=$UNSET\n"))
def test_distro_conf_is_shell(system, content):
    """What a shell does not mind is no mistake."""
    system.file("etc/pefboot.conf", "echo aloud\n" + content)
    assert system.install("6.12.1-pefboot") == f"update-pefboot: made {system.boot}/pefboot-6.12.1-pefboot.elf\n"
    assert len(system.menu()) > 0


def test_distro_package_goes(system):
    """dpkg calls these scripts: whatever update-pefboot does it can remove the package; where it does not after all the bundles come back."""
    system.install("6.12.1-pefboot")
    system.maintain("prerm", "upgrade", "0.2")
    assert system.bundles() == ["pefboot-6.12.1-pefboot.elf"]
    system.maintain("prerm", "remove")
    assert system.bundles() == []
    system.maintain("postinst", "abort-remove")
    assert system.bundles() == ["pefboot-6.12.1-pefboot.elf"]
    system.file("bin/update-pefboot", "#!/bin/sh\nexit 1\n").chmod(0o755)
    assert system.maintain("prerm", "remove", PATH=f"{system.root}/bin:{os.environ['PATH']}") == "pefboot-guest: bundles are left\n"


def test_distro_bundles_behind_a_link(system):
    """BUNDLES may be one, as /boot may: all that looks for bundles follows it."""
    system.install("6.12.1-pefboot")
    (system.root / "elsewhere").mkdir()
    (system.root / "link").symlink_to("elsewhere")
    system.file("dev/a", bytes(1 << 20))
    system.file("etc/pefboot.conf", "BUNDLES=/link\nPARTITIONS=/dev/a\n")
    system.update()
    made = system.root / "elsewhere/pefboot-6.12.1-pefboot.elf"
    assert (system.root / "dev/a").read_bytes() == made.read_bytes().ljust(1 << 20, b"\0")
    assert [line for line in system.menu() if line.startswith("linux")] == ["linux\t/rel/pefboot-6.12.1-pefboot.elf"]


def test_distro_package_is_purged(system):
    """What the loader has counted goes with it, but not when it is only removed."""
    count = system.file("boot/pefboot-tries/6.12.1-pefboot", "2")
    system.maintain("postrm", "remove")
    assert count.exists()
    system.maintain("postrm", "purge")
    assert list(system.boot.iterdir()) == []


def test_distro_full_boot(system):
    """What fails leaves the bundle before, the hook succeeds, and says so; by hand it fails."""
    system.install("6.12.1-pefboot")
    before = (system.boot / "pefboot-6.12.1-pefboot.elf").read_bytes()
    system.file("boot/vmlinux-6.12.1-pefboot", b"truncated")
    assert "as before" in system.update(status=1)
    says = system.run(system.root / "etc/initramfs/post-update.d/pefboot", "6.12.1-pefboot", "x")
    assert "no new bundle of Linux 6.12.1-pefboot" in says and "pefboot-bundle: error: " in says
    assert (system.boot / "pefboot-6.12.1-pefboot.elf").read_bytes() == before


def test_distro_partitions(system):
    """One of two has a whole bundle at any time; the other one is empty, so that the newest is what boots."""
    names = []
    for letter in "ab":
        system.file(f"dev/{letter}", bytes(1 << 20))
        names.append(f"/dev/{letter}")
    system.file("etc/pefboot.conf", f'PARTITIONS="{" ".join(names)}"\n')

    def held():
        return [(system.root / name[1:]).read_bytes() for name in names]
    system.install("6.12.1-pefboot")
    first = (system.boot / "pefboot-6.12.1-pefboot.elf").read_bytes()
    assert held() == [first.ljust(1 << 20, b"\0"), bytes(1 << 20)]
    assert "wrote" not in system.update()
    system.install("6.12.10-pefboot")
    second = (system.boot / "pefboot-6.12.10-pefboot.elf").read_bytes()
    a, b = held()
    assert b == second.ljust(1 << 20, b"\0") and a[:0x10000] == bytes(0x10000)
    system.install("6.12.9-pefboot")                    # older: not written
    assert held() == [a, b]
    # cut off behind each write but the last: what was there boots
    system.file("dd", '#!/bin/sh\ncase "$*" in *skip=1\\ seek=1*) exit 1;; esac\nexec /bin/dd "$@"\n').chmod(0o755)
    path = f"{system.root}:{system.env['PATH']}"
    system.file("boot/initrd.img-6.12.10-pefboot", b"new")
    system.update("6.12.10-pefboot", status=1, PATH=path)
    assert held()[1] == b and held()[0][:0x10000] == bytes(0x10000)
    system.update()
    assert held()[0] == (system.boot / "pefboot-6.12.10-pefboot.elf").read_bytes().ljust(1 << 20, b"\0")
    # cut off before the other one was emptied, whichever of them is the first: what is there twice, too
    newest = held()[0]
    for a, b in ((newest, first.ljust(1 << 20, b"\0")), (first.ljust(1 << 20, b"\0"), newest), (newest, newest)):
        system.file("dev/a", a)
        system.file("dev/b", b)
        assert "wrote" not in system.update()
        assert [part for part in held() if part[:0x10000] != bytes(0x10000)] == [newest]
    system.file("dev/a", newest)
    # too small, or not there: the bundle for GRUB is there all the same
    system.file("dev/a", bytes(0x20000))
    system.file("dev/b", bytes(0x20000))
    assert "bytes, and" in system.update(status=1)
    (system.root / "dev/b").unlink()
    assert "no partition /dev/b" in system.update(status=1)


@pytest.mark.parametrize("how", ("removed", "without mark"))
def test_distro_partition_of_a_kernel_that_goes(system, how):
    """Its modules are gone: the newest that is left starts, or none; what is not ours stays."""
    def held():
        return [path.read_bytes() for path in (system.root / "dev/a", system.root / "dev/b")]

    def goes(version):
        if how == "removed":
            (system.boot / f"vmlinux-{version}").unlink()
            return system.run(system.root / "etc/kernel/postrm.d/zz-pefboot", version, f"/boot/vmlinux-{version}")
        return system.install(version, mark=b"")
    for letter in "ab":
        system.file(f"dev/{letter}", bytes(1 << 20))
    system.file("etc/pefboot.conf", 'PARTITIONS="/dev/a /dev/b"\n')
    for version in ("6.12.1-pefboot", "6.12.2-pefboot", "6.12.3-pefboot"):
        system.install(version)
    newest = held()
    goes("6.12.2-pefboot")
    assert held() == newest
    goes("6.12.3-pefboot")
    first = (system.boot / "pefboot-6.12.1-pefboot.elf").read_bytes()
    assert [part.rstrip(b"\0") for part in held() if part[:0x10000] != bytes(0x10000)] == [first.rstrip(b"\0")]
    system.file("dev/c", b"\x7fELF of others".ljust(1 << 20, b"\0"))
    system.file("etc/pefboot.conf", 'PARTITIONS="/dev/a /dev/b /dev/c"\n')
    assert re.search(f"update-pefboot: emptied {system.root}/dev/[ab]: there is no other bundle\n", goes("6.12.1-pefboot"))
    assert all(part[:0x10000] == bytes(0x10000) for part in held()) and (system.root / "dev/c").read_bytes().startswith(b"\x7fELF of others")


def test_distro_grub(system):
    """The newest first, older ones in a menu of their own; nothing without bundles, nothing once the package is gone."""
    assert system.menu() == []
    for version in ("6.12.9-pefboot", "6.12.10-pefboot", "6.1.2-pefboot"):
        system.install(version)
    lines = system.menu()
    assert [line for line in lines if line.startswith("linux")] == [
        f"linux\t/rel/pefboot-{version}-pefboot.elf" for version in ("6.12.10", "6.12.9", "6.1.2")]
    assert lines.count("search /dev/vda2") == 3 and "".join(lines).count("{") == "".join(lines).count("}") == 4
    assert lines[0].startswith("menuentry '") and "secure where it can be, with Linux 6.12.10-pefboot'" in lines[0]
    assert system.menu(PATH=os.environ["PATH"]) == []
    for hook in ("etc/kernel/postinst.d/zz-pefboot", "etc/kernel/postrm.d/zz-pefboot", "etc/initramfs/post-update.d/pefboot"):
        assert system.run(system.root / hook, "6.12.9-pefboot", "x", PATH=os.environ["PATH"]) == ""
    assert len(system.bundles()) == 3


def test_distro_scripts_are_sound():
    """For the shell of any distribution."""
    for path in HERE.iterdir():
        subprocess.run(["dash", "-n", path], check=True)
