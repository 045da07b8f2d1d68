#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Device trees of real machines, from QEMU 7.2, 10.0 and 11.1. As a program, all of them, for fuzzers to begin with:

    PEFBOOT_BUILD=build tests/machine/platforms.py FOLDER
    tests/host/fuzz/seeds CORPUS FOLDER/*.dtb"""

import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import doctor  # noqa: E402 (needs the path above)
import harness  # noqa: E402
from trees import cells, read  # noqa: E402

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
    for tree_path in corpus(harness.Runner("platforms", "pefboot"), pathlib.Path(sys.argv[1])):
        print(tree_path)
