# SPDX-License-Identifier: GPL-2.0-or-later
"""What `make check-all` has found so far, over any number of runs: build/check-all.txt.

A line for each test that ended, "OUTCOME SECONDS COMMIT NAME"; the last one of a test counts."""

import subprocess

import harness
import pytest


def commit():
    done = subprocess.run(["git", "-c", "safe.directory=*", "-C", harness.TOP, "describe", "--always", "--dirty"],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return done.stdout.strip() or "unknown"


def read(path):
    """{name: (outcome, seconds, commit)}"""
    lines = path.read_text().splitlines() if path.exists() else []
    return {name: (outcome, float(seconds), where)
            for outcome, seconds, where, name in (line.split(" ", 3) for line in lines)}


class Results:
    """A plugin of pytest that adds to the file (unless it is a worker's), and says in the end how far it is."""

    def __init__(self, path, resume, writes=True):
        self.path, self.resume, self.writes, self.commit = path, resume, writes, commit()
        self.known, self.running = set(), {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config, items):
        """All tests, before any is deselected; those to be left out which this commit has passed."""
        self.known = {item.nodeid for item in items}
        if not self.resume:
            return
        done = {name for name, (outcome, _, where) in read(self.path).items()
                if outcome != "failed" and where == self.commit}
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in done])
        items[:] = [item for item in items if item.nodeid not in done]

    def pytest_sessionfinish(self, session):
        """What workers have collected, if this process has not."""
        notes = session.config.pluginmanager.get_plugin("notes")
        if notes:
            self.known = set(notes.read()["known"])

    def pytest_runtest_logreport(self, report):
        outcomes, seconds = self.running.get(report.nodeid, (set(), 0))
        self.running[report.nodeid] = outcomes | {report.outcome}, seconds + report.duration
        if report.when != "teardown" or not self.writes:
            return
        outcomes, seconds = self.running.pop(report.nodeid)
        outcome = next(word for word in ("failed", "skipped", "passed") if word in outcomes)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(f"{outcome} {seconds:.1f} {self.commit} {report.nodeid}\n")

    def summary(self):
        found = {name: line for name, line in read(self.path).items() if name in self.known}
        count = {word: sum(outcome == word for outcome, _, _ in found.values())
                 for word in ("passed", "failed", "skipped")}
        elsewhere = sum(where != self.commit for _, _, where in found.values())
        words = [f"{number} {word}" for word, number in count.items()]
        words += [f"{len(self.known) - len(found)} not run"] + [f"{elsewhere} at another commit"] * bool(elsewhere)
        return [f"failed: {name}" for name, line in found.items() if line[0] == "failed"] + \
            [f"{self.path.name}, all runs: " + ", ".join(words)]
