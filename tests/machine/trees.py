# SPDX-License-Identifier: GPL-2.0-or-later
"""Flattened device trees as Python objects that can say what no tool writes: two nodes or properties of one name, any
order (Devicetree Specification 0.4, chapter 5)."""

import struct

BEGIN_NODE, END_NODE, PROP, NOP, END = 1, 2, 3, 4, 9
HEADER = struct.Struct(">10I")
MAGIC = 0xd00dfeed


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
