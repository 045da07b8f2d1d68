#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What an ESM blob costs UV_ESM, in instructions counted by QEMU (-icount): opening it (one RSA operation, and the digests), hashing what it covers,
and all else, which is held against a UV_ESM without a blob. pefboot ends the run in step 6, because UV_SHARE_PAGE fails."""

import argparse

import figures
from figures import harness, judged, row

import disks  # noqa: E402 (figures knows where it is)
import esmblob  # noqa: E402
from test_sealed_forget import stage_and  # noqa: E402

CMDLINE = "console=hvc0 pefboot.kernel=any"
KERNEL, INITRD = 1 << 20, disks.random_bytes("initrd of a sealed guest", 1 << 20)
PUBLIC = harness.TOP / "tests/host/data/esm/machine-key.pub.pem"


def files():
    """The kernel, an initrd without and one with a blob."""
    figures.FOLDER.mkdir(parents=True, exist_ok=True)
    paths = [figures.FOLDER / name for name in ("sealed-kernel.elf", "initrd", "initrd-sealed")]
    kernel = disks.spin(KERNEL)
    size, digest = stage_and(kernel).split(":")
    sealed = esmblob.digests((int(size), bytes.fromhex(digest)), INITRD, CMDLINE)
    blob = esmblob.make([(PUBLIC.read_bytes(), "")], sealed, {"rootd": bytes(64)})
    for path, data in zip(paths, (disks.elf([(0x10000, 0, kernel, KERNEL)]), INITRD, esmblob.archive(blob) + INITRD)):
        path.write_bytes(data)
    return paths


def phases(qemu, kernel, initrd):
    """Thousands of instructions of each phase of one UV_ESM."""
    console = figures.machine("--qemu", qemu, "--firmware", "ultravisor", "--mem", "512M", "--icount", "--machine-key",
                              "--kernel", kernel, "--initrd", initrd, "--append", CMDLINE, "--", "-prom-env",
                              "uv=uv.trace uv.fail=UV_SHARE_PAGE:U_P2")
    names = "tree", "move", "digest", "open", "hash", "forget", "commit", "enter"
    found = {name: figures.search(rf"esm={name} .*\bus=(\d+)", console) if f"esm={name} " in console else 0 for name in names}
    return {name: int(value) for name, value in found.items()}


def one(qemu):
    kernel, plain, sealed = files()
    without, found = phases(qemu, kernel, plain), phases(qemu, kernel, sealed)
    if not found["hash"] or without["hash"]:
        raise figures.Failed("the blob was not used")
    base = sum(without.values())
    rest = sum(found.values()) - 2 * (found["open"] + found["hash"]) - base       # `digest` contains both
    row(f"QEMU {qemu}: UV_ESM of 512M without a blob, k instructions", f"{base:,}")
    row("  opening the blob: one RSA operation", f"{found['open']:,}")
    row("  hashing kernel and initrd, 2.4 MiB", f"{found['hash']:,}")
    judged("  all else that a blob adds, of one without", f"{rest:,}", value=rest / base, most=0.05)


def main():
    p = argparse.ArgumentParser(prog="sealed", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--qemu", action="append", help="as for tools/qemu; may be repeated (default 7.2 and 10.0)")
    args = p.parse_args()
    for qemu in args.qemu or ["7.2", "10.0"]:
        figures.section(lambda: one(qemu), f"QEMU {qemu}, UV_ESM with a blob")
    figures.finish()


if __name__ == "__main__":
    main()
