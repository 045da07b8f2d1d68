# SPDX-License-Identifier: GPL-2.0-or-later
"""`make run`, as a user meets it: without and with a terminal, and when something is wrong."""

import os
import subprocess

import harness
import pexpect


def make_run(*variables):
    return subprocess.run(["make", "-C", harness.TOP, "run", f"O={harness.BUILD}", *variables],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", timeout=harness.BOOT_TIMEOUT, check=False)


def last_line(done):
    """The last line, less make's own."""
    return [line for line in done.stdout.splitlines() if not line.startswith("make")][-1]


def test_without_a_terminal(tmp_path):
    log = tmp_path / "console"
    done = make_run("KERNEL=6.1", "SMP=2", "MEM=1G", "APPEND=some.words='quoted'", f"LOG={log}")
    assert done.returncode == 0, done.stdout
    report = harness.Report(done.stdout)
    assert report["release"].startswith("6.1.") and report["cpus"] == "2"
    assert report["cmdline"].endswith("some.words=quoted")
    assert "booted, reported and powered off" in last_line(done)
    assert "report: end" in log.read_text(errors="replace")


def test_later_runs_build_nothing():
    assert "CC " not in make_run("KERNEL=6.1").stdout


def test_on_a_terminal(tmp_path):
    """A shell with job control on the console; the exit status is QEMU's."""
    child = pexpect.spawn("make", ["-C", str(harness.TOP), "run", f"O={harness.BUILD}", "KERNEL=6.1"], encoding="utf-8",
                          codec_errors="replace", timeout=harness.BOOT_TIMEOUT, env={**os.environ, "TERM": "dumb"},
                          logfile=open(tmp_path / "log", "w", encoding="utf-8"))
    child.expect("Ctrl-A x ends QEMU")
    child.expect("The console is yours")
    child.expect("# ")
    child.sendline("echo $((6 * 7)) on $(tty)")
    child.expect("42 on /dev/(hvc0|console)")
    child.sendline("poweroff -f")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def failing(*variables):
    """The last line of a run that must fail."""
    done = make_run(*variables)
    assert done.returncode != 0, done.stdout
    return last_line(done)


def test_kernel_that_is_missing():
    assert failing("KERNEL=/none/vmlinux") == "run: error: QEMU ended with status 2"


def test_guest_that_panics(tmp_path):
    initrd = tmp_path / "initrd"
    initrd.write_bytes(b"no archive" * 1000)
    line = failing("KERNEL=6.1", f"INITRD={initrd}")
    assert line.startswith("run: error: ") and "panic" in line


def test_image_that_is_refused(tmp_path):
    """A file that is no kernel: the reason is the firmware's."""
    line = failing(f"KERNEL={harness.BUILD / 'pefboot.elf'}")
    assert "pefboot: FAIL" in line


def test_report(tmp_path):
    """REPORT= leaves a drawing of the boot, and says where."""
    page = tmp_path / "boot.html"
    done = make_run(f"REPORT={page}")
    assert done.returncode == 0, done.stdout
    assert last_line(done) == f"run: report in {page}"
    text = page.read_text()
    assert ">PASS<" in text and "memory map before and after" in text and "report: end" in text
