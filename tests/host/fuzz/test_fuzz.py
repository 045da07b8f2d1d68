# SPDX-License-Identifier: GPL-2.0-or-later
"""A short run of each fuzz harness; `make fuzz T=seconds` is the long one."""

import re
import subprocess

import harness
import pytest

HARNESSES = sorted(path.stem.removesuffix("_fuzz") for path in (harness.TOP / "tests/host/fuzz").glob("*_fuzz.c"))
RUNS, SIZE = 20000, 4096
# Trees of whole machines, each of which goes through the secure stage
RUNS_OF, SIZE_OF = {"tree": 4000}, {"tree": 32768}


@pytest.fixture(scope="session")
def seeds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    subprocess.run([harness.TOP / "tests/host/fuzz/seeds", folder], check=True)
    return folder


@pytest.mark.parametrize("name", HARNESSES)
def test_fuzz(name, seeds, tmp_path):
    program = harness.BUILD / "fuzz" / f"{name}_fuzz"
    assert program.exists(), f"{program} was not built"
    runs = RUNS_OF.get(name, RUNS)
    done = subprocess.run([program, f"-runs={runs}", "-seed=1", "-timeout=20", f"-max_len={SIZE_OF.get(name, SIZE)}",
                           f"-artifact_prefix={tmp_path}/",
                           seeds / name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    # libFuzzer reads its output corpus again once a second, and counts that: a slow machine does a few runs more
    assert int(re.search(r"^Done (\d+) runs", done.stdout, re.M)[1]) >= runs
