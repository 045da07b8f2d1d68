# SPDX-License-Identifier: GPL-2.0-or-later
"""The judgements of many logs in one result, in the forms of outputs.py."""

import json

from .facts import judge_facts
from .outputs import (add_step_summary, choose_outputs, format_github, github_text, join_lines,
                      junit_suite, markdown_text, tap_point, write)
from .status import PASS, SKIP, WORDS, UsageError

SHOWN_MAX = 200                     # failures that a summary for people names


def format_many_text(many):
    lines = [f"{WORDS[many.status()].upper()} {many.profile.name}: {many.summary()}"]
    bad = [r for r in many.results if r.status != PASS]
    lines += [f"  {WORDS[r.status]}: {r.log}: {r.reason()}" for r in bad[:SHOWN_MAX]]
    lines += [f"  ... {len(bad) - SHOWN_MAX} more"] if len(bad) > SHOWN_MAX else []
    lines += [f"  flaky: {job}: {passed} passed, {failed} failed"
              for job, (passed, failed) in many.flaky().items()]
    slowest = many.slowest()
    if slowest:
        lines.append(f"  slowest step: {slowest[0]}, {slowest[1]:.3f} s in {slowest[2]}")
    lines += [f"  {name:18} {count:5} times, median {middle:9.3f} s, longest {longest:9.3f} s ({log})"
              for name, count, middle, longest, log in many.steps()]
    lines += [f"  {kind}: {count} of them" for kind, count in count_evidence(many)]
    return join_lines(lines)


def count_evidence(many):
    kinds = [r.judge.evidence for r in many.results]
    return [(kind, kinds.count(kind)) for kind in ("simulated", "unproven") if kind in kinds]


def format_many_tap(many):
    lines = ["TAP version 13"]
    for i, r in enumerate(many.results, 1):
        text = f"{i} - {r.log.replace('#', '_')}"
        skip = " # SKIP " + r.reason() if r.status == SKIP else ""
        lines += [tap_point("ok" if r.status in (PASS, SKIP) else "fail", text) + skip,
                  "  ---", f"  duration_ms: {1e3 * r.took():.3f}"]
        if r.status != PASS:
            lines.append(f"  message: {json.dumps(r.reason())}")
        lines.append("  ...")
    return join_lines([*lines, f"1..{len(many.results)}", f"# {many.summary()}"])


def format_many_ktap(many):
    lines = ["KTAP version 1", "1..1", "    KTAP version 1",
             f"    # Subtest: bootlog.{many.profile.name}", f"    1..{len(many.results)}"]
    for i, r in enumerate(many.results, 1):
        lines += [f"    # {r.log}: {r.reason()}"] if r.status != PASS else []
        lines.append("    " + tap_point("ok" if r.status in (PASS, SKIP) else "fail",
                                        f"{i} {r.log.replace('#', '_')}")
                     + (" # SKIP" if r.status == SKIP else ""))
    word = "ok" if many.status() in (PASS, SKIP) else "not ok"
    return join_lines([*lines, f"{word} 1 bootlog.{many.profile.name}"
                       + (" # SKIP" if many.status() == SKIP else "")])


def format_many_junit(many):
    suites = [junit_suite(r.judge, r.log, f"bootlog.{many.profile.name}.{r.log}")
              for r in many.results]
    return join_lines(['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", *suites,
                       "</testsuites>"])


def format_many_github(many):
    lines = [format_github(r.judge, r.log).rstrip() for r in many.results if r.status != PASS]
    lines += [f"::warning title=bootlog flaky::{github_text(job)}: {passed} passed, {failed} failed"
              for job, (passed, failed) in many.flaky().items()]
    return join_lines([*lines, f"::notice title=bootlog::{WORDS[many.status()]} "
                       f"{many.profile.name}, {many.summary()}"])


def format_many_json(many):
    return json.dumps({
        "bootlog": 1, "profile": many.profile.name, "status": WORDS[many.status()],
        "logs": [{**judge_facts(r.judge, r.log), "seconds": round(r.took(), 6)}
                 for r in many.results],
        "flaky": [{"job": job, "passed": passed, "failed": failed}
                  for job, (passed, failed) in many.flaky().items()],
        "steps": [{"step": name, "count": count, "median": middle, "longest": longest, "log": log}
                  for name, count, middle, longest, log in many.steps()]}, indent=1) + "\n"


def format_many_markdown(many):
    lines = [f"### {WORDS[many.status()].upper()}: profile {many.profile.name}, {many.summary()}",
             ""]
    bad = [r for r in many.results if r.status != PASS]
    if bad:
        lines += ["| log | | reason |", "|---|---|---|"]
        lines += [f"| {markdown_text(r.log)} | {WORDS[r.status]} | {markdown_text(r.reason())} |"
                  for r in bad[:SHOWN_MAX]]
        lines += [f"| ... {len(bad) - SHOWN_MAX} more | | |"] if len(bad) > SHOWN_MAX else []
        lines.append("")
    lines += [f"* flaky: {markdown_text(job)}: {passed} passed, {failed} failed"
              for job, (passed, failed) in many.flaky().items()]
    lines += ["", "| step | times | median, s | longest, s | in |", "|---|---|---|---|---|"]
    lines += [f"| {name} | {count} | {middle:.3f} | {longest:.3f} | {markdown_text(log)} |"
              for name, count, middle, longest, log in many.steps()]
    lines += ["", *(f"Evidence of {count}: {kind}." for kind, count in count_evidence(many))]
    return join_lines(lines)


FORMATS_OF_MANY = {"text": format_many_text, "tap": format_many_tap, "ktap": format_many_ktap,
                   "junit": format_many_junit, "github": format_many_github,
                   "json": format_many_json, "markdown": format_many_markdown}


def write_many(many, outputs):
    for kind, name in choose_outputs(outputs):
        if kind not in FORMATS_OF_MANY:
            raise UsageError(f"{kind}: of one log, not of several")
        write(FORMATS_OF_MANY[kind](many), name)
        if kind == "github":
            add_step_summary(format_many_markdown(many))
