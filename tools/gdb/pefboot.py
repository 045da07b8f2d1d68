# SPDX-License-Identifier: GPL-2.0-or-later
"""Commands for gdb: docs/debugging.md. Loaded by tools/debug, or by hand: source tools/gdb/pefboot.py"""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import gdb

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import elf  # noqa: E402 (gdb's Python does not look beside a script)

# Where the linked images lie: in a build, or below the prefix where these commands are installed
BUILD = Path(os.environ.get("PEFBOOT_BUILD", HERE.parent.parent / "build"))
INSTALLED = HERE.parent.parent.parent / "lib/debug/pefboot"
DEBUG = Path(os.environ.get("PEFBOOT_SYMBOLS", BUILD if "PEFBOOT_BUILD" in os.environ or BUILD.exists() else INSTALLED))

STEPS = ("entry", "discover", "load", "transition", "verify", "patch", "handoff")
UV_ESM = 0xF110
MAGIC, MAGIC_AT = b"pefboot\0", 0x10        # abi/image.h
LOW_TOC = 0x20                              # ultravisor/cpu/low.h
PAGE_STATES = ("NORMAL", "REACHED", "SECURE", "ZERO", "ABSENT", "SHARED", "IMPLICIT", "PSEUDO")
FRAME = 0x10000


def number(expression):
    return int(gdb.parse_and_eval(expression)) & 0xffffffffffffffff


def read(address, size):
    return gdb.selected_inferior().read_memory(address, size).tobytes()


@contextlib.contextmanager
def real_memory():
    """Addresses are the machine's own, whatever the CPU translates: QEMU's PhyMemMode."""
    gdb.execute("maintenance packet Qqemu.PhyMemMode:1", to_string=True)
    gdb.execute("maintenance flush dcache", to_string=True)
    try:
        yield
    finally:
        gdb.execute("maintenance packet Qqemu.PhyMemMode:0", to_string=True)
        gdb.execute("maintenance flush dcache", to_string=True)


class Image:
    """One of our images, wherever it runs."""

    def __init__(self, name, file):
        self.name, self.file, self.bases, self._symbols = name, DEBUG / file, [], None

    @property
    def symbols(self):
        if self._symbols is None:
            self._symbols = elf.symbols(self.file)
        return self._symbols

    def add(self, base, why):
        """It is at @base: its symbols are valid there, and breakpoints at steps go there, too."""
        if base in self.bases:
            return
        self.bases.append(base)
        gdb.execute(f"add-symbol-file {self.file} -o {base:#x}", to_string=True)
        print(f"{self.name} at {base:#x}: {why}", flush=True)
        if self is PEFBOOT:
            for function in WANTED:
                StepBreakpoint(base, function)
            MoveBreakpoint(base)
            EsmBreakpoint(base)


PEFBOOT = Image("pefboot", "pefboot.linked")
ULTRAVISOR = Image("ultravisor", "ultravisor.elf")
WANTED = []     # steps at which to stop, in every image
MOVES = []      # where it goes on, and why: gdb allows no new breakpoints while it decides on one


def is_pefboot(base):
    try:
        return read(base + MAGIC_AT, len(MAGIC)) == MAGIC
    except gdb.MemoryError:
        return False


class OurBreakpoint(gdb.Breakpoint):
    """At a function of pefboot's in the image at @base, which need not be there yet."""

    def __init__(self, base, function, **how):
        self.base, self.function = base, function
        super().__init__(f"*{base + PEFBOOT.symbols[function]:#x}", **how)

    def stop(self):
        # the ultravisor has other code at the same addresses
        return is_pefboot(self.base) and self.reached()

    def reached(self):
        return True


class StepBreakpoint(OurBreakpoint):
    """Once: QEMU stops a nested guest twice at a breakpoint, before its instruction and after a step that made none."""

    def __init__(self, base, function):
        super().__init__(base, function, temporary=True)

    def reached(self):
        print(f"step {STEPS.index(self.function) + 1}/7 {self.function}, image at {self.base:#x}")
        return True


class MoveBreakpoint(OurBreakpoint):
    """move_image(to, ...)"""

    def __init__(self, base):
        super().__init__(base, "move_image", internal=True)

    def reached(self):
        return note_move(number("$r3"), "home")


class EsmBreakpoint(OurBreakpoint):
    """ultracall(UV_ESM, kbase, tree): what runs next is the image at kbase, in the secure world; kbase 0 only asks"""

    def __init__(self, base):
        super().__init__(base, "ultracall", internal=True)

    def reached(self):
        kbase = number("$r4")
        return number("$r3") == UV_ESM and kbase != 0 and note_move(kbase, "secure stage, entered by sc 2")


def note_move(base, why):
    """Stop for follow(), unless it has been here."""
    if base in PEFBOOT.bases:
        return False
    MOVES.append((base, why))
    return True


def follow():
    """After a `continue' that ended where pefboot goes elsewhere: follow it there."""
    while MOVES:
        PEFBOOT.add(*MOVES.pop())
        try:
            gdb.execute("continue")
        except gdb.error as error:
            print(error)


def look_around(pc):
    """Whose is @pc? Images lie at multiples of 64 KiB and say who they are."""
    for base in range(pc & -FRAME, max(-1, (pc & -FRAME) - 0x50000), -FRAME):
        if is_pefboot(base):
            return base
    return None


def find_ultravisor():
    """Where it is by now, by what it keeps in low memory; None where there is none."""
    with real_memory():
        toc = int.from_bytes(read(LOW_TOC, 8), "big")
        base = toc - ULTRAVISOR.symbols["__toc_base"]
    return base if base > 0 and base % FRAME == 0 else None


class PefbootCommand(gdb.Command):
    """A command by its docstring."""

    def __init__(self, name, completes=gdb.COMPLETE_NONE):
        super().__init__(name, gdb.COMMAND_USER, completes)

    def invoke(self, argument, from_tty):
        self.dont_repeat()
        self.run(argument.strip())


class Step(PefbootCommand):
    """pefboot-step STEP: stop where a step begins, in whichever image it runs: entry, discover, load, transition, verify,
patch, handoff. verify and what follows are in the secure stage if there is one."""

    def complete(self, text, word):
        return [step for step in STEPS if step.startswith(word)]

    def run(self, argument):
        if argument not in STEPS:
            raise gdb.GdbError(f"pefboot-step: one of {' '.join(STEPS)}")
        WANTED.append(argument)
        for base in PEFBOOT.bases:
            StepBreakpoint(base, argument)


class Where(PefbootCommand):
    """pefboot-where: whose code the CPU is in, and where our images are; loads the symbols of one not known yet."""

    def run(self, argument):
        pc = number("$pc")
        base = look_around(pc)
        if base is not None:
            PEFBOOT.add(base, "found by its header")
        for image in (PEFBOOT, ULTRAVISOR):
            for at in image.bases:
                here = at <= pc < at + image.symbols["__footprint"]
                print(f"{'*' if here else ' '} {image.name:10} {at:#x}{f' + {pc - at:#x}' if here else ''}")


class At(PefbootCommand):
    """pefboot-at ADDRESS: an image will begin there, or does: put there by Open Firmware, by a loader, by kexec. Breakpoints at
steps go there, too, and it is followed from there."""

    def run(self, argument):
        base = number(argument) if argument else -1
        if base < 0 or base % FRAME:
            raise gdb.GdbError("pefboot-at: an address, a multiple of 64 KiB")
        PEFBOOT.add(base, "by another door")


class Tree(PefbootCommand):
    """pefboot-tree [EXPRESSION]: the flattened device tree at an address, as source (dtc). Without one: at `tree' of this
frame, or at r3."""

    def run(self, argument):
        address = None
        for expression in [argument] if argument else ["tree", "$r3"]:
            with contextlib.suppress(gdb.error):
                address = number(expression)
                if read(address, 4) == b"\xd0\x0d\xfe\xed":
                    break
        if address is None or read(address, 4) != b"\xd0\x0d\xfe\xed":
            raise gdb.GdbError("pefboot-tree: no tree there: give an expression")
        data = read(address, int.from_bytes(read(address + 4, 4), "big"))
        done = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", "-"], input=data, stdout=subprocess.PIPE, check=False)
        print(done.stdout.decode(errors="replace"), end="")


class Ring(PefbootCommand):
    """pefboot-ring EXPRESSION: a struct ring: what the driver believes, and what the device has been shown and says."""

    def run(self, argument):
        if not argument:
            raise gdb.GdbError("pefboot-ring: an expression of type struct ring, as *ring or host->queue.ring")
        ring = gdb.parse_and_eval(argument)
        size, order = int(ring["size"]), "little" if bool(ring["little"]) else "big"
        value = lambda at, bytes_: int.from_bytes(read(int(at), bytes_), order)
        avail, used = int(ring["avail"]), int(ring["used"])
        print(f"{size} descriptors, {int(ring['free_count'])} free, {int(ring['in_flight'])} chains in flight, {order}-endian")
        print(f"driver: avail {int(ring['avail_index'])}, used {int(ring['used_index'])}; "
              f"memory: avail {value(avail + 2, 2)}, used {value(used + 2, 2)}")
        for head in range(size):
            shadow = ring["shadow"][head]
            if int(shadow["count"]) == 0:
                continue
            print(f"chain {head}: device may write {int(shadow['writable'])} bytes")
            at = head
            for _ in range(int(shadow["count"])):
                place = int(ring["desc"]) + 16 * at
                print(f"  {at}: {value(place, 8):#x}+{value(place + 8, 4):#x} flags {value(place + 12, 2)}")
                at = int(ring["shadow"][at]["next"])


def ultravisor():
    """Its symbols, loaded when they are first needed."""
    if not ULTRAVISOR.bases:
        base = find_ultravisor()
        if base is None:
            raise gdb.GdbError("no ultravisor here, or it has not moved to its place yet")
        ULTRAVISOR.add(base, "found by low memory")
    return ULTRAVISOR.bases[0]


class Pages(PefbootCommand):
    """pefboot-pages: the state of each 64 KiB frame of the guest, as ranges, and how many are in each."""

    def run(self, argument):
        base = ultravisor()
        with real_memory():
            pages = base + ULTRAVISOR.symbols["pages"]
            state, count, *tally = (int.from_bytes(read(pages + 8 * i, 8), "big") for i in range(2 + len(PAGE_STATES)))
            states = read(state, count)
        first = 0
        for gfn in range(1, count + 1):
            if gfn == count or states[gfn] != states[first]:
                print(f"{first * FRAME:#014x}..{gfn * FRAME - 1:#014x} {gfn - first:6} {PAGE_STATES[states[first]]}")
                first = gfn
        print(" ".join(f"{name}={n}" for name, n in zip(PAGE_STATES, tally)))


class Vcpu(PefbootCommand):
    """uv-vcpu [N]: a CPU of the ultravisor's guest as it was when it last left it: registers, and whose it is."""

    def run(self, argument):
        base = ultravisor()
        with real_memory():
            vcpu = gdb.parse_and_eval(f"*(struct vcpu *)({base + ULTRAVISOR.symbols['vcpus']:#x} + "
                                      f"sizeof(struct vcpu) * {int(argument or 0)})")
            regs = vcpu["regs"]
            flag = lambda name: "yes" if bool(vcpu[name]) else "no"
            print(f"vcpu {int(vcpu['index'])} server {int(vcpu['server'])}: started {flag('started')}, secure {flag('secure')}, "
                  f"in guest {flag('in_guest')}, {int(vcpu['exits'])} exits")
            print(f"nip {int(regs['nip']):#018x} msr {int(regs['msr']):#018x} lr {int(regs['link']):#018x}")
            for row in range(0, 32, 4):
                print(" ".join(f"r{n:<2} {int(regs['gpr'][n]):#018x}" for n in range(row, row + 4)))


class Linux(PefbootCommand):
    """pefboot-linux VMLINUX: the kernel's symbols, at the addresses that it has once it runs with translation."""

    def __init__(self, name):
        super().__init__(name, gdb.COMPLETE_FILENAME)

    def run(self, argument):
        gdb.execute(f"add-symbol-file {argument}", to_string=True)


def start():
    for text in ("architecture powerpc:common64", "endian big", "confirm off", "pagination off"):
        gdb.execute(f"set {text}", to_string=True)
    for name, kind in (("pefboot-step", Step), ("pefboot-where", Where), ("pefboot-at", At),
                       ("pefboot-tree", Tree), ("pefboot-ring", Ring),
                       ("pefboot-pages", Pages), ("uv-vcpu", Vcpu), ("pefboot-linux", Linux)):
        kind(name)
    gdb.execute("define hookpost-continue\npython follow()\nend")
    PEFBOOT.add(0, "where -bios puts it")


start()
