# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests share: running QEMU through tools/qemu, and reading the user space report."""

import fcntl
import functools
import hashlib
import importlib.machinery
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import hang
import pexpect
import postmortem

TOP = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("PEFBOOT_BUILD", TOP / "build")).resolve()
LOGS = BUILD / "test-logs"

# Where a process of the tests keeps what it makes for itself
MADE = BUILD / os.environ.get("PYTEST_XDIST_WORKER", "made")
MADE.mkdir(parents=True, exist_ok=True)
BOOTLOG = BUILD / "bootlog.pyz"

# On a busy machine a guest's CPU may stand still for long; that is no fault of the guest's.
PATIENT = "nowatchdog rcupdate.rcu_cpu_stall_suppress=1"

# Seconds of CPU time for a boot, which takes a few; without a line of the console for at most so many of them (tests/hang.py).
BOOT_TIMEOUT = 180
BOOT_SILENT = 120


def soak(seconds):
    """How long a soak lasts: as wanted, or at most PEFBOOT_SOAK seconds."""
    return min(seconds, int(os.environ.get("PEFBOOT_SOAK") or seconds))


def program(path):
    """A Python program, whose name need not end in .py, as a module."""
    loader = importlib.machinery.SourceFileLoader("_".join(path.parts[-2:]), str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    sys.modules[loader.name] = module    # dataclasses look themselves up there
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = writes
    return module


def tool(name):
    """The program tools/NAME as a module."""
    return program(TOP / "tools" / name)


def cache():
    """Where tools/deps, linux/build and these tests keep what takes long."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pefboot"


@functools.lru_cache(maxsize=None)
def deps(name):
    """Path of an item of tools/deps, fetched if need be."""
    done = subprocess.run([TOP / "tools/deps", name], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def kernel(version):
    """Debian's vmlinux of a release."""
    return deps("kernel-" + version) / "vmlinux"


@functools.lru_cache(maxsize=None)
def small_kernel():
    """A kernel of linux/build: a fraction of the instructions of Debian's to user space. Where a test is of firmware and devices."""
    done = subprocess.run([TOP / "linux/build", "6.12"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def remember(name, parts, make):
    """A text that depends on these parts only, bytes or what has a text: from the cache, or from make(), then kept there."""
    digest = hashlib.sha256(b"".join(hashlib.sha256(part if isinstance(part, bytes) else str(part).encode()).digest()
                                     for part in parts)).hexdigest()[:32]
    path = cache() / "remembered" / f"{name}-{digest}"
    if not path.exists():
        text = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_name(f"{path.name}.{os.getpid()}")
        scratch.write_text(text)
        scratch.replace(path)
    return path.read_text()


def make_once(path, make):
    """A file that all processes of the tests use, made by make(path) once per run, in its place when it is complete."""
    run, stamp = os.environ.get("PEFBOOT_TEST_RUN", str(os.getpid())), path.with_name(path.name + ".run")
    with open(path.with_name(path.name + ".lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists() or not stamp.exists() or stamp.read_text() != run:
            scratch = path.with_name("new-" + path.name)
            make(scratch)
            scratch.replace(path)
            stamp.write_text(run)
    return path


@functools.lru_cache(maxsize=None)
def initramfs(version):
    """The test initramfs for a release of Debian's kernel, made once per run of the tests."""
    return make_once(BUILD / f"initramfs-{version}.cpio.gz", lambda path: subprocess.run(
        [TOP / "tools/initramfs", "--kernel", version, "--output", path], check=True))


class Report:
    """The lines "report: KEY VALUE..." of tests/guest/initramfs/report, by key."""

    def __init__(self, console):
        lines = [line[line.index("report: ") + 8:].rstrip() for line in console.splitlines()
                 if "report: " in line]
        assert "begin" in lines and "end" in lines, "user space made no complete report"
        self.values = {}
        for line in lines[lines.index("begin") + 1:lines.index("end")]:
            key, _, value = line.partition(" ")
            self.values.setdefault(key, []).append(value)

    def __getitem__(self, key):
        """The value of a key that is reported once."""
        values = self.values.get(key, [])
        assert len(values) == 1, f"{key} was reported {len(values)} times"
        return values[0]

    def all(self, key):
        """All values of a key, each split into words."""
        return [value.split() for value in self.values.get(key, [])]

    def property(self, name):
        """Bytes of a device tree property of those reported, or None."""
        found = [words[1:] for words in self.all("property") if words[0] == name]
        return bytes.fromhex("".join(found[0])) if found else None


class Boot:
    """A finished run of QEMU: console (text), status, seconds."""

    def __init__(self, console, status, seconds):
        self.console, self.status, self.seconds = console, status, seconds
        self.lines = console.splitlines()

    def report(self):
        return Report(self.console)

    def judged(self, profile, *options):
        """bootlog finds the log to be as a profile demands; returns self."""
        done = subprocess.run([BOOTLOG, "check", "--profile", profile, *options, "-"],
                              input=self.console, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False)
        assert done.returncode == 0, done.stdout
        return self

    def after_kexec(self):
        """The boot that kexec began, with what an ultravisor said before it; all of it where there was no kexec."""
        before, _, after = self.console.rpartition("] kexec: Starting switchover sequence.\n")
        banner = "".join(line + "\n" for line in before.splitlines() if "] ultravisor: " in line)
        return Boot(banner + after, self.status, self.seconds)

    def judged_by_itself(self):
        """What any log of ours must hold: a stop explains itself, a boot to the report is whole; returns self."""
        world = "secure" if "4/7 transition mode=secure" in self.console else "normal"
        if "] pefboot: EXIT " in self.console:
            self.after_kexec().judged("refused")
        elif "] pefboot: 7/7 " not in self.console or "report: end" not in self.console:
            pass
        elif "] pefboot: 1/7 entry door=kexec" not in self.console:
            if "] Linux version " in self.console:
                self.judged(world)
        elif "] pefboot: 1/7 entry door=bios" in self.console:
            self.judged("kexec" if world == "secure" else "kexec-normal")
        else:       # another firmware started the first kernel
            self.after_kexec().judged(world)
        return self

    def line(self, pattern):
        """The first console line that matches, as a match object; its absence fails the test."""
        for text in self.lines:
            match = re.search(pattern, text)
            if match:
                return match
        raise AssertionError(f"no line of the console matches {pattern!r}")


def log_path(name, number=0):
    """Where the console of a test's machine is kept: a file for each test, by its node ID or another name, and each number."""
    test, bracket, parameters = name.removeprefix("tests/").removesuffix("]").partition("[")
    parts = test.replace(".py::", "-").replace("/", "-") + ("-" + quote(parameters, safe=",=") if bracket else "")
    LOGS.mkdir(parents=True, exist_ok=True)
    return LOGS / (parts + (f"+{number}" if number else "") + ".log")


def limits(timeout):
    """Of a machine, for tests/hang.py: one that is given longer than a boot may be silent for as long."""
    return {"cpu": timeout, "silent": timeout if timeout > BOOT_TIMEOUT else min(timeout, BOOT_SILENT)}


def watched(argv, timeout=BOOT_TIMEOUT, **options):
    """subprocess.run() with its output as text, for a program that boots machines: it may take so much CPU time."""
    with tempfile.TemporaryFile() as log:
        with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, **options) as process:
            watch = hang.Watch(process.pid, lambda: os.fstat(log.fileno()).st_size, **limits(timeout))
            status = hang.wait(process, watch, " ".join(map(str, argv[:4])))
        log.seek(0)
        return subprocess.CompletedProcess(argv, status, log.read().decode(errors="replace"))


class Console(pexpect.spawn):
    """A machine to talk to. What is expected comes, or the machine hangs; a timeout that is given is one by the clock."""

    def __init__(self, argv, log, limits, **options):
        self.printed, self.limits = 0, limits
        super().__init__(str(argv[0]), [str(arg) for arg in argv[1:]], timeout=None, encoding="utf-8", codec_errors="replace",
                         logfile=log, echo=False, **options)

    def read_nonblocking(self, *args, **how):
        text = super().read_nonblocking(*args, **how)
        self.printed += len(text)
        return text

    def patiently(self, expect, patterns, timeout):
        """expect() with a time-out of its own, or until the machine hangs."""
        if timeout != -1:
            return expect(patterns, timeout)
        watch = hang.Watch(self.pid, lambda: self.printed, **self.limits)
        while True:
            try:
                found = expect(patterns, hang.INTERVAL)
                if self.after is not pexpect.TIMEOUT:
                    return found
            except pexpect.TIMEOUT:
                found = None
            reason = watch.look()
            if reason and found is not None:    # the caller names TIMEOUT among what may come
                return found
            if reason:
                raise hang.Hang(self.pid, f"the machine {reason}; expected: {patterns}")

    def expect(self, pattern, timeout=-1):
        return self.patiently(super().expect, pattern, timeout)

    def expect_exact(self, pattern, timeout=-1):
        return self.patiently(super().expect_exact, pattern, timeout)


class Runner:
    """Runs QEMU for one test; the console is kept in build/test-logs."""

    def __init__(self, name, firmware):
        self.name, self.firmware = name, firmware
        self.logs, self.children = [], []

    def argv(self, args):
        """QEMU's command line for arguments of tools/qemu; --firmware defaults to the tested one."""
        args = [str(arg) for arg in args]
        if "--firmware" not in args:
            args = ["--firmware", self.firmware] + args
        return tool("qemu").command(args) + postmortem.monitor()

    def log(self):
        self.logs.append(log_path(self.name, len(self.logs)))
        return self.logs[-1]

    def __call__(self, *args, timeout=BOOT_TIMEOUT, status=0, complaint=None):
        """Run to the end. Fails if QEMU hangs, takes more CPU time than timeout, ends otherwise than expected, or if it
        complains of anything but an expected complaint, which it then has to make."""
        path, start = self.log(), time.monotonic()
        with open(path, "wb") as log:
            ended = hang.run(self.argv(args), log, "QEMU", **limits(timeout))
        text = path.read_text(errors="replace").replace("\r", "")
        if complaint:
            assert complaint in text, f"QEMU did not say: {complaint}"
            text = re.sub(f"^qemu-system.*{re.escape(complaint)}.*\n", "", text, flags=re.M)
        boot = Boot(text, ended, time.monotonic() - start)
        assert status is None or boot.status == status, f"QEMU ended with status {boot.status}"
        return boot.judged_by_itself()

    def linux(self, *args, version="6.12", append="", **how):
        """Boot Debian's kernel to the report of the test initramfs."""
        return self("--kernel", kernel(version), "--initrd", initramfs(version), "--no-reboot",
                    "--append", f"console=hvc0 panic=-1 {PATIENT} report {append}".strip(), *args, **how)

    def small(self, *args, append="", **how):
        """The same with the small kernel."""
        return self("--kernel", small_kernel(), "--initrd", initramfs("none"), "--no-reboot",
                    "--append", f"console=hvc0 panic=-1 {PATIENT} report {append}".strip(), *args, **how)

    def under_slof(self, line, *args, append=""):
        """The report of Debian's kernel under SLOF, which takes long: once for each QEMU, SLOF, line of the machine (with
        folders left out, for disks whose contents never change), kernel and initramfs. The small one starts by no SLOF."""
        version = subprocess.run([self.argv([])[0], "--version"], stdout=subprocess.PIPE, check=True).stdout
        parts = [version, deps("slof.bin").read_bytes(), line, append, kernel("6.12").read_bytes(),
                 initramfs("6.12").read_bytes()]

        def boot():
            done = self.linux(*args, "--firmware", "slof", append=append)
            done.report()
            return done.console
        return Report(remember("slof", parts, boot))

    def spawn(self, *args, timeout=BOOT_TIMEOUT):
        """Start QEMU and talk to its console (pexpect); it is ended with the test."""
        child = Console(self.argv(args), open(self.log(), "w", encoding="utf-8"), limits(timeout))
        self.children.append(child)
        return child

    def close(self):
        for child in self.children:
            try:
                child.close(force=True)
            except pexpect.ExceptionPexpect:
                child.ptyproc.wait()        # on a busy machine a large QEMU takes longer to die than pexpect waits
            child.logfile.close()
