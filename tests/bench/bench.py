#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What starting costs: SLOF, VOF and pefboot side by side, reset to kernel entry.

Instructions are exact: QEMU counts them as time (-icount), and the stub kernel reports that time
at its entry. They are good to 2 (a tick of the 512 MHz timebase). Hypercalls are counted in QEMU's
interrupt log. CPU time is that of the whole QEMU process, less that of a QEMU which only starts and
ends; firmwares take turns, so that a busy machine is busy for all of them."""

import argparse
import json
import os
import random
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "tests/bench")]
import figures  # noqa: E402 (needs the path above)
import harness  # noqa: E402

FOLDER = harness.BUILD / "bench"
FIRMWARES = ("slof", "vof", "pefboot")
INITRD_SIZE = 30 << 20
TIMEBASE = 512  # MHz: 1 ns is one instruction with shift=0


def build_stub():
    """The stub kernel as an ELF file, at the address where Linux is linked."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    cross = os.environ.get("CROSS", "powerpc64-linux-gnu-")
    stub = FOLDER / "stub"
    subprocess.run([cross + "gcc", "-mbig-endian", "-mabi=elfv2", "-c", f"{TOP}/tests/bench/stub.S", "-o", f"{stub}.o"],
                   check=True)
    subprocess.run([cross + "ld", "-EB", "-Ttext=0xc000000000000000", "-N", "--no-warn-rwx-segments", "-o", f"{stub}.elf", f"{stub}.o"], check=True)
    return f"{stub}.elf"


def make_initrd():
    """30 MiB that cannot be compressed, always the same."""
    path = FOLDER / "initrd"
    if not path.exists():
        path.write_bytes(random.Random(1).randbytes(INITRD_SIZE))
    return str(path)


class Bench:
    """One machine configuration after the other, under each firmware."""

    def __init__(self, qemu):
        self.command = harness.tool("qemu").command
        self.common = ["--qemu", qemu, "--mem", "1G"]
        self.payload = ["--kernel", build_stub(), "--initrd", make_initrd(), "--append", "console=hvc0"]

    def argv(self, firmware, *args):
        return self.command(["--firmware", firmware, *self.common, *args])

    def instructions(self, firmware, *args):
        """Guest instructions from reset to the stub's first, by the timebase it prints."""
        done = subprocess.run(self.argv(firmware, "--icount", *self.payload, *args), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, check=False)
        for line in done.stdout.decode(errors="replace").splitlines():
            if "TB=" in line:
                return round(int(line.split("TB=")[1][:16], 16) * 1000 / TIMEBASE)
        raise SystemExit(f"bench: {firmware} did not reach the kernel:\n"
                         + done.stdout.decode(errors="replace")[-2000:])

    def hypercalls(self, firmware):
        """Hypercalls from reset to power-off, less the 19 of the stub."""
        with tempfile.NamedTemporaryFile() as log:
            subprocess.run(self.argv(firmware, *self.payload, "--", "-d", "int", "-D", log.name),
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=300, check=True)
            return sum(b"hypercall r3=" in line for line in log) - 19

    def cpu_ms(self, firmware):
        """User and system time of one QEMU, reset to entry, power-off included."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(self.argv(firmware, *self.payload), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       timeout=300, check=True)
        return elapsed(before)

    def floor_ms(self):
        """The same of a QEMU that runs no instruction and is told to quit."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "qmp")
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            with subprocess.Popen(self.argv("slof", "--qmp", path, "--", "-S"), stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL) as qemu:
                quit_by_qmp(path)
                qemu.wait(60)
            return elapsed(before)


def elapsed(before):
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def quit_by_qmp(path):
    with socket.socket(socket.AF_UNIX) as sock:
        for _ in range(600):
            try:
                sock.connect(path)
                break
            except OSError:
                time.sleep(0.05)
        for command in ("qmp_capabilities", "quit"):
            sock.sendall(json.dumps({"execute": command}).encode())
        while sock.recv(4096):
            pass


def row(name, *cells):
    print(f"{name:<34}" + "".join(f"{cell:>16}" for cell in cells), flush=True)


def number(value):
    return "-" if value is None else f"{value:,}"


def spread(values):
    return f"{statistics.median(values):.0f} [{min(values):.0f}..{max(values):.0f}]"


def times(bench, rounds):
    """CPU time: firmwares in turn; the medians relative to VOF's."""
    taken = {name: [] for name in ("floor", *FIRMWARES)}
    for _ in range(rounds):
        taken["floor"].append(bench.floor_ms())
        for firmware in FIRMWARES:
            taken[firmware].append(bench.cpu_ms(firmware))
    middle = {name: statistics.median(values) for name, values in taken.items()}
    net = {name: middle[name] - middle["floor"] for name in FIRMWARES}
    row(f"CPU ms of QEMU (n={rounds})", *(spread(taken[name]) for name in FIRMWARES))
    row(f"  less start and end ({middle['floor']:.0f})", *(f"{net[name]:.0f}" for name in FIRMWARES))
    row("  times VOF's", *(f"{net[name] / net['vof']:.2f}" for name in FIRMWARES))


# Network cards: the firmware has no use for them here, so that it waits for none.
SCALING = [("-m 512M", ["--mem", "512M"]), ("-m 4G", ["--mem", "4G"]), ("-m 16G", ["--mem", "16G"]),
           ("-m 64G", ["--mem", "64G"]), ("-smp 4", ["--smp", "4"]), ("-smp 16", ["--smp", "16"]),
           ("1 PCI device", ["--net"]), ("8 PCI devices", ["--net"] * 8), ("24 PCI devices", ["--net"] * 24),
           ("1 device behind a bridge", ["--bridge", "--net", "at=br0"]), ("2 host bridges", ["--phb", "2"])]


# What each of so many adds to the instructions from reset to kernel, at most; so that growth is linear.
GROWTH = [("CPU", ["--smp", "64"], 63, 4500), ("PCI device", ["--net"] * 24, 24, 6000),
          ("host bridge", ["--phb", "31"], 30, 20000), ("bridge, the first", ["--bridge"], 1, 20000),
          ("bridge, of 31", ["--bridge"] * 31, 31, 20000)]


def limits(bench, base):
    figures.judged("  pefboot", value=base, most=270000, form=",")
    for what, options, count, most in GROWTH:
        added = (bench.instructions("pefboot", *options) - base) // count
        figures.judged(f"  for each {what}", value=added, most=most, form=",")


def main():
    p = argparse.ArgumentParser(prog="bench", description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--qemu", default="own", help="as for tools/qemu")
    p.add_argument("-n", type=int, default=5, metavar="N", help="rounds of the CPU times (default 5)")
    p.add_argument("--no-slof", action="store_true", help="leave out SLOF (2 minutes)")
    args = p.parse_args()
    if args.no_slof:
        global FIRMWARES  # pylint: disable=global-statement
        FIRMWARES = FIRMWARES[1:]
    bench = Bench(args.qemu)
    row("", *FIRMWARES)
    images = {"slof": harness.deps("slof.bin"), "vof": harness.deps("vof.bin"), "pefboot": harness.BUILD / "pefboot.bin"}
    row("image, bytes", *(number(os.path.getsize(images[name])) for name in FIRMWARES))
    base = bench.instructions("pefboot")
    row("instructions, reset to kernel", *(number(base if name == "pefboot" else bench.instructions(name)) for name in FIRMWARES))
    limits(bench, base)
    row("hypercalls", *(number(bench.hypercalls(name)) for name in FIRMWARES))
    times(bench, args.n)
    for label, options in SCALING:
        row("instructions, " + label, *(number(bench.instructions(name, *options)) for name in FIRMWARES))
    figures.finish()


if __name__ == "__main__":
    main()
