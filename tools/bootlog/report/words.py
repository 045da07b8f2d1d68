# SPDX-License-Identifier: GPL-2.0-or-later
"""What was said of a boot: reasons, verdict, environment."""

import re

from .markup import at_line, h, human_size, soft, table

UNNEEDED = {True: '<span class="sev-fail">missing</span>', False: "not needed"}


def show_reasons(judge):
    """Findings and milestones."""
    found = [(f'<span class="sev-{f.severity}">{f.severity}</span>', show_finding(judge, f),
              at_line(f.line)) for f in judge.findings]
    return (table(("", "finding", "log"), found) if found
            else soft("Nothing was found that should not be.")) + \
        "<h3>Milestones</h3>" + table(("milestone", "", "time on its own clock", "log"),
                                      [show_milestone(judge, r) for r in judge.reached],
                                      ("", "", "n", ""))


def show_finding(judge, finding):
    remedy = f'<br><span class="soft">{h(finding.remedy)}</span>' if finding.remedy else ""
    return h(finding.text) + h(judge.times(finding)) + remedy


def show_milestone(judge, reached):
    event, says = reached.event, h(reached.milestone.says)
    if not event:
        return says, UNNEEDED[judge.needs(reached)], "", ""
    time = f"{event.time:.6f} s" if event.time is not None else ""
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
