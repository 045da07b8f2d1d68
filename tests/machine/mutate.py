# SPDX-License-Identifier: GPL-2.0-or-later
"""Trees that say things twice, elsewhere, or by another name: made of a tree that direct.honest() has prepared, by a seed. Most
of them boot."""

import random

import direct
import trees

MIB = 1 << 20
LOW, HIGH = 0x20000000, 0x40000000      # memory that nobody needs, and that is there


class Mutant:
    """A tree that is being changed, and what has been done to it."""

    def __init__(self, tree, seed):
        self.tree, self.random, self.done = tree.copy(), random.Random(seed), []
        self.root = root = self.tree.root
        # The honest ones, whatever is put before them
        self.chosen, self.rtas, self.memory = root.child("chosen"), root.child("rtas"), root.child("memory")
        self.cpus, self.cpu, self.bridge = root.child("cpus"), root.child("cpus").children[0], root.child("pci")

    def insert(self, node, parent=None):
        """As a child, at any place; often the first."""
        children = (parent or self.root).children
        children.insert(self.random.choice((0, self.random.randint(0, len(children)))), node)

    def anywhere(self):
        """A node."""
        return self.random.choice([node for node, _ in self.tree.nodes()])

    def range(self):
        """Base and size in memory that nobody needs; mostly of large pages."""
        unit = self.random.choice((16 * MIB, 16 * MIB, 0x10000))
        base = self.random.randrange(LOW, HIGH, unit)
        return base, min(self.random.randrange(1, 16) * unit, HIGH - base)

    def beside(self, node, name, value):
        """A second property of a name, before or behind the first."""
        at = [key for key, _ in node.props].index(name)
        node.props.insert(at + self.random.randint(0, 1), [name, value])


def wide(*values):
    """64-bit cells."""
    return trees.cells(*(part for value in values for part in (value >> 32, value)))


def initrd_cells(name, cells=2):
    start = direct.INITRDS[name]
    ends = start, start + direct.initrd(name).stat().st_size
    return [trees.cells(*[0] * (cells - 1), end) for end in ends]


def another_chosen(mutant):
    """One with another unit address, or behind a slash, or of the same name."""
    node = mutant.chosen.copy()
    node.name = mutant.random.choice(("chosen@0", "chosen@1", "x/chosen", "chosen", "chosen@", "chosens"))
    node.set("bootargs", trees.text("console=hvc0 panic=-1 quiet loglevel=1 other"))
    for name, value in zip(("linux,initrd-start", "linux,initrd-end"), initrd_cells("other")):
        node.set(name, value)
    mutant.insert(node, mutant.random.choice((None, None, None, mutant.anywhere())))


def second_cmdline(mutant):
    mutant.beside(mutant.chosen, "bootargs", trees.text("console=hvc0 panic=-1 quiet loglevel=1 second"))


def cmdline_of_another_form(mutant):
    """Without an end, with two, too long."""
    line = b"console=hvc0 panic=-1 quiet loglevel=1 form"
    mutant.chosen.set("bootargs", mutant.random.choice((line, line + b"\0more\0", line + b"x" * 3000 + b"\0",
                                                                      line + b" \"a b\" \t c\0")))


def second_initrd(mutant):
    """Both ends a second time, both before or both behind."""
    chosen, before = mutant.chosen, mutant.random.random() < 0.5
    for name, value in zip(("linux,initrd-start", "linux,initrd-end"), initrd_cells("other")):
        chosen.props.insert(0 if before else len(chosen.props), [name, value])


def initrd_of_other_cells(mutant):
    for name, value in zip(("linux,initrd-start", "linux,initrd-end"), initrd_cells("other", mutant.random.randint(1, 4))):
        mutant.chosen.set(name, value)


def another_rtas(mutant):
    """With other code; at any depth, under names that are its own to one look-up and not to another."""
    node = mutant.rtas.copy()
    node.name = mutant.random.choice(("rtas", "rtas@0", "rtas@1", "x/rtas", "rtases", "rtas,x"))
    for name in mutant.random.choice((("linux,rtas-base", "linux,rtas-entry"), ("linux,rtas-base",))):
        node.set(name, trees.cells(direct.RTAS["other"]))
    if node.get("linux,rtas-entry") != node.get("linux,rtas-base"):
        node.drop("linux,rtas-entry")
    mutant.insert(node, mutant.random.choice((None, None, mutant.anywhere())))


def second_rtas_base(mutant):
    node, before = mutant.rtas, mutant.random.random() < 0.5
    for name in ("linux,rtas-base", "linux,rtas-entry"):
        node.props.insert(0 if before else len(node.props), [name, trees.cells(direct.RTAS["other"])])


def less_memory(mutant):
    """The first node ends where memory is that nobody needs; the others begin somewhere in it."""
    mutant.memory.set("reg", wide(0, LOW))


def memory_reg(mutant):
    value = wide(*mutant.range()) if mutant.random.random() < 0.6 else wide(*mutant.range(), *mutant.range())
    return value + mutant.random.choice((b"", b"", bytes(4), bytes(8)))


def another_memory(mutant):
    """By type or name, disabled, with what may be used, at any depth."""
    draw = mutant.random
    node = trees.Node(draw.choice(("memory@20000000", "memory", "device@20000000", "memory@0")))
    node.set("device_type", trees.text(draw.choice(("memory", "memory", "memory", "memory@1", "pci-memory"))))
    node.set("reg", memory_reg(mutant))
    if draw.random() < 0.3:
        node.set("linux,usable-memory", memory_reg(mutant))
    if draw.random() < 0.4:
        node.set("status", draw.choice((b"okay\0", b"ok\0", b"disabled\0", b"okay", b"okay\0x\0", b"")))
    draw.shuffle(node.props)
    mutant.insert(node, draw.choice((None, None, None, mutant.anywhere())))


def second_memory_reg(mutant):
    node = mutant.memory
    mutant.beside(node, "reg", wide(0, LOW + 16 * MIB * mutant.random.randrange(8)))


def dynamic_memory(mutant):
    """In one form, or both; some blocks are reserved, some not there."""
    draw, size = mutant.random, 16 * MIB
    node = trees.Node(draw.choice(("ibm,dynamic-reconfiguration-memory", "ibm,dynamic-reconfiguration-memory@0")))
    node.set("ibm,lmb-size", wide(size))
    node.set("ibm,memory-flags-mask", trees.cells(0xff))
    forms = draw.choice((1, 2, 3))
    blocks = [(base, draw.choice((0x8, 0x8, 0x88, 0, 0x80))) for base in range(LOW, HIGH, size) if draw.random() < 0.3]
    if forms & 1:
        node.set("ibm,dynamic-memory", trees.cells(len(blocks), *(word for number, (base, flags) in enumerate(blocks) for word in (
            0, base, 0x80000000 + number, 0, 0, flags))))
    if forms & 2:
        sets = [(draw.randrange(1, 5), base, draw.choice((0x8, 0x8, 0x80))) for base in range(LOW, HIGH, 5 * size)
                if draw.random() < 0.4]
        node.set("ibm,dynamic-memory-v2", trees.cells(len(sets), *(word for count, base, flags in sets for word in (
            count, 0, base, 0x80000000 + base // size, 0, flags))))
    draw.shuffle(node.props)
    mutant.insert(node)


def memory_limit(mutant):
    """In the root, where Linux reads it, or in /chosen; in either byte order."""
    size = mutant.random.randrange(LOW, HIGH, 0x100000)
    node = mutant.random.choice((mutant.root, mutant.root, mutant.chosen))
    node.set("linux,memory-limit", size.to_bytes(8, "little"))


def no_cells(mutant):
    """Of the root: Linux takes one. Memory is said so, too; windows of devices are not."""
    if any(node.children for node in mutant.root.children if node.name.startswith("pci@")):
        return
    for name in ("#address-cells", "#size-cells"):
        mutant.root.drop(name)
    mutant.memory.set("reg", trees.cells(0, LOW))


def another_cpu(mutant):
    """By type or name, elsewhere, with caches and clocks of its own."""
    draw = mutant.random
    node = mutant.cpu.copy()
    node.name = draw.choice(("PowerPC,POWER9@7", "thing", "cpu@0", "cpus"))
    if draw.random() < 0.3:
        node.set("device_type", trees.text(draw.choice(("cpus", "CPU"))))
    size = draw.choice((32, 64, 256))
    for name in draw.choice((("i-cache-block-size",), ("d-cache-block-size",), ("i-cache-line-size", "d-cache-line-size"), ())):
        node.set(name, trees.cells(size))
    if draw.random() < 0.3:
        node.set("ibm,dec-bits", trees.cells(draw.choice((32, 40, 31, 65))))
    if draw.random() < 0.3:
        node.set("timebase-frequency", trees.cells(draw.choice((256000000, 500000000))))
    if draw.random() < 0.2:
        node.set("ibm,extended-timebase-frequency", wide(500000000))
    threads = len(node.get("ibm,ppc-interrupt-server#s")) // 4
    node.set("reg", trees.cells(48))
    node.set("ibm,ppc-interrupt-server#s", trees.cells(*range(48, 48 + threads)))
    node.set("status", draw.choice((b"disabled\0", b"disabled\0", b"fail\0", b"")))
    mutant.insert(node, draw.choice((None, None, mutant.cpus, mutant.anywhere())))


def second_cpu_property(mutant):
    node = mutant.cpu
    name, value = mutant.random.choice((("i-cache-block-size", 64), ("i-cache-line-size", 64), ("timebase-frequency", 256000000),
                                        ("d-cache-size", 0x10000), ("ibm,dec-bits", 40)))
    mutant.beside(node, name, trees.cells(value))


def lost_cpu_property(mutant):
    node = mutant.cpu
    for name in mutant.random.choice((("d-cache-block-size",), ("d-cache-line-size",), ("d-cache-block-size", "d-cache-line-size"),
                                      ("i-cache-size",), ("timebase-frequency",), ("ibm,dec-bits",))):
        node.drop(name)


def another_bridge(mutant):
    """One of the machine's a second time, empty, by type or name; its window of memory is another."""
    node = mutant.bridge.copy()
    node.name = mutant.random.choice(("thing@1", "pci@1", "pci"))
    node.children = []
    node.props = [prop for prop in node.props if "drc" not in prop[0] and prop[0] != "phandle"]
    node.set("device_type", trees.text(mutant.random.choice(("pci", "pciex", "pcie"))))
    node.set("ranges", trees.cells(0x02000000, 0, 0x80000000, 0x2fff, 0, 0, 0x10000000))
    mutant.insert(node, mutant.random.choice((None, None, mutant.anywhere())))


def reserved(mutant):
    """Memory that is reserved, in each of the places; unmapped, in one."""
    draw = mutant.random
    base = draw.randrange(LOW, HIGH - 64 * MIB, 16 * MIB)
    if draw.random() < 0.4:
        mutant.root.set("reserved-ranges", wide(base, 16 * MIB))
        return
    node = trees.Node(draw.choice(("reserved-memory", "reserved-memory@1")), [
        ["#address-cells", trees.cells(2)], ["#size-cells", trees.cells(2)]])
    if draw.random() < 0.8:
        node.set("ranges", b"")
    node.children = [trees.Node("a@0", [["reg", wide(base, 16 * MIB)]])]
    mutant.insert(node)


def order(mutant):
    """Of the root's children, or of the properties of a node."""
    if mutant.random.random() < 0.6:
        mutant.random.shuffle(mutant.root.children)
    else:
        mutant.random.shuffle(mutant.anywhere().props)


def moved(mutant):
    """A node that is not one of the root's goes elsewhere; the console stays."""
    found = [(node, parent) for node, parent in mutant.tree.nodes() if parent and parent is not mutant.root
             and "cpu" not in parent.name and not node.name.startswith("vty@")]
    node, parent = mutant.random.choice(found)
    parent.children.remove(node)
    mutant.insert(node, mutant.anywhere())


def twice(mutant):
    """A small node a second time, under its own or another address."""
    found = [node for node, parent in mutant.tree.nodes() if parent and not node.children
             and node.get("ibm,drc-indexes") is None and node.get("device_type") not in (b"memory\0", b"cpu\0") and node.name not in ("chosen", "rtas")]
    node = mutant.random.choice(found).copy()
    node.drop("phandle")
    node.drop("linux,phandle")
    node.name = mutant.random.choice((node.name, node.name.partition("@")[0] + "@7"))
    mutant.insert(node, mutant.anywhere())


MUTATIONS = (another_chosen, another_chosen, second_cmdline, cmdline_of_another_form, second_initrd, initrd_of_other_cells,
             another_rtas, another_rtas, second_rtas_base, another_memory, another_memory, second_memory_reg, dynamic_memory,
             dynamic_memory, memory_limit, no_cells, another_cpu, another_cpu, second_cpu_property, lost_cpu_property,
             another_bridge, reserved, order, moved, twice)


def mutate(tree, seed):
    """One to four of them."""
    mutant = Mutant(tree, seed)
    if mutant.random.random() < 0.7:
        less_memory(mutant)
    for mutation in mutant.random.sample(MUTATIONS, mutant.random.randint(1, 4)):
        mutation(mutant)
        mutant.done.append(mutation.__name__)
    return mutant
