# SPDX-License-Identifier: GPL-2.0-or-later
"""An installed Debian by each of its doors: GRUB under SLOF, and the bundle in a PReP partition; secure and normal.

Its kernel is that of linux/build --deb if that was built, otherwise 6.12 is the small one of the tests."""

import re

import debian
import pytest
import secure

pytestmark = [pytest.mark.all, pytest.mark.xdist_group("distro")]

SYSTEMS = [("12", "6.12", ""), ("12", "6.12", "-64k"), ("12", "7.2", ""), ("12", "7.2", "-64k"), ("13", "6.12", "")]
DOORS = [(*how, *system) for system in SYSTEMS for how in debian.FIRMWARE]


def boots(qemu, door, world, disk, *words):
    """To a system that runs, with a network, by what update-pefboot made; nothing of it was the host's to read. What it reports."""
    boot = qemu(*words, *debian.machine(door, world, disk), timeout=debian.PATIENT)
    boot.line(f"pefboot: 7/7 handoff world={world} ")
    assert re.search("Booting `.*secure where it can be, with Linux", boot.console) if door == "grub" else True
    (said,) = debian.boots(boot.console)
    debian.runs(said, world)
    boot.line(r"^\S+ login: ")
    if world == "secure":
        found = secure.verdict(boot.console)
        assert (found["world"], found["leaked"]) == ("secure", "0")
    else:
        boot.line("notice: no ultravisor, this guest stays a normal VM: nothing is protected")
    return said


@pytest.mark.parametrize("door,world,release,version,flavour", DOORS)
def test_distro_debian(qemu, skip, door, world, release, version, flavour):
    packages = secure.packages(*flavour.strip("-").split(), version=version)
    if not packages and (version, flavour) != ("6.12", ""):
        skip("the kernel package has not been built", f"linux/build {version} --deb{flavour.replace('-', ' --config ')}")
    said = boots(qemu, door, world, debian.disk(release, version, flavour))
    assert said["debian"] == release
    assert said["pages"] == ("65536" if flavour or not packages else "4096")
    if packages:
        assert said["release"].startswith(f"{version}.") and said["release"].endswith(f"-pefboot{flavour}")
        assert int(said["modules"].split()[0]) > 250 and int(said["modules"].split()[3]) > 2, said


@pytest.mark.parametrize("release", ["10.0", "11.1"])
def test_distro_debian_on_qemu(qemu, release):
    """Of another version, whose machine is a POWER10."""
    boots(qemu, "bundle", "secure", debian.disk(), "--qemu", release)
