# SPDX-License-Identifier: GPL-2.0-or-later
"""pytest set-up: fixtures, what `make check` leaves out, honest skips, the closing line."""

from pathlib import Path

import harness
import programs
import pytest
import results

# Reasons for which a test may be skipped; anything else that skips has failed. A reason ends up
# in the list only if users have machines on which the test cannot run.
MAY_SKIP = (
    "not root",
    "no network",
    "QEMU of this release is not in the archive",
    "not enough memory on this machine",
    "mounts are not permitted here",
)


def pytest_addoption(parser):
    group = parser.getgroup("pefboot")
    group.addoption("--all", action="store_true", help="run the tests marked 'all', too")
    group.addoption("--firmware", default="pefboot", metavar="NAME",
                    help="boot with another firmware where a test names none (to tell its faults from ours)")
    group.addoption("--results", metavar="FILE", type=Path, help="add to what earlier runs found")
    group.addoption("--resume", action="store_true", help="leave out what has passed at this commit, by --results")


def pytest_configure(config):
    config.addinivalue_line("markers", "all: products, ports and soaks: only with --all (make check-all)")
    programs.restrict_path("all" if config.getoption("--all") else "check")
    if config.getoption("--results") and not config.getoption("--collect-only"):
        config.pluginmanager.register(
            results.Results(config.getoption("--results"), config.getoption("--resume")), "results")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--all"):
        return
    left_out = [item for item in items if item.get_closest_marker("all")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


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
    name = request.node.nodeid.removeprefix("tests/").replace("::", "-").replace(".py", "")
    runner = harness.Runner(name, request.config.getoption("--firmware"))
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
    if config.pluginmanager.has_plugin("results"):
        print("\n".join(config.pluginmanager.get_plugin("results").summary()))
    if not config.getoption("--collect-only", default=False):
        print("{passed} passed, {failed} failed, {skipped} skipped".format(**totals()))
