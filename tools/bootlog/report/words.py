# SPDX-License-Identifier: GPL-2.0-or-later
"""What was said of a boot: reasons, verdict, environment."""

import re

from ..tables import ERRORS
from ..times import on_one_clock
from .markup import at_line, h, human_size, soft, table

UNNEEDED = {True: '<span class="sev-fail">missing</span>', False: "not needed"}


def show_reasons(judge):
    """Findings and milestones."""
    found = [(f'<span class="sev-{f.severity}">{f.severity}</span>', show_finding(judge, f),
              at_line(f.line)) for f in judge.findings]
    return (table(("level", "finding", "log"), found) if found
            else soft("Nothing was found that should not be.")) + \
        "<h3>Milestones</h3>" + table(("milestone", "state", "at", "log"),
                                      [show_milestone(judge, r) for r in judge.reached],
                                      ("", "", "n", ""))


def show_stops(judge):
    """What matters most: a stop with number, reason and remedy, else the first failure."""
    stops = [boot for boot in judge.boots.all if boot.fail]
    if stops:
        return "".join(map(show_stop, stops))
    bad = [f for f in judge.findings if f.severity == "fail"]
    if not bad:
        return ""
    return f'<div class="stop"><p><b>{h(bad[0].text)}</b>{h(judge.times(bad[0]))} ' \
           f"{at_line(bad[0].line)}</p>" + (f"<p>{h(bad[0].remedy)}</p>" if bad[0].remedy else "") \
           + (f'<p><a href="#reasons">and {len(bad) - 1} more</a></p>' if bad[1:] else "") + "</div>"


def show_stop(boot):
    fail = boot.fail
    name, what, cause, remedy = ERRORS.get(fail.number, ("", "", "", ""))
    step = f" in step {h(fail.text.split()[1])} {h(fail.name)}" if fail.name else ""
    parts = [f"<p><b>E{fail.number} {h(name)}</b>: {h(fail.who)} stopped{step}, "
             f"{at_line(fail.line)}</p><p>{h(fail.keys.get('what', what))}</p>"]
    parts += [f"<p>{h(cause)}</p>"] if cause else []
    parts += [f"<p><b>Remedy</b>: {h(remedy)}</p>"] if remedy else []
    parts += [f"<p><b>Hint</b>: {h(hint.text[6:])}</p>" for hint in boot.hints]
    return '<div class="stop">' + "".join(parts) + "</div>"


def show_finding(judge, finding):
    remedy = f'<br><span class="soft">{h(finding.remedy)}</span>' if finding.remedy else ""
    return h(finding.text) + h(judge.times(finding)) + remedy


def show_milestone(judge, reached):
    event, says = reached.event, h(reached.milestone.says)
    if not event:
        return says, UNNEEDED[judge.needs(reached)], "", ""
    when = on_one_clock(judge.boots.all[event.boot], event)
    time = f"{when:.6f} s" if when is not None else ""
    return says, "reached", time, at_line(event.line)


def show_verdict(view):
    verdict = view.boot.verdict
    if not verdict:
        return soft("There is no verdict: no miniature ultravisor, or it did not live to the end.")
    rows = [(h(key), h(value) + show_pages(key, value)) for key, value in verdict.keys.items()]
    return f"<p>{at_line(verdict.line)}, at {verdict.time:.6f} s.</p>" + \
        table(("key", "value"), rows, ("", "c"))


def show_pages(key, value):
    """The size of so many pages of 64 KiB."""
    if key not in ("private", "shared") or not value.isdigit():
        return ""
    return f" ({human_size(int(value) << 16)})"


def show_environment(view):
    rows = []
    for e in [view.boot.banner, *view.boot.steps]:
        if e:
            who = f"step {e.number} {e.name}" if e.kind == "step" else "the miniature ultravisor"
            rows.append((h(who), h("  ".join(f"{k}={v}" for k, v in e.keys.items())),
                         f"{e.time:.6f} s", at_line(e.line)))
    rows += [("kernel", h(re.sub(r"^.*?Linux version ", "", k.text)), "", at_line(k.line))
             for k in view.boot.kernels]
    return table(("who", "what", "time", "log"), rows, ("", "c", "n", ""))
