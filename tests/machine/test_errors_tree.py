# SPDX-License-Identifier: GPL-2.0-or-later
"""Device trees that are damaged, or of nobody's machine: each ends with its number (doctor.py)."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import doctor  # noqa: E402 (neighbours)
from elf import elf  # noqa: E402
from test_errors import LINUX_BASE, linux_head, stops  # noqa: E402

PHB = "/pci@800000020000000"


def cycle(tree):
    """A structure that goes on for ever: all no-ops, without an end."""
    data = bytearray(tree.path.read_bytes())
    start, size = tree.word("struct"), int.from_bytes(data[36:40], "big")
    data[start:start + size] = b"\0\0\0\4" * (size // 4)
    tree.path.write_bytes(data)


def nested(tree):
    """Nodes within nodes, deeper than anybody goes."""
    path = ""
    for _ in range(70):
        path += "/n"
        tree.create(path)


def shortened(tree):
    """The second half is lost."""
    tree.path.write_bytes(tree.path.read_bytes()[:tree.path.stat().st_size // 2])


def memory_nodes(tree):
    for number in range(70):
        node = f"/memory@{0x100000000 + number * 0x200000:x}"
        tree.create(node)
        tree.cells(node, "reg", 1, number * 0x200000, 0, 0x1000)


def bridges(tree):
    for number in range(70):
        node = f"{PHB}/pci@{number:x}"
        tree.create(node)
        tree.cells(node, "reg", number << 8, 0, 0, 0, 0)
        tree.cells(node, "class-code", 0x60400)


def initrd(start, end):
    return lambda tree: (tree.cells("/chosen", "linux,initrd-start", start), tree.cells("/chosen", "linux,initrd-end", end))


def cells(node, name, *values):
    return lambda tree: tree.cells(node, name, *values)


def remove(node):
    return lambda tree: tree.remove(node)


def header(**fields):
    return lambda tree: tree.header(**fields)


# CAS returns a fresh tree, so what it would mend is tried without it.
MISTAKES = {
    "magic": (201, header(magic=0xd00dfeee)),
    "version": (201, header(version=2, compatible=2)),
    "size-0": (201, header(totalsize=0)),
    "size-2G": (201, header(totalsize=0x7fffffff)),
    "size-over-room": (201, header(totalsize=0x200001)),
    "truncated": (201, shortened),
    "structure-outside": (201, header(struct=0x7ffffffc)),
    "structure-wraps": (201, header(struct_size=0xfffffff0)),
    "strings-outside": (201, header(strings=0x10000000)),
    "no-end": (201, cycle),
    "unknown-tag": (201, lambda tree: tree.poke("struct", 8, 0x77)),
    "value-of-4G": (201, lambda tree: tree.poke("struct", 12, 0xffffffff)),
    "too-deep": (201, nested),
    "cells-of-4G": (202, cells("/", "#address-cells", 0xffffffff)),
    "cells-of-3": (202, cells("/", "#size-cells", 3)),
    "no-memory": (203, remove("/memory@0")),
    "memory-of-0": (203, cells("/memory@0", "reg", 0, 0, 0, 0)),
    "memory-wraps": (203, cells("/memory@0", "reg", 0xffffffff, 0, 1, 0)),
    "memory-odd": (203, cells("/memory@0", "reg", 0, 0, 0x10000000)),
    "memory-not-at-0": (203, cells("/memory@0", "reg", 0, 0x100000, 0, 0x10000000)),
    "no-cpus": (204, remove("/cpus")),
    "timebase": (204, cells("/cpus/PowerPC,POWER9@0", "timebase-frequency", 0, 512000000)),
    "no-rtas": (205, remove("/rtas")),
    "no-power-off": (205, lambda tree: tree.drop("/rtas", "power-off")),
    "rtas-size": (205, cells("/rtas", "rtas-size", 0x7fffffff)),
    "memory-nodes": (207, memory_nodes),
    "bridges": (207, bridges),
    "no-chosen": (212, remove("/chosen")),
    "phb-without-id": (210, cells(PHB, "reg", 8)),
    "kernel-wraps": (304, cells("/chosen", "qemu,boot-kernel", 0xffffffff, 0xffff0000, 0, 0x100000)),
    "kernel-outside": (304, cells("/chosen", "qemu,boot-kernel", 8, 0, 0, 0x100000)),
    "kernel-odd": (301, cells("/chosen", "qemu,boot-kernel", 4)),
    "initrd-outside": (305, initrd(0xf0000000, 0xf1000000)),
    "initrd-backwards": (305, initrd(0x5000000, 0x4000000)),
    "initrd-without-end": (305, cells("/chosen", "linux,initrd-start", 0x5000000)),
    "initrd-over-kernel": (306, initrd(0x400000, 0x500000)),
    "initrd-where-the-kernel-goes": (306, initrd(0, 0x8000)),
}


@pytest.fixture
def line(tmp_path):
    """A command line for tools/qemu, with something that looks like a kernel."""
    (tmp_path / "kernel").write_bytes(elf(linux_head(), LINUX_BASE))
    return ["--mem", "1G", "--kernel", tmp_path / "kernel", "--append", "pefboot.cas=off"]


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake(qemu, tmp_path, line, name):
    number, mistake = MISTAKES[name]
    tree = doctor.dump(qemu, tmp_path, *line)
    mistake(tree)
    stops(doctor.boot(qemu, tmp_path, tree, *line, timeout=60), number)


def test_no_mistake(qemu, tmp_path, line):
    """The same way with the tree as it was: pefboot gets to the kernel, which is none, and says so."""
    tree = doctor.dump(qemu, tmp_path, *line)
    boot = doctor.boot(qemu, tmp_path, tree, *line, timeout=60)
    assert boot.line("pefboot: 7/7 handoff world=normal kernel=0x400000")
    assert boot.line("E701 .*: program .* at 0x400004")


def test_no_tree(qemu, tmp_path, line):
    """r3 = 0: an image that is started by nobody who knows the contract."""
    tree = doctor.dump(qemu, tmp_path, *line)
    stops(doctor.boot(qemu, tmp_path, tree, *line, timeout=60, r3=0), 101)
