# SPDX-License-Identifier: GPL-2.0-or-later
"""Many logs held against one profile: which failed, which are flaky, which step is slow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from statistics import median

from .status import FAIL, PASS, SKIP, UsageError
from .times import find_spans

RUN_NUMBER = re.compile(r"[-_.]?(?:run|try|boot|attempt)?[-_.]?\d+$")
ENDINGS = re.compile(r"(\.(log|txt|yaml|json|cast|gz|xz|zst))+$")


@dataclass
class Result:
    """The judgement of one log."""
    log: str
    judge: object

    @property
    def status(self):
        return self.judge.status

    def reason(self):
        """The first finding that made it fail or skip, or ""."""
        found = [f for f in self.judge.findings if f.severity in ("fail", "skip", "warn")]
        if self.status == PASS or not found:
            return ""
        return (f"line {found[0].line}: " if found[0].line else "") + found[0].text

    def spans(self):
        return [span for boot in self.judge.boots.seen() for span in find_spans(boot)]

    def took(self):
        """Seconds of the whole log, as far as they are known."""
        return sum(span.took for span in self.spans())


class Many:
    def __init__(self, profile, job=None):
        self.profile, self.results = profile, []
        try:
            self.job = re.compile(job) if job else None
        except re.error as error:
            raise UsageError(f"--job {job}: {error}") from error

    def add(self, result):
        self.results.append(result)

    def status(self):
        """That of all: a failure wins, and if nothing ran all is skipped."""
        found = {result.status for result in self.results}
        return FAIL if found - {PASS, SKIP} else PASS if PASS in found else SKIP

    def count(self, status):
        return sum(result.status == status for result in self.results)

    def summary(self):
        skipped = self.count(SKIP)
        failed = len(self.results) - self.count(PASS) - skipped
        return (f"{self.count(PASS)} of {len(self.results)} logs passed, {failed} failed"
                + (f", {skipped} skipped" if skipped else ""))

    def name_job(self, log):
        """Logs of one name, but for the number of the run, are of one job."""
        if self.job:
            m = self.job.search(log)
            return (m[1] if m.groups() else m[0]) if m else log
        return RUN_NUMBER.sub("", ENDINGS.sub("", PurePath(log).name)) or PurePath(log).name

    def flaky(self):
        """{job: (passed, failed)} of those that did both."""
        jobs = {}
        for result in self.results:
            if result.status != SKIP:
                jobs.setdefault(self.name_job(result.log), []).append(result.status == PASS)
        return {job: (sum(passed), len(passed) - sum(passed)) for job, passed in sorted(jobs.items())
                if 0 < sum(passed) < len(passed)}

    def steps(self):
        """[(step, how many, median, longest, its log)] of the logs that passed, in order."""
        table = {}
        for result in self.results:
            for span in result.spans() if result.status == PASS else ():
                table.setdefault(span.name, []).append((span.took, result.log))
        return [(name, len(seen), median(took for took, _ in seen), *max(seen))
                for name, seen in table.items()]

    def slowest(self):
        """(step, seconds, log) of what took longest beyond its median, or None."""
        rows = [(longest - middle, name, longest, log) for name, _, middle, longest, log
                in self.steps()]
        return max(rows)[1:] if rows else None
