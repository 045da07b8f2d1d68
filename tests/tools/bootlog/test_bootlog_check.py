# SPDX-License-Identifier: GPL-2.0-or-later
"""Verdicts of `bootlog check`."""

import subprocess

import pytest

from corpus import KERNEL_BUG, SECURE, inside
from bootlog.judge import check
from bootlog.parser import HITS_MAX
from bootlog.profile_file import load_profile
from bootlog.status import FAIL, PASS
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


def test_what_is_allowed_hides_nothing(tmp_path):
    """However often it is there, in this boot or in one before."""
    (tmp_path / "p.toml").write_text('base = "secure"\nallow = ["BUG: harmless"]\n')
    harmless, other = (b"[    3.000000] BUG: " + words + b"\r\n" for words in (b"harmless", b"Kernel NULL pointer dereference"))
    profile = str(tmp_path / "p.toml")
    assert judge(inside(SECURE, harmless * 1500), profile).status == PASS
    found = judge(inside(SECURE, harmless * 1500 + other), profile)
    assert [f.text for f in found.findings if f.severity == "fail"] == ["a kernel bug: " + other.decode().strip()]
    assert judge(inside(SECURE, other * 1500) + SECURE, "secure", boot="last", boots=1).status == PASS
    assert judge(inside(SECURE, other * 1500) + inside(SECURE, other), "secure", boot="last", boots=1).status == FAIL


def test_many_hits_are_not_kept():
    found = judge(inside(SECURE, KERNEL_BUG * 5000))
    assert 1 < found.counts["bug"] <= HITS_MAX


def test_an_empty_nonce_is_none():
    """As of a variable that is not set: it must not do without the check."""
    for command in ("check", "report"):
        done = subprocess.run([BOOTLOG, command, "--profile", "secure", "--nonce", "", "-"], input=SECURE, capture_output=True,
                              timeout=60, check=False)
        assert done.returncode == 2 and b"bootlog: --nonce: an empty word" in done.stderr and not done.stdout, done
    assert "nonce" in judge(SECURE, nonce="").counts


@pytest.mark.parametrize("profile,boots", [("secure", "0"), ("secure", "-1"), ("kexec", "1"), ("kexec", "3")])
def test_boots_that_no_profile_can_have(profile, boots, tmp_path):
    (tmp_path / "log").write_bytes(SECURE)
    (tmp_path / "none.toml").write_text('base = "secure"\nboots = 0\n')
    assert subprocess.run([BOOTLOG, "check", "--profile", "none.toml", "log"], cwd=tmp_path, stderr=subprocess.DEVNULL, timeout=60,
                          check=False).returncode == 2
    for words in (["check", "log"], ["report", "log"], ["run", "--", "cat", "log"]):
        done = subprocess.run([BOOTLOG, words[0], "--profile", profile, "--boots", boots, *words[1:]], cwd=tmp_path,
                              capture_output=True, timeout=60, check=False)
        assert done.returncode == 2 and f"bootlog: {boots} boots: profile {profile}".encode() in done.stderr, done
