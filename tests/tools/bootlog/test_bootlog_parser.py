# SPDX-License-Identifier: GPL-2.0-or-later
"""The parser of tools/bootlog: the grammar of docs/boot-log.md, and consoles as they are."""

import re
import time

import pytest

from bootlog.events import parse_pairs
from bootlog.parser import LINE_MAX, Parser, Watch, parse
from harness import TOP


def events(data, **want):
    found = parse(data)
    return [e for e in found if all(getattr(e, k) == v for k, v in want.items())]


def test_step():
    (e,) = events(b"[    0.412001] pefboot: 2/7 discover memory=0x40000000 cpus=2\n")
    assert (e.kind, e.who, e.number, e.name, e.line) == ("step", "pefboot", 2, "discover", 1)
    assert e.keys == {"memory": "0x40000000", "cpus": "2"}
    assert e.time == pytest.approx(0.412001)


def test_failure():
    log = (b"[    0.412001] pefboot: FAIL 4/7 transition E401 the ultravisor refused: UV_ESM -> U_PERMISSION (-11)\n"
           b"[    0.412090] pefboot: hint: look at the blob\n[    0.412130] pefboot: EXIT 401\n")
    fail, hint, stop = events(log)
    assert (fail.kind, fail.number, fail.name) == ("fail", 401, "transition")
    assert fail.keys["call"] == "UV_ESM" and fail.keys["code"] == "U_PERMISSION" and fail.keys["value"] == "-11"
    assert (hint.kind, hint.text) == ("hint", "hint: look at the blob")
    assert (stop.kind, stop.number, stop.line) == ("exit", 401, 3)


def test_failure_without_step():
    (e,) = events(b"[    0.000100] ultravisor: FAIL E901 no nested virtualisation: H_SET_PARTITION_TABLE -> "
                  b"H_FUNCTION (-2)\n")
    assert (e.kind, e.who, e.number, e.name) == ("fail", "ultravisor", 901, "")


def test_verdict_banner_notice_detail():
    log = (b"[    0.000102] ultravisor: emulated=1 version=0.1\n"
           b"[    0.000200] pefboot: notice: there is no ultravisor\n"
           b"[    0.000300] pefboot: map=before what=kernel range=0x400000+0x2e00000\n"
           b"[    0.000400] pefboot: console: vty@71000000\n"
           b"[    9.801544] ultravisor: verdict emulated=1 leaked=0\n")
    assert [e.kind for e in events(log)] == ["banner", "notice", "detail", "detail", "verdict"]
    assert events(log, kind="verdict")[0].keys == {"emulated": "1", "leaked": "0"}


@pytest.mark.parametrize("body", [b"8/7 discover", b"2/7 load memory=1", b"2/7 discover memory", b"FAIL E4", b"EXIT",
                                  b"verdict leaked", b"2/7 discover a=1 two words"])
def test_malformed(body):
    (e,) = events(b"[    0.000001] pefboot: " + body + b"\n")
    assert e.kind == "malformed"


@pytest.mark.parametrize("noise", [
    lambda l: l.replace(b"\n", b"\r\n"),
    lambda l: b"\x1b[0m\x1b[2J" + l.replace(b"pefboot", b"\x1b[1;32mpefboot\x1b[0m"),
    lambda l: b"\0\0" + l.replace(b"2/7", b"2\0/7\0"),
    lambda l: b"/ # " + l,
    lambda l: b"Trying to load:  from: ... \r" + l,
    lambda l: b"[    0.100000] virtio_blk virtio0: 1/0/" + l,
    lambda l: b"\x1b]0;title\x07" + l,
    lambda l: b"\xff\xfe\x80" + l])
def test_noise(noise):
    (e,) = events(noise(b"[    0.412001] pefboot: 2/7 discover memory=0x40000000 cpus=2\n"), kind="step")
    assert e.keys == {"memory": "0x40000000", "cpus": "2"} and not e.torn


def test_torn_by_another_line():
    step, call = events(b"[    0.412001] pefboot: 2/7 disc[    0.412002] ultravisor: uvcall=UV_ESM rc=0\nover\n")
    assert step.torn and call.keys == {"uvcall": "UV_ESM", "rc": "0"} and not call.torn


def test_end_of_log_is_torn():
    (e,) = events(b"[    0.412001] pefboot: 2/7 discover cpus=2")
    assert e.torn


def test_quotes_hide_what_stands_in_them():
    """The command line is the host's: what looks like a line of ours in there is none."""
    (e,) = events(b'[    0.1] x\n[    0.000001] pefboot: cmdline="a [    0.000002] pefboot: 3/7 load \\" kernel=1"\n')
    assert e.line == 2 and e.keys["cmdline"].endswith('3/7 load " kernel=1')


def test_escapes():
    assert parse_pairs(r'a="x\x0ay\\z\"" b=1') == {"a": 'x\ny\\z"', "b": "1"}
    assert parse_pairs("a=1  b") is None


def test_any_split_gives_the_same_events():
    log = (b"\x1b[1m[    0.000102] ultravisor: emulated=1 version=0.1\r\n[    0.000412] pefboot: 1/7 entry door=bios\n"
           b"[    0.000000] Linux version 6.12\nx[    0.5] foo\n[    9.801544] ultravisor: verdict emulated=1\nmore\n")
    whole = [str(e) for e in parse(log)]
    assert len(whole) == 5
    for size in range(1, 40):
        parser, found = Parser(), []
        for at in range(0, len(log), size):
            found += parser.feed(log[at:at + size])
        assert [str(e) for e in found + parser.finish()] == whole


def test_a_line_without_end_does_not_eat_memory():
    parser = Parser()
    for _ in range(64):
        parser.feed(b"x" * 65536)
        assert len(parser.tail) <= LINE_MAX


@pytest.mark.parametrize("part", [b'[    0.000001] ultravisor: y ', b"[    0.000001] x ", b'[    0.000001] ultravisor: "y" ', b"BUG: ", b'"'])
@pytest.mark.parametrize("start", [b'[    0.000001] ultravisor: x="', b"[    0.000001] ultravisor: x"])
def test_a_long_line_takes_no_longer_by_the_byte(start, part):
    """Such lines of 2 MiB took minutes."""
    watches = [Watch("bug", b"BUG: ", forbidden=True)]
    begin = time.process_time()
    parse(start + part * ((2 << 20) // len(part)) + b"\n", watches)
    assert time.process_time() - begin < 10


def test_examples_of_the_document():
    """Each example line in docs/boot-log.md is in the grammar that the tool reads."""
    text = (TOP / "docs" / "boot-log.md").read_text()
    lines = re.findall(r"^    (\[ .*)$", text, re.M)
    ours = [line for line in lines if "Linux version" not in line]
    assert len(ours) > 20
    for line in ours:
        (e,) = events(line.encode() + b"\n")
        assert e.kind != "malformed", line
        if e.kind == "detail":
            assert e.keys, line
