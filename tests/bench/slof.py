# SPDX-License-Identifier: GPL-2.0-or-later
"""SLOF loading a PReP partition, for the comparison in virtio.py.

SLOF reads the whole partition (32 MiB at most), then copies the ELF segments in it to their places. What it
costs is the difference between a large partition and one of 100 KB; the start of SLOF, of whatever cost,
is in both. It polls, too, but tells nobody how often: the least of several runs is taken."""

import re
import struct
import subprocess
import tempfile
import time

import bench
import disks
import harness

SMALL = 100_352
PLACE = 0x400000        # as good as any that SLOF does not use
FIRST = 2048            # block of the partition
MACHINE = ["--firmware", "slof", "--mem", "1G"]
DEVICE_CALLS = (0x3c, 0x40)     # H_LOGICAL_CI_LOAD, H_LOGICAL_CI_STORE


def prep_disk(content):
    """An MBR disk with a PReP partition just as large as its content; active, or SLOF passes it over."""
    blocks = (len(content) + 511) // 512
    disk = bytearray(disks.mbr([(disks.PREP, FIRST, blocks)], {FIRST * 512: content}, (blocks + FIRST) * 512))
    disk[446] = 0x80
    return bytes(disk)


def write_disk(path, size, stub):
    """Its partition is an ELF file of size bytes: the stub, its descriptor (SLOF takes e_entry of a big-endian
    file for the address of one), and bytes that look random."""
    code = stub[:0x200] + struct.pack(">QQQ", PLACE, 0, 0)
    body = code + disks.random_bytes("slof", size - 0x10000 - len(code))
    path.write_bytes(prep_disk(disks.elf([(0x10000, PLACE, body, None)], entry=PLACE + 0x200)))
    return path


def instructions(words, path):
    """Of the whole boot."""
    argv = harness.tool("qemu").command([*MACHINE, *(word.format(path) for word in words), "--icount"])
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
                          check=False)
    return entry(done.stdout.decode(errors="replace")) * 1000 // bench.TIMEBASE


def entry(text):
    """Time base at the stub's first instruction."""
    match = re.search(r"TB=([0-9a-f]{16})", text)
    if not match:
        raise SystemExit("bench: SLOF did not boot the disk:\n" + text[-2000:])
    return int(match[1], 16)


def hypercalls(words, path):
    """For device registers, from "Trying to load" to the stub. The console's hypercalls have the text."""
    with tempfile.NamedTemporaryFile() as log:
        argv = harness.tool("qemu").command([*MACHINE, *(word.format(path) for word in words), "--", "-d", "int", "-D", log.name])
        subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=300, check=True)
        text, count = "", 0
        for line in log:
            if not line.startswith(b"hypercall r3="):
                continue
            number, _, size, high, low = (int(word, 16) for word in re.findall(rb"r[3-7]=(\w+)", line))
            if number == 0x58:
                text += struct.pack(">QQ", high, low)[:size].decode("latin-1")
            count = count + (number in DEVICE_CALLS) if "Trying to load" in text else 0
    return count


def seconds(words, path):
    """From "Trying to load" to the stub, by the clock on the wall."""
    argv = harness.tool("qemu").command([*MACHINE, *(word.format(path) for word in words)])
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, bufsize=0) as qemu:
        text, start = b"", None
        while chunk := qemu.stdout.read(4096):
            text += chunk
            if start is None and b"Trying to load" in text:
                start = time.perf_counter()
            if b"TB=" in text:
                return time.perf_counter() - start
    raise SystemExit("bench: SLOF did not boot the disk:\n" + text.decode(errors="replace")[-2000:])


def figures(ways, folder, stub, size, runs):
    """{way: (instructions, hypercalls, [MB/s])} of loading size bytes. ways: {way: (steady words, quick words)}."""
    large = write_disk(harness.Path(folder) / "slof-large", size, stub)
    small = write_disk(harness.Path(folder) / "slof-small", SMALL, stub)
    found = {}
    for name, (steady, quick) in ways.items():
        least = [min(instructions(steady, path) for _ in range(2)) for path in (small, large)]
        rates = [size / seconds(quick, large) / 1e6 for _ in range(runs)]
        found[name] = (least[1] - least[0], hypercalls(steady, large), rates)
    return found
