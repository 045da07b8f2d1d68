# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/ci.md: what it tells people to type is accepted by the tool."""

import contextlib
import io
import re
import shlex
import tomllib

import pytest
import ruamel.yaml

import corpus
from bootlog.__main__ import parse_arguments
from bootlog.judge import check
from bootlog.outputs import FORMATS, choose_outputs
from bootlog.profile_file import load_profile
from bootlog.status import FAIL, PASS
from harness import TOP

PAGE = (TOP / "docs" / "ci.md").read_text()


def commands():
    """Each command line of bootlog on the page, without what it is piped from or to."""
    lines = [line for line in re.findall(r"^ {4}(\S.*)$", PAGE, re.M) if "bootlog " in line]
    lines += [re.sub(r"\s+", " ", m) for m in re.findall(r"(\./bootlog run .*?-no-reboot)", PAGE, re.S)]
    return [part.strip() for line in lines for part in line.split("|") if re.match(r"\s*(\./)?bootlog ", part)]


@pytest.mark.parametrize("line", commands())
def test_command_lines(line):
    words = shlex.split(line)[1:]
    with contextlib.redirect_stderr(io.StringIO()) as errors:
        try:
            args = parse_arguments(words)
        except SystemExit:
            raise AssertionError(errors.getvalue()) from None
    if hasattr(args, "output") and args.command != "report":
        choose_outputs(args.output)
    if getattr(args, "profile", None) and not args.profile.endswith(".toml"):
        load_profile(args.profile)
    if args.command == "run":
        assert "qemu" in [word for word in args.rest if word != "--"][0]


def test_there_are_commands():
    assert len(commands()) >= 10


def test_example_profile(tmp_path):
    text = re.search(r"```toml\n(.*?)```", PAGE, re.S)[1]
    tomllib.loads(text)
    (tmp_path / "mine.toml").write_text(text)
    profile = load_profile(str(tmp_path / "mine.toml"))
    assert check(corpus.inside(corpus.SECURE, b"pef login: \r\n"), profile).status == PASS
    assert check(corpus.SECURE, profile).status == FAIL


def test_yaml_examples():
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
    assert len(blocks) == 2
    for block in blocks:
        assert ruamel.yaml.YAML(typ="safe").load(block)


def test_logspec_starts_with_the_kernel():
    """What logspec's loader asks of a definition: the major and minor version it knows, and a first state that is one of the states."""
    text = ruamel.yaml.YAML(typ="safe").load(TOP / "docs/ci/logspec.yaml")
    parser = text["parsers"][re.search(r"logspec.py -d logspec.yaml console.log (\w+)", PAGE)[1]]
    assert text["version"].startswith("0.0.") and parser["start_state"] in [state["name"] for state in parser["states"]]


def test_profiles_are_described():
    listed = set(re.findall(r"`([\w-]+)`", "".join(re.findall(r"^\| `.*$", PAGE, re.M))))
    assert {p.stem for p in (TOP / "tools" / "profiles").glob("*.toml")} - {"boot"} <= listed


def test_ids_of_findings_are_listed():
    """Each id that the judge gives is on the page, and none that it does not."""
    source = "".join(path.read_text() for path in (TOP / "tools" / "bootlog").rglob("*.py"))
    given = set(re.findall(r'\badd_finding\("([\w-]+)"', source))
    listed = set(re.findall(r"`([\w-]+)`", re.search(r"Findings have ids:(.*?)\n\n", PAGE, re.S)[1])) - {"forbid", "E"}
    assert listed == given


def test_formats_are_listed():
    for name in (*FORMATS, "html"):
        assert f"`{name}`" in PAGE
