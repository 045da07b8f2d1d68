# SPDX-License-Identifier: GPL-2.0-or-later
"""A boot drawn: one HTML file, no script, nothing fetched."""

import pkgutil
from pathlib import Path

from ..boots import Boots
from ..judge import EVIDENCE
from ..parser import parse
from ..status import WORDS
from .calls import show_calls
from .log import show_log
from .markup import at_line, h, section, soft
from .measured import show_measured
from .memory import show_memory
from .phases import show_glance
from .timeline import show_timeline
from .tree import show_tree
from .view import view_boots
from .words import show_environment, show_reasons, show_stops, show_verdict

# Of each boot: id, title, what shows it, whether it may break over pages
SECTIONS = (
    ("timeline", "Timeline", show_timeline, False),
    ("memory", "Memory", show_memory, True),
    ("tree", "Device tree: what the firmware changed", show_tree, True),
    ("calls", "Calls", show_calls, True),
    ("measured", "Measured into the TPM", show_measured, True),
    ("verdict", "The ultravisor's verdict", show_verdict, False),
    ("environment", "Environment", show_environment, False),
)


def format_report(data, judge, log):
    """The whole page."""
    events = parse(data, judge.profile.watches())
    views = view_boots(data, Boots(events).seen(), events)
    parts = [show_header(judge, log, show_glance(views)), show_contents(),
             section("reasons", "Reasons", show_reasons(judge))]
    parts += [section(id, title, show_boots(views, show), long)
              for id, title, show, long in SECTIONS]
    own = {e.line for e in events if e.who}
    parts.append(section("log", "Log", show_log(data, judge, own), long=True))
    return show_head(judge, log) + "<body>" + "\n".join(parts) + "</body></html>\n"


def show_head(judge, log):
    title = f"Boot report: {WORDS[judge.status]}, {h(Path(log).name)}"
    return '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">' \
        '<meta http-equiv="Content-Security-Policy" ' \
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">" \
        '<meta name="viewport" content="width=device-width, initial-scale=1">' \
        f"<title>{title}</title><style>{read_style()}</style></head>\n"


def read_style():
    """The style sheet, without the comment in its first line."""
    return "\n" + pkgutil.get_data(__package__, "style.css").decode().partition("\n")[2]


def show_header(judge, log, glance):
    word, kind = WORDS[judge.status], judge.evidence
    return f'<header><h1>Boot report <span class="badge {word}">{word.upper()}</span></h1>' \
        f"<p>{h(log)}, held against profile <b>{h(judge.profile.name)}</b>: " \
        f'{h(judge.profile.summary)}.</p>{show_stops(judge)}<div class="note"><b>Evidence: {h(kind)}.</b> ' \
        f"{h(EVIDENCE[kind].capitalize())}.</div>{glance}</header>"


def show_contents():
    ids = ("reasons", *(id for id, *_ in SECTIONS), "log")
    return "<nav>" + "".join(f'<a href="#{id}">{id.capitalize()}</a>' for id in ids) + "</nav>"


def show_boots(views, show):
    """One section, of every boot of the log."""
    if not views:
        return soft("The log holds no boot.")
    several = len(views) > 1
    return "".join((f"<h3>Boot {i}, from {at_line(view.boot.line)}</h3>" if several else "")
                   + show(view) for i, view in enumerate(views, 1))
