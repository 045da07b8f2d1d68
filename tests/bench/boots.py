#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux from its entry to init: plain, under the miniature ultravisor, and secure.

Both ends are of the guest's time base: the stamp of pefboot's last line, and the first instruction of
an /init that does nothing else (init.S). Limits are those of instructions, which QEMU counts (-icount), waiting
included: the same each time. Beside them the times: boots of different kinds take turns, so that a busy machine is
busy for all of them; medians, and the median of the ratios of each turn. Exits are counted by the ultravisor, in boots of their
own; what one costs is what a call adds to the same call in a plain machine."""

import argparse
import functools
import os
import statistics
import subprocess

import figures
import secure
import ultravisor

NORMAL, SECURE = "pefboot.secure=off", "pefboot.secure=required"
KINDS = {
    "plain": ("pefboot", NORMAL),
    "nested": ("ultravisor", NORMAL),
    "secure": ("ultravisor", SECURE),
    "strict": ("ultravisor", SECURE + " uv.msr=strict"),
}
EXITS = ("exits", "hcalls", "faults", "fetches", "illegal", "external", "tick")


@functools.lru_cache(maxsize=None)
def initrd():
    """The test initramfs, with init.S for its /init."""
    figures.FOLDER.mkdir(parents=True, exist_ok=True)
    made, cross = figures.FOLDER / "init", os.environ.get("CROSS_LE", "powerpc64le-linux-gnu-")
    subprocess.run([cross + "gcc", "-mabi=elfv2", "-nostdlib", "-static", "-Wl,--build-id=none", "-o", made,
                    f"{figures.TOP}/tests/bench/init.S"], check=True)
    archive = figures.FOLDER / "init.cpio.gz"
    subprocess.run([f"{figures.TOP}/tools/initramfs", "--kernel", "none", "--output", archive, "--add", f"init={made}"],
                   check=True)
    return archive


@functools.lru_cache(maxsize=None)
def kernel(name):
    """Debian's kernel, a small one with the restricted pool, or a small unpatched one with CONFIG_PPC_SVM."""
    if name == "debian":
        return figures.harness.kernel("6.12")
    if name == "pool":
        return secure.kernel()
    done = subprocess.run([f"{figures.TOP}/linux/build", "6.12", "--patches", "none", "--config", "svm"],
                          stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def boot(qemu, name, kind, words="", *options):
    """The console of one boot to init."""
    firmware, policy = KINDS[kind]
    if name == "pef":
        words += " pefboot.kernel=any swiotlb=force"
    return figures.machine(*secure.arguments(f"{policy} {words}".strip(), "--qemu", qemu, "--mem", "512M", *options,
                                             vmlinux=kernel(name), initrd=initrd(), firmware=firmware))


def seconds(console):
    """From pefboot's last line to init."""
    init = int(figures.search(r"TB=([0-9a-f]{16})", console), 16) / figures.TIMEBASE
    return (init - figures.stamp("pefboot: 7/7 handoff", console)) / 1e6


def instructions(qemu, name, limits):
    """limits: {kind: most of the first kind's instructions}; the first kind's is None."""
    first, *others = limits
    base = seconds(boot(qemu, name, first, "", "--icount"))
    for kind in others:
        spent = seconds(boot(qemu, name, kind, "", "--icount"))
        figures.judged(f"  QEMU {qemu}, {name}: {kind} over {first}", f"{base * 1e3:.1f}", f"{spent * 1e3:.1f}",
                       value=spent / base, most=limits[kind])


def compare(qemu, name, kinds, rounds, words=""):
    """Boots of kinds in turn. quiet: without Linux' early console, which makes a hypercall for each character."""
    taken = {kind: [] for kind in kinds}
    for _ in range(rounds):
        for kind, values in list(taken.items()):
            if not figures.section(lambda kind=kind, values=values: values.append(seconds(boot(qemu, name, kind, words))),
                                   f"QEMU {qemu}, {name}: {kind}"):
                del taken[kind]
    first, *others = kinds
    for kind in others:
        if kind in taken and first in taken:
            ratio = statistics.median(latter / former for former, latter in zip(taken[first], taken[kind]))
            figures.row(f"  QEMU {qemu}, {name}: {kind} over {first} {words}".rstrip(), f"{statistics.median(taken[first]):.2f}",
                        f"{statistics.median(taken[kind]):.2f}", f"{ratio:.2f}")


def costs(qemu):
    """Instructions of the ultravisor for one exit of a kind; the last is an illegal word, as mfmsr of a secure guest is."""
    plain, nested = (ultravisor.said(console) for console in (
        figures.machine("--qemu", qemu, "--firmware", ultravisor.PAYLOAD, "--mem", "512M", "--icount"),
        ultravisor.guest(qemu, "512M", 0, "--icount")))
    figures.row("Instructions of a hypercall: served", f"{nested['null']:,}")
    figures.row("  forwarded (less those of a plain machine)", f"{nested['forwarded'] - plain['forwarded']:,}")
    figures.row("  of an ultracall by sc 2, unknown and in the log", f"{nested['ultracall']:,}")


def exits(qemu, name, kind):
    counts = figures.search(" ".join(rf"{key}=(\d+)" for key in EXITS), boot(qemu, name, kind, "uv.trace"))
    figures.row(f"  QEMU {qemu}, {name}: {kind}", *(f"{int(count):,}" for count in counts))


def main():
    p = argparse.ArgumentParser(prog="boots", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("-n", type=int, default=5, metavar="N", help="rounds (default 5)")
    args = p.parse_args()
    figures.row("Linux 6.12, entry to init, M instructions", "former", "latter", "ratio", "limit")
    for name, limits in (("debian", {"plain": None, "nested": 1.15}), ("pool", {"plain": None, "nested": 1.3, "secure": 1.3}),
                         ("pef", {"nested": None, "secure": 1.12, "strict": 1.9})):
        figures.section(lambda name=name, limits=limits: instructions("7.2", name, limits), name)
    figures.row(f"The same, s (median of {args.n} turns)", "former", "latter", "ratio")
    for qemu in ("7.2", "10.0"):
        compare(qemu, "debian", ("plain", "nested"), args.n)
        compare(qemu, "pool", ("plain", "secure"), args.n)
        compare(qemu, "pool", ("plain", "secure"), args.n, "quiet")
    compare("7.2", "pef", ("nested", "secure", "strict"), args.n)
    figures.section(lambda: costs("7.2"), "exits")
    figures.row("Exits of a boot to init and power-off", *EXITS)
    for qemu, name, kinds in (("7.2", "debian", ["nested"]), ("7.2", "pool", ["nested", "secure"]),
                              ("10.0", "pool", ["nested", "secure"]), ("7.2", "pef", ["nested", "secure", "strict"])):
        for kind in kinds:
            figures.section(lambda: exits(qemu, name, kind), f"QEMU {qemu}, {name}: {kind}")
    figures.finish()


if __name__ == "__main__":
    main()
