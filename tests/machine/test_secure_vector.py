# SPDX-License-Identifier: GPL-2.0-or-later
"""A hostile host enters a vector of the secure guest: at its first instruction, and later."""

import pexpect
import pytest
import secure
from test_secure_overlay import machine, unharmed  # noqa: F401 (a fixture)

# pylint: disable=redefined-outer-name


def arguments(machine, words):
    options, digest = machine
    return [*options, "--", "-prom-env", f"uv={digest} {words}"]


@pytest.mark.parametrize("at", ["vector:0x100", "vector:0x500"])
def test_vector_at_the_first_instruction(qemu, machine, at):
    """Where low memory comes along it is what the normal world left there, and was not measured: its vectors run, in the
    secure world."""
    boot = qemu(*arguments(machine, f"uv.forget=off uv.evil={at}"))
    kbase = boot.line(r"4/7 transition mode=secure .* kbase=(0x\w+) ")[1]
    boot.line(rf"ultravisor: evil=vector at={at[7:]} cpu=0 srr0={kbase}$")
    boot.line(r"pefboot: FAIL \d/7 \w+ E102 ")
    assert "5/7 verify" not in boot.console
    found = secure.verdict(boot.console)
    assert (found["world"], found["leaked"]) == ("secure", "0")


@pytest.mark.parametrize("words", ["uv.evil=vector:0x100", "uv.forget=off uv.evil=forget,vector:0x100"], ids=["measured", "evil"])
def test_vector_where_low_memory_was_forgotten(qemu, machine, words):
    """Zeros are no instruction, nor are they at 0x700: the guest stands still there, for the host to end."""
    child = qemu.spawn(*arguments(machine, words), timeout=20)
    child.expect("evil=vector at=0x100 cpu=0 srr0=0x")
    assert child.expect([pexpect.TIMEOUT, "pefboot: ", pexpect.EOF], timeout=5) == 0


def test_vector_of_a_running_linux(qemu, machine):
    """One decrementer too many, whatever MSR[EE] says."""
    boot = qemu(*arguments(machine, "uv.evil=vector:0x900@2000"))
    boot.line(r"ultravisor: evil=vector at=0x900 cpu=0 srr0=0x\w+$")
    unharmed(boot)
