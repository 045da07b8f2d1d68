# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables of figures, each with what it must not exceed; and machines that give them."""

import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "tests/machine")]
import harness  # noqa: E402 (needs the path above)

FOLDER = harness.BUILD / "bench"
TIMEBASE = 512  # MHz
MISSED = []


class Failed(Exception):
    """A machine did not do what a figure needs."""


def row(name, *cells):
    print(f"{name:<50}" + "".join(f" {cell:>13}" for cell in cells), flush=True)


def judged(name, *cells, value, most=None, least=None, form=".2f"):
    """A row that ends with a figure, its limit, and whether that is met."""
    good = value <= most if least is None else value >= least
    limit = f"<= {most:{form}}" if least is None else f">= {least:{form}}"
    if not good:
        MISSED.append(f"{name.strip()}: {value:{form}}, not {limit}")
    row(name, *cells, f"{value:{form}}", limit, "met" if good else "NOT met")


def section(part, name):
    """Run a part of a table; True if that worked. If not, its figures are missed and the rest goes on."""
    try:
        part()
        return True
    except (Failed, AssertionError, OSError, subprocess.SubprocessError) as error:
        MISSED.append(f"{name.strip()}: failed: {str(error).splitlines()[0]}")
        print(f"bench: {name.strip()}: failed: {error}", file=sys.stderr, flush=True)
        return False


def finish():
    """Exit status 1 if a limit was missed, with all of them named."""
    for text in MISSED:
        print(f"NOT met: {text}", flush=True)
    sys.exit(bool(MISSED))


def machine(*args, prealloc=False, timeout=300):
    """The console of a QEMU that ran to its end. prealloc: the host's page faults are not measured."""
    argv = harness.tool("qemu").command(args)
    if prealloc:
        argv = [word.replace("reserve=off", "prealloc=on") for word in argv]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=timeout, check=False)
    return done.stdout.decode(errors="replace").replace("\r", "")


def search(pattern, console):
    """The first match's group, or groups."""
    match = re.search(pattern, console)
    if not match:
        raise Failed(f"the console has no {pattern!r}; its end:\n" + console[-1500:])
    return match[1] if len(match.groups()) == 1 else match.groups()


def stamp(pattern, console):
    """Microseconds of the time base at a line of pefboot or of the ultravisor."""
    seconds, micro = search(r"\[ *(\d+)\.(\d{6})\] " + pattern, console)
    return int(seconds) * 1000000 + int(micro)
