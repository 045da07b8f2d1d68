#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An installed Debian, from power-on to its login: the same disk and kernel, without an initrd, by SLOF and GRUB as a normal VM,
and by a bundle as a secure one; then those that pefboot-image makes, with an encrypted root, and with a loader Linux before it.

The kinds take turns, so that a busy machine is busy for all of them; medians, and the median of the ratios of each turn. In
the secure Debian the ciphers of the encrypted root, by the kernel's generic code and by that for POWER8's instructions, and a disk
whose sectors have tags against one without (pefboot-image --integrity)."""

import argparse
import io
import os
import re
import statistics
import subprocess
import tempfile
import time

import figures
from figures import harness

import debian  # noqa: E402 (figures knows where it is)
import secure  # noqa: E402
import test_sealed_image as image  # noqa: E402

LIMIT = 1.2                         # secure over SLOF and GRUB
CIPHERS = r"""
for driver in generic vmx; do
	[ $driver = generic ] || modprobe vmx_crypto
	echo "distro: cipher $driver $(cryptsetup benchmark -c aes-xts-plain64 -s 512 | tail -n 1)"
done
"""
DISK, MEASURED = 256 << 20, 64     # bytes; MiB that are written and read, of 4 KiB an eighth
TAGS = f"""
cd /run/job
for disk in plain tagged; do
	cryptsetup open --header $disk/header --key-file $disk/key /dev/disk/by-id/virtio-$disk $disk
done
timed() {{
	begun=$(date +%s.%N)
	dd "$@" 2>/dev/null
	echo "distro: took $what $disk $begun $(date +%s.%N)"
}}
for turn in 1 2 3; do
	for disk in plain tagged; do
		what=write-1M timed if=/dev/zero of=/dev/mapper/$disk oflag=direct conv=fsync bs=1M count={MEASURED}
		what=write-4k timed if=/dev/zero of=/dev/mapper/$disk oflag=direct conv=fsync bs=4k count={MEASURED * 32}
		what=read-1M timed if=/dev/mapper/$disk of=/dev/null iflag=direct bs=1M count={MEASURED}
	done
done
"""


def seconds(qemu, args, until=r"\w login: "):
    """From the start of QEMU until the console says so; the machine is ended then."""
    begun = time.monotonic()
    with subprocess.Popen(harness.tool("qemu").command(["--qemu", qemu, *map(str, args)]), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace") as process:
        said = ""
        while character := process.stdout.read(1):
            said = (said + character)[-2000:]
            if character == " " and re.search(until, said):
                taken = time.monotonic() - begun
                process.kill()
                return taken
    raise figures.Failed("\n".join(said.splitlines()[-5:]))


def turns(qemu, kinds, rounds):
    """The rows; the first kind is what the others are held against."""
    taken = {kind: [] for kind in kinds}
    for _ in range(rounds):
        for kind, args in kinds.items():
            if not figures.section(lambda kind=kind, args=args: taken[kind].append(seconds(qemu, args)), kind):
                return
    first, *others = kinds
    figures.row(f"  {first}", f"{statistics.median(taken[first]):.1f}")
    for kind in others:
        ratio = statistics.median(latter / former for former, latter in zip(taken[first], taken[kind]))
        if kind == others[0]:
            figures.judged(f"  {kind}", f"{statistics.median(taken[kind]):.1f}", value=ratio, most=LIMIT)
        else:
            figures.row(f"  {kind}", f"{statistics.median(taken[kind]):.1f}", f"{ratio:.2f}")


def ciphers(qemu, made, folder):
    console = figures.machine("--qemu", qemu, *image.machine(made.disk, *debian.job(folder / "job.tar", CIPHERS)))
    for driver, enciphered, deciphered in re.findall(r"distro: cipher (\w+) +\S+ +\S+ +([\d.]+) MiB/s +([\d.]+) MiB/s", console):
        figures.row(f"  aes-xts-plain64, 512 bits: {driver}", enciphered, deciphered)


def encrypted(folder, name):
    """A disk of zeros with a folder of header and key: words for a machine."""
    tool, integrity, own = harness.tool("encrypted-disk"), harness.tool("dm-integrity"), folder / name
    own.mkdir()
    tagged = name == "tagged"
    volume_key = os.urandom(96 if tagged else 64)
    for file, data in (("volume-key", volume_key), ("key", os.urandom(64)), ("disk.img", bytes(1 << 20))):
        (own / file).write_bytes(data)
    tool.header(str(own), str(own / "volume-key"), tagged)
    with open(folder / f"{name}.img", "wb") as disk:
        if tagged:
            integrity.fill(disk, 0, integrity.room(DISK), io.BytesIO(), volume_key, tool.encrypt)
            disk.truncate(integrity.room(DISK))
        else:
            disk.write(tool.encrypt(bytes(DISK), volume_key))
    return ["--disk", f"{disk.name},serial={name}"]


def tags(qemu, made, folder):
    disks = [word for name in ("plain", "tagged") for word in encrypted(folder, name)]
    job = debian.job(folder / "job.tar", TAGS, folder / "plain", folder / "tagged")
    console = figures.machine("--qemu", qemu, *image.machine(made.disk, *job, *disks), timeout=1800)
    taken = {}
    for what, disk, begun, ended in re.findall(r"distro: took (\S+) (\w+) ([\d.]+) ([\d.]+)", console):
        taken.setdefault((what, disk), []).append(float(ended) - float(begun))
    for what in ("write-1M", "write-4k", "read-1M"):
        plain, tagged = (statistics.median(taken[what, disk]) for disk in ("plain", "tagged"))
        figures.row(f"  {what}", f"{plain:.1f}", f"{tagged:.1f}", f"{tagged / plain:.2f}")


def main():
    p = argparse.ArgumentParser(prog="distro", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("-n", type=int, default=5, metavar="N", help="rounds (default 5)")
    p.add_argument("--qemu", default="7.2", help="as for tools/qemu (default 7.2)")
    args = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="distro-") as name:
        folder = harness.Path(name)
        words = ["--cmdline", f"{debian.PATIENCE} {harness.PATIENT}"]
        stay = debian.job(folder / "stay.tar", "sleep 3600")
        kinds = {"SLOF, GRUB, normal": debian.machine("grub", "normal", debian.disk(), *stay),
                 "secure": debian.machine("bundle", "secure", debian.disk(), *stay)}
        for kind, more in {"encrypted": [], "loader": ["--loader", secure.kernel(config="crypt debian loader")]}.items():
            (folder / kind).mkdir()
            made = image.make(folder / kind, *words, *more)
            kinds[f"secure, {kind}"] = image.machine(made.disk, *stay)
        figures.row(f"Debian, power-on to login, s (QEMU {args.qemu}, median of {args.n})", "", "ratio", "limit")
        turns(args.qemu, kinds, args.n)
        figures.row("In the secure Debian, MiB/s", "encryption", "decryption")
        figures.section(lambda: ciphers(args.qemu, made, folder), "ciphers")
        figures.row(f"In the secure Debian, s for {MEASURED} MiB, or {MEASURED // 8} MiB by 4k", "encrypted", "with tags", "ratio")
        figures.section(lambda: tags(args.qemu, made, folder), "tags")
    figures.finish()


if __name__ == "__main__":
    main()
