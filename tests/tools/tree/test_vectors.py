# SPDX-License-Identifier: GPL-2.0-or-later
"""The first instructions of the secure stage, one by one: how many until nothing of the host's is left in low memory."""

import re
import subprocess

import harness
import pytest

END, STEP = 0x2000, 32  # what an ultravisor lets a host enter: open-power/ultravisor core/uvcall.c valid_vector()
SPIN = 0x48000000       # b .


@pytest.fixture
def code(build):
    """{address: (mnemonic, operands)} of the head."""
    text = subprocess.run(["powerpc64-linux-gnu-objdump", "-d", "-j", ".head", build / "pefboot.linked"], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    return {int(at, 16): (word, re.findall(r"-?\w+", re.sub("<.*>", "", operands))) for at, word, operands in
            re.findall(r"^ +(\w+):\t(?:\w\w ){4}\t(\S+) *(.*)$", text, re.M)}


class Cpu:
    """Enough of one for these instructions; any other is a KeyError. It is entered at 0 with MSR[S]=1."""

    def __init__(self, code):
        self.code, self.at, self.gpr, self.ctr, self.taken = code, 0, {f"r{n}": None for n in range(32)}, 0, False
        self.low = {address: "host" for address in range(0, END, STEP)}

    def step(self):
        word, ops = self.code[self.at]
        self.at += 4
        getattr(self, "do_" + word.rstrip("."))(*ops)

    def do_b(self, target):
        self.at = int(target, 16)

    def do_mfmsr(self, to):
        self.gpr[to] = 1 << 22

    def do_andis(self, to, of, mask):
        self.gpr[to] = self.gpr[of] & int(mask) << 16
        self.taken = self.gpr[to] != 0

    def do_bne(self, target):
        if self.taken:
            self.do_b(target)

    def do_li(self, to, value):
        self.gpr[to] = int(value)

    def do_lis(self, to, value):
        self.gpr[to] = int(value) << 16

    def do_addi(self, to, of, value):
        self.gpr[to] = self.gpr[of] + int(value)

    def do_mtctr(self, of):
        self.ctr = self.gpr[of]

    def do_bdnz(self, target):
        self.ctr -= 1
        if self.ctr:
            self.do_b(target)

    def do_dcbz(self, a, b):
        start = (0 if a == "0" else self.gpr[a]) + self.gpr[b]
        assert start % 128 == 0
        self.low.update({at: 0 for at in range(start, start + 128, STEP) if at in self.low})

    def do_stw(self, of, offset, base):
        assert base == "0"
        self.low[int(offset)] = self.gpr[of]


def test_vectors_come_first(code):
    """Neither an access to other memory nor a call comes before; docs/security.md names both numbers."""
    cpu, count, first = Cpu(code), 0, None
    while "host" in cpu.low.values():
        cpu.step()
        count += 1
        if first is None and set(cpu.low.values()) != {"host"}:
            first = count
    assert set(cpu.low.values()) == {0, SPIN}
    assert cpu.low[0x100] == cpu.low[0x700] == 0
    text = " ".join((harness.TOP / "docs/security.md").read_text().split())
    assert f"the {first}th instruction" in text and f"the {count}rd all" in text, (first, count)
