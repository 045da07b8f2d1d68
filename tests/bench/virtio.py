#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What loading from disk costs: a 64 MB bundle by virtio-blk and virtio-scsi; and 24 MB from a PReP partition
beside SLOF, which takes 32 MiB at most.

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
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "tests/machine"), os.path.join(TOP, "tests/bench")]
import bench  # noqa: E402 (needs the path above)
import disks  # noqa: E402
import harness  # noqa: E402
import slof  # noqa: E402

TICK = 1000 / 512  # instructions of a tick of the timebase with shift=0
WAYS = {"blk": ["--disk", "{0},ioeventfd=off"], "blk legacy": ["--disk", "{0},ioeventfd=off,transport=legacy"],
        "scsi": ["--scsi", "ioeventfd=off", "--disk", "{0},bus=scsi"]}
QUICK = {name: [word.replace(",ioeventfd=off", "").replace("ioeventfd=off", "") for word in words] for name, words in WAYS.items()}


def stub_image():
    """The stub kernel of bench.py as bytes."""
    elf = open(bench.build_stub(), "rb").read()
    offset, size = struct.unpack_from(">Q", elf, 64 + 8)[0], struct.unpack_from(">Q", elf, 64 + 32)[0]
    return elf[offset:offset + size]


def make_bundle(folder, name, initrd, kernel):
    path = harness.Path(folder) / name
    disks.bundle(path, disks.elf([(0x10000, 0, kernel, None)]), bytes(disks.random_bytes(name, initrd)),
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


def reading(points):
    """Instructions of one poll, and of the reading without any."""
    return line([(polls, ticks * TICK) for _, _, polls, ticks, _ in points])


def rates(words, path, runs):
    """MB/s of runs that are not counted."""
    return [size / (ticks / 512e6) / 1e6 for size, _, _, ticks, _ in (figures(run(words, path)) for _ in range(runs))]


def large_bundle(folder, runs):
    """64 MB, the whole disk; and from reset to the kernel with Debian's sizes."""
    small = make_bundle(folder, "64MB", 64 * 10 ** 6 - len(stub_image()), stub_image())
    large = make_bundle(folder, "76MB", 30 << 20, stub_image())
    bench.row("pefboot, a bundle of 64 MB", *WAYS)
    taken = {name: [figures(run(words, small, "--icount")) for _ in range(runs)] for name, words in WAYS.items()}
    cost = {name: reading(points) for name, points in taken.items()}
    bench.row("bytes", *(bench.number(taken[name][0][0]) for name in WAYS))
    bench.row("requests", *(bench.number(taken[name][0][1]) for name in WAYS))
    bench.row("instructions, reading 64 MB", *(bench.number(round(cost[name][1])) for name in WAYS))
    bench.row("  of one poll, beside", *(f"{cost[name][0]:.1f}" for name in WAYS))
    bench.row("  polls, beside", *(bench.spread([point[2] for point in taken[name]]) for name in WAYS))
    bench.row("hypercalls for device registers", *(bench.number(hypercalls(words, small)[0]) for words in WAYS.values()))
    entry = {}
    for name, words in WAYS.items():
        points = [figures(run(words, large, "--icount")) for _ in range(2)]
        entry[name] = min(round(tb * TICK - polls * cost[name][0]) for _, _, polls, _, tb in points)
    bench.row("instructions, reset to kernel", *(bench.number(entry[name]) for name in WAYS))
    host = host_rate(small)
    found = {name: rates(words, small, runs) for name, words in QUICK.items()}
    bench.row("MB/s", *(bench.spread(found[name]) for name in WAYS))
    bench.row(f"  of the host's {host:.0f}", *(f"{max(found[name]) / host:.2f}" for name in WAYS))


def beside_slof(folder, runs):
    """The same number of bytes from a PReP partition, by pefboot and by SLOF."""
    ways = {name: (WAYS[name], QUICK[name]) for name in ("blk", "scsi")}
    path, stub = harness.Path(folder) / "prep", stub_image()[:0x1000]
    content = make_bundle(folder, "24MB", 24 * 10 ** 6, stub).read_bytes()
    path.write_bytes(slof.prep_disk(content))
    ours = {}
    for name, (steady, quick) in ways.items():
        points = [figures(run(steady, path, "--icount")) for _ in range(runs)]
        ours[name] = (round(reading(points)[1]), hypercalls(steady, path)[0], rates(quick, path, runs))
    theirs = slof.figures(ways, folder, stub, len(content), runs)
    columns = [found[name] for name in ways for found in (ours, theirs)]
    print()
    bench.row("from a PReP partition", *(f"{who} {name}" for name in ways for who in ("pefboot", "SLOF")))
    bench.row("bytes", *[bench.number(len(content))] * len(columns))
    bench.row("instructions, loading", *(bench.number(count) for count, _, _ in columns))
    bench.row("  for a byte", *(f"{count / len(content):.5f}" for count, _, _ in columns))
    bench.row("hypercalls for device registers", *(bench.number(calls) for _, calls, _ in columns))
    bench.row("MB/s", *(bench.spread(found) for _, _, found in columns))


def main():
    p = argparse.ArgumentParser(prog="bench/virtio", description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("-n", type=int, default=5, metavar="N", help="runs of each kind (default 5)")
    p.add_argument("--no-slof", action="store_true", help="leave out SLOF (3 minutes)")
    args = p.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        large_bundle(folder, args.n)
        if not args.no_slof:
            beside_slof(folder, args.n)


if __name__ == "__main__":
    main()
