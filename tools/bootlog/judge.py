# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the events of a log against a profile."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .boots import Boots, select_boot
from .events import Event
from .explain import explain_failure, explain_swiotlb
from .parser import Parser, is_allowed
from .profile import Milestone
from .slof import explain_slof_line
from .status import FAIL, PASS, SKIP, UsageError
from .times import on_one_clock

SEVERITIES = ("fail", "skip", "warn", "note")
PIECE = 1 << 22                     # a log is read in pieces of this size

# How far the log can be believed about a secure world.
EVIDENCE = {
    "simulated": "a miniature ultravisor wrote this evidence: it says nothing about hardware",
    "unproven": "no emulation spoke, but a console log proves no hardware: only attestation does",
    "none": "the guest did not claim to be secure",
}


def check(data, profile, boot=None, **options):
    """Judge a whole log. With `boot` ("last", or a number from 1) only that one of its boots."""
    judge = Judge(profile, **options)
    parser = Parser(profile.watches(), brief=True, allow=profile.allow)
    events = (e for at in range(0, len(data), PIECE) for e in parser.feed(data[at:at + PIECE]))
    if boot:
        events = select_boot([*events, *parser.finish()], boot)
    for event in events:
        judge.see(event)
    for event in parser.finish():
        judge.see(event)
    judge.finish(parser)
    return judge


@dataclass
class Finding:
    """One reason for the verdict."""
    id: str
    severity: str                   # one of SEVERITIES
    text: str
    line: int = 0
    remedy: str = ""


@dataclass
class Reached:
    milestone: Milestone
    event: Event | None = None


def list_milestones(profile, boots):
    """Those of so many boots: each boot, or each set of boots, has all of the profile's."""
    if boots < 1 or boots % profile.boots:
        raise UsageError(f"{boots} boots: profile {profile.name} is one of {profile.boots}, or of a "
                         "multiple")
    return [replace(m, id=f"{m.id}-{n}" if n > 1 else m.id,
                    says=f"{m.says} (boot {n})" if n > 1 and profile.boots == 1 else m.says)
            for n in range(1, boots // profile.boots + 1) for m in profile.milestones]


class Judge:
    """Takes events as they come: see() each, then finish()."""

    def __init__(self, profile, nonce=None, hardware=False, boots=None, limits=None):
        self.profile, self.nonce, self.hardware = profile, nonce, hardware
        self.limits = limits        # what to multiply the profile's limits with; None: no limits
        self.want_boots = profile.boots if boots is None else boots
        self.boots = Boots()
        self.findings = []
        self.reached = [Reached(m) for m in list_milestones(profile, self.want_boots)]
        self.at = 0                 # first milestone that is still awaited
        self.counts = {}            # id of a finding -> how often
        self.status = None          # PASS, FAIL, SKIP or TIMEOUT, once finished
        self.forbids = {f.watch.id: f for f in profile.forbids}

    # What may be asked at any time

    @property
    def failed(self):
        return any(f.severity == "fail" for f in self.findings)

    @property
    def simulated(self):
        return any(b.simulated for b in self.boots.all)

    @property
    def evidence(self):
        """A key of EVIDENCE."""
        if self.simulated:
            return "simulated"
        secure = any(s.keys.get("world") == "secure" for b in self.boots.all for s in b.steps)
        return "unproven" if secure else "none"

    def awaited(self):
        """The next milestone that has to come, or None."""
        return next((r.milestone for r in self.reached[self.at:] if self.needs(r)), None)

    def last(self):
        """The newest milestone that was reached, or None."""
        return next((r for r in reversed(self.reached) if r.event), None)

    def needs(self, reached):
        m = reached.milestone
        return not reached.event and not m.optional and (not m.when or self.simulated)

    def times(self, finding):
        """How often something was found, where that says more than its line does."""
        shown = sum(f.id == finding.id for f in self.findings)
        count = self.counts.get(finding.id, 1)
        return f" ({count} times)" if count > shown else ""

    # Taking events in

    def see(self, event):
        boot = self.boots.assign(event)
        getattr(self, "_see_" + event.kind)(boot, event)
        if event.who:
            self._see_ours(boot, event)
        self._advance(event)

    def add_finding(self, id, text, line=0, severity="fail", remedy="", kept_max=20):
        """Of more than `kept_max` of one kind only the first are kept, the rest are counted."""
        self.counts[id] = self.counts.get(id, 0) + 1
        if self.counts[id] <= kept_max:
            self.findings.append(Finding(id, severity, text, line, remedy))

    def _see_ours(self, boot, event):
        boot.simulated |= event.who == "ultravisor"
        if event.time < boot.time and event.kind != "banner":
            self.add_finding("time", f"time runs backwards: {event.time:.6f} after "
                             f"{boot.time:.6f}", event.line)
        boot.time = max(boot.time, event.time)
        if boot.kernels and event.who == "pefboot":
            self.add_finding("late", f"pefboot speaks after the kernel took over: {event.text} "
                             "(forged by the guest, or two logs mixed)", event.line)
        if event.who in boot.exits and event is not boot.exits[event.who]:
            self.add_finding("after-exit", f"{event.who} goes on after its EXIT: {event.text}",
                             event.line)
        if boot.verdict and event is not boot.verdict:
            self.add_finding("after-verdict", f"a line after the verdict: {event.text}", event.line)
        if event.torn and event.kind in ("step", "verdict", "banner"):
            self.add_finding("torn", f"broken line: {event.text}", event.line, "warn")

    def _see_step(self, boot, event):
        if event.torn:
            return
        before = boot.steps[-1].number if boot.steps else 0
        if event.number != before + 1:
            self.add_finding("order", f"step {event.number} {event.name} follows step "
                             f"{before or 'none'}", event.line)
        boot.steps.append(event)

    def _see_malformed(self, _, event):
        if not event.torn:
            self.add_finding("malformed", f"not in the grammar: {event.who}: {event.text}",
                             event.line)

    def _see_fail(self, boot, event):
        if boot.fail:
            self.add_finding("twice", f"a second FAIL: {event.text}", event.line)
        boot.fail = boot.fail or event
        if not any(m.kind == "fail" and m.names(event) for m in self.profile.milestones):
            self.add_finding(f"E{event.number}", f"{event.who}: {event.text}", event.line,
                             remedy=explain_failure(event))

    def _see_hint(self, boot, event):
        if boot.fail:
            boot.hints.append(event)

    def _see_exit(self, boot, event):
        if not boot.fail or boot.fail.number != event.number:
            self.add_finding("exit", f"EXIT {event.number} without its FAIL", event.line)
        elif not boot.hints:
            self.add_finding("hint", f"FAIL E{event.number} gives no hint", event.line)
        boot.exits.setdefault(event.who, event)

    def _see_verdict(self, boot, event):
        if event.torn:
            return
        if boot.verdict:
            self.add_finding("twice", "a second verdict in one boot: one of them is forged",
                             event.line)
        boot.verdict = boot.verdict or event
        if event.who != "ultravisor":
            self.add_finding("malformed", f"a verdict of {event.who}", event.line)
        if event.keys.get("leaked") != "0":
            self.add_finding("leaked", f"leaked={event.keys.get('leaked')}: 8-byte words in normal "
                             "memory, outside shared pages, that are not zero", event.line,
                             remedy="Private data reached the host's memory, or the host wrote "
                             "there.")
        if self.nonce is not None and event.keys.get("nonce") != self.nonce:
            self.add_finding("nonce", "the verdict does not hold this run's nonce: it has nonce="
                             f"{event.keys.get('nonce', '(none)')}. It is forged or from another "
                             "run", event.line)

    def _see_banner(self, boot, event):
        boot.banner = boot.banner or event
        if self.hardware:
            self.add_finding("simulated", "an emulation: a miniature ultravisor speaks, and "
                             "hardware is required", event.line)

    def _forbids(self, boot, event):
        """Is it a line of ours that is forbidden? Then it is a finding, of the line itself or,
        once the kernel runs, of the watch that finds it in whatever looks like a line of ours."""
        text = event.text.encode()
        forbid = next((f for f in self.profile.forbids if f.watch.text in text
                       and (not f.watch.regex or f.watch.regex.search(text))), None)
        if forbid and not boot.handed_over():
            self._see_forbidden(forbid, event)
        return forbid is not None

    def _see_notice(self, boot, event):
        if not self._forbids(boot, event):
            self.add_finding("notice", event.text[8:], event.line, "note")

    def _see_detail(self, boot, event):
        boot.collect_measured(event)
        if "why" in event.keys:
            self._forbids(boot, event)

    def _vouched(self, boot):
        """Has the ultravisor ended this boot, by a verdict that nobody else can have written?"""
        return bool(boot.verdict and self.nonce and boot.verdict.keys.get("nonce") == self.nonce)

    def _allowed(self, event):
        return is_allowed(event, self.profile.allow)

    def _see_after(self, boot, event):
        if not self._vouched(boot) and not self._allowed(event):
            self.add_finding("after-verdict", "the log goes on after the verdict, which ends a "
                             f"boot: {event.text}", event.line, kept_max=3,
                             remedy="If the recorder wrote this: boot with uv.nonce=WORD and "
                             "check with --nonce WORD, or name the line in allow= of a profile.")

    def _see_watch(self, boot, event):
        forbid = self.forbids.get(event.name)
        if event.within and not boot.handed_over():
            return                  # nobody but us can have written that line
        if self._vouched(boot) and event.name not in ("slof", "forbid:os-terminated"):
            return      # the machine is gone: whose words these are does not matter, but why it went
        if event.name == "slof":
            boot.slof = event
        elif event.name == "linux":
            self._see_linux(boot, event)
        elif forbid:
            self._see_forbidden(forbid, event)

    def _see_linux(self, boot, event):
        boot.kernels.append(event)
        if boot.fail and boot.fail.who == "pefboot":
            self.add_finding("kernel", "a kernel starts although pefboot stopped", event.line)
        elif not self.profile.kernel:
            self.add_finding("kernel", "a kernel starts, and none may", event.line)

    def _see_forbidden(self, forbid, event):
        if self._allowed(event):
            return
        if forbid.id == "os-terminated" and "panic" in self.counts:
            return                  # QEMU's word for the panic that has just been found
        if forbid.id == "killed" and self.boots.all[-1].verdict:
            return                  # the guest had ended by itself
        severity, text = forbid.severity, f"{forbid.says}: {event.text}"
        remedy = forbid.remedy
        if severity == "skip" and self.boots.seen():
            severity = "warn"       # once anything has spoken it is too late: it runs here
        if forbid.id == "swiotlb-full":
            text, remedy = explain_swiotlb(event.text, self.boots.all[-1].memory()) or (text, remedy)
        if forbid.id == "slof-error":
            text, remedy = explain_slof_line(event.text) or (text, remedy)
        self.add_finding(forbid.id, text, event.line, severity, remedy, kept_max=1)

    def _advance(self, event):
        """Tick off the milestone that the event is, unless one that must come first is missing."""
        for i in range(self.at, len(self.reached)):
            m = self.reached[i].milestone
            if m.names(event):
                for unmet in m.unmet(event):
                    self.add_finding("condition", f"{m.says}: {unmet}", event.line)
                self.reached[i].event = event
                self.at = i + 1
                return
            if not (m.optional or m.when):
                return

    # The end

    def finish(self, parser):
        """The log is over: what is still missing is a failure. Orders the findings by severity."""
        skipped = self._skips()
        self._check_writers()
        self._check_milestones(parser)
        self._check_ends()
        self._check_boots()
        self._check_limits()
        if self.hardware and self.simulated and "simulated" not in self.counts:
            self.add_finding("simulated", "an emulation: a miniature ultravisor speaks, and "
                             "hardware is required")
        for finding in self.findings if not skipped else ():
            if finding.severity == "skip":      # it ran after all, or tried to
                finding.severity = "warn"
        self.findings.sort(key=lambda f: SEVERITIES.index(f.severity))
        self.status = SKIP if skipped else FAIL if self.failed else PASS
        return self.status

    def _skips(self):
        """Could the machine not even be started here? Of failures, that has only QEMU's complaint
        and its exit status; and what fell back to another accelerator was started."""
        failed = {f.id for f in self.findings if f.severity == "fail"} - {"qemu", "command"}
        return (any(f.severity == "skip" for f in self.findings) and not failed and not self.last()
                and "fell-back" not in self.counts)

    def _check_writers(self):
        """Do boots take turns? Each step goes on with the newest boot that it can go on with."""
        runs, turns = [], []
        for step in (step for boot in self.boots.all for step in boot.steps):
            run = next((r for r in reversed(runs) if r[-1].number == step.number - 1), None)
            if run is None and step.number != 1:
                return
            if run is None:
                runs.append([step])
            else:
                turns += [step] if run is not runs[-1] else []
                run.append(step)
        if turns:
            twice = [str(r[turns[0].number - 1].line) for r in runs if len(r) >= turns[0].number]
            self.add_finding("interleaved", f"{len(runs)} machines wrote to this log at once: their "
                             f"steps take turns (step {turns[0].number} in lines "
                             f"{' and '.join(twice)})", turns[0].line,
                             remedy="Record each machine in a file of its own.")

    def _check_milestones(self, parser):
        for reached in self.reached[:self.at]:
            if self.needs(reached):
                self.add_finding("missing", f"missing: {reached.milestone.says}")
        awaited, last = self.awaited(), self.last()
        if awaited and not self.failed:
            where = f"the log ends after {last.milestone.says}" if last else describe_log(parser)
            text = parser.last.decode("utf-8", "replace")
            tail = ""
            if text and parser.cut:
                tail = f"; its last line has no end, and does not count since it may be cut: {text}"
            elif text:
                tail = f"; last line: {text}"
            self.add_finding("unfinished", f"{where}, awaiting {awaited.says}{tail}",
                             last.event.line if last else 0,
                             remedy=self._explain_silence(awaited))

    def _explain_silence(self, awaited):
        """A kernel that was told to be quiet prints none of what it is judged by."""
        handed_over = self.boots.all[-1].handed_over()
        return ("With `quiet` on its command line the kernel prints neither of its milestones: "
                "boot without it." if awaited.name == "milestone:linux" and handed_over else "")

    def _check_ends(self):
        for boot in self.boots.all:
            if boot.fail and boot.fail.who not in boot.exits:
                self.add_finding("exit", f"FAIL E{boot.fail.number} without EXIT", boot.fail.line)
        if self.nonce is not None and not any(b.verdict for b in self.boots.all):
            self.add_finding("nonce", "there is no verdict that could repeat this run's nonce")

    def _check_limits(self):
        """What `run` measures by the clock on the wall, by the clocks of a log."""
        before, index = None, None
        for reached in self.reached if self.limits is not None else ():
            event, m = reached.event, reached.milestone
            now = event and on_one_clock(self.boots.all[event.boot], event)
            if now is None:
                continue
            limit = m.limit * self.limits
            if event.boot == index and now - before > limit:
                self.add_finding("slow", f"{m.says} came {now - before:.2f} s after the one before "
                                 f"it, more than {limit:g} s", event.line)
            before, index = now, event.boot

    def _check_boots(self):
        seen, want = len(self.boots.seen()), self.want_boots
        if seen > want or seen < want and not self.failed:
            line = self.boots.all[min(want, seen - 1)].line if seen else 0
            self.add_finding("boots", f"{seen} boots in this log, expected {want}", line)


def describe_log(parser):
    """What a log is in which nothing is known."""
    if not parser.size:
        return "the log is empty (0 bytes): nothing was recorded"
    if not parser.last:
        return f"the log holds no text: {parser.size} bytes of zeros, blanks or controls"
    return "the log ends after nothing known"
