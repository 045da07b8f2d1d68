# SPDX-License-Identifier: GPL-2.0-or-later
"""A host that pauses, stalls, shrinks, resets, unplugs and sends NMIs: each boot is right, or ends with a number.

PEFBOOT_CHAOS=FIRST[,COUNT]: the numbers of the boots (0,500). A boot that fails says its number, and goes the same way again by it."""

import collections
import os

import chaos
import pytest

FIRST, COUNT = (list(map(int, os.environ.get("PEFBOOT_CHAOS", "0").split(","))) + [500])[:2]


def one(qemu, what, folder):
    folder.mkdir()
    machine = chaos.Machine(qemu, what, folder)
    print(what, flush=True)
    how = chaos.outcome(what, machine.run(), machine.sums)
    print(f"seed {what.seed}: {how}", flush=True)
    return how


@pytest.mark.parametrize("seed, end", [(6, "reset"), (7, "E102"), (10, "right")])
def test_chaos_boot(qemu, tmp_path, seed, end):
    """A secure one that a reset ends; an NMI, which all CPUs get, and one reports; from disk, with a reset before Linux starts."""
    assert one(qemu, chaos.plan(seed), tmp_path / "boot") == end


@pytest.mark.all
def test_chaos(qemu, tmp_path, capsys):
    """All of them, with a line each, and then how they ended."""
    ends, wrong = collections.Counter(), []
    for seed in range(FIRST, FIRST + COUNT):
        what = chaos.plan(seed)
        try:
            ends[what.world, one(qemu, what, tmp_path / str(seed))] += 1
        except AssertionError as error:
            wrong.append(f"{what}: {error} ({qemu.logs[-1]})")
        else:
            qemu.logs.pop().unlink()
    with capsys.disabled():
        print("", *(f"{world} {how}: {count}" for (world, how), count in sorted(ends.items())), sep="\n")
    assert not wrong, "\n".join(wrong)
