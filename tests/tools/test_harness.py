# SPDX-License-Identifier: GPL-2.0-or-later
"""The harness itself: what counts as failed, and the line that closes a run."""

import subprocess
import sys

import harness
import pytest

CONFTEST = [path.name for path in (harness.TOP / "tests").glob("*.py")]
CASES = {
    "pass": ("def test_x(): pass", "2 passed, 0 failed, 0 skipped"),
    "fail": ("def test_x(): assert 0", "1 passed, 1 failed, 0 skipped"),
    "error in set-up": ("import pytest\n@pytest.fixture\ndef f(): assert 0\ndef test_x(f): pass",
                        "1 passed, 1 failed, 0 skipped"),
    "error in tear-down": ("import pytest\n@pytest.fixture\ndef f():\n yield\n assert 0\ndef test_x(f): pass",
                           "1 passed, 1 failed, 0 skipped"),
    "error in collection": ("import no_such_module", "1 passed, 1 failed, 0 skipped"),
    "skip for a known reason": ("def test_x(skip): skip('not root')", "1 passed, 0 failed, 1 skipped"),
    "skip for another": ("import pytest\ndef test_x(): pytest.skip('no time')", "1 passed, 1 failed, 0 skipped"),
    "skip by mark": ("import pytest\n@pytest.mark.skip(reason='broken')\ndef test_x(): pass",
                     "1 passed, 1 failed, 0 skipped"),
    "skip of a whole file": ("import pytest\npytest.skip('no time', allow_module_level=True)",
                             "1 passed, 1 failed, 0 skipped"),
    "expected failure": ("import pytest\n@pytest.mark.xfail\ndef test_x(): assert 0", "1 passed, 1 failed, 0 skipped"),
    "nothing to parametrize": ("import pytest\n@pytest.mark.parametrize('x', [])\ndef test_x(x): pass",
                               "1 passed, 1 failed, 0 skipped"),
    "left to check-all": ("import pytest\ndef test_x(): pass\n@pytest.mark.all\ndef test_y(): assert 0",
                          "2 passed, 0 failed, 0 skipped"),
}


STOP = """[    0.000001] pefboot: 1/7 entry door=bios image=0x0 tree=0x0 size=1
[    0.000002] pefboot: FAIL 2/7 discover E201 device tree corrupt
[    0.000003] pefboot: hint: look at it
[    0.000004] pefboot: EXIT 201
"""


@pytest.mark.parametrize("console,good", [
    (STOP, True), (STOP.replace("hint: look", "look"), False), (STOP + "[    0.000000] Linux version 6.12\n", False),
    ("something else", True)], ids=["stop", "no hint", "goes on", "not ours"])
def test_logs_are_judged(console, good):
    boot = harness.Boot(console, 0, 1.0)
    if good:
        boot.judged_by_itself()
    else:
        with pytest.raises(AssertionError):
            boot.judged_by_itself()


def run(folder, *args):
    """pytest with our set-up over the tests in a folder."""
    for file in CONFTEST:
        if not (folder / file).exists():
            (folder / file).symlink_to(harness.TOP / "tests" / file)
    return subprocess.run([sys.executable, "-B", "-m", "pytest", "-p", "no:cacheprovider", "-v",
                           "--continue-on-collection-errors", *args, "."], text=True,
                          cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


@pytest.mark.parametrize("name", CASES)
def test_counts(tmp_path, name):
    text, closing = CASES[name]
    (tmp_path / "test_it.py").write_text(text + "\n")
    (tmp_path / "test_other.py").write_text("def test_other(): pass\n")
    done = run(tmp_path)
    assert done.stdout.splitlines()[-1] == closing, done.stdout
    assert (done.returncode == 0) == (", 0 failed" in closing)


def test_runs_add_up(tmp_path):
    """Pieces of check-all: the last word on a test counts, what was not run is counted, RESUME leaves out what passed."""
    (tmp_path / "test_it.py").write_text("import os\ndef test_good(): pass\n"
                                         "def test_bad(): assert os.path.exists('mended')\ndef test_late(): pass\n")
    piece = ["--all", "--results=found.txt"]
    first = run(tmp_path, *piece, "-k", "good or bad").stdout.splitlines()
    assert first[-3:] == ["failed: test_it.py::test_bad", "found.txt, all runs: 1 passed, 1 failed, 0 skipped, 1 not run",
                          "1 passed, 1 failed, 0 skipped"]
    (tmp_path / "mended").touch()
    second = run(tmp_path, *piece, "--resume").stdout.splitlines()
    assert second[-2:] == ["found.txt, all runs: 3 passed, 0 failed, 0 skipped, 0 not run", "2 passed, 0 failed, 0 skipped"]
    other = (tmp_path / "found.txt").read_text().splitlines()
    (tmp_path / "found.txt").write_text("\n".join(" ".join([*line.split(" ", 3)[:2], "other", line.split(" ", 3)[3]])
                                                  for line in other) + "\n")
    third = run(tmp_path, *piece, "--resume", "-k", "good").stdout.splitlines()
    assert third[-2] == "found.txt, all runs: 3 passed, 0 failed, 0 skipped, 0 not run, 2 at another commit"
