# SPDX-License-Identifier: GPL-2.0-or-later
"""A log and its judgement as plain data, for scripts: docs/bootlog.schema.json."""

from .boots import Boots
from .measured import list_measured, name_banks
from .parser import parse
from .status import WORDS


def log_facts(data, log):
    """Everything that the log says, without a profile."""
    events = parse(data)
    boots = Boots(events)
    return {"bootlog": 1, "log": log, "boots": [boot_facts(b) for b in boots.seen()],
            "events": [event_facts(e) for e in events if e.who]}


def event_facts(event):
    return {"line": event.line, "time": event.time, "who": event.who, "kind": event.kind,
            "boot": event.boot, "text": event.text, "keys": event.keys, "torn": event.torn}


def judge_facts(judge, log):
    return {
        "bootlog": 1, "log": log, "profile": judge.profile.name, "status": WORDS[judge.status],
        "evidence": judge.evidence,
        "milestones": [milestone_facts(judge, r) for r in judge.reached],
        "findings": [finding_facts(judge, f) for f in judge.findings],
        "boots": [boot_facts(b) for b in judge.boots.seen()],
    }


def milestone_facts(judge, reached):
    event = reached.event
    state = "reached" if event else "missing" if judge.needs(reached) else "skipped"
    return {"id": reached.milestone.id, "says": reached.milestone.says, "state": state,
            "line": event.line if event else None, "time": event.time if event else None}


def finding_facts(judge, finding):
    return {"id": finding.id, "severity": finding.severity, "text": finding.text,
            "line": finding.line or None, "remedy": finding.remedy,
            "count": judge.counts.get(finding.id, 1)}


def boot_facts(boot):
    return {
        "line": boot.line, "simulated": boot.simulated, "world": boot.world(),
        "version": boot.version(),
        "steps": [{"number": s.number, "name": s.name, "line": s.line, "time": s.time,
                   "keys": s.keys} for s in boot.steps],
        "kernels": [{"line": k.line, "text": k.text} for k in boot.kernels],
        "fail": boot.fail and fail_facts(boot),
        "verdict": boot.verdict and {"line": boot.verdict.line, "time": boot.verdict.time,
                                     "keys": boot.verdict.keys},
        "measured": boot.tpm and measured_facts(boot),
    }


def measured_facts(boot):
    return {"line": boot.tpm.line, "time": boot.tpm.time, "keys": boot.tpm.keys,
            "banks": name_banks(boot),
            "events": [{"pcr": pcr, "type": kind, "digest": digest, "line": event.line}
                       for pcr, kind, digest, event in list_measured(boot)]}


def fail_facts(boot):
    return {"number": boot.fail.number, "step": boot.fail.name or None, "line": boot.fail.line,
            "text": boot.fail.text, "hints": [hint.text[6:] for hint in boot.hints]}
