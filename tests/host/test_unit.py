# SPDX-License-Identifier: GPL-2.0-or-later
"""Each tests/host/unit/ROOM/NAME_test.c is a host program, built with ASan and UBSan by make."""

import subprocess

import harness
import pytest

UNIT = harness.TOP / "tests/host/unit"
SOURCES = sorted(UNIT.rglob("*_test.c"))


@pytest.mark.parametrize("source", SOURCES, ids=[str(source.relative_to(UNIT).with_suffix("")) for source in SOURCES])
def test_unit(source, build):
    program = build / source.relative_to(harness.TOP).with_suffix("")
    assert program.exists(), f"{program} was not built"
    done = subprocess.run([program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", timeout=300, check=False, cwd=harness.TOP)
    assert done.returncode == 0, done.stdout
    assert "PASSED" in done.stdout, f"{source.name} ran no test:\n{done.stdout}"
