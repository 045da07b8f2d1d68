# SPDX-License-Identifier: GPL-2.0-or-later
"""The harnesses of the model checker: docs/testing.md, "Proofs"."""

import re

import harness
import pytest

prove = harness.program(harness.TOP / "tests/host/prove/prove")
HARNESSES = prove.harnesses()
MARKED = [pytest.param(one, id=one.name, marks=[] if one.quick else [pytest.mark.all]) for one in HARNESSES]


@pytest.mark.parametrize("one", MARKED)
def test_prove(one):
    proven, _, said = prove.prove(one)
    assert proven, "\n".join(line for line in said.splitlines() if line.endswith("FAILURE"))


@pytest.mark.all
@pytest.mark.parametrize("one", HARNESSES, ids=[one.name for one in HARNESSES])
def test_prove_misses_what_is_taken_out(one):
    for index, mutant in enumerate(one.mutants(), 1):
        proven, _, _ = prove.prove(one, mutant, index)
        assert not proven, f"{one.name} is proven without {mutant}"


def test_prove_misses_a_check():
    """The cheapest of them in every run: a proof that nothing can break proves nothing."""
    one = next(one for one in HARNESSES if one.name == "rtas")
    proven, _, said = prove.prove(one, next(iter(one.mutants())), 1)
    assert not proven and re.search(r"Violated property:\n.*\n.*BOUNCE_SIZE", said)


@pytest.mark.parametrize("one", HARNESSES, ids=[one.name for one in HARNESSES])
def test_prove_mutants_are_there(one):
    """Each harness has some, and what they replace stands in the source once."""
    mutants = list(one.mutants())
    assert mutants
    for source, old, new in mutants:
        text = (harness.TOP / source).read_text()
        assert text.count(old) == 1 and old != new, f"{source}: {old}"
        assert source in one.subjects, f"{one.name} is not about {source}"
