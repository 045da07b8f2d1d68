#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What measured boot costs, in instructions counted by QEMU (-icount): the look for a TPM where there is none, and hashing for each bank, by
the difference of two initrds, and a start beside one of SLOF's. The TPM is tests/machine/faketpm.py: waiting for it counts, and is little."""

import argparse
import tempfile

import figures
from figures import harness, judged, row

import bench  # noqa: E402 (figures knows where they are)
import disks  # noqa: E402
import faketpm  # noqa: E402
import slof  # noqa: E402

INITRD = 9_000_000, 1_000_000
BOOT = 1 << 20          # what SLOF loads
PAYLOAD = 76                    # MB, for which a row has the sum: a byte costs the same wherever it is
BANKS = ("sha1", "sha256", "sha384", "sha512")
TIMEBASE = bench.TIMEBASE


def with_tpm(banks, *args):
    """The console of a machine with such a TPM."""
    with tempfile.TemporaryDirectory(prefix="tpm-", dir="/tmp") as folder:
        tpm = faketpm.Tpm(harness.Path(folder) / "socket", banks=banks)
        try:
            return figures.machine("--icount", *args, *tpm.options, timeout=600)
        finally:
            tpm.close()


def entry(console):
    """Instructions from reset to the stub kernel."""
    return int(figures.search(r"TB=([0-9a-f]{16})", console), 16) * 1000 // TIMEBASE


def look(qemu, stub):
    """A boot without a TPM, less one that does not look for it. The two words are of one length."""
    off, on = (entry(figures.machine("--qemu", qemu, "--icount", "--kernel", stub, "--append", f"console=hvc0 pefboot.tpm={word}"))
               for word in ("off ", "auto"))
    judged(f"QEMU {qemu}: no TPM, instructions of the look", f"{on - off:,}", value=(on - off) / on, most=0.01, form=".4f")


def hashing(qemu, stub):
    """pefboot, by its own line."""
    paths = [disk_file("measured-initrd", size) for size in INITRD]
    for banks in [*((bank,) for bank in BANKS), BANKS]:
        ticks = [int(figures.search(r"pefboot: tpm=started .* ticks=(\d+)",
                                    with_tpm(banks, "--qemu", qemu, "--mem", "1G", "--kernel", stub, "--initrd", path, "--append", "console=hvc0")))
                 for path in paths]
        each = (ticks[0] - ticks[1]) * 1000 / TIMEBASE / (INITRD[0] - INITRD[1])
        row(f"  {name(banks)}: instructions a byte, M of {PAYLOAD} MB", f"{each:.1f}", f"{each * PAYLOAD:,.0f}")
    return each


def name(banks):
    return banks[0] if len(banks) == 1 else "all four"


def starts(qemu, stub, each):
    """What is not the kernel's hash, which SLOF does not make: it measures tables of the disk and nothing that it loads."""
    code = harness.Path(f"{stub[:-4]}.bin").read_bytes()
    words = [*slof.MACHINE, "--qemu", qemu, "--disk", slof.write_disk(figures.FOLDER / "measured-slof", BOOT, code)]
    theirs = entry(with_tpm(BANKS, *words)) - entry(figures.machine("--icount", *words, timeout=600))
    ours = int(figures.search(r"pefboot: tpm=started .* ticks=(\d+)",
                              with_tpm(BANKS, "--qemu", qemu, "--kernel", stub, "--append", "console=hvc0"))) * 1000 // TIMEBASE - round(each * len(code))
    judged("  a start with a TPM: M of SLOF's, of pefboot's", f"{theirs / 1e6:,.0f}", f"{ours / 1e6:,.0f}", value=ours / theirs, most=1)


def disk_file(name, size):
    path = figures.FOLDER / f"{name}-{size}"
    path.write_bytes(disks.random_bytes(name, size))
    return path


def one(qemu):
    stub = bench.build_stub()
    bench.subprocess.run([bench.os.environ.get("CROSS", "powerpc64-linux-gnu-") + "objcopy", "-O", "binary", stub, f"{stub[:-4]}.bin"], check=True)
    look(qemu, stub)
    starts(qemu, stub, hashing(qemu, stub))


def main():
    p = argparse.ArgumentParser(prog="measured", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--qemu", action="append", help="as for tools/qemu; may be repeated (default 7.2)")
    args = p.parse_args()
    for qemu in args.qemu or ["7.2"]:
        figures.section(lambda: one(qemu), f"QEMU {qemu}, measured boot")
    figures.finish()


if __name__ == "__main__":
    main()
