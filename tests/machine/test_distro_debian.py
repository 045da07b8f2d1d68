# SPDX-License-Identifier: GPL-2.0-or-later
"""An installed Debian by each of its doors: GRUB under SLOF, and the bundle in a PReP partition; secure and normal.

The disk is made as its user does: what make install-guest installs, and the hook that a kernel's package runs."""

import re
import subprocess

import harness
import pytest
import secure

pytestmark = [pytest.mark.all, pytest.mark.xdist_group("distro")]
ROOT = "11111111-2222-3333-4444-555555555555"
VERSION = "6.12-pefboot"
MODULES = "part_gpt ext2 linux boot normal configfile search_fs_file echo test".split()
PATIENT = 1800              # CPU seconds: systemd, in a nested guest

# In a chroot, in a namespace with qemu-user. GRUB's menu from the script in /etc/grub.d, without the devices that it asks for
MAKE = r"""
set -e
inside() {{ chroot root /usr/bin/env PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }}
mkdir root && tar -xpf {tar} -C root --exclude='./dev/*'
cp -a {installed}/. root/
: >root/dev/null && truncate -s 1M root/dev/zero
cp {kernel} root/boot/vmlinux-{version}
echo 'PARTUUID={root} / ext4 defaults 0 0' >root/etc/fstab
mkdir -p root/etc/default
echo 'GRUB_CMDLINE_LINUX="console=hvc0 systemd.default_timeout_start_sec=1800"' >root/etc/default/grub
echo 'PARTITIONS="/pefboot-a /pefboot-b"' >>root/etc/pefboot.conf
for slot in a b; do dd if=/dev/zero of=root/pefboot-$slot bs=1M count=40 status=none; done
printf 'allow-hotplug enp0s2\niface enp0s2 inet dhcp\n' >root/etc/network/interfaces.d/enp0s2
inside run-parts --arg={version} --arg=/boot/vmlinux-{version} /etc/kernel/postinst.d
printf 'prepare_grub_to_access_device() {{ :; }}\nmake_system_path_relative_to_its_root() {{ echo "$1"; }}\n' >root/tmp/grub-mkconfig_lib
mkdir -p root/boot/grub
{{ echo set timeout=0; inside pkgdatadir=/tmp grub_probe=true /etc/grub.d/09_pefboot; }} >root/boot/grub/grub.cfg
mv root/pefboot-a root/pefboot-b .
rm root/dev/null root/dev/zero
cat >root/etc/systemd/system/report.service <<'END'
[Unit]
After=multi-user.target getty.target network-online.target
Wants=network-online.target
[Service]
ExecStart=/bin/sh -c 'echo; echo "distro: state $(systemctl is-system-running --wait)"; \
	systemctl --failed --no-legend; \
	echo "distro: world $(tr -d "\\0" </sys/firmware/devicetree/base/chosen/pefboot/world)"; \
	echo "distro: network $(ip -o -4 address show scope global)"; echo distro: end; systemctl poweroff'
StandardOutput=journal+console
[Install]
WantedBy=multi-user.target
END
ln -s ../report.service root/etc/systemd/system/multi-user.target.wants/report.service
truncate -s 900M ext4 && mke2fs -q -t ext4 -d root ext4
"""


def install(folder):
    """What pefboot's packages install in the guest; its bundle tool of the guest's architecture."""
    out = harness.MADE / "distro-out"
    subprocess.run(["make", "-s", "-C", harness.TOP, f"O={out}", "HOSTCC=powerpc64le-linux-gnu-gcc", "TOOL_LDFLAGS=-static",
                    "install-firmware", "install-bundle", "install-guest", f"DESTDIR={folder / 'installed'}", "PREFIX=/usr"],
                   check=True, timeout=900)
    return folder / "installed"


def make_disk(path):
    folder = harness.MADE / "distro"
    subprocess.run(["rm", "-rf", folder], check=True)
    folder.mkdir()
    script = MAKE.format(tar=harness.deps("debian-root-12") / "root.tar", installed=install(folder), root=ROOT, version=VERSION,
                         kernel=secure.kernel(config="crypt debian"))
    subprocess.run([harness.TOP / "tools/foreign", "sh", "-c", script], cwd=folder, check=True)
    with open(path, "wb") as image:
        image.truncate(1100 << 20)
    subprocess.run(["sgdisk", "--new=1:2048:+8M", "--typecode=1:4100", "--new=2:0:+900M", "--typecode=2:8300",
                    f"--partition-guid=2:{ROOT}", "--new=3:0:+40M", "--typecode=3:4100", "--new=4:0:+40M", "--typecode=4:4100", path],
                   check=True, stdout=subprocess.DEVNULL)
    (folder / "early.cfg").write_text("search.file /boot/grub/grub.cfg root\nset prefix=($root)/boot/grub\n")
    modules = harness.deps("grub-modules") / "usr/lib/grub/powerpc-ieee1275"
    subprocess.run([harness.deps("grub-mkimage") / "grub-mkimage", "-O", "powerpc-ieee1275", "-d", modules, "-o", folder / "core.elf",
                    "-c", folder / "early.cfg", "-p", "/boot/grub", *MODULES], check=True)
    for name, place in (("core.elf", 1), ("ext4", 9), ("pefboot-a", 909), ("pefboot-b", 949)):
        subprocess.run(["dd", f"if={folder / name}", f"of={path}", "bs=1M", f"seek={place}", "conv=notrunc,sparse", "status=none"], check=True)
    subprocess.run(["rm", "-rf", folder], check=True)


@pytest.fixture(scope="module")
def debian():
    return harness.make_once(harness.MADE / "distro.img", make_disk)


@pytest.mark.parametrize("door,world", (("grub", "secure"), ("bundle", "secure"), ("grub", "normal"), ("bundle", "normal")))
def test_distro_debian(qemu, debian, door, world):
    """To a system that runs, with a network, by what update-pefboot made; nothing of it was the host's to read."""
    firmware = {("grub", "secure"): ["ultravisor", "--guest-firmware", "slof"], ("bundle", "secure"): ["ultravisor"],
                ("grub", "normal"): ["slof"], ("bundle", "normal"): ["pefboot"]}[door, world]
    boot = qemu("--firmware", *firmware, "--mem", "1G", "--smp", "2", "--rng", "--disk", debian, "--", "-snapshot",
                "-netdev", "user,id=net0", "-device", "virtio-net-pci,netdev=net0,romfile=", timeout=PATIENT)
    boot.line(f"pefboot: 7/7 handoff world={world} ")
    assert re.search("Booting `.*secure where it can be, with Linux", boot.console) if door == "grub" else True
    said = dict(re.findall(r"distro: (\w+) ?(.*)", boot.console))
    assert said["state"] == "running", boot.console[-3000:]
    assert said["world"] == (world if world == "secure" else "") and "10.0.2.15" in said["network"]
    if world == "secure":
        found = secure.verdict(boot.console)
        assert (found["world"], found["leaked"]) == ("secure", "0")
    else:
        boot.line("notice: no ultravisor, this guest stays a normal VM: nothing is protected")
