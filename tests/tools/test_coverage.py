# SPDX-License-Identifier: GPL-2.0-or-later
"""tests/coverage: what is not executed has a reason, and each reason something that is not executed."""

import re
from pathlib import Path

import harness
import pytest

coverage = harness.program(harness.TOP / "tests/coverage")


def test_reasons_are_of_functions():
    for group, why in coverage.reasons().items():
        source, function = group.split(": ")
        assert str(Path(source).parent) in coverage.ROOMS.values(), f"{source} is in no room"
        assert re.search(rf"^\w[^;=]*\b{function}\(", (harness.TOP / source).read_text(), re.M), f"{group} is gone"
        assert len(why) > 10, group


@pytest.mark.parametrize("groups, says", [
    ({"fdt/walk.c: enter_node": ["fdt/walk.c:50: return 0;"]}, ""),
    ({}, "fdt/walk.c: enter_node: a reason too many, it is executed or gone\n"),
    ({"fdt/walk.c: enter_node": [], "fdt/walk.c: take_tag": ["fdt/walk.c:9: return 0;"]},
     "fdt/walk.c:9: return 0;\nfdt/walk.c: take_tag: neither a test nor a reason\n"),
])
def test_each_has_the_other(tmp_path, monkeypatch, capsys, groups, says):
    """One of another room is another's."""
    reasons = tmp_path / "reasons"
    reasons.write_text("# Reasons\nfdt/walk.c: enter_node  # since # it is\nvirtio/ring.c: ring_add  # elsewhere\n")
    monkeypatch.setattr(coverage, "REASONS", reasons)
    assert coverage.explain(groups, "fdt") == (not says)
    assert capsys.readouterr().out == says
