# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens in the life of an installed Debian that is a secure VM: it loads a module, gets another kernel, reboots, and becomes an
ordinary one again. On one QEMU, from GRUB to GRUB."""

import os
import re
import subprocess

import debian
import harness
import pytest
import secure

pytestmark = [pytest.mark.all, pytest.mark.xdist_group("distro")]

# Names of the kernel's, a parameter, a device: against headers of another kernel it would not be loaded
MODULE = r"""
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
static char *word = "nothing";
module_param(word, charp, 0444);
static ssize_t hello_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	return simple_read_from_buffer(to, size, at, word, strlen(word));
}
static const struct file_operations operations = { .owner = THIS_MODULE, .read = hello_read };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "hello", .fops = &operations };
module_misc_device(device);
MODULE_LICENSE("GPL");
"""
# A turn is a boot
UPGRADE = r"""
again() { sync; systemctl reboot; sleep 3600; }
turn=$(cat /var/lib/turn 2>/dev/null || echo 1)
echo $((turn + 1)) >/var/lib/turn
case $turn in
1)
	insmod hello.ko word=loaded && echo "distro: module $(cat /dev/hello)"
	cp -r repo/. /srv/pefboot && apt-get update && apt-get -y dist-upgrade && echo "distro: upgraded $(dpkg-query -f '${Version}' -W linux-image-pefboot)"
	again ;;
2)
	echo "distro: kernel $(uname -v)"
	apt-get -y remove pefboot-guest && echo "distro: removed $(echo /boot/pefboot-*)"
	again ;;
esac
"""


def module(folder):
    """Built with the headers package, whose programs are the guest's; only the compiler is of this machine."""
    (deb,) = (path for path in secure.packages() if re.match(r"linux-headers-\d", path.name))
    subprocess.run(["dpkg-deb", "-x", deb, folder / "headers"], check=True)
    (folder / "module").mkdir()
    (folder / "module/hello.c").write_text(MODULE)
    (folder / "module/Kbuild").write_text("obj-m := hello.o\n")
    debian.quietly(harness.TOP / "tools/foreign", "make", "-C", next((folder / "headers/usr/src").iterdir()), f"M={folder}/module",
                   "ARCH=powerpc", "CROSS_COMPILE=powerpc64le-linux-gnu-", "modules",
                   env={**os.environ, "MAKEFLAGS": "", "QEMU_LD_PREFIX": "/usr/powerpc64le-linux-gnu"})
    return folder / "module/hello.ko"


def next_version(folder):
    """A repository with a kernel of the next version: its packages, but the kernel says so."""
    subprocess.run(["tar", "-xf", debian.repository(), "-C", folder], check=True)
    for deb in [path for path in (folder / "repo/pool").glob("linux-image-*")]:
        tree = folder / "tree"
        subprocess.run(["dpkg-deb", "-R", deb, tree], check=True)
        for path in (tree / "DEBIAN/control", *tree.glob("boot/vmlinux-*")):
            path.write_bytes(path.read_bytes().replace(b"1+pefboot1", b"1+pefboot2"))
        (tree / "DEBIAN/md5sums").unlink(missing_ok=True)
        subprocess.run(["dpkg-deb", "-Zgzip", "--root-owner-group", "--build", tree, folder / deb.name.replace("pefboot1", "pefboot2")],
                       check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["rm", "-r", tree], check=True)
    debian.quietly(harness.TOP / "tools/repo", "--output", folder / "repo", *folder.glob("*.deb"))
    return folder / "repo"


def test_distro_upgrade(qemu, skip, tmp_path):
    """A module of the headers package is loaded, apt upgrades the kernel, which the next boot has; without pefboot-guest it goes on, normal."""
    if not secure.packages():
        skip("the kernel package has not been built", "linux/build --deb")
    disks = debian.job(tmp_path / "job", UPGRADE, module(tmp_path), next_version(tmp_path))
    boot = qemu("--reboot", *debian.machine("grub", "secure", debian.disk(), *disks), timeout=3 * debian.PATIENT)
    first, second, third = debian.boots(boot.console)
    for said, world in ((first, "secure"), (second, "secure"), (third, "normal")):
        debian.runs(said, world)
    assert first["module"] == "loaded"
    assert first["upgraded"].endswith("+pefboot2") and "+pefboot2 " in second["kernel"] + " "
    assert (second["removed"], third["bundles"]) == ("/boot/pefboot-*", "/boot/pefboot-*.elf"), "none is left"
    assert secure.outcomes(boot.console) == [("secure", "0"), ("secure", "0"), ("normal", "0")]


# Each turn is a boot, by the firmware or by the kernel before
RESTARTS = r"""
turn=$(cat /var/lib/turn 2>/dev/null || echo 1)
echo $((turn + 1)) >/var/lib/turn
echo "distro: turn $turn with $(nproc) CPUs, $(cat /proc/sys/kernel/random/boot_id)"
sync
[ $turn -le TURNS ] || exit 0
if [ $((turn % 2)) = 1 ] || [ KEXEC = no ]; then
	systemctl reboot
else
	chmod +x kexec && ./kexec -s -l "/boot/vmlinux-$(uname -r)" --command-line="$(cat /proc/cmdline)" && systemctl kexec
fi
sleep 3600
"""


@pytest.mark.parametrize("door,turns,kexec", [("bundle", 10, "yes"), ("grub", 5, "no")])
def test_distro_restarts(qemu, tmp_path, door, turns, kexec):
    """By the firmware, or every other time by kexec, on four CPUs: as secure as before, all CPUs there, nothing leaked."""
    job = RESTARTS.replace("TURNS", str(turns)).replace("KEXEC", kexec)
    disks = debian.job(tmp_path / "job", job, harness.deps("kexec-tools") / "sbin/kexec")
    boot = qemu("--reboot", *debian.machine(door, "secure", debian.disk(), *disks, "--smp", "4"), timeout=(turns + 1) * debian.PATIENT)
    said = debian.boots(boot.console)
    assert [words["turn"].split(",")[0] for words in said] == [f"{turn} with 4 CPUs" for turn in range(1, turns + 2)]
    assert len({words["turn"].split()[-1] for words in said}) == turns + 1
    for words in said:
        debian.runs(words, "secure")
    resets = turns if kexec == "no" else turns // 2
    assert boot.console.count("Welcome to GRUB!") == (resets + 1 if door == "grub" else 0)
    assert secure.outcomes(boot.console) == (resets + 1) * [("secure", "0")], "one for each reset of the machine"
