# SPDX-License-Identifier: GPL-2.0-or-later
"""A judgement in the forms that people and CI systems read."""

import json
import os
import re
import sys
from pathlib import Path

from .facts import judge_facts
from .judge import EVIDENCE
from .measured import list_measured, say_tpm
from .status import PASS, SKIP, WORDS, UsageError
from .times import on_one_clock


def list_points(judge):
    """The judgement as test points: (name, ok|fail|skip, findings), for TAP and JUnit."""
    if judge.status == SKIP:
        names = [*(r.milestone.id for r in judge.reached), "nothing-forbidden"]
        return [(name, "skip", []) for name in names]
    points = []
    for r in judge.reached:
        said = [f for f in judge.findings
                if r.event and f.id == "condition" and f.line == r.event.line]
        skipped = not r.event and not judge.needs(r)
        state = "skip" if skipped else "ok" if r.event and not said else "fail"
        points.append((r.milestone.id, state, said))
    used = {id(f) for _, _, said in points for f in said}
    rest = [f for f in judge.findings if f.severity == "fail" and id(f) not in used]
    return [*points, ("nothing-forbidden", "fail" if rest else "ok", rest)]


def skip_reason(judge):
    return next(f.text for f in judge.findings if f.severity == "skip")


def point_times(judge):
    """{milestone id: seconds from the one before}, as far as the log says when they were."""
    times, before, index = {}, None, None
    for r in judge.reached:
        now = r.event and on_one_clock(judge.boots.all[r.event.boot], r.event)
        if now is not None:
            times[r.milestone.id] = now - before if r.event.boot == index and now >= before else 0.0
            before, index = now, r.event.boot
    return times


def join_lines(lines):
    return "\n".join(lines) + "\n"


def format_text(judge, log):
    reached = [r for r in judge.reached if r.event]
    needed = [r for r in judge.reached if r.event or judge.needs(r)]
    lines = [f"{WORDS[judge.status].upper()} {judge.profile.name}: "
             f"{len(reached)} of {len(needed)} milestones"]
    for f in judge.findings:
        where = f"{log}:{f.line}: " if f.line else ""
        lines.append(f"  {f.severity}: {where}{f.text}{judge.times(f)}")
        lines += [f"        {f.remedy}"] if f.remedy else []
    if judge.evidence != "none":
        lines.append(f"  {judge.evidence}: {EVIDENCE[judge.evidence]}")
    for boot in judge.boots.seen():
        if boot.tpm:
            lines.append(f"  measured: {say_tpm(boot)}")
            lines += [f"        PCR {pcr} {kind} {digest}"
                      for pcr, kind, digest, _ in list_measured(boot)]
    return join_lines(lines)


def format_tap(judge, log):
    """TAP version 13, with YAML blocks."""
    if judge.status == SKIP:
        return join_lines(["TAP version 13", "1..0 # SKIP " + skip_reason(judge)])
    points = list_points(judge)
    lines = ["TAP version 13"]
    for i, (name, state, said) in enumerate(points, 1):
        lines.append(tap_point(state, f"{i} - {name}"))
        for f in said:
            lines += ["  ---", f"  message: {json.dumps(f.text)}", f"  id: {f.id}",
                      f"  file: {json.dumps(log)}", f"  line: {f.line}",
                      f"  remedy: {json.dumps(f.remedy)}", "  ..."]
    return join_lines([*lines, f"1..{len(points)}", f"# evidence: {judge.evidence}"])


def tap_point(state, text):
    return (f"{'not ok' if state == 'fail' else 'ok'} {text}"
            + (" # SKIP not needed here" if state == "skip" else ""))


def format_ktap(judge, log):
    """KTAP version 1, as the kernel's own tools read it."""
    suite, points = f"bootlog.{judge.profile.name}", list_points(judge)
    lines = ["KTAP version 1", "1..1", "    KTAP version 1", f"    # Subtest: {suite}",
             f"    1..{len(points)}"]
    for i, (name, state, said) in enumerate(points, 1):
        lines += [f"    # {log}:{f.line}: {f.text}" for f in said]
        lines.append("    " + tap_point(state, f"{i} {name}"))
    word = "ok" if judge.status in (PASS, SKIP) else "not ok"
    lines.append(f"{word} 1 {suite}" + (" # SKIP" if judge.status == SKIP else ""))
    return join_lines(lines)


def format_junit(judge, log):
    return join_lines(['<?xml version="1.0" encoding="UTF-8"?>',
                       "<testsuites>" + junit_suite(judge, log, "bootlog." + judge.profile.name)
                       + "</testsuites>"])


def junit_suite(judge, log, name):
    from xml.sax.saxutils import quoteattr      # brings half of the library: only where needed
    points, times = list_points(judge), point_times(judge)
    states = [state for _, state, _ in points]
    suite = quoteattr(xml_text(name))
    skipped = "<skipped/>" if judge.status != SKIP else \
        f"<skipped message={quoteattr(xml_text(skip_reason(judge)))}/>"
    versions = sorted({b.version() for b in judge.boots.seen()} - {None})
    lines = [f'<testsuite name={suite} tests="{len(points)}" failures="{states.count("fail")}" '
             f'errors="0" skipped="{states.count("skip")}" time="{sum(times.values()):.6f}">',
             f'<properties><property name="evidence" value="{judge.evidence}"/>'
             f'<property name="status" value="{WORDS[judge.status]}"/>'
             + "".join(f'<property name="version" value={quoteattr(version)}/>'
                       for version in versions) + "</properties>"]
    for point, state, said in points:
        time = f' time="{times[point]:.6f}"' if point in times else ""
        lines.append(f"<testcase classname={suite} name={quoteattr(point)}{time}>")
        if state == "fail":
            lines.append(junit_failure(said, log))
        lines.append(skipped + "</testcase>" if state == "skip" else "</testcase>")
    return "\n".join([*lines, "</testsuite>"])


def junit_failure(said, log):
    from xml.sax.saxutils import escape, quoteattr
    first = said[0].text if said else "not reached"
    body = "\n".join(f"{log}:{f.line}: {f.text}\n{f.remedy}" for f in said) or "not reached"
    return f"<failure message={quoteattr(xml_text(first))}>{escape(xml_text(body))}</failure>"


def xml_text(text):
    """What XML 1.0 can hold of `text`."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "?", text)


def format_github(judge, log):
    """Annotations of GitHub Actions."""
    file = github_text(log).replace(",", "%2C").replace(":", "%3A")
    lines = []
    for f in judge.findings:
        level = {"fail": "error", "warn": "warning"}.get(f.severity, "notice")
        text = f.text + (". " + f.remedy if f.remedy else "")
        lines.append(f"::{level} file={file},line={max(f.line, 1)},title=bootlog {f.id}::"
                     + github_text(text))
    lines.append(f"::notice title=bootlog::{WORDS[judge.status]} {judge.profile.name}, "
                 f"evidence: {judge.evidence}")
    return join_lines(lines)


def github_text(text):
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def format_json(judge, log):
    return json.dumps(judge_facts(judge, log), indent=1) + "\n"


def format_markdown(judge, log):
    """For a page of a forge: what failed, and how long what took."""
    word = WORDS[judge.status].upper()
    lines = [f"### {word}: {markdown_text(log)}, profile {judge.profile.name}", ""]
    lines += [f"* **{f.severity}**" + (f" line {f.line}" if f.line else "") + f": "
              f"{markdown_text(f.text)}{judge.times(f)}"
              + (f"<br>{markdown_text(f.remedy)}" if f.remedy else "") for f in judge.findings]
    times = point_times(judge)
    lines += ["", "| milestone | | seconds |", "|---|---|---|"]
    lines += [f"| {name} | {state} | " + (f"{times[name]:.3f} |" if name in times else "|")
              for name, state, _ in list_points(judge)]
    if judge.evidence != "none":
        lines += ["", f"Evidence: {judge.evidence}. {EVIDENCE[judge.evidence].capitalize()}."]
    return join_lines(lines)


def markdown_text(text):
    """Text that Markdown and the HTML in it leave as it is."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]#|~!@])", r"\\\1", text).replace("\n", " ").replace("\r", "")


FORMATS = {"text": format_text, "tap": format_tap, "ktap": format_ktap, "junit": format_junit,
           "github": format_github, "json": format_json, "markdown": format_markdown}


def choose_outputs(outputs):
    """[(format, file or "")] from FORMAT[:FILE] words."""
    chosen = [output.partition(":")[::2] for output in outputs or ["text"]]
    for kind, _ in chosen:
        if kind not in (*FORMATS, "html"):
            raise UsageError(f"there is no format {kind}: {' '.join(FORMATS)} html")
    return chosen


def write_results(judge, log, outputs, data):
    for kind, name in choose_outputs(outputs):
        if kind == "html":
            from .report import format_report   # the largest part: only where needed
            write(format_report(data, judge, log), name)
        else:
            write(FORMATS[kind](judge, log), name)
        if kind == "github":
            add_step_summary(format_markdown(judge, log))


def add_step_summary(text):
    """To the summary of a step of GitHub Actions, if this is one."""
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if name:
        try:
            with open(name, "a", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise UsageError(f"{name}: {error.strerror}") from error


def write(text, name):
    """To the file of that name, or to the standard output."""
    try:
        Path(name).write_text(text) if name else sys.stdout.write(text)
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror}") from error
