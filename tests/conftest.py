# SPDX-License-Identifier: GPL-2.0-or-later
"""pytest set-up: fixtures, what `make check` leaves out, honest skips, the closing line."""

import os
import time
from pathlib import Path

import durations
import harness
import programs
import progress
import pytest
import results
import workers

# Reasons for which a test may be skipped; anything else that skips has failed. A reason ends up
# in the list only if users have machines on which the test cannot run.
MAY_SKIP = (
    "not root",
    "no network",
    "QEMU of this release is not in the archive",
    "not enough memory on this machine",
    "mounts are not permitted here",
    "the kernel package has not been built",
    "no Debian is in the cache",
)


def pytest_addoption(parser):
    group = parser.getgroup("pefboot")
    group.addoption("--all", action="store_true", help="run the tests marked 'all', too")
    group.addoption("--firmware", default="pefboot", metavar="NAME",
                    help="boot with another firmware where a test names none (to tell its faults from ours)")
    group.addoption("--progress", action="store_true", help="a line for each test that has ended")
    group.addoption("--results", metavar="FILE", type=Path, help="add to what earlier runs found")
    group.addoption("--resume", action="store_true", help="leave out what has passed at this commit, by --results")


def pytest_configure(config):
    config.addinivalue_line("markers", "all: products, ports and soaks: only with --all (make check-all)")
    config.addinivalue_line("markers", "alone: measures time or needs much memory: no other test runs beside it")
    config.addinivalue_line("markers", "xdist_group(name): on one worker with the others of this name")
    programs.restrict_path("all" if config.getoption("--all") else "check")
    register = config.pluginmanager.register
    if config.getoption("--collect-only"):
        return
    if config.getoption("--results"):
        register(results.Results(config.getoption("--results"), config.getoption("--resume"), not is_worker(config)), "results")
    if is_worker(config):
        register(workers.Turns(), "turns")
    if not is_controller(config):
        register(durations.Measure(), "measure")
    if not is_worker(config):
        os.environ["PEFBOOT_TEST_RUN"] = f"{time.time()} {os.getpid()}"
        register(durations.Durations(config), "durations")
        if config.getoption("--progress"):
            register(progress.Progress(config), "progress")
    if is_controller(config):
        register(workers.Notes(), "notes")


def is_worker(config):
    """Is this a process that another one gives tests to?"""
    return hasattr(config, "workerinput")


def is_controller(config):
    """Is it one that gives them out?"""
    return bool(config.getoption("numprocesses", None))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    return workers.number()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return workers.scheduler(config, log)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config, items):
    known = [item.nodeid for item in items]
    yield
    left_out = [item for item in items if item.get_closest_marker("all") and not config.getoption("--all")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("all")]
    if is_worker(config):
        workers.note(config, items, known)


@pytest.fixture
def build():
    """The directory of the build under test."""
    return harness.BUILD


@pytest.fixture
def skip():
    """skip(reason): the only way to skip, for one of the reasons in MAY_SKIP."""
    def skipper(reason, detail=""):
        assert reason in MAY_SKIP, f"'{reason}' is no reason to skip"
        pytest.skip(f"{reason}: {detail}" if detail else reason)
    return skipper


@pytest.fixture
def qemu(request):
    """Run QEMU: see harness.Runner."""
    runner = harness.Runner(request.node.nodeid, request.config.getoption("--firmware"))
    request.node.runner = runner
    yield runner
    runner.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.skipped and not allowed(report):
        report.outcome, report.longrepr = "failed", f"unexpected skip: {report.longrepr}"
        vars(report).pop("wasxfail", None)
    if report.failed:
        for log in getattr(getattr(item, "runner", None), "logs", []):
            if log.exists():
                lines = log.read_text(errors="replace").replace("\r", "").splitlines()
                report.sections.append((f"console, last lines of {log}", "\n".join(lines[-40:])))


def allowed(report):
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return reason.removeprefix("Skipped: ").startswith(MAY_SKIP)


def pytest_runtest_logreport(report):
    counts = TOTALS.setdefault(report.nodeid, set())
    counts.add("failed" if report.failed else "skipped" if report.skipped else "passed")


def pytest_collectreport(report):
    if not report.passed:
        TOTALS.setdefault(report.nodeid, set()).add("failed")


# Outcomes of the phases of each test: one that fails in its set-up or tear-down has failed.
TOTALS = {}


def totals():
    """How many tests passed, failed, were skipped."""
    words = [next(word for word in ("failed", "skipped", "passed") if word in outcomes)
             for outcomes in TOTALS.values()]
    return {word: words.count(word) for word in ("passed", "failed", "skipped")}


def pytest_sessionfinish(session, exitstatus):
    """pytest itself forgives a file that skips itself."""
    if exitstatus == 0 and totals()["failed"]:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config):
    if is_worker(config):
        return
    if config.pluginmanager.has_plugin("results"):
        print("\n".join(config.pluginmanager.get_plugin("results").summary()))
    if not config.getoption("--collect-only", default=False):
        print("{passed} passed, {failed} failed, {skipped} skipped".format(**totals()))
