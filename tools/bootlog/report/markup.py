# SPDX-License-Identifier: GPL-2.0-or-later
"""HTML: every text from a log goes through h()."""

import html


def h(text):
    """`text` as HTML that shows it and does nothing else."""
    return html.escape(str(text))


def soft(text):
    """A remark; it is HTML already."""
    return f'<p class="soft">{text}</p>'


def at_line(line):
    """A link to a line of the log, if there is one."""
    return f'<a href="#L{line}">line {line}</a>' if line else ""


def table(head, rows, classes=()):
    """An HTML table; cells are HTML already. `classes`: one for each column."""
    classes = list(classes) + [""] * len(head)
    heads = "".join(f'<th scope="col">{h(title)}</th>' for title in head)
    body = "".join(f"<tr>{''.join(map(cell, row, classes))}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{heads}</tr></thead>' \
           f"<tbody>{body}</tbody></table></div>"


def cell(content, css):
    return f'<td class="{css}">{content}</td>' if css else f"<td>{content}</td>"


def section(id, title, body, long=False):
    css = " class=long" if long else ""
    return f'<section id="{id}"{css}><h2>{h(title)}</h2>{body}</section>'


def drawing(height, label, parts, width=1000, css="wide"):
    """An SVG; a wide one scrolls on a narrow screen."""
    return f'<div class="scroll"><svg class="{css}" viewBox="0 0 {width} {height:g}" role="img" ' \
           f'aria-label="{label}">{"".join(parts)}</svg></div>'


def key(colour, text):
    """An entry of a legend."""
    return f'<span class="key" style="background:var(--{colour})"></span>{text}'


def human_time(seconds):
    """A time, with three digits where they are few."""
    if seconds < .9995:
        return f"{1e3 * seconds:.3g} ms"
    return f"{seconds:.3g} s" if seconds < 100 else f"{seconds:.0f} s"


def human_size(size):
    """Bytes, for a person."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024 or unit == "GiB":
            return f"{size:.0f} {unit}" if size == int(size) else f"{size:.1f} {unit}"
        size /= 1024
    return ""
