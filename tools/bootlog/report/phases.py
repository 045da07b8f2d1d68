# SPDX-License-Identifier: GPL-2.0-or-later
"""The parts of a boot, and what it was, at a glance."""

from dataclasses import replace
from itertools import groupby

from ..events import parse_range
from .markup import h, human_size, human_time


def name_span(span):
    """A step with its number; what is none by its name."""
    return span.title or (f"{span.event.number} {span.name}" if span.event.kind == "step"
                          else span.name)


def merge_steps(spans):
    """The steps of each world as one span; UV_ESM and what Linux did as they are."""
    merged = []
    for world, group in groupby(spans, lambda span: span.world):
        same = list(group)
        merged += same if world == "linux" or len(same) == 1 else [join_steps(same)]
    return merged


def join_steps(spans):
    first, last = spans[0], spans[-1]
    title = f"steps {first.event.number} to {last.event.number}"
    if first.name.startswith("UV_ESM"):
        title = f"UV_ESM, {title}"
    return replace(first, end=last.end, event=last.event, title=title)


def show_glance(views):
    """What each boot took, and on what machine, in large figures."""
    return "".join(f'<dl class="glance">{"".join(map(show_figure, list_figures(view)))}</dl>'
                   for view in views if view.boot.steps)


def show_figure(figure):
    what, value = figure
    return f"<div><dt>{h(what)}</dt><dd>{h(value)}</dd></div>"


def list_figures(view):
    """(what, value), the times first."""
    spans, end = view.spans(), view.end()
    figures = [(name_span(span), human_time(span.took)) for span in merge_steps(spans)]
    if len(figures) > 1 and end is not None:
        figures.insert(0, ("whole boot", human_time(end - spans[0].begin)))
    keys = {key: value for step in view.boot.steps for key, value in step.keys.items()}
    figures += [(key, keys[key]) for key in ("memory", "cpus") if key in keys]
    pool = parse_range(keys.get("pool", ""))
    if pool:
        figures.append(("pool", human_size(pool[1])))
    if view.boot.verdict and "leaked" in view.boot.verdict.keys:
        figures.append(("leaked words", view.boot.verdict.keys["leaked"]))
    return figures
