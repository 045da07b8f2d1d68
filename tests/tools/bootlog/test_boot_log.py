# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/boot-log.md against the code that prints the log, both ways, and against logs that were recorded."""

import itertools
import re

import corpus
import log_page
import log_source
import pytest
from bootlog import tables
from bootlog.parser import parse
from bootlog.profile_file import load_profile
from harness import TOP

PAGE = log_page.PAGE.read_text()

# What the code could say by its text alone, and does not: "?" is what a switch has for numbers that
# are not there, the secure stage has no step 1, and a policy decides the mode.
NEVER = re.compile(r"(^| )(\?|\w+=\?)( |$)|door=ultravisor|mode=secure secure=off|mode=normal secure=required")


def forms_of(writer, level=None):
    return {key: form for key, form in log_page.forms().items() if key[0] == writer and level in (None, key[1])}


def matching(writer, level, lines):
    """(writer, level, text) of each form that one of the lines has."""
    forms, lines = forms_of(writer, level), [line for line in lines if not NEVER.search(line)]
    return {key for key, form in forms.items() if any(map(form.match, lines))}


def printed(call):
    """(what was tried, keys of the forms it has, is it of those that are never printed?) for each text of the
    code that the line may hold, and each writer and level."""
    tries = [(i, text) for i, known in enumerate(call.known) for text in known] or [(None, None)]
    for (at, text), writer, level in itertools.product(tries, call.writers, call.levels):
        lines = list(call.lines(at, text))
        yield f"{writer} {level} {call.where}: {text or lines[0]}", matching(writer, level, lines), \
            all(NEVER.search(line) for line in lines)


@pytest.fixture(scope="module")
def found():
    return [one for call in log_source.calls() for one in printed(call)]


def test_the_sources_are_read():
    calls = log_source.calls()
    assert len(calls) > 60
    assert {call.where.split("/")[0] for call in calls} >= {"boot", "fdt", "lib", "ultravisor", "virtio"}
    steps = [call.slots[0][0] for call in calls if call.slots[0][0]]
    assert {int(step[0]) for step in steps} == set(range(1, 8))


def test_each_line_of_the_code_is_documented(found):
    """Its keys in their order, and each value that the code chooses."""
    assert [what for what, keys, never in found if not keys and not never] == []


def test_each_form_of_the_page_is_printed(found):
    """Each key, each value of a set, each part that may be missing, by some line of the code."""
    seen = set().union(*(keys for _, keys, _ in found))
    atoms = set().union(*(log_page.atoms(form, key[2]) for key, form in log_page.forms().items()))
    shown = set().union(*(log_page.atoms(log_page.forms()[key], key[2]) for key in seen))
    assert atoms - shown == set()


def test_the_examples_of_the_page():
    lines = re.findall(r"^    \[ *[\d.]+\] ((?!Linux version).*)$", PAGE, re.M)
    assert len(lines) > 20
    for line in lines:
        writer, body = line.split(": ", 1)
        assert any(form.match(body) for form in forms_of(writer).values()), line


def test_the_failure_on_the_page_is_one():
    """Number, text and hint of the example are those of abi/steps.h."""
    step, number, said = re.search(r"pefboot: FAIL (\d/7 \w+) E(\d+) (.*)$", PAGE, re.M).groups()
    texts = re.search(rf'X\({number}, \w+, "([^"]+)",[\s\\]*"([^"]+)"', (TOP / "abi/steps.h").read_text())
    assert said.startswith(texts[1] + ": ") and step.startswith(number[0])
    assert f"pefboot: hint: {texts[2]}\n" in PAGE and f"pefboot: EXIT {number}\n" in PAGE
    assert int(number) in tables.ERRORS


def test_profiles_ask_for_keys_of_the_page():
    """What tools/profiles/*.toml wants of a step or of the verdict is documented for that line."""
    checked = 0
    for name in tables.PROFILES:
        for milestone in load_profile(name).milestones:
            lead = {"step": milestone.name, "verdict": "verdict"}.get(milestone.kind)
            words = {word.partition("=")[0] for _, _, text in log_page.forms() for word in text.split(" ")
                     if lead in text.split(" ")[:2]}
            assert not lead or set(milestone.keys) <= words, (name, milestone.id)
            checked += bool(lead) * len(milestone.keys)
    assert checked > 20


def fitting(event):
    """Is there a form with this line's keys, in this order, and their values? Logs that were recorded
    earlier lack keys that came later."""
    forms = forms_of(event.who)
    return any(form.match(event.text) for form in forms.values()) or \
        any(is_part(event.text.split(" "), text.split(" ")) for _, _, text in forms)


def is_part(have, want):
    """Are the pairs of a line among those of a form, the first at the same place and all in their order?"""
    values, rest = log_page.read_values(PAGE), iter(want)
    return have[0].partition("=")[0] == want[0].partition("=")[0] and \
        all(any(re.fullmatch(log_page.value_regex(word, values), pair) for word in rest) for pair in have)


def read_events(data):
    return [event for event in parse(data) if event.who and not event.torn]


@pytest.mark.parametrize("log", sorted(path.name for path in corpus.DATA.glob("recorded-*.log")))
def test_recorded_logs(log):
    events = read_events(corpus.text(log))
    assert events
    assert [event.text for event in events if not fitting(event)] == []


MADE_UP = [case for case in corpus.CASES if case.status == "pass" and not case.name.startswith("recorded")]


@pytest.mark.parametrize("case", MADE_UP, ids=lambda case: case.name)
def test_logs_that_were_made_up(case):
    """The corpus says nothing that pefboot and the ultravisor do not."""
    assert [event.text for event in read_events(case.log) if not fitting(event)] == []


def compare(calls):
    found = [one for call in calls for one in printed(call)]
    test_each_line_of_the_code_is_documented(found)
    test_each_form_of_the_page_is_printed(found)


@pytest.mark.parametrize("old,new", [
    (" phbs=N", ""), ("radix|hash", "radix"), ("irq=xive|xics", "irq=xive|xics|mpic"),
    ("evil=scribble\n", ""), ("[ len=N]", ""),
    ("tree=add node=NAME", "tree=add node=NAME prop=NAME"), ("[ nonce=WORD]", "[ nonce=WORD] when=N"),
    ("pool=none flag=no\n", "pool=none\n"), ("others=N stopped=N", "stopped=N others=N"),
    ("map=after what=memory|", "map=after what=reserved|memory|")])
def test_a_page_that_has_drifted_is_noticed(monkeypatch, old, new):
    """A key, value or line that is missing, is too many, or stands elsewhere."""
    assert PAGE.count(old) == 1
    forms = log_page.read_forms(PAGE.replace(old, new))
    monkeypatch.setattr(log_page, "forms", lambda: forms)
    with pytest.raises(AssertionError):
        compare(log_source.calls())


@pytest.mark.parametrize("path,old,new", [
    ("boot/normal/entry.c", "tree=0x%lx size", "dtb=0x%lx size"),
    ("boot/normal/entry.c", " size=%zu", " size=%zu when=7"),
    ("boot/doors/door.h", '"kexec"', '"reboot"'), ("boot/normal/load.c", '"memory", &', '"ram", &'),
    ("boot/secure/patch.c", " flag=yes", ""), ("fdt/evidence.c", "... len=%d", ""),
    ("ultravisor/trial/evil.c", '"initrd"', '"ramdisk"'),
    ("ultravisor/trial/verdict.c", "leaked=%lu refused=%lu", "refused=%lu leaked=%lu"),
    ("lib/fail.c", '"EXIT %d"', '"exit %d"')])
def test_code_that_has_drifted_is_noticed(monkeypatch, path, old, new):
    """The same, where the code is changed."""
    changed = dict(log_source.sources())
    assert old in changed[path]
    changed[path] = changed[path].replace(old, new)
    monkeypatch.setattr(log_source, "sources", lambda: changed)
    calls = log_source.read_calls()
    with pytest.raises(AssertionError):
        compare(calls)


def test_version_is_that_of_the_packages():
    said = re.search(r'#define VERSION "([^"]+)"', (TOP / "lib/version.h").read_text())[1]
    assert re.match(r"pefboot \(([\d.]+)\)", (TOP / "debian/changelog").read_text())[1] == said
