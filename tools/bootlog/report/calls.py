# SPDX-License-Identifier: GPL-2.0-or-later
"""Ultracalls, refused hypercalls, the phases of UV_ESM."""

import re

from ..events import parse_number
from ..tables import CODES
from .markup import at_line, h, soft, table


def show_calls(view):
    return list_calls(view.calls) + (list_phases(view.esm) if view.esm else "")


def list_calls(calls):
    if not calls:
        return soft("The log holds no calls. Boot with <code>pefboot.log=info</code> and "
                    "<code>uv.trace</code>.")
    groups = {}
    for e in calls:
        kind, name = next(iter(e.keys.items()))
        groups.setdefault((kind, name, e.who, e.keys.get("rc", "?")), []).append(e)
    return table(("call", "kind", "told by", "count", "answer", "us in all",
                  "arguments of the first", "log"),
                 [show_group(*group, calls) for group, calls in groups.items()],
                 ("c", "", "", "n", "c", "n", "c", ""))


def show_group(kind, name, who, rc, calls):
    """The row of all calls that are alike."""
    took = sum(parse_number(e.keys.get("us", "0")) or 0 for e in calls)
    args = ", ".join(f"{k}={v}" for k, v in calls[0].keys.items() if re.fullmatch(r"r\d+", k))
    return (h(name), "ultracall" if kind == "uvcall" else "hypercall, refused", h(who), len(calls),
            h(f"{rc} {name_code(kind, rc)}".strip()), f"{took}" if took else "", h(args),
            at_line(calls[0].line))


def name_code(kind, rc):
    uv, hv = CODES.get(parse_number(rc), ("", ""))
    return (hv if kind == "hcall" else uv) or uv or hv


def list_phases(esm):
    rows = [(h(e.keys["esm"]), f"{e.time:.6f} s", h(e.keys.get("us", "")),
             h(" ".join(f"{k}={v}" for k, v in e.keys.items() if k not in ("esm", "us"))),
             at_line(e.line)) for e in esm]
    return "<h3>Phases of UV_ESM</h3>" + table(("phase", "at", "us", "detail", "log"), rows,
                                               ("c", "n", "n", "c", ""))
