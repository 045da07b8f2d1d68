# SPDX-License-Identifier: GPL-2.0-or-later
"""An installed Debian by each of its doors: GRUB under SLOF, and the bundle in a PReP partition; secure and normal.

Its kernel is that of linux/build --deb if that was built, otherwise the small one of the tests."""

import re

import debian
import pytest
import secure

pytestmark = [pytest.mark.all, pytest.mark.xdist_group("distro")]


@pytest.mark.parametrize("door,world", debian.FIRMWARE)
def test_distro_debian(qemu, door, world):
    """To a system that runs, with a network, by what update-pefboot made; nothing of it was the host's to read."""
    boot = qemu(*debian.machine(door, world, debian.disk()), timeout=debian.PATIENT)
    boot.line(f"pefboot: 7/7 handoff world={world} ")
    assert re.search("Booting `.*secure where it can be, with Linux", boot.console) if door == "grub" else True
    (said,) = debian.boots(boot.console)
    debian.runs(said, world)
    boot.line(r"^\S+ login: ")
    if secure.packages():
        assert int(said["modules"].split()[0]) > 250 and int(said["modules"].split()[3]) > 2, said
    if world == "secure":
        found = secure.verdict(boot.console)
        assert (found["world"], found["leaked"]) == ("secure", "0")
    else:
        boot.line("notice: no ultravisor, this guest stays a normal VM: nothing is protected")
