# SPDX-License-Identifier: GPL-2.0-or-later
"""Device trees that QEMU would never write, given to an unmodified pefboot (doctor.S)."""

import os
import struct
import subprocess

import harness
import qmp

PEFBOOT, TREE = 0x10000000, 0x18000000
SPACE = 0x200000


class Tree:
    """A flattened tree in a file, edited by the tools of device-tree-compiler or byte by byte."""

    def __init__(self, path):
        self.path = path

    def tool(self, *args):
        done = subprocess.run([str(arg) for arg in args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              check=False)
        assert done.returncode == 0, f"{args}: {done.stderr}"
        return done.stdout

    def cells(self, node, name, *values):
        self.tool("fdtput", "-t", "x", self.path, node, name, *(f"{value:x}" for value in values))

    def text(self, node, name, value):
        self.tool("fdtput", "-t", "s", self.path, node, name, value)

    def remove(self, node):
        self.tool("fdtput", "-r", self.path, node)

    def drop(self, node, name):
        self.tool("fdtput", "-d", self.path, node, name)

    def create(self, node):
        self.tool("fdtput", "-c", self.path, node)

    def header(self, **fields):
        """Set words of the header by name."""
        names = ("magic", "totalsize", "struct", "strings", "rsvmap", "version", "compatible", "cpu", "strings_size",
                 "struct_size")
        data = bytearray(self.path.read_bytes())
        for name, value in fields.items():
            struct.pack_into(">I", data, 4 * names.index(name), value)
        self.path.write_bytes(data)

    def word(self, name):
        names = ("magic", "totalsize", "struct", "strings", "rsvmap")
        return struct.unpack_from(">I", self.path.read_bytes(), 4 * names.index(name))[0]

    def poke(self, block, offset, word):
        """A word of a block, counted from its start."""
        data = bytearray(self.path.read_bytes())
        struct.pack_into(">I", data, self.word(block) + offset, word)
        self.path.write_bytes(data)


def shim(folder, r3=None, entry=0x100):
    """doctor.S as an image for -bios. r3: a tree; None: QEMU's. entry: of the image it starts."""
    cross = os.environ.get("CROSS", "powerpc64-linux-gnu-")
    source = harness.TOP / "tests/guest/doctor.S"
    tree = [] if r3 is None else [f"-DTREE={r3:#x}"]
    subprocess.run([cross + "gcc", "-mbig-endian", "-c", *tree, f"-DPEFBOOT={PEFBOOT:#x}", f"-DENTRY={entry:#x}", source,
                    "-o", folder / "doctor.o"], check=True)
    subprocess.run([cross + "objcopy", "-O", "binary", folder / "doctor.o", folder / "doctor.bin"], check=True)
    return folder / "doctor.bin"


def dump(runner, folder, *args):
    """The tree that QEMU makes for a command line. Asked for in the monitor: -M dumpdtb= finds none from 10.0.3 on."""
    path, socket = folder / "tree.dtb", folder / "dump-qmp"
    process = subprocess.Popen([*runner.argv(args), "-S", "-qmp", f"unix:{socket},server=on,wait=off"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        monitor = qmp.Qmp(socket, process.poll)
        monitor.hmp(f"dumpdtb {path}")
        monitor("quit")
        process.wait(60)
    finally:
        process.kill()
        process.wait()
    return Tree(path)


def loader(path, address):
    """Put a file into memory as it is."""
    return ["-device", f"loader,file={path},addr={address:#x},force-raw=on"]


def boot(runner, folder, tree, *args, r3=TREE, **how):
    """Boot pefboot with this tree, and otherwise by the same command line."""
    tree.path.write_bytes(tree.path.read_bytes().ljust(SPACE, b"\0")[:SPACE])
    return runner("--firmware", shim(folder, r3), *args, "--", *loader(harness.BUILD / "pefboot.bin", PEFBOOT),
                  *loader(tree.path, TREE), **how)


def kexec(runner, folder, tree, image, *args, **how):
    """Enter an image (bytes) as kexec does, at offset 0, with this tree."""
    tree.path.write_bytes(tree.path.read_bytes().ljust(SPACE, b"\0")[:SPACE])
    (folder / "image").write_bytes(image)
    return runner("--firmware", shim(folder, TREE, entry=0), *args, "--", *loader(folder / "image", PEFBOOT),
                  *loader(tree.path, TREE), **how)
