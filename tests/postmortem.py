# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the CPUs and the interrupts of a machine stand that hangs: asked of QEMU, through a monitor that each machine of the tests
has for this."""

import contextlib
import itertools
import os
import re
from pathlib import Path

import qmp

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
    with contextlib.closing(qmp.Qmp("\0" + name, ended=lambda: True, timeout=PATIENCE)) as machine:
        for command in ASKED:
            yield from (text for text in machine.hmp(command).splitlines() if KEPT.match(text))


def state(processes):
    """Lines about the machines that run among these processes; none about one that does not answer."""
    lines = []
    for process in processes:
        try:
            name = NAME.search(Path(f"/proc/{process}/cmdline").read_text())
            lines += ask(name[1]) if name else []
        except (OSError, ValueError, qmp.QmpError) as error:
            lines.append(f"process {process}: {error}")
    return lines
