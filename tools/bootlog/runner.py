# SPDX-License-Identifier: GPL-2.0-or-later
"""Starts a machine, judges its console as it comes, ends it when there is no more to learn."""

import os
import selectors
import signal
import subprocess
import sys
import time

from .status import UsageError


class Runner:
    """One run of a command, whose output is the console."""

    GRACE = 3.0                     # seconds for a failing machine to say more
    LINGER = 5.0                    # seconds for a finished machine to end by itself

    def __init__(self, judge, parser, command, args):
        """Starts the command; an OSError is about that."""
        self.judge, self.parser, self.args = judge, parser, args
        self.begun = self.since = time.monotonic()
        self.shown = 0              # milestones already told
        self.stop_at = None         # when to end the machine, once its fate is known
        self.log = open_log(args.log) if args.log else None
        self.tail = b""             # the end of the log, shown with a failure
        self.timed_out = False
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, start_new_session=True)

    def run(self):
        ended = False
        try:
            ended = self._watch(self.process)
        finally:
            status = self._end(self.process, ended)
            if self.log:
                self.log.close()
        for event in self.parser.finish():
            self._take(event)
        self._tell(final=True)
        return status if ended else None

    def _watch(self, process):
        """Read until the command ends (True), or until it must be ended (False)."""
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while True:
                if selector.select(self._patience()):
                    data = os.read(process.stdout.fileno(), 1 << 16)
                    if not data:
                        return True
                    self._feed(data)
                if self._over():
                    return False

    def _keep(self, data):
        try:
            while data:
                data = data[self.log.write(data):]
        except OSError as error:
            raise UsageError(f"--log {self.args.log}: {error.strerror}") from error

    def _feed(self, data):
        if self.log:
            self._keep(data)
        if self.args.echo:
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
        self.tail = (self.tail + data)[-4096:]
        for event in self.parser.feed(data):
            self._take(event)
        self._tell()

    def _take(self, event):
        before = self.judge.at
        self.judge.see(event)
        if self.judge.at != before:
            self.since = time.monotonic()

    def _patience(self):
        return min(max(0.0, self._deadline() - time.monotonic()), 0.5)

    def _deadline(self):
        if self.stop_at is not None:
            return self.stop_at
        awaited = self.judge.awaited()
        limits = [self.begun + self.args.timeout] if self.args.timeout else []
        limits += [self.since + awaited.limit * self.args.slow] if awaited else []
        return min(limits, default=time.monotonic() + self.LINGER)

    def _over(self):
        """Decide whether to go on; note a time-out."""
        now = time.monotonic()
        if self.stop_at is None:
            if self.judge.failed:
                self.stop_at = now + self.GRACE
            elif not self.judge.awaited():
                stop = self.judge.profile.ends == "stop"
                self.stop_at = now + (0.5 if stop else self.LINGER)
        if now < self._deadline():
            return False
        if self.stop_at is None:
            self._time_out(now - self.since)
        return True

    def _time_out(self, waited):
        awaited, last = self.judge.awaited(), self.judge.last()
        self.judge.add_finding("timeout", f"time-out: {waited:.0f} s after "
                               f"{last.milestone.says if last else 'the start'}, "
                               f"awaiting {awaited.says}", last.event.line if last else 0)
        self.timed_out = True

    def _end(self, process, ended):
        """Wait for a command that has closed its output; end any other."""
        if ended:
            try:
                return process.wait(self.LINGER)
            except subprocess.TimeoutExpired:
                pass
        for sig in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, sig)
                process.wait(3)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        return process.wait()

    def _tell(self, final=False):
        """Progress: one line that is rewritten on a terminal, a line a milestone elsewhere."""
        reached = [r for r in self.judge.reached if r.event]
        if self.args.quiet or len(reached) == self.shown and not final:
            return
        spent = time.monotonic() - self.begun
        awaited = self.judge.awaited()
        if sys.stderr.isatty():
            text = f"[{spent:6.1f} s] {len(reached)}/{len(self.judge.reached)} " + \
                   (f"awaiting {awaited.says}" if awaited else "done")
            sys.stderr.write(f"\r\x1b[K{text[:78]}" + ("\n" if final else ""))
        else:
            for r in reached[self.shown:]:
                sys.stderr.write(f"[{spent:6.1f} s] {r.milestone.id}: line {r.event.line}\n")
        sys.stderr.flush()
        self.shown = len(reached)


def open_log(name):
    try:
        return open(name, "wb", buffering=0)
    except OSError as error:
        raise UsageError(f"--log {name}: {error.strerror}") from error


def with_nonce(command, nonce):
    """The command with the nonce for {nonce}, or at the end of the kernel's command line."""
    if any("{nonce}" in word for word in command):
        return [word.replace("{nonce}", nonce) for word in command]
    for at, word in enumerate(command[:-1], 1):
        if word in ("-append", "--append"):
            return [*command[:at], f"{command[at]} uv.nonce={nonce}".strip(), *command[at + 1:]]
    raise UsageError("--nonce: the command has neither {nonce} nor -append")
