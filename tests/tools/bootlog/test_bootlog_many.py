# SPDX-License-Identifier: GPL-2.0-or-later
"""Many boots: one summary and one result of many logs, how long what took, and what got slower."""

import json
import os
import re
import subprocess
import xml.etree.ElementTree

import jsonschema
import pytest

import corpus
from bootlog.boots import Boots
from bootlog.judge import check
from bootlog.parser import parse
from bootlog.profile_file import load_profile
from bootlog.times import find_spans
from harness import BOOTLOG, TOP

LEAKED = corpus.SECURE.replace(b"leaked=0", b"leaked=8")
NO_KVM = b"qemu-system-ppc64: -accel kvm: invalid accelerator kvm\n"


def tool(*args, status=None, log=b"", env=None):
    done = subprocess.run([BOOTLOG, *args], input=log, capture_output=True, timeout=120, check=False, env={**os.environ, **(env or {})})
    assert status is None or done.returncode == status, done.stdout + done.stderr
    return done.stdout.decode()


def later(log, seconds, since):
    """The log of a machine that stood still for `seconds` at time `since` of the firmware's clock."""
    def move(m):
        time_ = float(m[1])
        return b"[%12.6f] %s" % (time_ + (seconds if time_ >= since else 0), m[2])
    return re.sub(rb"\[ *(\d+\.\d+)\] ((?:pefboot|ultravisor): )", move, log)


@pytest.fixture
def folder(tmp_path):
    """Jobs `good` and `bad`, and `disk`, which fails in one of its three runs; and what is no log."""
    for name, log in {"good-1.log": corpus.SECURE, "good-2.log": later(corpus.SECURE, 0.66, 0.0009), "bad.log": LEAKED, "disk-run1.log": corpus.SECURE,
                      "disk-run2.log": corpus.SECURE[:3000], "more/disk-run3.log": corpus.SECURE, "kvm.log": NO_KVM, "notes.md": b"x", ".hidden.log": b"x"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(log)
    return tmp_path


def test_summary(folder):
    out = tool("check", "--profile", "secure", folder, status=1)
    assert out.startswith("FAIL secure: 4 of 7 logs passed, 2 failed, 1 skipped\n")
    assert re.search(r"^  fail: \S*/bad\.log: line \d+: leaked=8", out, re.M) and re.search(r"^  skip: \S*/kvm\.log: .*invalid accelerator", out, re.M)
    assert "  flaky: disk: 2 passed, 1 failed\n" in out and out.count("flaky") == 1
    assert re.search(r"^  slowest step: discover, 0\.66\d s in \S*/good-2\.log$", out, re.M)
    assert re.search(r"^  discover +4 times, median +0\.001 s, longest +0\.661 s", out, re.M)


def test_files_and_folders(folder):
    assert "2 of 2 logs" in tool("check", "--profile", "secure", folder / "good-1.log", folder / "good-2.log", status=0)
    assert "PASS secure: 11 of 11 milestones" in tool("check", "--profile", "secure", folder / "good-1.log", status=0)
    tool("check", "--profile", "secure", folder / "kvm.log", folder / "kvm.log", status=77)
    tool("check", "--profile", "secure", folder / "kvm.log", folder / "good-1.log", status=0)
    tool("check", "--profile", "secure", folder / "good-1.log", folder / "missing.log", status=2)
    tool("check", "--profile", "secure", folder, "-o", "html", status=2)
    (folder / "empty").mkdir()
    tool("check", "--profile", "secure", folder / "empty", status=2)


def test_jobs_by_a_pattern(folder):
    assert "flaky: d: 2 passed, 1 failed" in tool("check", "--profile", "secure", "--job", r"/(d)isk", folder)
    assert "flaky" not in tool("check", "--profile", "secure", "--job", r"[^/]+$", folder)
    tool("check", "--profile", "secure", "--job", "(", folder, status=2)


def test_merged_results(folder):
    tool("check", "--profile", "secure", folder, "-o", f"junit:{folder}/r.xml", "-o", f"tap:{folder}/r.tap", "-o", f"ktap:{folder}/r.ktap",
         "-o", f"json:{folder}/r.js", "-o", f"markdown:{folder}/r.md", status=1)
    suites = xml.etree.ElementTree.parse(folder / "r.xml").getroot()
    assert [int(s.get("failures")) > 0 for s in suites] == [True, False, True, False, False, False, False]
    good = next(s for s in suites if s.get("name").endswith("good-2.log"))
    times = {case.get("name"): float(case.get("time", -1)) for case in good}
    assert times["discover"] == pytest.approx(0.660565, abs=1e-5) and times["verify"] == pytest.approx(0.210568, abs=1e-5)
    assert float(good.get("time")) == pytest.approx(sum(t for t in times.values() if t >= 0), abs=1e-4)
    tap = (folder / "r.tap").read_text().splitlines()
    assert tap[0] == "TAP version 13" and "1..7" in tap and [t for t in tap if t.startswith("not ok")] == [t for t in tap if re.match(r"not ok [13] ", t)]
    assert sum("duration_ms:" in line for line in tap) == 7 and sum("# SKIP" in line for line in tap) == 1
    assert "    1..7\n" in (folder / "r.ktap").read_text() and "\nnot ok 1 bootlog.secure\n" in (folder / "r.ktap").read_text()
    facts = json.loads((folder / "r.js").read_text())
    schema = json.loads((TOP / "docs/bootlog.schema.json").read_text())
    for entry in facts["logs"]:
        entry.pop("seconds")
        jsonschema.validate(entry, schema)
    assert facts["flaky"] == [{"job": "disk", "passed": 2, "failed": 1}] and facts["status"] == "fail"
    assert "| discover | 4 | 0.001 | 0.661 |" in (folder / "r.md").read_text()


def test_step_summary_of_github(folder):
    """Annotations on the output, a page in the file that the runner names; both add up."""
    page = folder / "summary"
    page.write_text("before\n")
    env = {"GITHUB_STEP_SUMMARY": str(page)}
    out = tool("check", "--profile", "secure", folder, "-o", "github", status=1, env=env)
    assert "::error file=" in out and "::warning title=bootlog flaky::disk: 2 passed, 1 failed" in out
    tool("check", "--profile", "secure", folder / "bad.log", "-o", "github", status=1, env=env)
    text = page.read_text()
    assert text.startswith("before\n### FAIL: profile secure, 4 of 7 logs") and "\n### FAIL: " in text and "| verdict | fail |" in text
    tool("check", "--profile", "secure", folder / "good-1.log", "-o", "github", status=2, env={"GITHUB_STEP_SUMMARY": str(folder)})


def test_markdown_is_text(folder):
    evil = folder / "evil.log"
    evil.write_bytes(corpus.inside(corpus.SECURE, b"BUG: <img src=x> [a](http://b) | `c` @everyone\r\n"))
    text = tool("check", "--profile", "secure", evil, "-o", "markdown", status=1)
    assert r"&lt;img src=x&gt; \[a\](http://b) \| \`c\` \@everyone" in text


def test_durations():
    (boot,) = Boots(parse(corpus.evidence())).seen()
    spans = {span.name: span for span in find_spans(boot)}
    assert list(spans) == ["entry", "discover", "load", "transition", "UV_ESM", "verify", "patch", "handoff", "kernel", "user space", "power down"]
    assert spans["UV_ESM"].took == pytest.approx(0.148957, abs=1e-6) and spans["verify"].took == pytest.approx(0.061611, abs=1e-6)
    assert [spans[name].world for name in ("transition", "UV_ESM", "verify", "kernel")] == ["normal", "crossing", "secure", "linux"]
    (boot,) = Boots(parse(corpus.SECURE)).seen()
    assert "UV_ESM and verify" in [span.name for span in find_spans(boot)]        # without level info nobody knows more
    (boot,) = Boots(parse(corpus.NORMAL)).seen()
    assert "verify" in [span.name for span in find_spans(boot)]


def test_limits():
    """Those of `run`, for a saved log, by its own clocks."""
    slow = later(corpus.SECURE, 11, 0.0009)         # step 2 has 10 s
    judge = check(slow, load_profile("secure"), limits=1.0)
    (finding,) = [f for f in judge.findings if f.id == "slow"]
    assert finding.text.startswith("step 2, reading the device tree came 11.00 s after the one before it, more than 10 s") and finding.line == 3
    assert "slow" not in check(slow, load_profile("secure"), limits=2.0).counts and "slow" not in check(slow, load_profile("secure")).counts
    tool("check", "--profile", "secure", "--limits", "1", "-", log=slow, status=1)
    tool("check", "--profile", "secure", "--limits", "2", "-", log=slow, status=0)
    kexec = check(corpus.KEXECED, load_profile("kexec"), limits=1.0)
    assert "slow" not in kexec.counts


def test_diff_sees_a_slow_step(tmp_path):
    a, b = tmp_path / "a.log", tmp_path / "b.log"
    a.write_bytes(corpus.evidence())
    b.write_bytes(later(corpus.evidence(), 0.66, 0.21))
    out = tool("diff", a, b, status=0)
    assert "no difference but time" in out and "slower: verify took 0.66 s longer (0.062 s, then 0.722 s)" in out and out.count("slower:") == 1
    tool("diff", "--slower", "0.5", a, b, status=1)
    tool("diff", "--slower", "0.7", a, b, status=0)
    assert "slower:" not in tool("diff", b, a, status=0)


def test_a_thousand_logs(tmp_path):
    """In less than a minute of CPU time: 60 ms each; here 100 logs in 6 s."""
    for i in range(100):
        (tmp_path / f"boot-{i}.log").write_bytes(corpus.text("recorded-secure.log"))
    begin = os.times()
    assert "100 of 100 logs passed" in tool("check", "--profile", "secure", tmp_path, "-o", "text", "-o", f"junit:{tmp_path}/r.xml", status=0)
    end = os.times()
    assert end.children_user + end.children_system - begin.children_user - begin.children_system < 6
