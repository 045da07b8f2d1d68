# SPDX-License-Identifier: GPL-2.0-or-later
"""What counts as a machine that hangs, shown by shell scripts in the place of machines."""

import os
import subprocess
import sys
import time
from pathlib import Path

import hang
import harness
import pexpect
import pytest

BUSY = "n=0; while [ $n -lt {} ]; do n=$((n + 1)); done"
FOREVER = "while :; do :; done"


def run(path, script, **limits):
    limits = {"cpu": 60, "silent": 1, "asleep": 1, **limits}
    with open(path / "log", "wb") as log:
        return hang.run(["sh", "-c", script], log, "it", **limits)


def test_slow_but_going_on(tmp_path):
    """It sleeps longer than is allowed, and computes longer, but prints meanwhile."""
    assert run(tmp_path, "for i in 1 2 3 4 5; do sleep 0.6; echo $i; done; exit 7") == 7


def ends(pid):
    """One that was killed needs a CPU to die, and may be a zombie until its new parent looks."""
    for _ in range(200):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("script,limits,words", [
    (FOREVER, {}, "it computed for [1-9] s and printed nothing"),
    ("echo begin; sleep 100", {}, "it slept for [1-9] s and printed nothing"),
    (f"sh -c 'echo $$ >PID; {FOREVER}'; :", {}, "it computed for"),
    (f"while :; do echo; {BUSY.format(9999)}; done", {"cpu": 1}, "it had not ended after [1-9] s of CPU time"),
    ("while :; do echo; sleep 0.1; done", {"wall": 2}, "it had not ended after [23] s"),
], ids=["spins", "sleeps", "child-spins", "budget", "wall"])
def test_hangs(tmp_path, script, limits, words):
    with pytest.raises(hang.Hang, match=words):
        run(tmp_path, f"echo $$ >{tmp_path}/pid; " + script.replace("PID", f"{tmp_path}/pid"), **limits)
    assert ends((tmp_path / "pid").read_text().strip())


def test_where_its_cpus_stand(qemu, tmp_path):
    """A machine that hangs is asked first; this one has not begun."""
    with open(tmp_path / "log", "wb") as log, pytest.raises(hang.Hang, match=r"slept for [1-9] s(.|\n)*CPU#0\nNIP 0000000000000100 (.|\n)*XIRR"):
        hang.run(qemu.argv(["--mem", "256M", "--", "-S"]), log, "QEMU", 60, asleep=1)


def test_one_that_waits_for_a_cpu_does_not_hang(tmp_path):
    """Others take the CPU from it, so that nothing happens for longer than it may sleep."""
    cpus = os.sched_getaffinity(0)
    others = []
    try:
        os.sched_setaffinity(0, {min(cpus)})
        others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3)]
        start = time.monotonic()
        run(tmp_path, "nice -n 19 bash -c 'while [ $SECONDS -lt 4 ]; do :; done'", silent=30)
        assert time.monotonic() - start > 2
    finally:
        os.sched_setaffinity(0, cpus)
        for other in others:
            other.kill()
            other.wait()


def talk(tmp_path, script, **limits):
    return harness.Console(["sh", "-c", script], open(tmp_path / "log", "w", encoding="utf-8"), {"cpu": 60, **limits})


def test_console_waits_for_one_that_goes_on(tmp_path):
    child = talk(tmp_path, "for i in 1 2 3 4; do sleep 0.6; echo $i; done; echo ready", asleep=1, silent=1)
    child.expect("ready")
    child.expect_exact(pexpect.EOF)
    child.close()


def test_console_whose_time_out_is_expected(tmp_path):
    """TIMEOUT among the patterns is a machine that hangs, not one that has nothing to say yet."""
    child = talk(tmp_path, "sleep 1; echo ready; sleep 100", asleep=2)
    assert child.expect([pexpect.TIMEOUT, "ready"]) == 1
    assert child.expect(["never", pexpect.TIMEOUT]) == 1
    child.close(force=True)


def test_console_of_one_that_hangs(tmp_path):
    child = talk(tmp_path, "echo begin; sleep 100", asleep=1)
    with pytest.raises(hang.Hang, match="slept for [1-9] s and printed nothing"):
        child.expect("ready")
    assert child.expect(["ready", pexpect.TIMEOUT], timeout=0.1) == 1
    child.close(force=True)
