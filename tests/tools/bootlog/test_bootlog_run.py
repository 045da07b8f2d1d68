# SPDX-License-Identifier: GPL-2.0-or-later
"""`bootlog run`: a machine is a shell script here; real ones are in tests/machine."""

import signal
import subprocess
import time
from pathlib import Path

import pexpect
import pytest

import corpus
from harness import BOOTLOG


def alive(pid):
    """Does the process run (a zombie that nobody collects does not)?"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def run(tmp_path):
    def runner(script, *args, log=corpus.SECURE, status=0, profile="secure", within=30, more=()):
        (tmp_path / "log").write_bytes(log)
        begin = time.monotonic()
        done = subprocess.run([BOOTLOG, "run", "--profile", profile, *args, "--", "sh", "-c", script, *more], cwd=tmp_path,
                              capture_output=True, timeout=60)
        done.text = (done.stdout + done.stderr).decode()
        assert done.returncode == status, done.text
        assert time.monotonic() - begin < within, done.text
        return done
    return runner


def test_pass(run):
    done = run("cat log")
    assert b"PASS secure" in done.stdout
    assert b"verdict: line" in done.stderr          # progress


def test_progress_on_a_terminal(tmp_path):
    """One line that is written over, and says what is awaited."""
    (tmp_path / "log").write_bytes(corpus.SECURE)
    script = "head -5 log; sleep 1; tail -n +6 log"
    with pexpect.spawn(str(BOOTLOG), ["run", "--profile", "secure", "--", "sh", "-c", script], cwd=str(tmp_path), timeout=30) as child:
        child.expect(r"\r\x1b\[K\[ +\d+\.\d s\] \d/11 awaiting step")
        child.expect(r"\r\x1b\[K\[ +\d+\.\d s\] 11/11 done")
        child.expect("PASS secure: 11 of 11")
        child.expect(pexpect.EOF)
    assert child.exitstatus == 0


def test_byte_by_byte(run):
    run("dd if=log bs=7 status=none")


def test_failure_ends_the_machine(run):
    log = corpus.inside(corpus.without(corpus.SECURE, corpus.VERDICT), corpus.KERNEL_BUG)
    done = run("cat log; sleep 100", log=log, status=1)
    assert "a kernel bug" in done.text and "last lines:" in done.text


def test_time_out_names_both_milestones(run):
    done = run("head -6 log; sleep 100", "--slow", "0.01", status=124)
    assert "time-out" in done.text and "after step 4" in done.text and "awaiting step 5" in done.text


def test_time_out_of_the_whole_run(run):
    run("sleep 100", "--timeout", "1", status=124)


def test_silence_is_no_success(run):
    run("true", status=1)


def test_exit_status_of_the_command_counts(run):
    done = run("cat log; exit 3", status=1)
    assert "status 3" in done.text
    assert "signal 6" in run("cat log; kill -ABRT $$", status=1).text


def test_profile_that_stops_the_machine(run):
    run("cat log; sleep 100", profile="normal", log=corpus.NORMAL, within=20)


def test_refused_profile(run):
    run("cat log", "--expect", "E405", profile="refused", log=corpus.REFUSED)


def test_log_is_kept_and_report_written(run, tmp_path):
    run("cat log", "--log", "kept.log", "-o", "text", "-o", "html:report.html")
    assert (tmp_path / "kept.log").read_bytes() == corpus.SECURE
    assert "<svg" in (tmp_path / "report.html").read_text()
    run("cat log", "-o", "html:report.html", status=2)


def test_nonce(run):
    """The verdict must repeat a word that only the ultravisor got to know."""
    steps = corpus.SECURE.replace(b" nonce=" + corpus.NONCE.encode(), b"")
    done = run("cat log", "--nonce", log=steps, status=2)
    assert "neither {nonce} nor -append" in done.text
    run("sed \"s/uvcalls=[^\\r]*/& nonce={nonce}/\" log", "--nonce", log=steps)
    run("sed \"s/uvcalls=[^\\r]*/& nonce=${1#*uv.nonce=}/\" log", "--nonce", log=steps, more=("-append", "console=hvc0"))
    assert "does not hold this run's nonce" in run("cat log # {nonce}", "--nonce", log=corpus.SECURE, status=1).text


def test_missing_command_is_a_skip(tmp_path):
    done = subprocess.run([BOOTLOG, "run", "--", tmp_path / "nothing"], capture_output=True, timeout=30)
    assert done.returncode == 77 and b"SKIP" in done.stderr


def test_no_command_is_wrong_usage():
    assert subprocess.run([BOOTLOG, "run"], capture_output=True, timeout=30).returncode == 2


def test_nothing_is_left_running(run, tmp_path):
    """Children of the command go with it."""
    run("sleep 1000 & echo $! >pid; cat log; wait", "--timeout", "2", "--slow", "0.1", log=corpus.BANNER, status=124)
    pid = int((tmp_path / "pid").read_text())
    time.sleep(0.2)
    assert not alive(pid)


def test_interrupt_ends_the_machine(tmp_path):
    # what a shell starts in the background ignores SIGINT, and so would the tool
    with subprocess.Popen(["env", "--default-signal=INT", BOOTLOG, "run", "--", "sh", "-c", "echo $$ >pid; exec sleep 1000"],
                          cwd=tmp_path, stderr=subprocess.DEVNULL) as process:
        for _ in range(100):
            if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip():
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
    assert not alive(int((tmp_path / "pid").read_text()))


def test_no_accelerator_is_a_skip_but_no_time_out(run):
    said = b"qemu-system-ppc64: -accel kvm: invalid accelerator kvm\n"
    run("cat log; exit 1", log=said, status=77)
    run("cat log; sleep 100", "--timeout", "1", log=said, status=124)
    run("cat log; sleep 100", "--timeout", "1", log=said + b"qemu-system-ppc64: falling back to tcg\n", status=124)


def test_log_that_cannot_be_written_is_wrong_usage(run, tmp_path):
    """And no command that is not there: nothing is started."""
    assert "bootlog: --log no/kept.log: No such file or directory" in run("touch started", "--log", "no/kept.log", status=2).text
    assert not (tmp_path / "started").exists()
    assert "bootlog: --log /dev/full: No space left on device" in run("cat log; sleep 100", "--log", "/dev/full", status=2).text
