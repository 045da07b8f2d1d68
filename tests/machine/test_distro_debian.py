# SPDX-License-Identifier: GPL-2.0-or-later
"""An installed Debian by each of its doors: GRUB under SLOF, and the bundle in a PReP partition; secure and normal.

Its kernel is that of linux/build --deb if that was built, otherwise the small one of the tests."""

import re

import debian
import pytest
import secure

pytestmark = [pytest.mark.all, pytest.mark.xdist_group("distro")]


DOORS = [(*how, flavour) for flavour in ("", "-64k") for how in debian.FIRMWARE]


@pytest.mark.parametrize("door,world,flavour", DOORS)
def test_distro_debian(qemu, skip, door, world, flavour):
    """To a system that runs, with a network, by what update-pefboot made; nothing of it was the host's to read."""
    if flavour and not secure.packages("64k"):
        skip("the kernel package has not been built", "linux/build --deb --config 64k")
    boot = qemu(*debian.machine(door, world, debian.disk(flavour=flavour)), timeout=debian.PATIENT)
    boot.line(f"pefboot: 7/7 handoff world={world} ")
    assert re.search("Booting `.*secure where it can be, with Linux", boot.console) if door == "grub" else True
    (said,) = debian.boots(boot.console)
    debian.runs(said, world)
    boot.line(r"^\S+ login: ")
    assert said["pages"] == ("65536" if flavour or not secure.packages() else "4096")
    if secure.packages():
        assert int(said["modules"].split()[0]) > 250 and int(said["modules"].split()[3]) > 2, said
    if world == "secure":
        found = secure.verdict(boot.console)
        assert (found["world"], found["leaked"]) == ("secure", "0")
    else:
        boot.line("notice: no ultravisor, this guest stays a normal VM: nothing is protected")
