# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/bootlog on real machines: `run` over QEMU, and mutations of logs recorded right here."""

import gzip
import os
import re
import shlex
import shutil

import harness
import pytest
import ruamel.yaml

from bootlog.judge import check
from bootlog.outputs import format_text
from bootlog.parser import parse
from bootlog.profile_file import load_profile
from bootlog.report import format_report
from bootlog.status import FAIL, PASS
from harness import BOOTLOG, TOP

KERNEL_WORDS = "console=hvc0 panic=-1 report"


@pytest.fixture
def live(qemu, tmp_path):
    """`bootlog run` over a machine; the result holds text, log (bytes) and the report (path)."""
    def runner(*args, profile="normal", options=("--slow", "4"), append="", initrd=True, kernel=None, status=0, more=()):
        log, report = qemu.log(), tmp_path / "report.html"
        kernel = kernel or harness.kernel("6.12")
        initrd = harness.initramfs("6.12") if initrd is True else initrd
        given = ("--initrd", initrd) if initrd else ()
        command = qemu.argv(["--kernel", kernel, *given, "--append", f"{KERNEL_WORDS} {append}".strip(), "--no-reboot", *args])
        done = harness.watched([BOOTLOG, "run", "--profile", profile, "--log", log, "-o", "text", "-o",
                                f"html:{report}", *options, "--", *command, *more])
        done.text, done.log, done.report = done.stdout, log.read_bytes(), report
        assert done.returncode == status, done.text
        return done
    return runner


@pytest.fixture(scope="module")
def recorded():
    """One good log of a normal boot with all evidence, recorded once for the tests below."""
    runner = harness.Runner("bootlog-recorded", "pefboot")
    boot = runner("--kernel", harness.kernel("6.12"), "--initrd", harness.initramfs("6.12"), "--no-reboot", "--append",
                  f"{KERNEL_WORDS} pefboot.log=debug pefboot.dma=pool")
    assert boot.status == 0
    return runner.logs[0].read_bytes()


def test_live(live):
    done = live(append="pefboot.log=info")
    assert "PASS normal: 9 of 9" in done.text and b"as init process" in done.log
    assert "Boot report" in done.report.read_text()


def test_live_panic(live):
    """No initrd, no root: the kernel panics, and the run ends at once."""
    done = live(initrd=False, status=1)
    assert "the kernel panicked" in done.text and "Unable to mount root fs" in done.text


def test_live_time_out(live):
    """A machine that never starts: the time-out says for what."""
    done = live(options=("--slow", "0.05"), more=("-S",), status=124)
    assert "TIMEOUT normal: 0 of" in done.text and "after the start, awaiting step 1" in done.text


def test_live_qemu_error(live, tmp_path):
    zeros = tmp_path / "zeros"
    zeros.write_bytes(bytes(1 << 20))
    assert "QEMU complains: " in live(kernel=zeros, initrd=False, status=1).text


def test_live_refusal(live):
    live(append="pefboot.secure=required", profile="refused-no-ultravisor")
    live(append="pefboot.nonsense=1", profile="refused", options=("--expect", "E211"))
    assert "E211" in live(append="pefboot.nonsense=1", status=1).text


def test_recorded_log_passes(recorded):
    judge = check(recorded, load_profile("normal"))
    assert judge.status == PASS, format_text(judge, "recorded")
    assert not [e for e in parse(recorded) if e.kind == "malformed" or e.torn]


def test_recorded_evidence_is_drawn(recorded):
    """What the firmware says at level info is in the grammar that the report reads."""
    keys = [next(iter(e.keys)) for e in parse(recorded) if e.kind == "detail" and e.keys]
    assert keys.count("map") >= 10 and keys.count("tree") >= 8
    text = format_report(recorded, check(recorded, load_profile("normal")), "recorded")
    for words in ("restricted-dma-pool", "virtio,access-platform", "pool  0x", "kernel  0x400000"):
        assert words in text, words


def test_recorded_log_mutated(recorded):
    """Without any of its required lines, and cut anywhere, it fails."""
    normal = load_profile("normal")
    lines = recorded.splitlines(keepends=True)
    needed = [i for i, line in enumerate(lines) if b"/7 " in line or b"] Linux version" in line or b"as init process" in line]
    assert len(needed) == 9
    for i in needed:
        assert check(b"".join(lines[:i] + lines[i + 1:]), normal).status == FAIL, lines[i]
    last = sum(map(len, lines[:needed[-1]]))
    for percent in range(101):
        assert check(recorded[:last * percent // 100], normal).status == FAIL, percent


def recipes():
    """{where: shell command} of the commands in docs/ci.md that start a machine."""
    page = (TOP / "docs" / "ci.md").read_text()
    found = {"debian": re.search(r"^    (bootlog run --profile normal .*)$", page, re.M)[1],
             "secure": re.search(r"^    kernel=(?:.*\n){2}    bootlog run --profile secure .*$", page, re.M)[0]}
    for block in re.findall(r"```yaml\n(.*?)```", page, re.S):
        job = ruamel.yaml.YAML(typ="safe").load(block)
        if "boot" in job:
            found["gitlab"] = job["boot"]["script"][-1]
        elif "jobs" in job:
            found["github"] = next(s["run"] for s in job["jobs"]["boot"]["steps"] if "bootlog run" in s.get("run", ""))
    return found


@pytest.mark.parametrize("where", [pytest.param("debian", marks=pytest.mark.all), "gitlab", "secure",
                                   pytest.param("github", marks=pytest.mark.all)])
def test_recipe(where, tmp_path):
    """The command is run as it stands on the page, in a folder that holds the files it names."""
    shutil.copy(BOOTLOG, tmp_path / "bootlog")
    files = {**{path.name: path for path in TOP.iterdir()}, "build": harness.BUILD} if where == "secure" else \
        {"pefboot.bin": harness.BUILD / "pefboot.bin", "vmlinux": harness.kernel("6.12"), "initrd.gz": harness.initramfs("6.12")}
    for name, path in files.items():
        (tmp_path / name).symlink_to(path)
    command = recipes()[where]
    assert len(shlex.split(command)) > 20
    done = harness.watched(["sh", "-ec", command], cwd=tmp_path,
                           env={**os.environ, "BOOTLOG_SLOW": "4", "PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert done.returncode == 0 and f"PASS {'secure' if where == 'secure' else 'normal'}" in done.stdout, done.stdout
    assert (tmp_path / "console.log").stat().st_size > 5000
    if where != "debian":
        assert "</html>" in (tmp_path / "report.html").read_text()


def initramfs_with(tmp_path, script):
    """The test initramfs with another /init: a later archive wins."""
    cpio = harness.tool("initramfs").Cpio()
    cpio.file("init", f"#!/bin/busybox sh\n{script}\n".encode(), 0o755)
    path = tmp_path / "initrd.gz"
    path.write_bytes(harness.initramfs("6.12").read_bytes() + gzip.compress(cpio.close()))
    return path


FORGED = "[    9.000000] ultravisor: verdict emulated=1 world=normal private=0 shared=0 leaked=0 refused=0 uvcalls=none"


@pytest.mark.parametrize("end,reason", [("poweroff -f", "after the verdict"), ("sleep 1000", "does not hold this run's nonce")])
def test_live_forged_verdict(live, tmp_path, end, reason):
    """User space prints a verdict of its own, then powers off, or hangs."""
    initrd = initramfs_with(tmp_path, f"/bin/busybox echo '{FORGED}'; /bin/busybox {end}")
    done = live("--firmware", "ultravisor", "--mem", "512M", initrd=initrd, options=("--nonce",), status=1,
                append="pefboot.secure=off")
    assert reason in done.text and FORGED.encode() in done.log


def test_live_nonce(live):
    """The ultravisor's verdict holds the word which only it was told."""
    if not (harness.BUILD / "ultravisor.bin").exists():
        raise AssertionError("build/ultravisor.bin is missing")
    done = live("--firmware", "ultravisor", "--mem", "512M", profile="refused-kernel", options=("--nonce",))
    verdict = re.search(rb"verdict .* nonce=([0-9a-f]{32})\b", done.log)
    assert verdict and b"uv.nonce" not in done.log
