# SPDX-License-Identifier: GPL-2.0-or-later
"""The oracle (tests/host/oracle) against Linux: both say what they see in trees that QEMU would never write. Linux
is entered with them directly (direct.py), so nothing but Linux has looked at them."""

import subprocess

import direct
import harness
import mutate
import platforms
import pytest
import trees

SEEDS, AT_ONCE = 200, 10
SOME = (1, 2, 3)     # in make check
CACHE_BLOCK = 128
CPUS_MAX = 8        # CONFIG_NR_CPUS of linux/config

# AT_* (Linux arch/powerpc/include/uapi/asm/auxvec.h) by the oracle's words for the same
AUXV = {"dcache-block": 19, "icache-block": 20, "icache-size": 40, "dcache-size": 42}


def oracle(path, release="6.12"):
    """What it says, by key; the host bridges and windows as lists."""
    done = subprocess.run([harness.BUILD / "oracle", release, path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    assert done.returncode == 0, done.stdout
    said = {"phb": [], "window": []}
    for line in done.stdout.splitlines():
        key, _, value = line.partition("=")
        if key in ("phb", "window"):
            said[key].append(value)
        else:
            said[key] = value
    return said


def ranges(text, end=0):
    """A list of ranges in hexadecimal, whose ends are their last bytes plus @end."""
    return [tuple(int(part, 16) + (end if number else 0) for number, part in enumerate(item.split("-")))
            for item in text.split(",") if item]


def numbers(text):
    """CPUs in Linux' form: 0-2,5"""
    found = set()
    for item in filter(None, text.split(",")):
        first, _, last = item.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def memory_windows(said):
    """Windows of memory: bits 24 and 25 of the first cell (IEEE 1275 PCI binding, 2.2.1.1)."""
    for window in said["window"]:
        flags, bus, place = window.split(":")
        start, end = (int(part, 16) for part in place.split("-"))
        if int(flags, 16) >> 24 & 2 and end > start:
            yield start, end - 1, int(bus, 16)


def expected(said):
    """What Linux reports, in the oracle's opinion."""
    start = int(said["initrd"].partition("-")[0], 16)
    present = {number for number, cpu in enumerate(said["cpus"].split(",")) if "absent" not in cpu}
    return {
        "cmdline": said["cmdline"].encode().decode("unicode_escape").rstrip("\n"),
        "initrd": next((name for name, base in direct.INITRDS.items() if base == start), None),
        "memory": ranges(said["memory"]),
        "cpus": {number for number in present if number < CPUS_MAX},
        "timebase": said["timebase"],
        "decrementer": said["decrementer"],
        "rtas": next((name for name, base in direct.RTAS.items() if base == int(said["rtas-base"], 16)), None),
        "phbs": said["phb"],
        "windows": list(memory_windows(said)),
    } | {key: int(said[key]) for key in AUXV}


def seen(report):
    """The same from Linux' own report."""
    words = [int(word, 16) for word in report["auxv"].split()]
    auxv = dict(zip(words[::2], words[1::2]))
    calls = [int(word) for word in report["rtas"].split(",") if word]
    called = [name for name, count in zip(direct.RTAS, (calls[:4], calls[4:])) if any(count)]
    return {
        "cmdline": report["cmdline"],
        "initrd": report["initrd"],
        "memory": ranges(report["memory"], 1),
        "cpus": numbers(report["cpus"]),
        "timebase": report["timebase"],
        "decrementer": report["decrementer"],
        "rtas": called[0] if len(called) == 1 else called,
        "phbs": [path for path in report["phbs"].split(",") if path],
        "windows": [tuple(int(part, 16) for part in item.split("-")) for item in report["windows"].split(",") if item],
    } | {key: auxv[number] for key, number in AUXV.items()}


def honest(qemu, folder, name, known={}):
    """Once for each kind of machine and process."""
    if name not in known:
        known[name] = direct.honest(platforms.of_machine(qemu, folder / name, name))
    return known[name]


def compare(qemu, folder, seed):
    """Boot the tree of a seed: whether Linux got to user space; what it saw there is what the oracle sees."""
    name = list(platforms.MACHINES)[seed % len(platforms.MACHINES)]
    mutant = mutate.mutate(honest(qemu, folder, name), seed)
    boot = direct.boot(qemu, folder / str(seed), mutant.tree, *platforms.MACHINES[name], status=None)
    said, report = oracle(folder / str(seed) / "tree.dtb"), direct.report(boot)
    what = f"seed {seed}, {name}: {mutant.done}"
    if report is None:
        # With blocks of another size Linux does not clear the whole of the pages that it gives to programs
        no_init = said["initrd"] == "none" or int(said["dcache-block"]) != CACHE_BLOCK
        assert said["boots"] != "yes" or no_init, f"{what}: Linux did not boot"
        return False
    assert said["boots"] == "yes", f"{what}: Linux boots, and the oracle says: {said['boots']}"
    assert (what, seen(report)) == (what, expected(said))
    return True


def attacked(tree):
    """A tree in which most look-ups of Linux find another thing than the tree's own."""
    root = tree.root
    chosen, rtas, cpu = root.child("chosen").copy(), root.child("rtas").copy(), root.child("cpus").children[0].copy()
    chosen.name, cpu.name, rtas.name = "chosen@0", "thing", "rtas@1"
    chosen.set("bootargs", trees.text("console=hvc0 panic=-1 quiet loglevel=1 other"))
    for end, value in zip(("start", "end"), mutate.initrd_cells("other")):
        chosen.set(f"linux,initrd-{end}", value)
    for name in ("linux,rtas-base", "linux,rtas-entry"):
        rtas.set(name, trees.cells(direct.RTAS["other"]))
    for name, value in (("i-cache-block-size", 64), ("timebase-frequency", 256000000), ("reg", 48),
                        ("ibm,ppc-interrupt-server#s", 48)):
        cpu.set(name, trees.cells(value))
    cpu.set("status", b"disabled\0")
    root.child("memory").set("reg", mutate.wide(0, mutate.LOW))
    memory = trees.Node("device", [["device_type", b"memory\0"], ["reg", mutate.wide(0x30000000, 0x1000000)]])
    dynamic = trees.Node("ibm,dynamic-reconfiguration-memory@0", [
        ["ibm,lmb-size", mutate.wide(0x1000000)],
        ["ibm,dynamic-memory-v2", trees.cells(1, 8, 0, 0x28000000, 0x80000000, 0, 8)],
        ["ibm,dynamic-memory", trees.cells(1, 0, 0x24000000, 0x80000000, 0, 0, 8)]])
    root.children = [trees.Node("x", [], [rtas, cpu]), chosen, memory, dynamic, *root.children]
    return tree


def test_oracle_attacked(qemu, tmp_path):
    """All at once, and Linux falls for each."""
    tree = attacked(honest(qemu, tmp_path, "one").copy())
    boot = direct.boot(qemu, tmp_path, tree, *platforms.MACHINES["one"])
    linux, said = seen(direct.report(boot)), expected(oracle(tmp_path / "tree.dtb"))
    assert linux == said
    assert linux["cmdline"].endswith("other") and linux["initrd"] == linux["rtas"] == "other"
    assert linux["memory"] == [(0, 0x20000000), (0x24000000, 0x25000000), (0x30000000, 0x31000000)]
    assert (linux["icache-block"], linux["timebase"], linux["cpus"]) == (64, "256000000", {1})


def test_oracle_some_mutants(qemu, tmp_path):
    for seed in SOME:
        assert compare(qemu, tmp_path, seed)


@pytest.mark.all
@pytest.mark.parametrize("name", platforms.MACHINES)
def test_oracle_machine(name, qemu, tmp_path):
    """A tree as QEMU makes it."""
    boot = direct.boot(qemu, tmp_path, honest(qemu, tmp_path, name), *platforms.MACHINES[name])
    assert seen(direct.report(boot)) == expected(oracle(tmp_path / "tree.dtb"))


@pytest.mark.all
@pytest.mark.parametrize("first", range(0, SEEDS, AT_ONCE))
def test_oracle_mutants(first, qemu, tmp_path):
    booted = [compare(qemu, tmp_path, seed) for seed in range(first, first + AT_ONCE)]
    assert sum(booted) >= AT_ONCE // 2
