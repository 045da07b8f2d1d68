# SPDX-License-Identifier: GPL-2.0-or-later
"""What the firmware changed in the device tree."""

import json
import re

from .markup import at_line, h, soft, table

HEX = re.compile(r"(?:[0-9a-fA-F]{2})+(?:\.\.\.)?")


def show_tree(view):
    changes = [e for e in view.details if "tree" in e.keys and "node" in e.keys]
    if not changes:
        return soft("The log holds no change of the device tree. "
                    "Boot with <code>pefboot.log=info</code>.")
    rows = [(sign(e.keys), h(e.keys["node"]), h(e.keys.get("prop", "")), show_value(e.keys),
             at_line(e.line)) for e in changes]
    return table(("change", "node", "property", "value", "log"), rows, ("c", "c", "c", "c", ""))


def sign(keys):
    return '<b class="del">-</b>' if keys["tree"] == "del" else '<b class="add">+</b>'


def show_value(keys):
    value = h(decode(keys["new"])) if "new" in keys else ""
    if keys.get("len"):
        value += f' <span class="soft">({h(keys["len"])} bytes)</span>'
    return value


def decode(value):
    """A property's bytes as strings or cells, where they look like it."""
    if not HEX.fullmatch(value):
        return "(empty)" if value == "-" else value
    more = value.endswith("...")
    data = bytes.fromhex(value.rstrip("."))
    if not more and are_strings(data):
        return ", ".join(json.dumps(w.decode()) for w in data.rstrip(b"\0").split(b"\0"))
    if len(data) % 4 == 0:
        cells = (data[i:i + 4] for i in range(0, len(data), 4))
        return "<" + " ".join(f"0x{int.from_bytes(c, 'big'):x}" for c in cells) + \
               (" ...>" if more else ">")
    return "[" + data.hex(" ") + ("..." if more else "") + "]"


def are_strings(data):
    words = data.rstrip(b"\0").split(b"\0")
    return data.endswith(b"\0") and len(data) != 4 and \
        all(w and all(32 <= b < 127 for b in w) for w in words)
