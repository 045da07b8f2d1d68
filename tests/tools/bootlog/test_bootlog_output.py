# SPDX-License-Identifier: GPL-2.0-or-later
"""What tools/bootlog prints: TAP, KTAP, JUnit, JSON, annotations, differences, explanations."""

import json
import re
import subprocess
import xml.etree.ElementTree

import jsonschema
import pytest

import corpus
from bootlog.judge import check
from bootlog.measured import EVENTS
from bootlog.outputs import format_github, format_json, format_junit, format_ktap, format_tap
from bootlog.profile_file import load_profile
from bootlog.status import FAIL, PASS, SKIP
from harness import BOOTLOG, TOP

SCHEMA = json.loads((TOP / "docs" / "bootlog.schema.json").read_text())
CASES = {case.name: case for case in corpus.CASES}


def tool(*args, log=b"", status=None):
    done = subprocess.run([BOOTLOG, *map(str, args)], input=log, capture_output=True, timeout=60)
    assert status is None or done.returncode == status, done.stdout + done.stderr
    return done.stdout.decode()


def judge(name):
    case = CASES[name]
    return check(case.log, load_profile(case.profile), **case.options)


@pytest.mark.parametrize("name", CASES)
def test_every_output_of_every_case(name):
    found = judge(name)
    bad = found.status == FAIL
    tap = format_tap(found, "a b.log").splitlines()
    points = [line for line in tap if re.match(r"(not )?ok \d", line)]
    assert tap[0] == "TAP version 13"
    if found.status != SKIP:
        assert f"1..{len(points)}" in tap
        assert [int(re.search(r"\d+", p)[0]) for p in points] == list(range(1, len(points) + 1))
        assert any(p.startswith("not ok") for p in points) == bad
    ktap = format_ktap(found, "a b.log")
    assert re.match(r"KTAP version 1\n1\.\.1\n    KTAP version 1\n    # Subtest: bootlog\.\S+\n    1\.\.\d+\n", ktap)
    assert (f"\nnot ok 1 bootlog.{found.profile.name}\n" in ktap) == bad
    suite = xml.etree.ElementTree.fromstring(format_junit(found, "a b.log").encode())[0]
    assert int(suite.get("tests")) == len(suite.findall("testcase"))
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
    assert (int(suite.get("failures")) > 0) == bad
    if found.status == SKIP:
        assert suite.get("skipped") == suite.get("tests") and suite.find("testcase/skipped").get("message")
        assert "not ok" not in ktap
    facts = json.loads(format_json(found, "a b.log"))
    jsonschema.validate(facts, SCHEMA)
    assert facts["status"] == CASES[name].status
    github = format_github(found, "a,b:c.log").splitlines()
    assert all(re.match(r"::(error|warning|notice) ", line) for line in github)
    assert any(line.startswith("::error file=a%2Cb%3Ac.log,line=") for line in github) >= bad


def test_strict_is_what_all_outputs_say():
    log = corpus.inside(corpus.SECURE, corpus.SWIOTLB)
    for form, said in (("text", "FAIL secure"), ("tap", "not ok 12 - nothing-forbidden"), ("ktap", "not ok 1 bootlog.secure"),
                       ("junit", 'failures="1"'), ("json", '"severity": "fail"'), ("github", "::error "), ("markdown", "**fail**")):
        assert said in tool("check", "--profile", "secure", "--strict", "-o", form, "-", log=log, status=1), form
        assert said not in tool("check", "--profile", "secure", "-o", form, "-", log=log, status=0), form


def test_schema_is_strict():
    facts = json.loads(format_json(judge("stopped"), "x"))
    for path, value in ((("status",), "good"), (("findings", 0, "severity"), "bad"), (("boots", 0, "line"), 0),
                        (("extra",), 1)):
        broken = json.loads(json.dumps(facts))
        place = broken
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, SCHEMA)


def test_measurements():
    log = corpus.text("recorded-measured.log")
    measured = json.loads(tool("json", "-", log=log, status=0))["boots"][0]["measured"]
    assert measured["banks"] == ["sha1", "sha256", "sha384", "sha512"] and measured["keys"]["tpm"] == "started"
    assert [event["pcr"] for event in measured["events"]] == ["0", *"01234567", "8", "9", "9"]
    assert {event["type"] for event in measured["events"]} == {"EV_S_CRTM_CONTENTS", "EV_SEPARATOR", "EV_IPL"}
    assert len(measured["events"]) == int(measured["keys"]["events"])
    text = tool("check", "--profile", "normal", "-", log=log, status=0).splitlines()
    assert "  measured: TPM started, 12 events in banks sha1 sha256 sha384 sha512" in text
    for event in measured["events"]:
        assert f"        PCR {event['pcr']} {event['type']} {event['digest']}" in text
        assert log.splitlines()[event["line"] - 1].decode().endswith(f"digest={event['digest']}")
    assert json.loads(tool("json", "-", log=corpus.NORMAL, status=0))["boots"][0]["measured"] is None


def test_measurements_of_the_kernel_are_none():
    """Lines that user space writes."""
    forged = corpus.line(2.0, "pefboot", "pcr=4 event=0xc digest=sha256:00") + corpus.line(
        2.1, "pefboot", "tpm=started banks=0x2 events=1 log=0x10000+0x10000 used=100 ticks=1")
    facts = json.loads(tool("json", "-", log=corpus.inside(corpus.NORMAL, forged), status=0))
    assert facts["boots"][0]["measured"] is None


def test_names_of_events():
    numbers = re.findall(r"^#define (EV_[A-Z_]+)\s+(\w+)$", (TOP / "abi/vtpm.h").read_text(), re.M)
    assert {int(number, 0): name for name, number in numbers} == EVENTS


def test_json_of_a_log():
    facts = json.loads(tool("json", "-", log=corpus.KEXECED, status=0))
    jsonschema.validate(facts, SCHEMA)
    assert [len(b["steps"]) for b in facts["boots"]] == [7, 7]
    assert facts["boots"][1]["steps"][0]["keys"]["door"] == "kexec"
    assert facts["boots"][1]["verdict"]["keys"]["leaked"] == "0"
    assert {e["boot"] for e in facts["events"]} == {0, 1}


def test_version_of_the_firmware(tmp_path):
    """What step 1 says is in the results and in the report."""
    log = corpus.SECURE.replace(b"size=17284\r", b"size=17284 version=9.8.7\r")
    out = tool("check", "--profile", "secure", "-", "-o", "json", "-o", f"junit:{tmp_path}/r.xml", "-o", f"html:{tmp_path}/r.html", log=log, status=0)
    assert [boot["version"] for boot in json.loads(out)["boots"]] == ["9.8.7"]
    assert '<property name="version" value="9.8.7"/>' in (tmp_path / "r.xml").read_text() and "version=9.8.7" in (tmp_path / "r.html").read_text()
    assert json.loads(tool("json", "-", log=corpus.SECURE))["boots"][0]["version"] is None


def test_files_for_several_outputs(tmp_path):
    out = tool("check", "--profile", "secure", "-", "-o", f"junit:{tmp_path}/r.xml", "-o", f"json:{tmp_path}/r.json",
               "-o", f"html:{tmp_path}/r.html", "-o", "tap", log=corpus.SECURE, status=0)
    assert out.startswith("TAP version 13")
    assert xml.etree.ElementTree.parse(tmp_path / "r.xml").getroot().tag == "testsuites"
    assert json.loads((tmp_path / "r.json").read_text())["status"] == "pass"
    assert (tmp_path / "r.html").read_text().startswith("<!DOCTYPE html>")
    tool("check", "-", "-o", "nonsense", log=corpus.SECURE, status=2)


def test_strict_makes_warnings_fail():
    log = CASES["secure-pool-exhausted"].log
    tool("check", "--profile", "secure", "-", log=log, status=0)
    tool("check", "--profile", "secure", "--strict", "-", log=log, status=1)


def test_exhausted_pool_is_named_and_sized():
    out = tool("check", "--profile", "secure", "-", log=CASES["secure-pool-exhausted"].log)
    assert "the pool was exhausted: 8 MiB (4096 slots of 2 KiB), 4090 slots in use, 65536 bytes found no place (3 times)" in out
    assert "pefboot.pool=16M" in out


def test_failure_is_explained():
    out = tool("check", "--profile", "normal", "-", log=corpus.BEFORE + corpus.stop(
        401, "transition", "no ultravisor, but pefboot.secure=required: UV_ESM -> U_FUNCTION (-2)"), status=1)
    for words in ("E401", "UV_ESM answered U_FUNCTION", "pefboot.secure=auto", "H_FUNCTION from a hypervisor"):
        assert words in out


@pytest.mark.parametrize("word,says", [("E401", "no ultravisor"), ("302", "vmlinux"), ("U_RETRY", "H_BAD_MODE"),
                                       ("e401", "no ultravisor"), ("u_retry", "H_BAD_MODE"), ("e3407", "nothing was loaded"),
                                       ("-5", "U_RETRY"), ("H_AUTHORITY", "-10"), ("1", "U_BUSY")])
def test_explain(word, says):
    assert says in tool("explain", "--", word, status=0)


def test_explain_unknown():
    assert "unknown" in tool("explain", "E999", status=1)


def test_diff(tmp_path):
    a, b = tmp_path / "a.log", tmp_path / "b.log"
    a.write_bytes(corpus.SECURE)
    b.write_bytes(corpus.SECURE.replace(b"0.212560", b"0.300000").replace(b"0.212644", b"0.300001"))
    same = tool("diff", a, b, status=0)
    assert "no difference but time" in same and "0.087440" in same
    b.write_bytes(corpus.SECURE.replace(b"cpus=2", b"cpus=4"))
    assert "+pefboot: 2/7 discover memory=512M cpus=4" in tool("diff", a, b, status=1)


def test_unfinished_says_where():
    out = tool("check", "--profile", "secure", "-", log=corpus.BANNER + corpus.BEFORE, status=1)
    assert "the log ends after step 3, kernel and initrd, awaiting step 4" in out


def test_simulated_is_said():
    assert "simulated: a miniature ultravisor" in tool("check", "--profile", "secure", "-", log=corpus.SECURE, status=0)
    out = tool("check", "--profile", "secure", "-", log=corpus.STEPS + corpus.LINUX, status=0)
    assert "unproven" in out and "attestation" in out


def profile(tmp_path, text):
    (tmp_path / "mine.toml").write_text(text)
    return ("--profiles", tmp_path, "--profile", "mine")


def test_own_profile(tmp_path):
    mine = profile(tmp_path, '[[milestone]]\nid = "shell"\nline = "hello from user space"\nafter = "init"\n'
                             '[[milestone]]\nid = "patch"\nkeys = { "pool.size" = ">=64M" }\n'
                             '[[forbid]]\nid = "slow"\ntext = "too slow"\nsays = "my own trouble"\n')
    tool("check", *mine, "--base", "secure", "-", log=corpus.SECURE, status=0)
    out = tool("check", *mine, "--base", "secure", "-", log=corpus.SECURE.replace(b"hello from", b"hallo from"), status=1)
    assert "awaiting shell" in out
    small = corpus.SECURE.replace(b"0x18000000+0x4000000", b"0x18000000+0x2000000")
    assert "pool.size" in tool("check", *mine, "--base", "secure", "-", log=small, status=1)
    assert "my own trouble" in tool("check", *mine, "--base", "secure", "-", status=1,
                                    log=corpus.inside(corpus.SECURE, b"too slow\r\n"))


def test_allow(tmp_path):
    mine = profile(tmp_path, 'base = "secure"\nallow = ["known harmless"]\n')
    log = corpus.inside(corpus.SECURE, b"[    3.000000] BUG: known harmless\r\n")
    tool("check", "--profile", "secure", "-", log=log, status=1)
    tool("check", *mine, "-", log=log, status=0)


@pytest.mark.parametrize("text", ["base = 'secure'\nmilstone = 1\n", "base = 'mine'\n", "base = 'none'\n", "x = \n",
                                  "[[milestone]]\nid = 'a'\nstep = 'entrance'\n", "[[milestone]]\nid = 'a'\n",
                                  "[[milestone]]\nid = 'a'\nline = 'x'\nregex = '('\n", "name = 'nothing'\n",
                                  "[[milestone]]\nid = 'a'\nline = 'x'\nlimt = 3\n", "[[milestone]]\nstep = 'entry'\n",
                                  "base = 'secure'\n[[milestone]]\nid = 'a'\nline = 'x'\nafter = 'nowhere'\n",
                                  "base = 'secure'\n[[forbid]]\nid = 'a'\ntext = 'x'\nseverity = 'bad'\n"])
def test_a_wrong_profile_is_refused(tmp_path, text):
    """What is misspelt must not weaken a check in silence."""
    tool("check", *profile(tmp_path, text), "-", log=corpus.SECURE, status=2)


def test_one_boot_of_several(tmp_path):
    log = corpus.REFUSED + corpus.SECURE
    tool("check", "--profile", "secure", "-", log=log, status=1)
    tool("check", "--profile", "secure", "--boot", "last", "-", log=log, status=0)
    tool("check", "--profile", "secure", "--boot", "2", "-", log=log, status=0)
    tool("check", "--profile", "refused", "--boot", "1", "-", log=log, status=0)
    tool("check", "--profile", "secure", "--boot", "3", "-", log=log, status=2)


def test_expect():
    log = corpus.BEFORE + corpus.stop(302, "load", "not Linux")
    tool("check", "--profile", "refused", "--expect", "E302", "-", log=log, status=0)
    tool("check", "--profile", "refused", "--expect", "E3xx", "-", log=log, status=0)
    tool("check", "--profile", "refused", "--expect", "E303", "-", log=log, status=1)
    tool("check", "--profile", "refused", "--expect", "302", "-", log=log, status=2)
    tool("check", "--profile", "normal", "--expect", "E302", "-", log=log, status=2)


def test_speed():
    """A large log in at most 20 times one pass of `re`, whether the kernel or the ultravisor talks much."""
    import time
    kernel = b"".join(b"[%12.6f] virtio_blk virtio0: a message with the number %d\r\n" % (3 + i / 1e3, i) for i in range(1000))
    trace = b"".join(corpus.line(2.2, "ultravisor", f"uvcall=UV_SHARE_PAGE cpu=1 nip=0xc0 r4={i} r5=1 rc=0 us=31")
                     for i in range(1000))
    ours = re.compile(rb"\[ *\d+\.\d{6}\] (?:pefboot|ultravisor): ")
    secure = load_profile("secure")
    for text in (kernel, trace):
        log = corpus.inside(corpus.SECURE, text * (10_000_000 // len(text)))
        ratios = []
        for _ in range(3):
            begin = time.process_time()
            sum(1 for _ in ours.finditer(log))
            one = time.process_time() - begin
            assert check(log, secure).status == PASS
            ratios.append((time.process_time() - begin - one) / one)
        assert min(ratios) < 20, ratios
