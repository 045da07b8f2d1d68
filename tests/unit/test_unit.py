# SPDX-License-Identifier: GPL-2.0-or-later
"""Each tests/unit/NAME_test.c is a host program, built with ASan and UBSan by make."""

import subprocess

import harness
import pytest

SOURCES = sorted((harness.TOP / "tests/unit").glob("*_test.c"))


@pytest.mark.parametrize("source", SOURCES, ids=[source.stem for source in SOURCES])
def test_unit(source, build):
    program = build / "tests/unit" / source.stem
    assert program.exists(), f"{program} was not built"
    done = subprocess.run([program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", timeout=300, check=False, cwd=harness.TOP)
    assert done.returncode == 0, done.stdout
    assert "PASSED" in done.stdout, f"{source.name} ran no test:\n{done.stdout}"
