# SPDX-License-Identifier: GPL-2.0-or-later
"""Consoles in the forms in which engines keep them: data/README.md says where these forms are from."""

import gzip
import json
import lzma
import subprocess
import zipfile

import pytest

import corpus
from bootlog.forms import read_console
from bootlog.judge import check
from bootlog.profile_file import load_profile
from bootlog.status import FAIL, PASS, UsageError
from harness import BOOTLOG

NAMES = ("SECURE", "NORMAL", "REFUSED", "evidence")
LOGS = {"SECURE": (corpus.SECURE, "secure"), "NORMAL": (corpus.NORMAL, "normal"), "REFUSED": (corpus.REFUSED, "refused"),
        "evidence": (corpus.evidence(), "secure")}


def text_lines(log):
    return log.decode("utf-8", "replace").replace("\r", "").splitlines(keepends=True)


def yaml_quoted(text):
    """As PyYAML writes it with default_style='"'."""
    short = {"\0": "\\0", "\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\x1b": "\\e", '"': '\\"', "\\": "\\\\", "\x85": "\\N", "\xa0": "\\_"}
    return '"' + "".join(short.get(c) or (c if " " <= c <= "~" else f"\\x{ord(c):02x}" if ord(c) < 256 else f"\\u{ord(c):04x}") for c in text) + '"'


def as_lava(log, dash="- "):
    records = [("info", "Job started"), ("debug", "using Kernel panic - not syncing as a failure: [    0.000000] pefboot: FAIL 4/7 x E401 y")]
    records += [("target", line.rstrip("\n").replace('"', '\\"')) for line in text_lines(log)]
    records.insert(20, ("input", "[    0.000001] pefboot: EXIT 405"))
    records += [("input", "poweroff"), ("target", "poweroff"), ("debug", "WARNING: CPU: 0 PID: 1 at x"), ("info", "Cleaning after the job")]
    out = "".join(f'{dash}{{"dt": "2026-11-29T06:28:11.123456", "lvl": "{lvl}", "msg": {yaml_quoted(msg)}}}\n' for lvl, msg in records)
    return (out + f'{dash}{{"dt": "2026-11-29T06:28:12.000000", "lvl": "results", "msg": {{"case": "job", "definition": "lava", "result": "pass"}}}}\n').encode()


def as_old_lava(log):
    """tuxrun's: plain style, single quotes."""
    records = "".join("- {dt: '2021-04-08T18:42:25.139513', lvl: target, msg: '" + line.rstrip("\n").replace("'", "''") + "'}\n" for line in text_lines(log))
    return ("- {dt: '2021-04-08T18:42:25.139513', lvl: info, msg: 'start: 1.1 x (max 00:05:00)'}\n" + records).encode()


def as_docker(log, piece=60):
    """Long lines come in pieces, of which the last one ends the line."""
    out = []
    for line in log.decode("utf-8", "replace").splitlines(keepends=True):
        for at in range(0, len(line), piece):
            out.append(json.dumps({"log": line[at:at + piece], "stream": "stdout", "time": "2026-11-29T06:28:11.123456789Z"}))
    return ("\n".join(out) + "\n").encode()


def as_journal(log):
    """What is not plain text is a list of bytes."""
    out = []
    for line in log.splitlines():
        plain = line.isascii() and b"\x1b" not in line and b"\r" not in line
        out.append(json.dumps({"__CURSOR": "s=1;i=2", "PRIORITY": "6", "_COMM": "qemu", "MESSAGE": line.decode() if plain else list(line)}))
    return ("\n".join(out) + "\n").encode()


def as_asciinema(log, version=2):
    text = log.decode("utf-8", "replace")
    pieces = [text[at:at + 101] for at in range(0, len(text), 101)]
    if version == 1:
        return json.dumps({"version": 1, "width": 80, "height": 24, "duration": 1.5, "stdout": [[0.01, p] for p in pieces]}, indent=1).encode()
    head = {"version": 2, "width": 80, "height": 24} if version == 2 else {"version": 3, "term": {"cols": 80, "rows": 24}}
    events = [json.dumps(head), json.dumps([0.5, "i", "[    0.000001] pefboot: EXIT 405\r\n"])] + [json.dumps([0.01 * i, "o", p]) for i, p in enumerate(pieces)]
    return ("\n".join(events) + "\n").encode()


FORMS = {
    "lava": (as_lava, "a log of LAVA: "), "lava-run": (lambda log: as_lava(log, ""), "a log of LAVA: "), "tuxrun": (as_old_lava, "a log of LAVA: "),
    "docker": (as_docker, "a log of Docker"), "journal": (as_journal, "a journal"),
    "asciinema-1": (lambda log: as_asciinema(log, 1), "an asciinema"), "asciinema-2": (as_asciinema, "an asciinema"),
    "asciinema-3": (lambda log: as_asciinema(log, 3), "an asciinema"),
    "cr": (lambda log: log.replace(b"\r\n", b"\r"), "no line ends in LF"),
    "gzip": (gzip.compress, "a gzip file"), "xz": (lzma.compress, "a xz file"),
    "zstd": (lambda log: subprocess.run(["zstd", "-cq"], input=log, capture_output=True, check=True).stdout, "a zstd file"),
    "gzip-of-lava": (lambda log: gzip.compress(as_lava(log)), "a log of LAVA: "),
}
SAME_LINES = ("lava", "lava-run", "tuxrun", "journal")      # a line of the console is a line of the file


def judge(log, profile):
    console = read_console(log, "x.log")
    return check(console.data, load_profile(profile)), console


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", FORMS)
def test_form(form, name):
    """The console in each form is judged as it is itself, and the form is named."""
    log, profile = LOGS[name]
    wrap, says = FORMS[form]
    found, console = judge(wrap(log), profile)
    assert found.status == PASS, [f.text for f in found.findings]
    assert any(says in said for said in console.says)
    plain = check(log, load_profile(profile))
    assert [r.event and r.event.text for r in found.reached] == [r.event and r.event.text for r in plain.reached]
    bad = log.replace(b"pefboot: 1/7 entry", b"pefboot: 1/7 exit")
    assert judge(wrap(bad), profile)[0].status == (PASS if profile == "refused" and bad == log else FAIL)


@pytest.mark.parametrize("form", SAME_LINES)
def test_lines_are_those_of_the_file(form):
    log = corpus.inside(corpus.SECURE, corpus.KERNEL_BUG)
    file = FORMS[form][0](log)
    (bug,) = [f for f in judge(file, "secure")[0].findings if f.id == "bug"]
    line = file.splitlines()[bug.line - 1]
    text = bytes(json.loads(line)["MESSAGE"]) if form == "journal" and b"BUG" not in line else line
    assert b"BUG: Kernel NULL pointer" in text


def test_lava_without_its_debug_lines_in_the_way():
    """LAVA names the patterns that it looks for: no line of its own counts, neither for the boot nor against it."""
    found, console = judge(as_lava(corpus.SECURE), "secure")
    assert found.status == PASS and not [f for f in found.findings if f.severity == "fail"]
    assert f": {corpus.SECURE.count(bytes([10])) + 1} of " in console.says[0]


@pytest.mark.parametrize("magic,kind", [(b"\x1f\x8b", "gzip"), (b"\xfd7zXZ\0", "xz"), (b"\x28\xb5\x2f\xfd", "zstd")])
def test_what_is_broken_is_wrong_usage(magic, kind):
    for rest in (b"", b"rubbish" * 9):
        with pytest.raises(UsageError, match=f"x.log: a {kind} file that cannot be read"):
            read_console(magic + rest, "x.log")


def test_damaged_archive():
    packed = bytearray(gzip.compress(corpus.SECURE))
    packed[len(packed) // 2:len(packed) // 2 + 40] = b"\xff" * 40
    with pytest.raises(UsageError, match="x.log: a gzip file that cannot be read"):
        read_console(bytes(packed), "x.log")


@pytest.mark.parametrize("head", [b"", b'{"version": 2, "width": 80}\n', b'{"log": "x", "stream": "stdout"}\n'])
def test_records_without_bottom(head):
    """What nests deeper than can be read is no record."""
    assert judge(head + b'{"a":' + b"[" * 200000 + b"\n", "secure")[0].failed


def test_cut_archive():
    with pytest.raises(UsageError, match="gzip"):
        read_console(gzip.compress(corpus.SECURE)[:-20], "x.log")


def test_a_small_file_cannot_fill_the_memory(monkeypatch):
    monkeypatch.setattr("bootlog.forms.SIZE_MAX", 1 << 20)
    for pack in (gzip.compress, lzma.compress, FORMS["zstd"][0]):
        with pytest.raises(UsageError, match="more than 1 MiB"):
            read_console(pack(bytes(4 << 20)), "x.log")


@pytest.mark.parametrize("text", [b"{", b"{}", b"- {", b'{"log": 1}', b'{"MESSAGE": [1, "x"]}', b'{"version": 2, "width": 1}\n[1]\n[1, "o", 3]\n',
                                  b'{"dt": "x", "lvl": "target", "msg": "\\U99999999\\ud800"}', b"[1, 2]", b'{"stdout": [1, [2]]}', b'{"version": 1, "stdout": 3}',
                                  b'{"log": "x", "stream": null}\n\xff\n{"log": "\\ud800\\n"}', b"{" * 100000, b'- {"dt": "' + b"x" * 100000])
def test_rubbish_is_no_traceback(text):
    found, _ = judge(text, "secure")
    assert found.status == FAIL


def test_plain_consoles_stay_as_they_are():
    for log in (corpus.SECURE, corpus.KEXECED, b"", b"\r", b"{no json}\n", b"- {a list}\n", b"\x1f", bytes(99)):
        console = read_console(log, "x")
        assert (console.data, console.says) == (log, [])


def test_by_the_tool(tmp_path):
    """The form is a note in every output, and the same file is read by all commands."""
    log = tmp_path / "log.yaml.gz"
    log.write_bytes(gzip.compress(as_lava(corpus.SECURE)))

    def run(*words):
        return subprocess.run([BOOTLOG, *words], capture_output=True, text=True, timeout=60, check=False)
    done = run("check", "--profile", "secure", log)
    assert done.returncode == 0 and "note: read from a gzip file" in done.stdout and "note: a log of LAVA: 1" in done.stdout
    assert '"name": "handoff"' in run("json", log).stdout
    assert "a log of LAVA" in run("report", log).stdout
    (tmp_path / "plain").write_bytes(corpus.SECURE)
    assert run("diff", log, tmp_path / "plain").returncode == 0
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as pack:
        pack.writestr("console.log", corpus.SECURE)
    assert run("check", "--profile", "secure", tmp_path / "x.zip").returncode == 1
