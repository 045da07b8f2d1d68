# SPDX-License-Identifier: GPL-2.0-or-later
"""Verdicts of `bootlog check`."""

import subprocess

from corpus import SECURE
from bootlog.judge import check
from bootlog.profile_file import load_profile
from bootlog.status import PASS
from harness import BOOTLOG


def judge(log, profile="secure", **options):
    return check(log, load_profile(profile), **options)


def test_secure_passes():
    assert judge(SECURE).status == PASS


def test_exit_status():
    def run(*args, log=SECURE):
        return subprocess.run([BOOTLOG, *args], input=log, capture_output=True, timeout=60).returncode
    assert run("check", "--profile", "secure", "-") == 0
    assert run("check", "--profile", "normal", "-") == 1
    assert run("check", "--profile", "nonsense", "-") == 2
    assert run("check", "--profile", "secure", "/nonexistent") == 2
    assert run("check", "--profile", "secure", "-", log=b"") == 1
