# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests cost: seconds, and CPU seconds of the test and all that it ran, which other work on the machine does not change.

Kept in the cache for the order of the next run."""

import json
import os
import resource

import harness
import pytest

# Where nothing is known yet: the dearest by part of their names, in CPU seconds.
DEAREST = {
    "test_booting_linux": 60, "devices_as_under_slof": 100, "test_secure_soak": 60, "test_doors": 40, "test_bootlog_machine": 30,
    "test_build": 60, "test_linux_series": 30, "test_fuzz": 20, "test_run": 20, "tests/machine": 10,
}


def path():
    return harness.cache() / "durations.json"


def read():
    """{test: [seconds, CPU seconds]} of earlier runs."""
    try:
        return json.loads(path().read_text())
    except (OSError, ValueError):
        return {}


def expected():
    """A function: what a test will cost."""
    known = read()
    return lambda name: known[name][1] if name in known else \
        next((cost for part, cost in DEAREST.items() if part in name), 0.1)


def used():
    """CPU seconds of this process, and of those it has waited for."""
    return sum(usage.ru_utime + usage.ru_stime
               for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


class Measure:
    """A plugin of the process that runs tests: each last report carries the CPU time."""

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item):
        item.used_before = used()
        yield

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item, call):
        if call.when == "teardown":
            item.user_properties.append(("cpu", round(used() - item.used_before, 2)))


class Durations:
    """A plugin of the process that reports."""

    def __init__(self, config):
        """Takes the place of pytest's own --durations, which counts set-up and call apart, and no CPU time."""
        self.found, self.count = {}, config.option.durations
        config.option.durations = None

    def pytest_runtest_logreport(self, report):
        seconds, cpu = self.found.get(report.nodeid, (0, 0))
        self.found[report.nodeid] = [round(seconds + report.duration, 2), dict(report.user_properties).get("cpu", cpu)]

    def pytest_terminal_summary(self, terminalreporter):
        """With --durations=N the N dearest (0: all)."""
        if self.count is None:
            return
        terminalreporter.section("dearest tests: CPU seconds, seconds")
        dearest = sorted(self.found.items(), key=lambda item: -item[1][1])
        for name, (seconds, cpu) in dearest[:self.count or None]:
            terminalreporter.write_line(f"{cpu:8.1f} {seconds:8.1f}  {name}")
        total = [sum(column) for column in zip(*self.found.values())] or [0, 0]
        terminalreporter.write_line(f"{total[1]:8.1f} {total[0]:8.1f}  all {len(self.found)}")

    def pytest_sessionfinish(self):
        ours = {name: cost for name, cost in self.found.items() if name.startswith("tests/")}
        if not ours:
            return
        path().parent.mkdir(parents=True, exist_ok=True)
        scratch = path().with_suffix(f".{os.getpid()}")
        scratch.write_text(json.dumps({**read(), **ours}, indent=0, sort_keys=True))
        scratch.replace(path())
