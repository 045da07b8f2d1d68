#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What being secure costs: the secure stage in instructions, and I/O through the pool.

Instructions are counted by QEMU (-icount), from the ultravisor's entry into the secure stage to the kernel's first
instruction, its traps into the ultravisor included, the UV_SHARE_PAGE of the pool not. Bundles of two sizes give the
price of a hashed byte, and what is left without any. Accepting memory (UV_UNSHARE_PAGE) is counted apart, to a thousand a call. Those of a read are Linux's, from dd's call to its return, interrupts
included, QEMU's own work not: within a tenth the same however busy this machine is. Throughput is that of busybox's dd (O_DIRECT)
and nc in Linux, without and with the pool in turn, best of several short rounds in several boots; in a plain machine, and
under the ultravisor, where with the pool is secure."""

import argparse
import functools
import re
import subprocess
import tempfile

import figures
from figures import harness, judged, row

import disks  # tests/machine, as is secure
import secure
import virtio

STUB = 0x10000  # bytes of the stub kernel that matter; the rest is zeros
DISK, SERVED = 128 << 20, 48 << 20
BYTES = {"blk64k": DISK, "blk4k": 64 << 20, "net": SERVED}  # of tests/bench/io
READS = {"blk64k": 64 << 10, "blk4k": 4 << 10}
WORDS = "pefboot.secure=required pefboot.kernel=any"
OFF, POOL, SECURE = "pefboot.secure=off", "pefboot.secure=off pefboot.dma=pool", "pefboot.secure=required"


def boot(qemu, initrd, mem, smp, devices=1, *, measured=False):
    """To a kernel without code, secure; measured: a digest vouches for it. The kernel, the console, instructions from reset on."""
    with tempfile.TemporaryDirectory() as folder:
        path = harness.Path(folder) / "bundle"
        kernel = disks.elf([(0x10000, 0, virtio.stub_image()[:STUB], None)])
        disks.bundle(path, kernel, disks.random_bytes("initrd", initrd), WORDS)
        console = figures.machine("--qemu", qemu, "--firmware", "ultravisor", "--mem", mem, "--smp", smp, "--icount", "--disk",
                                  f"{path},ioeventfd=off", "--", *["-device", "virtio-rng-pci"] * (devices - 1), "-prom-env",
                                  "uv=uv.trace" + disks.measured_if(measured, path))
    figures.search("(5/7 verify world=secure .*kernel=match initrd=match)", console)
    return kernel, console, int(figures.search("TB=([0-9a-f]{16})", console), 16) * 1000 / figures.TIMEBASE


def stage(qemu, initrd, *, mem="512M", smp=1, devices=1):
    """Of a bundle with so large an initrd: bytes hashed, instructions of the secure stage, those of them that accept memory, and
    those of the ultravisor to share the pool, which are not among them."""
    kernel, console, entry = boot(qemu, initrd, mem, smp, devices)
    shared = int(figures.search(r"uvcall=UV_SHARE_PAGE .* us=(\d+)", console))
    accepted = sum(int(text) for text in re.findall(r"uvcall=UV_UNSHARE_PAGE .* us=(\d+)", console))
    hashed = sum(-(-(size + 17) // 128) * 128 for size in (len(kernel), initrd, len(WORDS)))    # blocks, with SHA-512's padding
    return hashed, entry - 1000 * (figures.stamp("ultravisor: esm=enter", console) + shared), 1000 * accepted, 1000 * shared


def instructions(qemu):
    few, short, accepted, shared = stage(qemu, 1 << 16)
    many, long, _, _ = stage(qemu, 16 << 20)
    hashing = (long - short) / (many - few)
    judged(f"QEMU {qemu}: hashing, instructions/byte", value=hashing, most=36, form=".1f")

    def rest(**more):
        return (lambda hashed, spent, accepted, _: spent - hashing * hashed - accepted)(*stage(qemu, 1 << 16, **more))

    alone, crowd = short - hashing * few - accepted, rest(smp=4, devices=8)
    row("  secure stage without it and without accepting", f"{alone:,.0f}")
    judged("    with 4 CPUs and 8 devices, instructions", value=crowd, most=2e6, form=",.0f")
    judged("  sharing the pool of 64 MiB: instructions of the ultravisor", value=shared, most=2e6, form=",.0f")
    row("    each further CPU, of 4 and of 8", *(f"{(rest(smp=smp) - alone) / (smp - 1):,.0f}" for smp in (4, 8)))
    row("    each further device, of 8 and of 16", *(f"{(rest(devices=count) - alone) / (count - 1):,.0f}" for count in (8, 16)))


def accepting(qemu):
    for mem in ("512M", "8G"):
        spent, size = stage(qemu, 1 << 16, mem=mem)[2], harness.tool("qemu").size(mem)
        judged(f"  accepting {mem}: instructions, per GiB", f"{spent:,}", value=spent * (1 << 30) / size, most=40e3, form=",.0f")


def growth(qemu):
    """What more of a secure guest costs."""
    small, large, many = (boot(qemu, 6, mem, smp, measured=True)[2] for mem, smp in (("1G", 1), ("33G", 1), ("1G", 64)))
    row(f"QEMU {qemu}: reset to kernel, secure and measured, 1 GiB, 1 CPU", f"{small:,.0f}")
    judged("    each GiB more, of 33", value=(large - small) / 32, most=2e6, form=",.0f")
    judged("    each CPU more, of 64", value=(many - small) / 63, most=200e3, form=",.0f")


@functools.lru_cache(maxsize=None)
def files():
    """Disk, file that is served, initramfs."""
    figures.FOLDER.mkdir(parents=True, exist_ok=True)
    disk, served, archive = (figures.FOLDER / name for name in ("disk", "served", "io.cpio.gz"))
    with open(disk, "wb") as file:
        file.truncate(DISK)
    served.write_bytes(disks.random_bytes("served", SERVED))
    program = secure.program("tests/bench/ticks.c")
    subprocess.run([f"{figures.TOP}/tools/initramfs", "--kernel", "none", "--output", archive, "--add",
                    f"init={figures.TOP}/tests/bench/io", "--add", f"ticks={program}"], check=True)
    return disk, served, archive


def ticks(qemu, firmware, words, *args):
    """The least ticks of the time base that each kind took in the rounds of one boot."""
    disk, served, archive = files()
    console = figures.machine(*secure.arguments(words, "--qemu", qemu, "--mem", "512M", "--disk", disk, "--net", "--serve",
                                                served, *args, initrd=archive, firmware=firmware))
    figures.search("(io: end)", console)
    taken = {name: [int(count) for count in re.findall(rf"io: {name} (\d+)", console)] for name in BYTES}
    return {name: min(counts) for name, counts in taken.items() if counts}


def reads(qemu):
    """What a read costs Linux, without and with the pool."""
    boots = [ticks(qemu, "pefboot", words + " busy", "--icount") for words in (OFF, POOL)]
    for name, size in READS.items():
        per_read = [boot[name] * 1000 / figures.TIMEBASE / (BYTES[name] // size) for boot in boots]
        without, beside = per_read
        row(f"QEMU {qemu}: read of {size >> 10} KiB, instructions", f"{without:,.0f}", f"{beside:,.0f}", f"{without / beside:.2f}")


def throughput(qemu, machine, firmware, pool, rounds, limits):
    """With the pool beside without; limits: the least ratio of a kind, where it has one."""
    taken = {words: [] for words in (OFF, pool)}
    for _ in range(rounds):
        for words, values in taken.items():
            values.append(ticks(qemu, firmware, words))
    for name, text in (("blk64k", "reads of 64 KiB"), ("blk4k", "reads of 4 KiB"), ("net", "network")):
        without, beside = (BYTES[name] * figures.TIMEBASE / min(boot[name] for boot in boots) for boots in taken.values())
        cells = f"QEMU {qemu}, {machine}: {text}", f"{without:.0f}", f"{beside:.0f}"
        if name in limits:
            judged(*cells, value=beside / without, least=limits[name])
        else:
            row(*cells, f"{beside / without:.2f}")


def main():
    p = argparse.ArgumentParser(prog="secure", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--qemu", action="append", help="as for tools/qemu; may be repeated (default 7.2 and 10.0)")
    p.add_argument("-n", type=int, default=3, metavar="N", help="boots of each kind (default 3)")
    args = p.parse_args()
    for qemu in args.qemu or ["7.2", "10.0"]:
        figures.section(lambda: instructions(qemu), f"QEMU {qemu}, instructions")
        figures.section(lambda: accepting(qemu), f"QEMU {qemu}, accepting")
        figures.section(lambda: growth(qemu), f"QEMU {qemu}, growth")
    row("Instructions of Linux", "without", "pool", "ratio")
    for qemu in args.qemu or ["7.2", "10.0"]:
        figures.section(lambda: reads(qemu), f"QEMU {qemu}, reads")
    row("Throughput, MB/s", "without", "pool", "ratio", "limit")
    for qemu in args.qemu or ["7.2", "10.0"]:
        for machine, firmware, pool, limits in (("plain", "pefboot", POOL, {"blk64k": 0.5, "blk4k": 0.9}),
                                                ("ultravisor", "ultravisor", SECURE, {}),
                                                ("uv.msr=tests", "ultravisor", SECURE + " uv.msr=tests", {"blk64k": 0.5, "blk4k": 0.5})):
            figures.section(lambda: throughput(qemu, machine, firmware, pool, args.n, limits), f"QEMU {qemu}, {machine}")
    figures.finish()


if __name__ == "__main__":
    main()
