# SPDX-License-Identifier: GPL-2.0-or-later
"""tests/bench: limits are held, a miss does not end a run; and each table can be made."""

import subprocess
import sys

import harness
import pytest

BENCH = harness.TOP / "tests/bench"
TABLE = """
import figures
figures.judged("low", value=1.5, most=1.5)
figures.judged("high", value=1.51, most=1.5)
figures.judged("rate", value=0.4, least=0.5)
figures.section(lambda: figures.search("(x)", "console"), "part")
figures.judged("after", value=1e6, most=5e6, form=",.0f")
figures.finish()
"""


def python(*args, timeout=60):
    return subprocess.run([sys.executable, "-B", *args], cwd=BENCH, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=timeout, check=False)


def test_bench_limits():
    done = python("-c", TABLE)
    assert [line.split()[0] + " " + line.split("  ")[-1].strip() for line in done.stdout.splitlines()[:4]] == \
        ["low met", "high NOT met", "rate NOT met", "after met"]
    assert done.stdout.splitlines()[4:] == [
        "NOT met: high: 1.51, not <= 1.50", "NOT met: rate: 0.40, not >= 0.50",
        "NOT met: part: failed: the console has no '(x)'; its end:"]
    assert done.returncode == 1
    assert python("-c", "import figures; figures.finish()").returncode == 0


@pytest.mark.all
@pytest.mark.alone
@pytest.mark.parametrize("name,args", [("boots", ["-n", "1"]), ("ultravisor", ["-n", "1", "--qemu", "10.0"]),
                                       ("secure", ["-n", "1", "--qemu", "10.0"])])
def test_bench_tables(name, args):
    """Every part works; whether limits are met says little while tests run."""
    done = python(f"{name}.py", *args, timeout=3600)
    assert "failed" not in done.stdout, done.stdout + done.stderr
    assert " met" in done.stdout
