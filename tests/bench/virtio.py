#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What loading from disk costs: a 64 MB bundle by virtio-blk and virtio-scsi.

Instructions are counted by QEMU (-icount, see bench.py). pefboot waits by polling; how often is the host's
doing, so several runs are made, and the line through (polls, instructions) gives what one poll costs and what
is left without any. Throughput is measured without counting, against reading the same cached file here."""

import argparse
import mmap
import os
import re
import statistics
import struct
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "tests/qemu"), os.path.join(TOP, "tests/bench")]
import bench  # noqa: E402 (needs the path above)
import disks  # noqa: E402
import harness  # noqa: E402

TICK = 1000 / 512  # instructions of a tick of the timebase with shift=0
WAYS = {"blk": ["--disk", "{0},ioeventfd=off"], "blk legacy": ["--disk", "{0},ioeventfd=off,transport=legacy"],
        "scsi": ["--scsi", "ioeventfd=off", "--disk", "{0},bus=scsi"]}
QUICK = {name: [word.replace(",ioeventfd=off", "").replace("ioeventfd=off", "") for word in words] for name, words in WAYS.items()}


def stub_image():
    """The stub kernel of bench.py as bytes."""
    elf = open(bench.build_stub(), "rb").read()
    offset, size = struct.unpack_from(">Q", elf, 64 + 8)[0], struct.unpack_from(">Q", elf, 64 + 32)[0]
    return elf[offset:offset + size]


def make_bundle(folder, name, initrd):
    path = harness.Path(folder) / name
    disks.bundle(path, disks.elf([(0x10000, 0, stub_image(), None)]), bytes(disks.random_bytes(name, initrd)),
                 "pefboot.secure=off pefboot.log=info")
    return path


def run(words, path, *more):
    argv = harness.tool("qemu").command(["--mem", "1G", *(word.format(path) for word in words), *more])
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
                          check=False)
    return done.stdout.decode(errors="replace")


def figures(text):
    """(bytes, requests, polls, ticks of reading, ticks at the kernel's entry)"""
    match = re.search(r"read=\w+ bytes=(\d+) requests=(\d+) polls=(\d+) ticks=(\d+)", text)
    entry = re.search(r"TB=([0-9a-f]{16})", text)
    if not match or not entry:
        raise SystemExit("bench: the boot failed:\n" + text[-2000:])
    return (*map(int, match.groups()), int(entry[1], 16))


def line(points):
    """Slope and intercept of the line through points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    mean_x, mean_y = statistics.mean(xs), statistics.mean(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0
    return slope, mean_y - slope * mean_x


def hypercalls(words, path):
    """Of the whole of step 3 and all before it, less those of the console."""
    with tempfile.NamedTemporaryFile() as log:
        run(words, path, "--", "-d", "int", "-D", log.name)
        calls = [int(found[1], 16) for found in (re.match(rb"hypercall r3=(\w+)", text) for text in log) if found]
    return sum(number in (0x3c, 0x40) for number in calls), len(calls)


def host_rate(path):
    """MB/s of reading the cached file into memory that is touched the first time, as the guest's is."""
    size, best = os.path.getsize(path), 0
    for _ in range(5):
        with open(path, "rb", buffering=0) as file, mmap.mmap(-1, size) as memory:
            start, at = time.perf_counter(), 0
            view = memoryview(memory)
            while at < size:
                at += file.readinto(view[at:])
            best = max(best, size / (time.perf_counter() - start) / 1e6)
            view.release()
    return best


def main():
    p = argparse.ArgumentParser(prog="bench/virtio", description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("-n", type=int, default=5, metavar="N", help="runs of each kind (default 5)")
    args = p.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        small = make_bundle(folder, "64MB", 64 * 10 ** 6 - len(stub_image()))
        large = make_bundle(folder, "76MB", 30 << 20)
        bench.row("", *WAYS)
        taken = {name: [figures(run(words, small, "--icount")) for _ in range(args.n)] for name, words in WAYS.items()}
        reading = {name: line([(polls, ticks * TICK) for _, _, polls, ticks, _ in points]) for name, points in taken.items()}
        bench.row("bytes", *(bench.number(taken[name][0][0]) for name in WAYS))
        bench.row("requests", *(bench.number(taken[name][0][1]) for name in WAYS))
        bench.row("instructions, reading 64 MB", *(bench.number(round(reading[name][1])) for name in WAYS))
        bench.row("  of one poll, beside", *(f"{reading[name][0]:.1f}" for name in WAYS))
        bench.row("  polls, beside", *(bench.spread([point[2] for point in taken[name]]) for name in WAYS))
        bench.row("hypercalls for device registers", *(bench.number(hypercalls(words, small)[0]) for words in WAYS.values()))
        entry = {}
        for name, words in WAYS.items():
            points = [figures(run(words, large, "--icount")) for _ in range(2)]
            entry[name] = min(round(tb * TICK - polls * reading[name][0]) for _, _, polls, _, tb in points)
        bench.row("instructions, reset to kernel", *(bench.number(entry[name]) for name in WAYS))
        host = host_rate(small)
        rates = {name: [point[0] / (point[3] / 512e6) / 1e6 for point in (figures(run(words, small)) for _ in range(args.n))]
                 for name, words in QUICK.items()}
        bench.row("MB/s", *(bench.spread(rates[name]) for name in WAYS))
        bench.row(f"  of the host's {host:.0f}", *(f"{max(rates[name]) / host:.2f}" for name in WAYS))


if __name__ == "__main__":
    main()
