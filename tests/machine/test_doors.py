# SPDX-License-Identifier: GPL-2.0-or-later
"""Every way of tests.cfg through a door: to user space, secure or not, with the devices in use."""

import configparser
import itertools
import re

import harness
import kexec
import openfirmware
import pytest
import secure
import slofdisk

WAYS = {"kexec": kexec.boot, "openfirmware": openfirmware.boot, "slofdisk": slofdisk.boot}
POOL = 64 << 20


def sections():
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(harness.TOP / "tests/machine/tests.cfg", encoding="utf-8")
    return [parser[name] for name in parser.sections()]


def matrix():
    for section in sections():
        once = section["check"].split()
        for values in itertools.product(*(section[axis].split() for axis in ("target", "smp", "qemu"))):
            name = "-".join(values)
            yield pytest.param(section, *values, id=f"{section.name}-{name}",
                               marks=() if name in once else pytest.mark.all)


def check_lines(boot, expect):
    """Each line somewhere behind the one before."""
    at = 0
    for pattern in expect:
        found = next((number for number in range(at, len(boot.lines)) if re.search(pattern, boot.lines[number])), None)
        assert found is not None, f"no line matches {pattern!r} behind line {at}"
        at = found + 1


def check_world(boot, target):
    """What /chosen/pefboot, the pool and the ultravisor say."""
    report = boot.report()
    if target == "normal":
        assert not report.all("pool")
        return
    words = {words[0]: words[1:] for words in report.all("pefboot")}
    assert words["world"] == ["secure"]
    _, _, slots, _, used, _, _ = report["pool"].split()
    assert int(slots) == POOL // 2048 and int(used) > 0
    found = secure.verdict(boot.console)
    assert (found["emulated"], found["world"], found["leaked"]) == ("1", "secure", "0")


@pytest.mark.parametrize("section,target,smp,release", matrix())
def test_door(qemu, tmp_path, section, target, smp, release):
    boot = WAYS[section["way"]](qemu, tmp_path, section, target, smp, release)
    fill = {"target": target, "smp": smp, "others": int(smp) - 1}
    check_lines(boot, [line.format(**fill) for line in section["expect"].strip().splitlines()])
    assert int(boot.report()["cpus"]) == int(smp)
    check_world(boot, target)


def test_the_matrix_has_what_check_names():
    """A combination that is named and not in the product would never run."""
    for section in sections():
        product = {"-".join(values) for values in
                   itertools.product(*(section[axis].split() for axis in ("target", "smp", "qemu")))}
        assert set(section["check"].split()) <= product
        assert section["expect"].strip()
