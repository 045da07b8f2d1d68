# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux with a device tree of our own, and no firmware that could look at it: QEMU's loader places kernel, initrds, RTAS and tree,
and doctor.S enters the kernel as kexec does."""

import gzip
import os
import struct
import subprocess

import doctor
import harness
import trees

KERNEL, TREE = doctor.PEFBOOT, doctor.TREE
INITRDS = {"good": 0x1a000000, "other": 0x1c000000}
RTAS = {"good": 0x1f000000, "other": 0x1f010000}
RTAS_SIZE, RTAS_CALLS = 0x800, 0x700
MIB = 1 << 20


def kernel_image():
    """The small kernel as it lies in memory."""
    path = harness.BUILD / "direct-kernel.bin"
    cross = os.environ.get("CROSS", "powerpc64-linux-gnu-")
    return harness.make_once(path, lambda out: subprocess.run(
        [cross + "objcopy", "-O", "binary", harness.small_kernel(), out], check=True))


def initrd(name):
    """User space that says its name, and reports (tests/guest/init/oracle); not compressed, which is faster here."""
    def make(out):
        marker, packed = out.with_name(out.name + ".marker"), out.with_name(out.name + ".gz")
        marker.write_text(name)
        subprocess.run([harness.TOP / "tools/initramfs", "--kernel", "none", "--output", packed, "--add",
                        f"init={harness.TOP / 'tests/guest/init/oracle'}", "--add", f"marker={marker}"], check=True)
        out.write_bytes(gzip.decompress(packed.read_bytes()))
    return harness.make_once(harness.BUILD / f"direct-{name}.cpio", make)


def rtas(base):
    """RTAS as lib/rtas_blob.c has it, which counts its calls first, at base + RTAS_CALLS."""
    place = base + RTAS_CALLS
    code = (0x3ca00000 | place >> 16, 0x60a50000 | place & 0xffff,      # lis r5; ori r5
            0x80c50000, 0x38c60001, 0x90c50000,                         # lwz r6,0(r5); addi; stw
            0x7c641b78, 0x3c600000, 0x6063f000, 0x44000022, 0x4e800020)
    return struct.pack(f">{len(code)}I", *code)


def honest(tree):
    """QEMU's tree, made one to enter Linux with: both copies of everything are in memory, the tree names the good ones."""
    chosen, node = tree.root.child("chosen"), tree.root.child("rtas")
    chosen.set("bootargs", trees.text("console=hvc0 panic=-1 quiet loglevel=1 good"))
    for name, end in (("start", 0), ("end", initrd("good").stat().st_size)):
        chosen.set(f"linux,initrd-{name}", trees.cells(0, INITRDS["good"] + end))
    node.set("linux,rtas-base", trees.cells(RTAS["good"]))
    node.set("linux,rtas-entry", trees.cells(RTAS["good"]))
    node.set("rtas-size", trees.cells(RTAS_SIZE))
    tree.reservations = [(RTAS["good"], 0x20000), (INITRDS["other"], (initrd("other").stat().st_size + 0xffff) & ~0xffff)]
    return tree


def boot(runner, folder, tree, *args, **how):
    """Boot it; tree is a trees.Tree."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tree.dtb").write_bytes(tree.write())
    placed = [(folder / "tree.dtb", TREE), (kernel_image(), KERNEL)]
    for name, base in RTAS.items():
        (folder / f"rtas-{name}").write_bytes(rtas(base))
        placed += [(folder / f"rtas-{name}", base), (initrd(name), INITRDS[name])]
    options = args.index("--") if "--" in args else len(args)
    loaders = [word for path, address in placed for word in doctor.loader(path, address)]
    return runner("--firmware", doctor.shim(folder, TREE, entry=0), "--no-reboot", *args[:options], "--", *args[options + 1:],
                  *loaders, **how)


def report(boot):
    """What tests/guest/init/oracle has said, or None where it did not get to its end."""
    lines = [line.partition("oracle: ")[2].rstrip() for line in boot.console.splitlines() if "oracle: " in line]
    return dict(line.split("=", 1) for line in lines if "=" in line) if lines[-1:] == ["end"] else None
