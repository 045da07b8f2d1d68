#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Flattened device trees as Python objects that can say what no tool writes: two nodes or properties of one name, any
order (Devicetree Specification 0.4, chapter 5). And real ones, from QEMU; as a program, all of them:

    PEFBOOT_BUILD=build tests/machine/trees.py FOLDER"""

import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import doctor  # noqa: E402 (needs the path above)
import harness  # noqa: E402

BEGIN_NODE, END_NODE, PROP, NOP, END = 1, 2, 3, 4, 9
HEADER = struct.Struct(">10I")
MAGIC = 0xd00dfeed

RELEASES = ("own", "10.0", "11.1")

# Arguments of tools/qemu for machines whose trees differ in kind.
MACHINES = {
    "one": ["--smp", "1", "--mem", "1G"],
    "four": ["--smp", "4", "--mem", "2G"],
    "threads": ["--qemu", "10.0", "--smp", "4,threads=4", "--mem", "1G"],
    "power10": ["--cpu", "POWER10", "--smp", "2", "--mem", "1G"],
    "bridges": ["--smp", "1", "--mem", "1G", "--phb", "2", "--bridge", "at=pci.0", "--net", "at=phb1", "--rng", "at=br0"],
    "numa": ["--smp", "4", "--mem", "2G"],
    "slots": ["--smp", "1", "--mem", "1G", "--", "-m", "1G,slots=4,maxmem=4G", "-object", "memory-backend-ram,id=d0,size=1G",
              "-device", "pc-dimm,id=dimm0,memdev=d0"],
}


def cells(*values):
    """A value of 32-bit cells."""
    return struct.pack(f">{len(values)}I", *(value & 0xffffffff for value in values))


def text(value):
    return value.encode() + b"\0"


class Node:
    """A node: its name, its properties as [name, value] and its children, both in order."""

    def __init__(self, name, props=(), children=()):
        self.name, self.props, self.children = name, [list(prop) for prop in props], list(children)

    def copy(self):
        return Node(self.name, self.props, [child.copy() for child in self.children])

    def get(self, name, default=None):
        """The first property of a name."""
        return next((value for key, value in self.props if key == name), default)

    def set(self, name, value):
        """In its place, or at the end."""
        for prop in self.props:
            if prop[0] == name:
                prop[1] = value
                return
        self.props.append([name, value])

    def drop(self, name):
        self.props = [prop for prop in self.props if prop[0] != name]

    def child(self, name):
        """The first one called so, with or without a unit address."""
        return next(node for node in self.children if name in (node.name, node.name.partition("@")[0]))

    def walk(self, parent=None):
        """(node, its parent) for this one and all below it."""
        yield self, parent
        for child in self.children:
            yield from child.walk(self)


class Tree:
    """A root, the memory reservations, and the number of the boot CPU."""

    def __init__(self, root, reservations=(), boot_cpu=0):
        self.root, self.reservations, self.boot_cpu = root, list(reservations), boot_cpu

    def copy(self):
        return Tree(self.root.copy(), self.reservations, self.boot_cpu)

    def nodes(self):
        return list(self.root.walk())

    def write(self):
        """The blob, version 17."""
        words, strings = [], {}

        def put(node):
            name = node.name.encode() + b"\0"
            words.append(cells(BEGIN_NODE) + name + bytes(-len(name) % 4))
            for key, value in node.props:
                offset = strings.setdefault(key, sum(len(known) + 1 for known in strings))
                words.append(cells(PROP, len(value), offset) + value + bytes(-len(value) % 4))
            for child in node.children:
                put(child)
            words.append(cells(END_NODE))

        put(self.root)
        structure = b"".join(words) + cells(END)
        names = b"".join(text(name) for name in strings)
        reserved = b"".join(struct.pack(">QQ", *pair) for pair in [*self.reservations, (0, 0)])
        start = HEADER.size + len(reserved)
        total = start + len(structure) + len(names)
        return HEADER.pack(MAGIC, total, start, start + len(structure), HEADER.size, 17, 16, self.boot_cpu, len(names),
                           len(structure)) + reserved + structure + names


def read(blob):
    """A Tree from a blob that is sound."""
    magic, _, structure, names, reserved, _, _, boot_cpu, _, _ = HEADER.unpack_from(blob)
    assert magic == MAGIC
    reservations = []
    while any(pair := struct.unpack_from(">QQ", blob, reserved + 16 * len(reservations))):
        reservations.append(pair)
    at, stack, root = structure, [], None

    def string(offset):
        return blob[offset:blob.index(0, offset)].decode()

    while True:
        tag, = struct.unpack_from(">I", blob, at)
        at += 4
        if tag == BEGIN_NODE:
            node = Node(string(at))
            at += (len(node.name) + 4) & ~3
            if stack:
                stack[-1].children.append(node)
            root = root or node
            stack.append(node)
        elif tag == PROP:
            size, name = struct.unpack_from(">II", blob, at)
            stack[-1].props.append([string(names + name), blob[at + 8:at + 8 + size]])
            at += (8 + size + 3) & ~3
        elif tag == END_NODE:
            stack.pop()
        elif tag == END:
            return Tree(root, reservations, boot_cpu)


def two_nodes(tree):
    """Half of the memory and of the CPUs in another NUMA node, as QEMU says it: domains, and the last is the node."""
    memory, cpus = tree.root.child("memory"), tree.root.child("cpus")
    other = memory.copy()
    other.name = "memory@40000000"
    memory.set("reg", cells(0, 0, 0, 0x40000000))
    other.set("reg", cells(0, 0x40000000, 0, 0x40000000))
    other.set("ibm,associativity", cells(4, 0, 0, 0, 1))
    tree.root.children.insert(tree.root.children.index(memory) + 1, other)
    for cpu in cpus.children[len(cpus.children) // 2:]:
        number = struct.unpack(">I", cpu.get("reg"))[0]
        cpu.set("ibm,associativity", cells(5, 0, 0, 0, 1, number))


def of_machine(runner, folder, name, *args):
    """The tree that QEMU makes for one of MACHINES. NUMA nodes want a command line that tools/qemu does not make."""
    folder.mkdir(parents=True, exist_ok=True)
    words = MACHINES[name]
    options = words.index("--") if "--" in words else len(words)
    tree = read(doctor.dump(runner, folder, *words[:options], *args, *words[options:]).path.read_bytes())
    if name == "numa":
        two_nodes(tree)
    return tree


def corpus(runner, folder):
    """FOLDER/MACHINE-RELEASE.dtb, each as QEMU makes it; with threads only where QEMU has them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, words in MACHINES.items():
        for release in ["10.0"] if "--qemu" in words else RELEASES:
            more = [] if "--qemu" in words else ["--qemu", release]
            path = folder / f"{name}-{release}.dtb"
            path.write_bytes(of_machine(runner, folder / "dump", name, *more).write())
            yield path


if __name__ == "__main__":
    for tree_path in corpus(harness.Runner("trees", "pefboot"), pathlib.Path(sys.argv[1])):
        print(tree_path)
