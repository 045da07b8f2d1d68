# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/debug and the commands of tools/gdb, with a real gdb: docs/debugging.md."""

import os
import re
import subprocess

import harness
import pytest


def run(tmp_path, *options, script):
    """What gdb says to a script."""
    file = tmp_path / "script.gdb"
    file.write_text("\n".join(script) + "\n")
    done = subprocess.run([harness.TOP / "tools/debug", "--mem", "1G", *options, "---", "-batch", "-x", file], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False,
                          env={**os.environ, "PEFBOOT_BUILD": str(harness.BUILD)}, timeout=1800)
    return done.stdout


def debug(*args, **kwargs):
    """The same, of a script in which nothing goes wrong."""
    said = run(*args, **kwargs)
    assert "Error" not in said and "Python Exception" not in said, said
    return said


def test_debugger_follows_home(tmp_path):
    """A normal boot: steps, wherever pefboot is by then, and the tree at each."""
    said = debug(tmp_path, "--kernel", harness.small_kernel(), "--append", "word", script=[
        "pefboot-step discover", "pefboot-step verify", "pefboot-step handoff", "continue", "continue", "pefboot-where",
        "pefboot-tree", "continue", "pefboot-tree guest->tree", "backtrace 2"])
    home = re.search(r"^pefboot at (0x[0-9a-f]+): home$", said, re.M)[1]
    steps = re.findall(r"^step (\d)/7 (\w+), image at (\w+)$", said, re.M)
    assert steps == [("2", "discover", home), ("5", "verify", home), ("7", "handoff", home)]
    assert re.search(rf"^\* pefboot    {home} \+ 0x[0-9a-f]+$", said, re.M)
    assert said.count("/dts-v1/;") == 2 and said.count('bootargs = "word";') == 2
    assert "boot/secure/handoff.c" in said and "in boot_secure" in said


def test_debugger_follows_sc_2(tmp_path):
    """Into the secure stage, where the ultravisor enters it, and what the ultravisor knows by then."""
    said = debug(tmp_path, "--firmware", "ultravisor", "--kernel", harness.small_kernel(), script=[
        "pefboot-step transition", "pefboot-step verify", "pefboot-step handoff", "continue", "pefboot-pages", "continue",
        "pefboot-where", "continue", "pefboot-pages", "uv-vcpu"])
    stage = re.search(r"^pefboot at (0x[0-9a-f]+): secure stage, entered by sc 2$", said, re.M)[1]
    assert re.findall(r"^step \d/7 (\w+), image at (\w+)$", said, re.M)[1:] == [("verify", stage), ("handoff", stage)]
    assert "world=WORLD_SECURE" in said
    before, after = re.findall(r"^NORMAL=(\d+) SECURE=(\d+) ZERO=(\d+) SHARED=(\d+)", said, re.M)
    assert before == ("16383", "1", "0", "0")
    assert after[0] == "0" and after[3] == "1024"     # 64 MiB of pool
    assert "vcpu 0 server 0: started yes, secure yes" in said


def test_debugger_prints_a_ring(tmp_path):
    """The ring of a disk that has just been asked."""
    disk = tmp_path / "disk.img"
    disk.write_bytes(bytes(1 << 20))
    said = debug(tmp_path, "--disk", disk, script=[
        "pefboot-step load", "continue", "tbreak queue_wait", "continue", "pefboot-ring queue->ring"])
    number, free, flight = re.search(r"^(\d+) descriptors, (\d+) free, (\d+) chains in flight", said, re.M).groups()
    assert int(free) < int(number) and int(flight) >= 1
    assert re.search(r"^chain \d+: device may write \d+ bytes$", said, re.M)


@pytest.mark.parametrize("word, says", [("pefboot-step nonsense", "one of entry discover load transition verify patch handoff"),
                                        ("pefboot-pages", "no ultravisor here"),
                                        ("pefboot-tree 0", "no tree there"),
                                        ("pefboot-ring", "an expression of type struct ring")])
def test_debugger_says_what_is_wrong(tmp_path, word, says):
    assert says in run(tmp_path, script=[word])
