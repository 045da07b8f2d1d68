# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the CPUs and the interrupts of a machine stand that hangs: asked of QEMU, through a monitor that each machine of the tests
has for this."""

import itertools
import json
import os
import re
import socket
from pathlib import Path

NAME = re.compile(r"unix:(pefboot-tests-\d+-\d+),abstract=on")
COUNT = itertools.count()
ASKED = ("info registers -a", "info pic")
KEPT = re.compile(r"CPU#|NIP|MSR|.*XIRR|.* (MSI|LSI) ")
PATIENCE = 10   # seconds


def monitor():
    """Arguments of QEMU."""
    return ["-qmp", f"unix:pefboot-tests-{os.getpid()}-{next(COUNT)},abstract=on,server=on,wait=off"]


def ask(name):
    """What QEMU answers, but for most registers."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(PATIENCE)
        link.connect("\0" + name)
        stream = link.makefile("rw")
        stream.readline()
        for command in ("qmp_capabilities", *ASKED):
            line = {"execute": command} if command not in ASKED else \
                {"execute": "human-monitor-command", "arguments": {"command-line": command}}
            stream.write(json.dumps(line) + "\n")
            stream.flush()
            answer = {}
            while "return" not in answer and "error" not in answer:     # events come between
                answer = json.loads(stream.readline())
            if command in ASKED:
                yield from (text for text in str(answer.get("return", answer)).splitlines() if KEPT.match(text))


def state(processes):
    """Lines about the machines that run among these processes; none about one that does not answer."""
    lines = []
    for process in processes:
        try:
            name = NAME.search(Path(f"/proc/{process}/cmdline").read_text())
            lines += ask(name[1]) if name else []
        except (OSError, ValueError) as error:
            lines.append(f"process {process}: {error}")
    return lines
