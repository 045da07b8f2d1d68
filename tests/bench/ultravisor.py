#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the miniature ultravisor costs, beside a plain machine in the same run.

Latencies and speeds are the best of 7 rounds, by the guest's time base; the comparison loops (read with 8
loads a turn, H_PAGE_INIT) run in a plain machine. UV_ESM moves a guest whose memory is full, on
preallocated memory. Boots are timed by the lines of the console, in interleaved pairs; medians."""

import argparse
import os
import re
import statistics
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
import harness  # noqa: E402 (needs the path above)

PAYLOAD = harness.BUILD / "uvpayload.bin"
BASE = 0x8000000


def row(name, *cells):
    print(f"{name:<44}" + "".join(f"{cell:>14}" for cell in cells), flush=True)


def run(args, prealloc=False):
    """The console of a finished QEMU."""
    argv = harness.tool("qemu").command(args)
    if prealloc:
        argv = [word.replace("reserve=off", "prealloc=on") for word in argv]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=600, check=False)
    return done.stdout.decode(errors="replace")


def figures(console):
    return {name: int(value) for name, value in re.findall(r"bench: (\w+) (\d+)", console)}


def plain(qemu):
    return figures(run(["--qemu", qemu, "--firmware", PAYLOAD, "--mem", "1G"], prealloc=True))


def guest(qemu, mem):
    """Figures from inside, and the phases of UV_ESM."""
    console = run(["--qemu", qemu, "--firmware", "ultravisor", "--mem", mem, "--", "-device",
                   f"loader,file={PAYLOAD},addr={BASE:#x},force-raw=on", "-prom-env",
                   f"uv=uv.trace uv.firmware={BASE:#x}+{PAYLOAD.stat().st_size}"], prealloc=True)
    found = figures(console)
    if found.get("entered") != 1:
        raise SystemExit(f"bench: UV_ESM failed:\n{console[-2000:]}")
    move = re.search(r"esm=move pages=(\d+) zero=(\d+) scan-us=(\d+) copy-us=(\d+) scrub-us=(\d+) us=(\d+)", console)
    found.update(zip(("pages", "zero", "scan", "copied", "scrub", "esm"), map(int, move.groups())))
    return found


def mbs(frames, microseconds):
    return frames * 65536 / max(microseconds, 1)


def entry_to_init(qemu, firmware):
    """Seconds from pefboot's last line to the kernel's word about init."""
    argv = harness.tool("qemu").command([
        "--qemu", qemu, "--firmware", firmware, "--mem", "512M", "--kernel", harness.kernel("6.12"), "--initrd",
        harness.initramfs("6.12"), "--append", "console=hvc0 report pefboot.secure=off", "--no-reboot"])
    start = None
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as child:
        for line in child.stdout:
            if b"7/7 handoff" in line:
                start = time.monotonic()
            if b"as init process" in line:
                child.kill()
                return time.monotonic() - start
    raise SystemExit("bench: no init")


def boots(qemu, pairs):
    taken = {"pefboot": [], "ultravisor": []}
    for _ in range(pairs):
        for firmware, values in taken.items():
            values.append(entry_to_init(qemu, firmware))
    return statistics.median(taken["pefboot"]), statistics.median(taken["ultravisor"])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--qemu", action="append", help="as for tools/qemu; may be repeated (default 7.2 and 10.0)")
    p.add_argument("-n", type=int, default=5, metavar="N", help="pairs of boots (default 5)")
    p.add_argument("--mem", action="append", help="guests whose UV_ESM is timed (default 512M, 2G)")
    args = p.parse_args()
    core = harness.BUILD / "ultravisor.elf"
    firmware = (harness.BUILD / "pefboot.bin").stat().st_size
    row("ultravisor.bin less its guest's firmware", f"{(harness.BUILD / 'ultravisor.bin').stat().st_size - firmware:,}")
    assert core.exists()
    for qemu in args.qemu or ["7.2", "10.0"]:
        beside = plain(qemu)
        row(f"QEMU {qemu}", "plain", "ultravisor", "ratio")
        for number, mem in enumerate(args.mem or ["512M", "2G"]):
            found = guest(qemu, mem)
            if number == 0:
                row("null hypercall, ns", "", found["null"])
                row("forwarded hypercall, ns", beside["forwarded"], found["forwarded"])
                row("unknown ultracall by sc 2, ns", "", found["ultracall"])
                row("trapped mfmsr, ns", "", found["mfmsr"])
            scan = mbs(found["pages"] + found["zero"], found["scan"])
            copied, scrub = mbs(found["pages"], found["copied"]), mbs(found["pages"], found["scrub"])
            row(f"UV_ESM {mem}, {found['pages']} frames moved, ms", "", f"{found['esm'] / 1000:.0f}")
            row("  scan, MB/s", beside["read"], f"{scan:.0f}", f"{scan / beside['read']:.2f}")
            row("  copy, MB/s", beside["copy"], f"{copied:.0f}", f"{copied / beside['copy']:.2f}")
            row("  scrub, MB/s", beside["zero"], f"{scrub:.0f}", f"{scrub / beside['zero']:.2f}")
        if args.n:
            normal, nested = boots(qemu, args.n)
            row(f"Linux 6.12, entry to init, s (n={args.n})", f"{normal:.2f}", f"{nested:.2f}", f"{nested / normal:.2f}")


if __name__ == "__main__":
    main()
