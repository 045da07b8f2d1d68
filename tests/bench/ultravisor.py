#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the miniature ultravisor costs: calls, and UV_ESM by phase.

Latencies are the best of 7 rounds, by the guest's time base. UV_ESM is aborted and repeated in one guest, on
preallocated memory, and its best is taken; so is the best of the loops that it is compared with (8 loads
a turn over 64 MiB, H_PAGE_INIT), which run in a plain machine right before and after. A guest is empty (zero frames: scanned) or
full (frames whose last word alone is not zero: scanned, copied, scrubbed). Instructions are counted by QEMU (-icount)."""

import argparse
import re

import figures
from figures import harness, judged, row

PAYLOAD = harness.BUILD / "uvpayload.bin"
BASE, ORDER, FILL = 0x8000000, 0x7f00000, 1 << 32  # of uvpayload.c
PHASES = r"esm=move pages=(\d+) zero=(\d+) scan-us=(\d+) copy-us=(\d+) scrub-us=(\d+) us=(\d+)"
FRAME = 65536


def said(console):
    return {name: int(value) for name, value in re.findall(r"bench: (\w+) (\d+)", console)}


def plain(qemu):
    """The loops and latencies of a machine without an ultravisor."""
    found = said(figures.machine("--qemu", qemu, "--firmware", PAYLOAD, "--mem", "512M", prealloc=True))
    if "zero" not in found:
        raise figures.Failed("the payload did not run")
    return found


def guest(qemu, mem, order, *args, words="", **how):
    """The console of the payload under the ultravisor."""
    return figures.machine("--qemu", qemu, "--firmware", "ultravisor", "--mem", mem, *args, "--", "-device",
                           f"loader,file={PAYLOAD},addr={BASE:#x},force-raw=on", "-device",
                           f"loader,addr={ORDER:#x},data={order:#x},data-len=8,data-be=on", "-prom-env",
                           f"uv=uv.trace {words} uv.firmware={BASE:#x}+{PAYLOAD.stat().st_size}", **how)


def calls(qemu):
    beside, found = plain(qemu), said(guest(qemu, "512M", 0))
    if found.get("entered") != 1:
        raise figures.Failed("UV_ESM did not work")
    row("  null hypercall, ns", "", found["null"])
    row("  forwarded hypercall, ns", beside["forwarded"], found["forwarded"])
    row("  unknown ultracall by sc 2, ns", "", found["ultracall"])
    row("  trapped mfmsr, ns", "", found["mfmsr"])


def available(mem):
    """Whether this machine has the memory for a guest, preallocated, and something to spare."""
    free = int(re.search(r"MemAvailable: +(\d+)", open("/proc/meminfo", encoding="ascii").read())[1])
    return free << 10 > 2 * harness.tool("qemu").size(mem) + (1 << 30)


def esm(qemu, mem, full, rounds):
    """UV_ESM of one guest, rounds times; speeds in MB/s beside the plain machine's."""
    name = f"  UV_ESM {mem}, {'full' if full else 'empty'}"
    if not available(mem):
        row(name, "not measured: too little free memory on this machine")
        return
    loops = [plain(qemu)]
    console = guest(qemu, mem, rounds | (FILL if full else 0), words="uv.abort=digest", prealloc=True)
    loops.append(plain(qemu))
    taken = [[int(text) for text in match] for match in re.findall(PHASES, console)]
    if len(taken) != rounds:
        raise figures.Failed(f"{len(taken)} UV_ESM instead of {rounds}:\n{console[-1500:]}")
    moved, zero = taken[0][:2]
    row(f"{name}: {moved} frames moved, ms", "", f"{min(times[5] for times in taken) / 1000:.0f}")
    for phase, loop, at, frames, least in (("scan", "read", 2, moved + zero, 0.5), ("copy", "copy", 3, moved, 0.5),
                                           ("scrub", "zero", 4, moved, None)):
        if moved < 1000 and phase != "scan":
            continue
        best, speed = max(found[loop] for found in loops), frames * FRAME / max(1, min(times[at] for times in taken))
        if least:
            judged(f"    {phase}, MB/s", best, f"{speed:.0f}", value=speed / best, least=least)
        else:
            row(f"    {phase}, MB/s", best, f"{speed:.0f}", f"{speed / best:.2f}")


def instructions(qemu, mem, full):
    """Of one UV_ESM from the call to the entry, per byte of the guest's memory."""
    console = guest(qemu, mem, FILL if full else 0, "--icount")
    spent = sum(int(figures.search(rf"esm={phase} .*\bus=(\d+)", console)) for phase in ("tree", "move", "commit", "enter"))
    judged(f"  UV_ESM {mem}, {'full' if full else 'empty'}: instructions/byte", "", f"{spent * 1000:,}",
           value=spent * 1000 / harness.tool("qemu").size(mem), most=0.35)


def main():
    p = argparse.ArgumentParser(prog="ultravisor", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--qemu", action="append", help="as for tools/qemu; may be repeated (default 7.2 and 10.0)")
    p.add_argument("-n", type=int, default=5, metavar="N", help="UV_ESM of each guest (default 5)")
    args = p.parse_args()
    firmware = (harness.BUILD / "pefboot.bin").stat().st_size
    judged("ultravisor.bin less its guest's firmware, bytes", value=(harness.BUILD / "ultravisor.bin").stat().st_size - firmware,
           most=160 << 10, form=",")
    for qemu in args.qemu or ["7.2", "10.0"]:
        row(f"QEMU {qemu}", "plain", "ultravisor", "ratio", "limit")
        figures.section(lambda: calls(qemu), f"QEMU {qemu}, calls")
        for mem, full in (("512M", True), ("2G", True), ("8G", False), ("8G", True)):
            figures.section(lambda: esm(qemu, mem, full, args.n), f"QEMU {qemu}, UV_ESM {mem}")
        for full in (False, True):
            figures.section(lambda: instructions(qemu, "512M", full), f"QEMU {qemu}, instructions of UV_ESM")
    figures.finish()


if __name__ == "__main__":
    main()
