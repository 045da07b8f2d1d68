# SPDX-License-Identifier: GPL-2.0-or-later
"""Verdicts of `bootlog check`."""

import subprocess

from loader import TOOL, bootlog

SECURE = b"""\
[    0.000102] ultravisor: emulated=1 version=0.1 memory=0x50000000 guest=0x20000000
[    0.000412] pefboot: 1/7 entry door=bios version=0.1
[    0.000977] pefboot: 2/7 discover memory=0x40000000 cpus=2 phbs=1
[    0.001210] pefboot: 3/7 load kernel=0x400000+0x2e00000 initrd=0x3200000+0x1d00000
[    0.001433] pefboot: 4/7 transition to=secure kbase=0x400000 fdt=0x3fe00000
[    0.212001] pefboot: 5/7 verify world=secure digest=match
[    0.212560] pefboot: 6/7 patch pool=0x20000000+0x4000000 flag=yes
[    0.212644] pefboot: 7/7 handoff world=secure kernel=0x400000 dtb=0x3fe00000
[    0.000000] Linux version 6.12.95 (gcc)
[    1.345678] Run /init as init process
[    9.801544] ultravisor: verdict emulated=1 world=secure private=7168 shared=1024 leaked=0 refused=0 uvcalls=none
"""


def judge(log, profile="secure", **options):
    return bootlog.check(log, bootlog.load_profile(profile), **options)


def test_secure_passes():
    assert judge(SECURE).status == bootlog.PASS


def test_every_line_is_needed():
    lines = SECURE.splitlines(keepends=True)
    for i in range(len(lines)):
        assert judge(b"".join(lines[:i] + lines[i + 1:])).status == bootlog.FAIL, lines[i]


def test_exit_status():
    def run(*args, log=SECURE):
        return subprocess.run([TOOL, *args], input=log, capture_output=True, timeout=60).returncode
    assert run("check", "--profile", "secure", "-") == 0
    assert run("check", "--profile", "normal", "-") == 1
    assert run("check", "--profile", "nonsense", "-") == 2
    assert run("check", "--profile", "secure", "/nonexistent") == 2
    assert run("check", "--profile", "secure", "-", log=b"") == 1
