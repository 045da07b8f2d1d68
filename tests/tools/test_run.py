# SPDX-License-Identifier: GPL-2.0-or-later
"""`make run`, as a user meets it: without and with a terminal, and when something is wrong."""

import hashlib
import os
import re
import shutil
import subprocess
import sys

import harness
import pexpect
import pytest

sys.path.insert(0, str(harness.TOP / "tests/machine"))
import debian  # noqa: E402 (needs the path above)

# One at a time: each starts with a make in the same folder
pytestmark = pytest.mark.xdist_group("make run")


def make_run(*variables, **options):
    return harness.watched(["make", "-C", harness.TOP, "run", f"O={harness.BUILD}", *variables], **options)


def judged(text, profile, log):
    """The line that make run prints for the log it kept, run as it stands: the log passes."""
    (line,) = re.findall(r"^run: judge it +(\S+ check .*?)\r?$", text, re.M)
    assert line.split()[1:] == ["check", "--profile", profile, str(log)]
    done = subprocess.run(line, shell=True, text=True, capture_output=True, cwd=harness.TOP, timeout=60, check=False)
    assert done.returncode == 0 and done.stdout.startswith(f"PASS {profile}: "), done.stdout + done.stderr


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
    judged(done.stdout, "normal", log)


def test_secure_without_a_terminal(tmp_path):
    """Without any word: a bundle from disk, a secure guest, and what it read held against what there is."""
    log = tmp_path / "console"
    done = make_run(f"LOG={log}")
    assert done.returncode == 0, done.stdout
    said = dict(re.findall(r"^run: (\w+) {2,}(.*)", done.stdout, re.M))
    assert said["contents"].startswith("kernel, initrd and command line are those of the bundle")
    assert said["pool"].startswith("64 MiB at 0x") and "leaked=0" in said["verdict"]
    assert {"disks", "network"} <= set(said)
    assert "booted, reported and powered off" in last_line(done)
    assert "3/7 load from=disk" in log.read_text() and "verdict emulated=1 world=secure" in log.read_text()
    judged(done.stdout, "secure-measured", log)
    judged(done.stdout.replace("secure-measured", "secure"), "secure", log)


@pytest.mark.all
@pytest.mark.alone
@pytest.mark.parametrize("key", ("on", "tpm"))
def test_sealed_run(key):
    """An encrypted disk, its key only in the blob, sealed to the test key or to a TPM: open within 3 s."""
    done = make_run(f"SECRET={key}")
    assert done.returncode == 0, done.stdout
    said = re.search(r"^run: secret +vdb: unlocked in ([\d.]+) s with a key that only the ESM blob has", done.stdout, re.M)
    assert float(said[1]) <= 3


def test_sealed_run_needs_a_secure_guest():
    assert failing("SECRET=on", "SECURE=off").startswith("run: error: SECRET= needs a secure guest")
    assert failing("SECRET=maybe") == "run: error: SECRET=maybe: on, tpm or off"


def of_run(**variables):
    """The last line of tools/run, without what make does before it."""
    done = subprocess.run([harness.TOP / "tools/run"], env={**os.environ, **{f"RUN_{name}": text for name, text in variables.items()}},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    return done.stderr.splitlines()[-1]


def test_secure_run_needs_the_ultravisor():
    for firmware in ("slof", "vof", "pefboot", "/some/slof.bin"):
        assert of_run(SECURE="on", FIRMWARE=firmware).startswith(f"run: error: SECURE=on needs the ultravisor: leave FIRMWARE={firmware} out")


def test_distro_run_brings_its_own():
    assert of_run(DISTRO="maybe") == "run: error: DISTRO=maybe: on or off"
    assert of_run(DISTRO="on", SECRET="on") == "run: error: DISTRO= brings its own: not with SECRET="


def test_distro_run_keeps_the_disk_of_before(tmp_path, monkeypatch, capsys):
    """Newer sources want a new disk; the old one, which a user has worked in, is there still, also when making it was interrupted."""
    run, folder, turns = harness.tool("run"), tmp_path / "distro", iter("1x2")

    def image(*argv):
        disk, turn = harness.Path(argv[-1]) / "disk.img", next(turns)
        if turn == "x":
            raise run.RunError("image failed")
        disk.parent.mkdir()
        disk.write_text(turn)
        os.utime(disk.parent, (0, 0))
    monkeypatch.setattr(run, "show", image)
    monkeypatch.setenv("RUN_PACKAGES", "/nowhere")
    run.Distro(str(folder))
    assert capsys.readouterr().out == ""
    with pytest.raises(run.RunError, match="image failed"):
        run.Distro(str(folder))
    assert f"{folder}.old/sealed/disk.img" in capsys.readouterr().out
    run.Distro(str(folder))
    assert capsys.readouterr().out == ""
    assert [path.read_text() for path in (folder / "sealed/disk.img", tmp_path / "distro.old/sealed/disk.img")] == ["2", "1"]


@pytest.mark.all
@pytest.mark.alone
@pytest.mark.xdist_group("distro")
def test_distro_run(tmp_path):
    """From packages to a sealed Debian that runs; a second time from the disk that is there."""
    log = tmp_path / "console"
    shutil.rmtree(harness.BUILD / "distro", ignore_errors=True)
    debian.quietly("tar", "-xf", debian.repository(), "-C", tmp_path)
    for turn in range(2):
        done = make_run("DISTRO=on", f"PACKAGES={tmp_path}/repo", f"LOG={log}")
        assert done.returncode == 0, done.stdout
        said = dict(re.findall(r"^run: (\w+) {2,}(.*)", done.stdout, re.M))
        assert {"system", "root"} <= set(said) and "leaked=0" in said["verdict"]
        assert ("pefboot-image: " in done.stdout) == (turn == 0)
        assert re.search(r"^sealed login: ", done.stdout, re.M)
        assert "7/7 handoff world=secure" in log.read_text(errors="replace") and "judge it" not in done.stdout
    child = pexpect.spawn("make", ["-C", str(harness.TOP), "run", f"O={harness.BUILD}", "DISTRO=on", f"PACKAGES={tmp_path}/repo"],
                          timeout=debian.PATIENT, encoding="utf-8", codec_errors="replace")
    child.expect("run: the login is root, pefboot")
    child.expect("sealed login: ")
    child.send("root\r")
    child.expect("Password: ")
    child.send("pefboot\r")
    child.expect("root@sealed:~# ")
    child.send("systemctl poweroff\r")
    child.expect(r"verdict emulated=1 world=secure .*leaked=0 ")
    child.close()
    shutil.rmtree(harness.BUILD / "distro")


def test_distro_run_is_judged():
    run = harness.tool("run")
    devices = object.__new__(run.Distro)
    for state, world, right in (("running", "secure", True), ("degraded", "secure", False), ("running", "", False)):
        said = [f"state {state}", f"world {world}".rstrip(), "end"]
        if right:
            devices.check(said)
        else:
            with pytest.raises(run.RunError, match="not running and secure"):
                devices.check(said)


def test_secure_run_is_judged(tmp_path):
    """What user space and the ultravisor say counts, not that a line is there."""
    run, (disk, data) = harness.tool("run"), [tmp_path / name for name in ("bundle", "data")]
    disk.write_bytes(b"bundle"), data.write_bytes(b"data")
    devices = object.__new__(run.Secure)
    devices.bundle, devices.data = disk, data
    md5 = {path: hashlib.md5(path.read_bytes()).hexdigest() for path in (disk, data)}
    good = [*(f"report: pefboot {name} match" for name in ("kernel", "initrd", "cmdline")), "report: pefboot world secure",
            f"report: disk vda 1 512 {md5[disk]}", f"report: disk sda 1 512 {md5[data]}", f"report: served {md5[data]}",
            "report: pool 3c000000 slots 32768 used 590 peak 595",
            "[    9.041777] ultravisor: verdict emulated=1 world=secure private=2 shared=1 leaked=0 refused=0 uvcalls=none"]
    run.summarise(good, devices)
    wrong = "match", "match", "match", "secure", md5[disk], md5[data], md5[data], "pool", "leaked=0"
    for number, word in enumerate(wrong):
        bad = list(good)
        bad[number] = good[number].replace(word, "wrong")
        with pytest.raises(run.RunError):
            run.summarise(bad, devices)


@pytest.mark.parametrize("variables", ({}, {"SECRET": "on"}, {"SECURE": "kernel"}, {"REPORT": "page.html"}), ids=str)
def test_runs_beside_each_other(tmp_path, monkeypatch, variables):
    """What one guest reads stays as it is while another run makes its own; nothing of either is left."""
    run, seen = harness.tool("run"), []

    def files():
        return {path: (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes()) for path in tmp_path.rglob("*") if path.is_file()}

    def output(*argv):
        for path in (argv[n + 1] for n, word in enumerate(argv) if word in ("--output", "-o")):
            harness.Path(tmp_path, path).write_text("made")
        return "found"

    def report(_, args):
        if "--log" in args:
            harness.Path(args[args.index("--log") + 1]).write_text("console")
        before = files()
        seen.append(before)
        if len(seen) == 1:
            assert run.main() == 0
        assert {path: now for path, now in files().items() if path in before} == before
        return 0
    for name, value in (("output", output), ("report", report), ("BUILD", str(tmp_path)), ("initrd", lambda release: "initrd")):
        monkeypatch.setattr(run, name, value)
    monkeypatch.setattr(run.signal, "signal", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["run"])
    for name, value in variables.items():
        monkeypatch.setenv("RUN_" + name, value)
    assert run.main() == 0
    assert len(seen) == 2 and all(seen) and {path.name for path in files()} <= {"page.html"}


def test_disk_that_is_full(tmp_path, monkeypatch):
    """Of the build folder, where a disk is made; of LOG=, whose end is missing, though QEMU ends well."""
    run, log = harness.tool("run"), tmp_path / "console"
    (tmp_path / "run-data.img").symlink_to("/dev/full")
    with pytest.raises(run.RunError, match="cannot write .*/run-data.img: No space left on device"):
        run.make_data(tmp_path)
    monkeypatch.setenv("RUN_KERNEL", "6.1")
    lines = ["pefboot: 1/7 entry", "report: cpus 2", "report: end", "reboot: Power down"]
    whole = "\r\n".join(lines)
    for text, right in ((whole, True), (whole[:-20], True), (whole[:40], False), ("", False)):
        log.write_text(text)
        if right:
            run.check_log(["--log", str(log)], lines)
        else:
            with pytest.raises(run.RunError, match="console has not all of the console: is its disk full"):
                run.check_log(["--log", str(log)], lines)
    assert log.stat().st_size == 0 and not run.check_log(["--log", "/dev/null"], lines) and not run.check_log([], lines)


def test_build_folder_that_cannot_be(monkeypatch):
    """It is said before a kernel is built."""
    monkeypatch.setenv("PEFBOOT_BUILD", "/proc/none")
    assert of_run().startswith("run: error: [Errno 2] No such file or directory: '/proc/none/run-")


def test_later_runs_build_nothing():
    assert "CC " not in make_run("KERNEL=6.1").stdout


def test_second_make_has_the_jobs_of_the_first():
    """It builds with as many, and not at all under -n."""
    outside = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    done = make_run("KERNEL=/none", env=outside)
    assert "cannot read KERNEL=/none" in done.stdout and "jobserver" not in done.stdout
    said = make_run("-n", env=outside).stdout.splitlines()
    assert [line.split()[0] for line in said if not line.startswith("make: ")] == ["tools/deps", "make", "tools/run"]


def test_on_a_terminal(tmp_path):
    """A shell with job control on the console; the exit status is QEMU's."""
    console = tmp_path / "console"
    child = harness.Console(["make", "-C", harness.TOP, "run", f"O={harness.BUILD}", f"LOG={console}"],
                            open(tmp_path / "log", "w", encoding="utf-8"), harness.limits(harness.BOOT_TIMEOUT),
                            env={**os.environ, "TERM": "dumb"})
    child.expect("Ctrl-A x ends QEMU")
    child.expect("a secure guest: .* The console is yours")
    child.expect("# ")
    child.sendline("echo $((6 * 7)) on $(tty)")
    child.expect("42 on /dev/(hvc0|console)")
    child.sendline("poweroff -f")
    child.expect("verdict emulated=1 world=secure .* leaked=0 ")
    child.expect(pexpect.EOF)
    judged(child.before, "secure-measured", console)
    child.close()
    assert child.exitstatus == 0


def failing(*variables):
    """The last line of a run that must fail."""
    done = make_run(*variables)
    assert done.returncode != 0, done.stdout
    return last_line(done)


def test_kernel_that_is_missing():
    assert failing("KERNEL=/none/vmlinux") == "run: error: cannot read KERNEL=/none/vmlinux"
    assert failing("KERNEL=6.1", "INITRD=/none/initrd") == "run: error: QEMU ended with status 2"


def test_guest_that_panics(tmp_path):
    initrd = tmp_path / "initrd"
    initrd.write_bytes(b"no archive" * 1000)
    line = failing("KERNEL=6.1", f"INITRD={initrd}")
    assert line.startswith("run: error: ") and "panic" in line


def test_image_that_is_refused(tmp_path):
    """A file that is no kernel, or one that does not obey the pool: the reason is the firmware's."""
    assert "pefboot: FAIL 3/7" in failing("SECURE=off", f"KERNEL={harness.BUILD / 'pefboot.elf'}")
    assert "pefboot: FAIL 4/7 transition E404" in failing(f"KERNEL={harness.kernel('6.12')}")


def test_report(tmp_path):
    """REPORT= leaves a drawing of the boot, and says where."""
    page = tmp_path / "boot.html"
    done = make_run(f"REPORT={page}")
    assert done.returncode == 0, done.stdout
    assert last_line(done) == f"run: report in {page}"
    text = page.read_text()
    assert ">PASS<" in text and "memory map after, as Linux finds it" in text and "report: end" in text
