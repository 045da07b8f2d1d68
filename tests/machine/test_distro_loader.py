# SPDX-License-Identifier: GPL-2.0-or-later
"""The loader Linux in the bundle of a sealed disk: the kernels are the system's, and no new seal is needed. What it must not start it
names; a kernel that does not come up has its turn no more; nothing of the key is left where the host reads."""

import io
import re
import shutil
import tarfile

import debian
import harness
import pytest
import sealed
import secure
import test_sealed_image as image

pytestmark = [pytest.mark.all, pytest.mark.alone, pytest.mark.xdist_group("distro")]

WORDS = f"{debian.PATIENCE} {harness.PATIENT}"
LOADER = "crypt debian loader"
# Copies of the kernel that play others; each turn is a boot
LIFE = r"""
again() { sync; systemctl reboot; sleep 3600; }
play() { cp "/boot/vmlinux-$version" "/boot/vmlinux-$1"; cp "$2" "/boot/initrd.img-$1"; }
version=$(uname -r)
initrd=/boot/initrd.img-$version
turn=$(cat /var/lib/turn 2>/dev/null || echo 1)
echo $((turn + 1)) >/var/lib/turn
echo "distro: tries $(cd /boot && grep -s . pefboot-tries/* /dev/null | tr '\n' ' ')"
echo "distro: system $(hostname) $(cat /etc/was-there)"
echo "distro: handed $(ls -A /run/pefboot/esm 2>/dev/null)."
case $turn in
1)
	{ head -c 512 "$initrd"; cat again.cpio.gz; } >/tmp/broken
	play 6.98.1-broken /tmp/broken
	again ;;
2)
	play 6.97.1-good "$initrd"
	rm /boot/*-6.98.1-broken
	echo 2 >/boot/pefboot-tries/"$version"
	update-pefboot --install other.elf
	again ;;
esac
"""


def system(path):
    """The root file system of a Debian that was there before, with a kernel of Debian's that is newer, and initrds for another disk."""
    shutil.copy(harness.deps("debian-sealed-12") / "root.tar", path)
    with tarfile.open(debian.repository()) as repository:
        kernels = {match[1] for match in (re.search(r"linux-image-(\d\S*?-pefboot)_", name) for name in repository.getnames()) if match}
    with tarfile.open(path, "a") as tar:
        for name, data in (("etc/hostname", b"before\n"), ("etc/was-there", b"a file\n"),
                           *((f"boot/initrd.img-{kernel}", b"it opens another disk") for kernel in kernels)):
            entry = tarfile.TarInfo(f"./{name}")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
        tar.add(harness.kernel("6.12"), "./boot/vmlinux-6.99.1-powerpc64le")
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("loader")
    yield image.make(folder, "--base", system(folder / "base.tar"), "--cmdline", WORDS, "--loader", secure.kernel(config=LOADER),
                     "--loader-cmdline", "pefboot.menu=2")
    shutil.rmtree(folder)


def resealed(made, folder, words):
    """The same bundle with another command line: (its file, its digest as step 5 says it)."""
    tool, parts = harness.BUILD / "pefboot-bundle", {name: folder / name for name in ("kernel", "initrd", "cmdline")}
    debian.quietly(tool, "extract", *(word for name, path in parts.items() for word in (f"--{name}", path)), made.home / "bundle.elf")
    debian.quietly(tool, "create", "--kernel", parts["kernel"], "--initrd", parts["initrd"], "--cmdline",
                   f"{parts['cmdline'].read_text()} {words}", "--blob-room", "-o", folder / "bundle.elf")
    debian.quietly(tool, "seal", "--recipient", sealed.KEYS / "machine-key.pub.pem", "--file", f"rootd={made.home}/key", "-o",
                   folder / "other.elf", folder / "bundle.elf")
    return folder / "other.elf", debian.quietly(tool, "digest", folder / "bundle.elf").split()


def test_distro_loader_life(qemu, made, tmp_path):
    """Of a system that was there before. Debian's newer kernel is skipped, one that does not come up tried three times, a bundle replaced from within, an older kernel chosen."""
    assert (made.home / "bundle.elf").stat().st_size <= 25_000_000
    bundle, digests = resealed(made, tmp_path, "another")
    again = shutil.copy(secure.initramfs("none", "again"), tmp_path / "again.cpio.gz")
    words = image.machine(made.disk, *debian.job(tmp_path / "job.tar", LIFE, bundle, harness.Path(again)))
    child = qemu.spawn("--reboot", *words, timeout=4 * debian.PATIENT)

    def boots(*lines):
        child.expect("5/7 verify world=secure [^\\n]* sha512=(\\w{128})")
        measured = child.match[1]
        for line in lines:
            child.expect_exact(f"pefboot-loader: {line}")
        return measured in digests

    def reports(tries):
        child.expect("distro: state running")
        child.expect_exact("distro: world secure")
        child.expect_exact(f"distro: tries {tries}".rstrip())
        child.expect_exact("distro: system before a file")
        child.expect_exact("distro: handed .")

    skipped = "skipped 6.99.1-powerpc64le: the kernel does not say that it keeps to the DMA pool (E404)"
    assert not boots(skipped, "starting 6.")
    reports("")
    for _ in range(3):
        boots(skipped, "starting 6.98.1-broken")
        child.expect_exact("again: it does not come up")
    boots(skipped, "put off 6.98.1-broken: started 3 times, and it did not come up", "starting 6.")
    reports("pefboot-tries/6.98.1-broken:3")
    child.expect_exact("update-pefboot: wrote other.elf to /dev/disk/by-partlabel/pefboot-b")
    assert boots("  1  6.97.1-good", "  2  6.", "which?"), "this is the new bundle"
    child.send("2")
    child.expect(r"pefboot-loader: starting (\S+)")
    assert child.match[1] != "6.97.1-good"
    reports("pefboot-tries/6.98.1-broken:3")
    child.expect("verdict emulated=1 world=secure .* leaked=0 ")


def test_distro_loader_keeps_the_key(qemu, made, tmp_path):
    """In what the host reads of memory there is neither the key of the disk nor the disk's, nor a file; in the guest's own there are."""
    memory = sealed.Memory(tmp_path, 1 << 30)
    volume_key = image.volume_key(made, tmp_path)
    wanted = {"key": (made.home / "key").read_bytes(), "volume key": volume_key[:32], "file": made.secret[:64], **image.key_pieces(volume_key)}
    words = image.machine(made.disk, *debian.job(tmp_path / "job.tar", "cat /root/secret >/dev/null\n" + image.WAIT))
    child = qemu.spawn("--qmp", tmp_path / "qmp", *words, *memory.arguments(), timeout=debian.PATIENT)
    child.expect("distro: waits")
    assert memory.holds(wanted) == set()
    assert {"volume key", "file"} <= memory.holds(wanted, memory.guest, memory.size), "a search that finds nothing proves nothing"
    secure.Qmp(tmp_path / "qmp")("inject-nmi")
    child.expect("verdict emulated=1 world=secure .* leaked=0 ")
    assert not re.search("System Reset|GPR00:", qemu.logs[-1].read_text(errors="replace")), "nor has an NMI it print registers"


def test_distro_loader_debian_13(qemu, tmp_path):
    """Whose initramfs-tools, cryptsetup and systemd are others, in the loader and in the system."""
    made = image.make(tmp_path, "--release", "13", "--cmdline", WORDS, "--loader", secure.kernel(config=LOADER))
    boot = qemu(*image.machine(made.disk, *debian.job(tmp_path / "job.tar", image.JOB)), timeout=2 * debian.PATIENT)
    boot.line(r"pefboot-loader: starting 6\.")
    (said,) = debian.boots(boot.console)
    debian.runs(said, "secure")
    assert (said["debian"], said["root"], said["key"]) == ("13", "/dev/mapper/root", "")
    assert secure.verdict(boot.console)["leaked"] == "0"
    shutil.rmtree(tmp_path)


def test_distro_loader_from_slof(qemu, made):
    """The partition that SLOF starts has pefboot, which finds the bundle behind it: without an ultravisor it says what is missing."""
    done = qemu("--firmware", "slof", "--mem", "1G", "--smp", "1", "--disk", made.disk, "--", "-snapshot", timeout=debian.PATIENT)
    done.line("pefboot: FAIL 4/7 transition E401 ")
