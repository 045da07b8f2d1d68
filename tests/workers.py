# SPDX-License-Identifier: GPL-2.0-or-later
"""Several tests at a time (pytest-xdist): how many workers, what goes to which and in which order, what runs alone.

Tests that share a fixture of their module, or carry one name of @pytest.mark.xdist_group, go to one worker. The dearest go
first, by what earlier runs took (durations.py). A test marked 'alone' runs while the other workers wait."""

import collections
import fcntl
import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import durations
import harness
import pytest

MEMORY = 4 << 30        # for the machine of a worker: up to 2.3 GiB of guest, QEMU, and what compiles


def number():
    """How many workers this machine has room for."""
    lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    return max(1, min(len(os.sched_getaffinity(0)), int(lines["MemAvailable"].split()[0]) * 1024 // MEMORY))


def group(item):
    """What the tests that belong together have in common: a mark's name, or a module with such a fixture; None if nothing."""
    mark = item.get_closest_marker("xdist_group")
    if mark:
        return str(mark.kwargs.get("name") or mark.args[0])
    fixtures = [definition for found in item._fixtureinfo.name2fixturedefs.values() for definition in found]
    return item.location[0] if any(definition.scope == "module" for definition in fixtures) else None


class Notes:
    """What the workers tell the process that distributes the tests, and that does not collect any: a file."""

    def __init__(self):
        self.path = Path(tempfile.mkdtemp(prefix="pefboot-tests-")) / "collected"

    def pytest_configure_node(self, node):
        node.workerinput["notes"] = str(self.path)

    def read(self):
        """groups: {test: group or None}; known: all tests, those that are left out, too."""
        return json.loads(self.path.read_text()) if self.path.exists() else {"groups": {}, "known": []}

    def pytest_unconfigure(self):
        shutil.rmtree(self.path.parent)


def note(config, items, known):
    """In a worker: leave a note for the other process."""
    path = Path(config.workerinput["notes"])
    own = path.with_name(config.workerinput["workerid"])
    own.write_text(json.dumps({"groups": {item.nodeid: group(item) for item in items}, "known": sorted(known)}))
    own.rename(path)


def scheduler(config, log):
    """The dearest group of tests next; a class made here, since xdist need not be installed."""
    from xdist.scheduler.loadscope import LoadScopeScheduling

    class Dearest(LoadScopeScheduling):
        groups = costs = None

        def _split_scope(self, nodeid):
            if self.groups is None:
                self.groups = config.pluginmanager.get_plugin("notes").read()["groups"]
            return self.groups.get(nodeid) or nodeid

        def _assign_work_unit(self, node):
            if self.costs is None:
                expected = durations.expected()
                self.costs = {scope: sum(map(expected, unit)) for scope, unit in self.workqueue.items()}
            if not isinstance(self.workqueue, collections.OrderedDict):
                self.workqueue = collections.OrderedDict(self.workqueue)
            dearest = max(self.workqueue, key=self.costs.__getitem__)
            self.workqueue.move_to_end(dearest, last=False)
            super()._assign_work_unit(node)
    return Dearest(config, log)


@contextmanager
def turn(alone):
    """Beside other tests, or alone: who wants to be alone waits at the gate, and nobody passes it meanwhile."""
    harness.BUILD.mkdir(parents=True, exist_ok=True)
    with open(harness.BUILD / "gate.lock", "w") as gate, open(harness.BUILD / "tests.lock", "w") as tests:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(tests, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        yield


class Turns:
    """A plugin of the workers."""

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item):
        with turn(bool(item.get_closest_marker("alone"))):
            yield
