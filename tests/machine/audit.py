# SPDX-License-Identifier: GPL-2.0-or-later
"""Looking at a running machine from outside, by QMP: its memory, and what its virtio devices can reach.

`x-query-virtio-status` is never used: it ends QEMU 11.1 with an assertion. Queues are asked for one
by one instead, which every release answers."""

import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

import hang
import harness
import qmp


class Machine:
    """QEMU with a QMP socket and its console in a file; a context manager that ends it."""

    def __init__(self, *args, firmware="pefboot", log=None):
        self.folder = tempfile.TemporaryDirectory()
        self.socket_path = os.path.join(self.folder.name, "qmp")
        self.log = Path(log or os.path.join(self.folder.name, "console"))
        words = [str(arg) for arg in args]
        raw = words[words.index("--"):] if "--" in words else ["--"]
        words = words[:words.index("--")] if "--" in words else words
        self.argv = harness.tool("qemu").command(["--firmware", firmware, "--qmp", self.socket_path, *words, *raw, "-S"])
        self.process = self.qmp = None

    def __enter__(self):
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT)
        try:
            self.qmp = qmp.Qmp(self.socket_path, self.process.poll)
            self.qmp("cont")    # not before, or it may be at its end already
        except BaseException:
            print(self.console())
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.qmp:
            self.qmp.close()
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def hmp(self, line):
        """The text of a command of the human monitor."""
        return self.qmp.hmp(line)

    def console(self):
        return self.log.read_text(errors="replace").replace("\r", "")

    def wait_for(self, pattern, timeout=60):
        """Wait until the console has a match, for at most so much CPU time of the machine; returns it."""
        watch = hang.Watch(self.process.pid, lambda: self.log.stat().st_size, timeout)
        reason = None
        while not reason:
            match = re.search(pattern, self.console())
            if match:
                return match
            assert self.process.poll() is None, "QEMU has ended:\n" + self.console()
            time.sleep(0.05)
            reason = watch.look()
        raise hang.Hang(self.process.pid, f"the machine {reason}; expected: {pattern!r}\n" + self.console())

    def memory(self, address, size):
        """Bytes of guest-physical memory."""
        path = os.path.join(self.folder.name, "memory")
        self.qmp("pmemsave", val=address, size=size, filename=path)
        data = Path(path).read_bytes()
        os.unlink(path)
        return data


def devices(machine):
    """QOM paths of the virtio devices, by name (virtio-blk...), in QEMU's order."""
    return [(item["name"], item["path"]) for item in machine.qmp("x-query-virtio")]


def queues(machine, path):
    """Numbers of the queues of a device which have a ring."""
    live = []
    for number in range(1024):
        try:
            status = machine.qmp("x-query-virtio-queue-status", path=path, queue=number)
        except qmp.QmpError as error:
            assert "Invalid virtqueue number" in str(error), error
            break
        if status["vring-desc"]:
            live.append(number)
    return live


def bus_masters(machine):
    """How many PCI devices may read and write memory: their address spaces whose alias is enabled."""
    text = machine.hmp("info mtree")
    return sum("alias bus master" in line and "[disabled]" not in line for line in text.splitlines())


def check_quiet(machine, memory, pause=1.0):
    """No virtio device has a ring, none is a bus master, and nothing changes in [0, memory).

    The guest's CPU must be doing nothing that writes."""
    for name, path in devices(machine):
        assert queues(machine, path) == [], f"{name} has a live queue"
    assert bus_masters(machine) == 0
    before = machine.memory(0, memory)
    time.sleep(pause)
    assert machine.memory(0, memory) == before, "memory changes although nothing should write"
