# SPDX-License-Identifier: GPL-2.0-or-later
"""The corpus, and what must hold of any mutation of a good log."""

import random

import pytest

import corpus
import harness
from bootlog.judge import check
from bootlog.outputs import FORMATS
from bootlog.parser import Parser, parse
from bootlog.profile_file import load_profile
from bootlog.report import format_report
from bootlog.status import FAIL, PASS, SKIP, WORDS

PROFILES = {name: load_profile(name) for name in {c.profile for c in corpus.CASES}}


def judge(log, profile="secure", **options):
    return check(log, PROFILES[profile], **options)


def reasons(found):
    return [f"{f.severity} {f.id} line {f.line}: {f.text}" for f in found.findings]


@pytest.mark.parametrize("case", corpus.CASES, ids=lambda c: c.name)
def test_corpus(case):
    found = judge(case.log, case.profile, **case.options)
    assert WORDS[found.status] == case.status, reasons(found)
    if case.finding:
        assert case.finding in {f.id for f in found.findings}, reasons(found)


@pytest.mark.parametrize("name", corpus.SAYS)
def test_a_shape_is_called_by_its_name(name):
    case = next(c for c in corpus.CASES if c.name == name)
    found = judge(case.log, case.profile)
    assert any(corpus.SAYS[name] in f.text for f in found.findings), reasons(found)


def test_one_machine_is_not_taken_for_two():
    for case in corpus.CASES:
        if not case.name.startswith("shape-two-machines") and case.name != "two-logs-mixed":
            assert "interleaved" not in judge(case.log, case.profile, **case.options).counts, case.name


def test_corpus_is_large_and_names_are_unique():
    assert len(corpus.CASES) >= 60
    assert len({c.name for c in corpus.CASES}) == len(corpus.CASES)


def own_lines(log):
    lines = log.splitlines(keepends=True)
    return [i for i, l in enumerate(lines) if b"] pefboot: " in l or b"] ultravisor: " in l], lines


REQUIRED = ("emulated=1", "/7 ", ": verdict ")


RECORDED = corpus.text("recorded-secure.log")


@pytest.mark.parametrize("log,profile", [(corpus.SECURE, "secure"), (corpus.KEXECED, "kexec"), (corpus.NORMAL, "normal"),
                                         (corpus.REFUSED, "refused"), (RECORDED, "secure")],
                         ids=["secure", "kexec", "normal", "refused", "recorded"])
def test_each_required_line_is_needed(log, profile):
    """Mutation: without any one of its required lines, no log passes."""
    assert judge(log, profile).status == PASS
    lines = log.splitlines(keepends=True)
    words = (b"emulated=1", b"/7 ", b": verdict ", b"hint:", b"EXIT", b"] Linux version", b"as init process", b"Starting new")
    needed = [i for i, l in enumerate(lines) if any(w in l for w in words)]
    if profile == "refused":    # the steps before a stop are its evidence, not its condition; the verdict is nobody's
        needed = [i for i in needed if any(w in lines[i] for w in (b"FAIL", b"hint:", b"EXIT"))]
    assert len(needed) >= (3 if profile == "refused" else 9)
    for i in needed:
        found = judge(b"".join(lines[:i] + lines[i + 1:]), profile)
        assert found.status == FAIL, lines[i]


@pytest.mark.parametrize("log,profile", [(corpus.SECURE, "secure"), (corpus.KEXECED, "kexec"), (RECORDED, "secure")],
                         ids=["secure", "kexec", "recorded"])
def test_each_line_of_ours_is_needed_once_and_in_place(log, profile):
    ours, lines = own_lines(log)
    ours = [i for i in ours if any(w in lines[i].decode() for w in REQUIRED)]
    for i, j in zip(ours, ours[1:]):
        swapped = list(lines)
        swapped[i], swapped[j] = lines[j], lines[i]
        assert judge(b"".join(swapped), profile).status == FAIL, (lines[i], lines[j])
    for i in ours:
        assert judge(b"".join(lines[:i + 1] + lines[i:]), profile).status == FAIL, lines[i]


@pytest.mark.parametrize("log,profile", [(corpus.SECURE, "secure"), (corpus.KEXECED, "kexec"), (RECORDED, "secure")],
                         ids=["secure", "kexec", "recorded"])
def test_truncated_anywhere(log, profile):
    """Cut at every 1 %: fails, and says what was seen last and what is awaited."""
    for percent in range(100):
        found = judge(log[:len(log) * percent // 100], profile)
        assert found.status == FAIL, percent
        assert any(f.id in ("unfinished", "exit", "boots") for f in found.findings), (percent, reasons(found))
        if percent > 5:
            (last,) = [f for f in found.findings if f.id == "unfinished"]
            assert "the log ends after" in last.text and "awaiting" in last.text


def mutate(log, rng):
    """One small change of a log, of the kinds that happen and of those which somebody wants."""
    lines = log.splitlines(keepends=True)
    i = rng.randrange(len(lines)) if lines else 0
    kind = rng.randrange(9)
    if kind == 0 and lines:
        del lines[i]
    elif kind == 1 and lines:
        lines.insert(rng.randrange(len(lines)), lines[i])
    elif kind == 2 and lines:
        j = rng.randrange(len(lines))
        lines[i], lines[j] = lines[j], lines[i]
    elif kind == 3 and lines:
        lines[i] = lines[i][:rng.randrange(len(lines[i]) + 1)]
    elif kind == 4:
        lines.insert(i, rng.randbytes(rng.randrange(1, 80)))
    elif kind == 5 and lines:
        at = rng.randrange(len(lines[i]) + 1)
        lines[i] = lines[i][:at] + rng.choice([b"\0", b"\r", b"\x1b[", b'"', b"\\", b"\n", b"[", b"=", b"\xff"]) + lines[i][at:]
    elif kind == 6:
        return log[:rng.randrange(len(log) + 1)]
    elif kind == 7 and lines:
        at = rng.randrange(len(lines[i]))
        lines[i] = lines[i][:at] + bytes([lines[i][at] ^ 1 << rng.randrange(8)]) + lines[i][at + 1:]
    else:
        return log + log[:rng.randrange(len(log) + 1)]
    return b"".join(lines)


def facts(events):
    return [(e.kind, e.line, e.text, e.torn) for e in events]


def fuzz(seconds, seed):
    """No exception from parser, judge or any output; the same events however the log is cut."""
    import time
    rng, end, runs = random.Random(seed), time.monotonic() + seconds, 0
    cases = corpus.CASES
    while time.monotonic() < end:
        case = rng.choice(cases)
        log = case.log[:20000]
        for _ in range(rng.randrange(1, 12)):
            log = mutate(log, rng)
        found = judge(log, case.profile)
        assert found.status in (PASS, FAIL, SKIP)
        for form in FORMATS.values():
            assert form(found, "x.log").endswith("\n")
        if runs % 10 == 0:
            assert format_report(log, found, "x.log").endswith("</html>\n")
        parser, events, at = Parser(), [], 0
        while at < len(log):
            size = rng.choice([1, 7, 100, 5000])
            events += parser.feed(log[at:at + size])
            at += size
        assert facts(events + parser.finish()) == facts(parse(log)), log
        runs += 1
    return runs


def test_fuzz_short():
    assert fuzz(3, seed=1) > 100


@pytest.mark.all
def test_fuzz_long():
    import secrets
    seed = secrets.randbits(32)
    print("seed", seed)
    seconds = harness.soak(600)
    assert fuzz(seconds, seed) > 16 * seconds
