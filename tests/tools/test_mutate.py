# SPDX-License-Identifier: GPL-2.0-or-later
"""tests/mutate: what it changes, and that its sample and its list stay what they are."""

from pathlib import Path

import harness
import pytest

mutate = harness.program(harness.TOP / "tests/mutate")

SOURCE = """\
/* a < b is no code */
#define SIZE 4
static int place(int *at, int size)
{
\tint one = 7;

\tif (size < 2 && *at)
\t\treturn error(E_NO_ROOM, "%d < 1", size + 1);
\twhile (size > 0x10)
\t\tsize -= one;
\tput(at, size);
\tlog_info("placed at %d", size);
\t_Static_assert(SIZE == 4, "as said");
\treturn -one;
}
"""
CHANGED = {
    "int one = 7; => int one = 8;",
    "if (size < 2 && *at) => if (size <= 2 && *at)",
    "if (size < 2 && *at) => if (size < 3 && *at)",
    "if (size < 2 && *at) => if (size < 2 || *at)",
    "if (size < 2 && *at) => if (0)",
    "if (size < 2 && *at) => if (1)",
    "while (size > 0x10) => while (size >= 0x10)",
    "while (size > 0x10) => while (size > 17)",
    "while (size > 0x10) => while (0)",
    "size -= one; => size += one;",
    "size -= one; => ;",
    "put(at, size); => ;",
}


@pytest.fixture
def top(tmp_path, monkeypatch):
    """A tree of one source, built."""
    (tmp_path / "fdt").mkdir()
    (tmp_path / "fdt/place.c").write_text(SOURCE)
    built = tmp_path / "build/host/fdt/place.c.o"
    built.parent.mkdir(parents=True)
    built.touch()
    monkeypatch.setattr(mutate, "TOP", tmp_path)
    return tmp_path


def test_mutants_are_these(top):
    found = {str(one).removeprefix("fdt/place.c: ") for one in mutate.find_mutants(Path("fdt/place.c"))}
    assert found == CHANGED


def test_mutants_change_one_place(top):
    for one in mutate.find_mutants(Path("fdt/place.c")):
        changed = [(old, new) for old, new in zip(SOURCE.splitlines(), one.text().splitlines()) if old != new]
        assert len(changed) == 1 and changed[0][0] == SOURCE.splitlines()[one.line - 1]


def test_mutants_of_a_seed_are_the_same(top):
    def sample(seed):
        return [str(one) for one in mutate.sample(seed, 5, ["fdt"], top / "build")["fdt"]]
    assert sample(1) == sample(1) != sample(2)
    assert len(sample(1)) == len(set(sample(1))) == 5


def test_mutants_that_are_equivalent_are_there():
    """Each that is listed can still be made, and has a reason."""
    for line, reason in mutate.equivalents().items():
        source = Path(line.split(": ", 1)[0])
        assert line in {str(one) for one in mutate.find_mutants(source)} and reason, line
