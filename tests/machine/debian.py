# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian for ppc64el on a disk with GRUB, made as docs/debian.md has it: apt installs the packages of make deb and linux/build --deb."""

import io
import re
import shutil
import subprocess
import tarfile
import tempfile

import harness
import secure

ROOT = "11111111-2222-3333-4444-555555555555"
GRUB = {"12": "", "13": "-2.12"}            # of tools/deps
FIRMWARE = {("grub", "secure"): ["ultravisor", "--guest-firmware", "slof"], ("bundle", "secure"): ["ultravisor"],
            ("grub", "normal"): ["slof"], ("bundle", "normal"): ["pefboot"]}
MODULES = "part_gpt ext2 linux boot normal configfile search_fs_file echo test".split()
KEPT = harness.cache() / "debian-booted-12"    # for make check
SIZE, PARTITION = 2000, 120                 # MiB of the root, and of a partition for a bundle
BUNDLE_A, BUNDLE_B = 9 + SIZE, 9 + SIZE + PARTITION
PATIENT = 1800                              # CPU seconds: systemd, in a nested guest
PATIENCE = "systemd.default_timeout_start_sec=1800 systemd.default_device_timeout_sec=1800"

# In a chroot, in a namespace with qemu-user. GRUB's menu from the script in /etc/grub.d, without the devices that it asks for
MAKE = r"""
set -e
inside() {{ chroot root /usr/bin/env DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }}
mkdir root && tar -xpf {tar} -C root --exclude='./dev/*'
mount --rbind /dev root/dev
mount --rbind /proc root/proc
rm -rf root/etc/apt/sources.list*
mkdir -p root/srv root/etc/apt/keyrings root/etc/apt/sources.list.d root/etc/default
tar -xf {repo} -C root/srv repo && mv root/srv/repo root/srv/pefboot
cp root/srv/pefboot/pefboot.asc root/etc/apt/keyrings
echo 'deb [signed-by=/etc/apt/keyrings/pefboot.asc] file:/srv/pefboot pefboot main' >root/etc/apt/sources.list.d/pefboot.list
echo 'PARTUUID={root} / ext4 defaults 0 1' >root/etc/fstab
echo 'GRUB_CMDLINE_LINUX="quiet console=hvc0 {patient}"' >root/etc/default/grub
inside apt-get update
inside apt-get -y install pefboot-guest linux-image-pefboot{flavour} linux-headers-pefboot{flavour}
echo 'PARTITIONS="/pefboot-a /pefboot-b"' >>root/etc/pefboot.conf
for slot in a b; do truncate -s {partition}M root/pefboot-$slot; done
inside update-pefboot
sed -i 's,/pefboot-,/dev/disk/by-partlabel/pefboot-,g' root/etc/pefboot.conf
mv root/pefboot-a root/pefboot-b .
mkdir -p root/boot/grub
cp -r root/usr/lib/grub/powerpc-ieee1275 root/boot/grub
printf 'prepare_grub_to_access_device() {{ :; }}\nmake_system_path_relative_to_its_root() {{ echo "$1"; }}\n' >root/tmp/grub-mkconfig_lib
{{ echo set timeout=0; inside pkgdatadir=/tmp grub_probe=true /etc/grub.d/09_pefboot; }} >root/boot/grub/grub.cfg
rm root/tmp/grub-mkconfig_lib
printf 'auto enp0s16\niface enp0s16 inet dhcp\n' >root/etc/network/interfaces.d/enp0s16
install -m 755 {report} root/usr/local/sbin/report
install -m 644 {report}.service root/etc/systemd/system/report.service
ln -s ../report.service root/etc/systemd/system/multi-user.target.wants/report.service
umount -l root/dev root/proc
mke2fs -q -t ext4 -d root ext4 {size}M
"""


def quietly(*words, **options):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout[-5000:]
    return done.stdout


def package(folder, name, version, files, depends="", scripts=()):
    """A package of ppc64el: files by their paths, bytes or where these are; scripts of a maintainer by name."""
    tree = folder / "tree"
    for path, content in {**files, **{f"DEBIAN/{script}": text for script, text in scripts}}.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_bytes(content if isinstance(content, bytes) else content.read_bytes())
    for script, _ in scripts:
        (tree / "DEBIAN" / script).chmod(0o755)
    (tree / "DEBIAN").mkdir(parents=True, exist_ok=True)
    (tree / "DEBIAN/control").write_text(f"Package: {name}\nVersion: {version}\nArchitecture: ppc64el\nMaintainer: nobody <a@b.invalid>\n"
                                         + (f"Depends: {depends}\n" if depends else "") + "Description: of a test\n")
    quietly("dpkg-deb", "-Zgzip", "--root-owner-group", "--build", tree, folder / f"{name}_{version}_ppc64el.deb")
    quietly("rm", "-r", tree)


def small(folder, config):
    """A kernel of the tests as packages: without modules and headers, and soon built."""
    vmlinux = secure.kernel(config=config)
    text = (vmlinux.parent / "config").read_text()
    release = "".join(re.search(words, text)[1] for words in (r"Linux/powerpc (\S+) Kernel", 'CONFIG_LOCALVERSION="(.*)"'))
    hook = f"#!/bin/sh\nset -e\nINITRD=Yes run-parts --arg={release} --arg=/boot/vmlinux-{release} /etc/kernel/%s.d\n"
    package(folder, f"linux-image-{release}", "1", {
        f"boot/vmlinux-{release}": vmlinux, f"boot/config-{release}": vmlinux.parent / "config",
        **{f"lib/modules/{release}/{name}": b"" for name in ("modules.order", "modules.builtin", "modules.dep")}},
        scripts=[(name, (hook % name).encode()) for name in ("postinst", "postrm")])
    package(folder, "linux-image-pefboot", "1", {}, f"linux-image-{release}")
    package(folder, "linux-headers-pefboot", "1", {})
    return list(folder.glob("linux-*.deb"))


def repository(version="6.12", config="crypt debian"):
    """A tar file with the folders repo and repo.key. config: of the kernel where that of linux/build --deb was not built."""
    name = f"distro-repo-{version}" + ("" if secure.packages(version=version) else "-" + config.replace(" ", "-"))
    return harness.make_once(harness.MADE / f"{name}.tar", lambda path: make_repository(path, version, config))


def make_repository(path, version, config):
    """What make deb makes, and a kernel: as make repo puts them together."""
    with tempfile.TemporaryDirectory(prefix="distro-") as name:
        folder = harness.Path(name)
        quietly("make", "-s", "-C", harness.TOP, f"O={folder}", "deb", timeout=1800)
        own = [deb for deb in (folder / "deb").glob("pefboot*.deb") if "-dbg" not in deb.name]
        quietly(harness.TOP / "tools/repo", "--output", folder / "repo", *own,
                *(secure.packages(version=version) or small(folder, config)), *secure.packages("64k", version=version))
        quietly("tar", "-cf", path, "-C", folder, "repo", "repo.key")


def make_disk(path, *system):
    """Four partitions: GRUB, the root, two for bundles. Not below the build folder: for make all that ends in .d there lists headers."""
    with tempfile.TemporaryDirectory(prefix="distro-") as name:
        fill(harness.Path(name), path, *system)


def fill(folder, path, release, version, flavour):
    script = MAKE.format(tar=harness.deps(f"debian-root-{release}") / "root.tar", repo=repository(version), root=ROOT, size=SIZE,
                         partition=PARTITION, patient=PATIENCE, flavour=flavour, report=harness.TOP / "tests/guest/distro-report")
    harness.LOGS.mkdir(parents=True, exist_ok=True)
    (harness.LOGS / f"distro-{release}-{version}{flavour}-made.log").write_text(quietly(harness.TOP / "tools/foreign", "sh", "-c", script, cwd=folder))
    with open(path, "wb") as image:
        image.truncate((BUNDLE_B + PARTITION + 1) << 20)
    quietly("sgdisk", "--new=1:2048:+8M", "--typecode=1:4100", f"--new=2:0:+{SIZE}M", "--typecode=2:8300", f"--partition-guid=2:{ROOT}",
            f"--new=3:0:+{PARTITION}M", "--typecode=3:4100", "--change-name=3:pefboot-a",
            f"--new=4:0:+{PARTITION}M", "--typecode=4:4100", "--change-name=4:pefboot-b", path)
    (folder / "early.cfg").write_text("search.file /boot/grub/grub.cfg root\nset prefix=($root)/boot/grub\n")
    quietly(harness.deps(f"grub-mkimage{GRUB[release]}") / "grub-mkimage", "-O", "powerpc-ieee1275", "-d",
            folder / "root/usr/lib/grub/powerpc-ieee1275", "-o", folder / "core.elf", "-c", folder / "early.cfg", "-p", "/boot/grub", *MODULES)
    for name, place in (("core.elf", 1), ("ext4", 9), ("pefboot-a", BUNDLE_A), ("pefboot-b", BUNDLE_B)):
        quietly("dd", f"if={folder / name}", f"of={path}", "bs=1M", f"seek={place}", "conv=notrunc,sparse", "status=none")
    if (release, version, flavour) == ("12", "6.12", ""):
        keep(folder, path)


def keep(folder, path):
    """The disk, with its kernel beside it (it has no initrd), so that it can be booted by a pefboot that is newer than its bundle."""
    scratch = harness.Path(tempfile.mkdtemp(prefix="tmp.", dir=harness.cache()))
    quietly("cp", "--sparse=always", path, scratch / "disk.img")
    (kernel,) = (folder / "root/boot").glob("vmlinux-*")
    shutil.copyfile(kernel, scratch / "vmlinux")
    shutil.rmtree(KEPT, ignore_errors=True)
    scratch.rename(KEPT)


def disk(release="12", version="6.12", flavour=""):
    """With a kernel of this version, of pages of 4 KiB or of another flavour: "-64k"."""
    return harness.make_once(harness.MADE / f"distro-{release}-{version}{flavour}.img", lambda path: make_disk(path, release, version, flavour))


def machine(door, world, path, *words, forward=""):
    """Arguments of tools/qemu; a card whose name does not depend on the number of disks. What is written is gone with QEMU."""
    return ["--firmware", *FIRMWARE[door, world], "--mem", "1G", "--smp", "2", "--rng", "--disk", path, *words, "--", "-snapshot",
            "-netdev", f"user,id=net0{forward}", "-device", "virtio-net-pci,netdev=net0,romfile=,addr=10"]


def job(path, script, *trees):
    """A disk with what is to be done in the system: a script, and the contents of tar files. For --disk."""
    with tarfile.open(path, "w") as tar:
        entry = tarfile.TarInfo("job")
        entry.size = len(script.encode())
        tar.addfile(entry, io.BytesIO(script.encode()))
        for tree in trees:
            tar.add(tree, tree.name)
    return ["--disk", f"{path},serial=job"]


def boots(console):
    """What each boot of a Debian said that came to its end, in turn: {key: text}."""
    return [dict(re.findall(r"distro: (\S+) ?(.*)", "distro: state" + part)) for part in console.split("distro: state")[1:]]


def runs(said, world):
    """Is this a system that runs as it should?"""
    assert said["state"] == "running" and said["world"] == (world if world == "secure" else "") and "10.0.2.15" in said["network"], said
