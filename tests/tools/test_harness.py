# SPDX-License-Identifier: GPL-2.0-or-later
"""The harness itself: what counts as failed, and the line that closes a run."""

import os
import re
import subprocess
import sys
import threading

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


def test_each_machine_has_a_log_of_its_own():
    """Two that shared one, of tests that differ in a character that file names do without, failed when they ran at the same time."""
    names = [f"tests/machine/test_a.py::test_b{words}" for words in (
        "", "[<]", "[>]", "[a b]", "[a/b]", "[a-b]", "[7.2]", "[7.2-1]", "[7.2+1]", "[é]", "[]", "[[]]", "[%3C]")] + ["tests/tools/test_a.py::test_b", "b"]
    paths = [harness.log_path(name, number) for name in names for number in range(3)]
    assert len(set(paths)) == len(paths) and {path.parent for path in paths} == {harness.LOGS}
    assert harness.log_path(names[6], 1).name == "machine-test_a-test_b-7.2+1.log"


def run(folder, *args):
    """pytest with our set-up over the tests in a folder."""
    for file in CONFTEST:
        if not (folder / file).exists():
            (folder / file).symlink_to(harness.TOP / "tests" / file)
    env = {**os.environ, "PEFBOOT_BUILD": str(folder / "build"), "XDG_CACHE_HOME": str(folder / "cache")}
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID"):
        env.pop(name, None)
    return subprocess.run([sys.executable, "-B", "-m", "pytest", "-p", "no:cacheprovider", "-v",
                           "--continue-on-collection-errors", *args, "."], text=True,
                          cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


@pytest.mark.parametrize("name,workers", [(name, []) for name in CASES] + [(name, ["-n2"]) for name in (
    "pass", "fail", "error in tear-down", "error in collection", "skip for another", "left to check-all")])
def test_counts(tmp_path, name, workers):
    text, closing = CASES[name]
    (tmp_path / "test_it.py").write_text(text + "\n")
    (tmp_path / "test_other.py").write_text("def test_other(): pass\n")
    done = run(tmp_path, *workers)
    assert done.stdout.splitlines()[-1] == closing, done.stdout
    assert (done.returncode == 0) == (", 0 failed" in closing)


@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["one", "workers"])
def test_runs_add_up(tmp_path, workers):
    """Pieces of check-all: the last word on a test counts, what was not run is counted, RESUME leaves out what passed."""
    (tmp_path / "test_it.py").write_text("import os\ndef test_good(): pass\n"
                                         "def test_bad(): assert os.path.exists('mended')\ndef test_late(): pass\n")
    piece = ["--all", "--results=found.txt", *workers]
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


TURNS = """
import pathlib, time, os, pytest
def note(name):
    with open("times", "a") as file:
        file.write(f"{name} {os.environ['PYTEST_XDIST_WORKER']} begin\\n")
        file.flush()
        time.sleep(0.2)
        file.write(f"{name} {os.environ['PYTEST_XDIST_WORKER']} end\\n")
@pytest.mark.parametrize("n", range(8))
def test_beside(n): note("beside")
@pytest.mark.alone
@pytest.mark.parametrize("n", range(2))
def test_alone(n): note("alone")
@pytest.mark.xdist_group("house")
@pytest.mark.parametrize("n", range(4))
def test_group(n): note("group")
@pytest.fixture(scope="module")
def shared(): note("shared")
@pytest.mark.parametrize("n", range(4))
def test_shared(shared, n): pass
"""


def test_workers(tmp_path):
    """Two at a time; one marked alone has no other beside it; what belongs together is on one worker; no set-up is done twice."""
    (tmp_path / "test_it.py").write_text(TURNS)
    done = run(tmp_path, "-n2")
    assert done.returncode == 0 and done.stdout.splitlines()[-1] == "18 passed, 0 failed, 0 skipped", done.stdout
    lines = [line.split() for line in (tmp_path / "times").read_text().splitlines()]
    running, beside = {}, set()
    for name, worker, what in lines:
        running[worker] = name if what == "begin" else None
        assert "alone" not in running.values() or list(filter(None, running.values())) == ["alone"]
        beside.add(len(list(filter(None, running.values()))))
    assert 2 in beside
    assert len({worker for name, worker, _ in lines if name == "group"}) == 1
    assert [name for name, _, what in lines if what == "begin"].count("shared") == 1


def test_dearest_first_and_progress(tmp_path):
    """What took long in the last run begins in the next one; each end is a line; durations are printed."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_it.py").write_text(
        "import pytest, time\n@pytest.mark.parametrize('n', range(9))\ndef test_it(n):\n"
        "    end = time.process_time() + n / 20\n    while time.process_time() < end: pass\n")
    one = ["-q", "-q", "--progress", "--durations=2"]
    first = run(tmp_path, *one).stdout
    assert re.search(r"^ +3 of 9 +\d+\.\d s  passed tests/test_it.py::test_it\[2\]$", first, re.M), first
    assert re.search(r"^ +0\.4 .*test_it\[8\]\n +0\.[34] .*test_it\[7\]\n +1\.\d .* all 9$", first, re.M), first
    second = run(tmp_path, *one, "-n1").stdout
    assert re.search(r"^ +1 of 9 .*test_it\[8\]\n +2 of 9 .*test_it\[7\]$", second, re.M), second
    assert second.splitlines()[-1] == "9 passed, 0 failed, 0 skipped"


def test_shared_file_is_made_once(tmp_path, monkeypatch):
    """By many at once, and anew in the next run; never seen half."""
    def make(path):
        path.write_text("half")
        made.append(path)
        path.write_text("whole")
    made, path = [], tmp_path / "file"
    monkeypatch.setenv("PEFBOOT_TEST_RUN", "first")
    callers = [threading.Thread(target=lambda: seen.append(harness.make_once(path, make).read_text())) for _ in range(4)]
    seen = []
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert seen == ["whole"] * 4 and len(made) == 1
    monkeypatch.setenv("PEFBOOT_TEST_RUN", "second")
    harness.make_once(path, make)
    assert len(made) == 2


def test_remembered_until_a_part_changes(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = []
    make = lambda: made.append(1) or f"made {len(made)}"
    assert [harness.remember("it", parts, make) for parts in ([b"a", "b"], [b"a", "b"], [b"ab", ""], [b"a", "c"])] == \
        ["made 1", "made 1", "made 2", "made 3"]
    with pytest.raises(AssertionError):     # what fails is not kept
        harness.remember("it", ["bad"], lambda: (_ for _ in ()).throw(AssertionError))
    assert harness.remember("it", ["bad"], make) == "made 4"
