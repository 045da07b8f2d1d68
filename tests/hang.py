# SPDX-License-Identifier: GPL-2.0-or-later
"""When a machine hangs: judged by what it does, not by the clock, since it may share its host with others.

A program that prints goes on. One that prints nothing hangs if it computes for long, or if it sleeps for long: then none of its
threads runs, and none waits for a CPU. One that waits for a CPU does not hang. CPU time is that of the busiest thread, which on
an idle host is never more than the time on the clock."""

import os
import signal
import subprocess
import time
from pathlib import Path

import postmortem

INTERVAL = 0.5
TICKS = os.sysconf("SC_CLK_TCK")


class Hang(AssertionError):
    """A program was ended because it did not go on."""

    def __init__(self, pid, reason):
        super().__init__("\n".join([reason, *postmortem.state(list(processes(pid)))]))


def processes(pid):
    """A process and its descendants."""
    yield pid
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from processes(int(child))
    except OSError:     # it ended meanwhile
        pass


def threads(pid):
    """{thread: (seconds of CPU time, does it run, or wait for a CPU or a disk?)} of a process and its descendants."""
    found = {}
    for process in processes(pid):
        try:
            for task in Path(f"/proc/{process}/task").iterdir():
                fields = (task / "stat").read_text().rpartition(")")[2].split()
                found[task.name] = (int(fields[11]) + int(fields[12])) / TICKS, fields[0] in "RD"
        except OSError:     # it ended meanwhile
            pass
    return found


class Watch:
    """Looks at a program from time to time. cpu: seconds of CPU time in all; silent: of these, without output; asleep: seconds
    without output in which nothing ran or waited for a CPU; wall: the last resort."""

    def __init__(self, pid, output, cpu, silent=None, asleep=120, wall=None):
        self.pid, self.output = pid, output     # output() counts what was printed
        self.cpu, self.silent, self.asleep_limit = cpu, silent or cpu, asleep
        self.wall = wall or max(1800, 10 * cpu)
        self.start = self.looked = time.monotonic()
        self.printed, self.asleep = output(), 0.0
        self.at_start = self.at_output = threads(pid)

    def busiest(self, now, since):
        return max((seconds - since.get(thread, (0, 0))[0] for thread, (seconds, _) in now.items()), default=0)

    def look(self):
        """Why the program hangs, or None; may be asked at any rate."""
        clock = time.monotonic()
        if clock - self.looked < INTERVAL:
            return None
        now, printed = threads(self.pid), self.output()
        if not any(awake for _, awake in now.values()):
            self.asleep += clock - self.looked
        if printed != self.printed:
            self.printed, self.asleep, self.at_output = printed, 0.0, now
        self.looked = clock
        used, quiet = self.busiest(now, self.at_start), self.busiest(now, self.at_output)
        if used > self.cpu:
            return f"had not ended after {used:.0f} s of CPU time"
        if quiet > self.silent:
            return f"computed for {quiet:.0f} s and printed nothing"
        if self.asleep > self.asleep_limit:
            return f"slept for {self.asleep:.0f} s and printed nothing"
        if clock - self.start > self.wall:
            return f"had not ended after {clock - self.start:.0f} s"
        return None


def kill(pid):
    """End a process and its descendants, which would go on without it."""
    for process in list(processes(pid)):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            pass


def wait(process, watch, name):
    """Wait for a process to end; raises Hang, and ends it, if it hangs."""
    try:
        while True:
            try:
                return process.wait(timeout=INTERVAL)
            except subprocess.TimeoutExpired:
                reason = watch.look()
                if reason:
                    raise Hang(process.pid, f"{name} {reason}") from None
    finally:
        if process.poll() is None:
            kill(process.pid)
            process.wait()


def run(argv, log, name, cpu, **limits):
    """Run a program whose output goes to a file that is open; returns its exit status."""
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT) as process:
        return wait(process, Watch(process.pid, lambda: os.fstat(log.fileno()).st_size, cpu, **limits), name)
