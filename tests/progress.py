# SPDX-License-Identifier: GPL-2.0-or-later
"""--progress: a line for each test that has ended, "12 of 1253    3.4 s  passed NAME"."""

import pytest


class Progress:
    """A plugin of the process that reports."""

    def __init__(self, config):
        self.config, self.ended, self.running = config, 0, {}

    @pytest.hookimpl(hookwrapper=True)
    def pytest_report_teststatus(self):
        """Counted as ever, but without a letter."""
        outcome = yield
        outcome.force_result((outcome.get_result()[0], "", ""))

    def pytest_collection_finish(self, session):
        self.session = session

    def pytest_sessionstart(self, session):
        self.session = session

    def pytest_runtest_logreport(self, report):
        outcomes, seconds = self.running.get(report.nodeid, (set(), 0))
        self.running[report.nodeid] = outcomes | {report.outcome}, seconds + report.duration
        if report.when == "teardown":
            self.end(report.nodeid, *self.running.pop(report.nodeid))

    def end(self, name, outcomes, seconds):
        self.ended += 1
        outcome = next(word for word in ("failed", "skipped", "passed") if word in outcomes)
        count = f"{self.ended} of {self.session.testscollected}"
        self.config.pluginmanager.get_plugin("terminalreporter").write_line(
            f"{count:>14} {seconds:7.1f} s  {outcome.upper() if outcome == 'failed' else outcome} {name}",
            red=outcome == "failed")
