# SPDX-License-Identifier: GPL-2.0-or-later
"""Boots while the host does things to the machine, at lines of the console. All of a boot follows from its number."""

import contextlib
import dataclasses
import hashlib
import random
import re
import select
import socket
import subprocess
import threading
import time

import disks
import hang
import harness
import qmp
import secure

FIRMWARE = ("pefboot: 1/7 ", "pefboot: 2/7 ", "pefboot: 3/7 ", "pefboot: 4/7 ", "pefboot: 5/7 ", "pefboot: 6/7 ", "pefboot: 7/7 ")
LINUX = ("Linux version ", "Mount-cache ", "virtio_blk ", "report: begin", "report: crng ", "report: disk vda ")
ACTIONS = {"normal": ("pause", "pause", "nmi", "stall", "shrink", "reset", "unplug"),
           "secure": ("pause", "pause", "nmi", "stall", "shrink", "reset")}
# Not while Linux copies itself to where its vectors are: it then finds half of one, and turns in circles, by whomever it was started
NMI_AT = {"normal": FIRMWARE[:2] + LINUX[1:], "secure": FIRMWARE[:5] + LINUX[1:]}
BLOCKS = 1 << 20    # bytes of a disk
STILL = "pefboot: notice: still waiting for disk"


@dataclasses.dataclass
class Event:
    """What the host does when the console has a line."""
    at: str
    action: str
    times: int = 1
    disk: int = 0

    def __str__(self):
        return f"{self.action}{f' x{self.times}' if self.action == 'pause' else ''} of disk{self.disk} at '{self.at.strip()}'"


@dataclasses.dataclass
class Plan:
    """One boot."""
    seed: int
    world: str
    bundle: bool        # kernel and initrd on the first disk
    cpus: int
    kind: str           # of the disks
    pool: str           # pefboot.pool, where it is to be small
    fill: bool          # more at a time than the pool holds: tests/guest/init/load
    events: list

    def __str__(self):
        return (f"seed {self.seed}: {self.world}{' bundle' if self.bundle else ''}, {self.cpus} CPUs, {self.kind}"
                f"{', pool ' + self.pool if self.pool else ''}{' filled' if self.fill else ''}: {'; '.join(map(str, self.events))}")

    def has(self, *actions):
        return any(event.action in actions for event in self.events)


def plan(seed, world=None):
    """The boot of a number."""
    rng = random.Random(f"chaos {seed}")
    world = world or rng.choice(("normal", "secure"))
    bundle = rng.random() < 0.4
    events = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        action = rng.choice(ACTIONS[world])
        events.append(Event(rng.choice(NMI_AT[world]) if action == "nmi" else rng.choice(FIRMWARE if rng.random() < 0.6 else LINUX), action,
                            rng.randint(1, 5), rng.randint(0, 1)))
    pool = rng.choice(("1M", "16M", "8M,force", "")) if world == "secure" and rng.random() < 0.4 else ""
    fill = bool(pool) and not bundle
    if fill:
        pool = "8M,force"
        for event in events:
            event.at = "load: data " if event.at.startswith("report: ") else event.at
    return Plan(seed, world, bundle, rng.choice((1, 1, 2)), rng.choice(("transitional", "legacy", "modern", "modern,packed=on")),
                pool, fill, events)


def words(what):
    """The command line of a boot's kernel."""
    own = "pefboot.secure=required" if what.world == "secure" else "pefboot.secure=off"
    return (f"console=hvc0 panic=-1 {harness.PATIENT} report disks=2 {own} pefboot.log=info"
            + (f" pefboot.pool={what.pool}" if what.pool else ""))


class Machine:
    """A machine that boots by a plan."""

    def __init__(self, runner, what, folder):
        self.plan, self.folder, self.sums = what, folder, {}
        self.log_path = runner.log()
        args = ["--firmware", "ultravisor" if what.world == "secure" else "pefboot", "--mem", "512M", "--smp", what.cpus,
                "--qmp", folder / "qmp"]
        if not what.has("reset") or what.world == "secure":
            args += ["--no-reboot"]
        if what.bundle:
            args += ["--disk", f"{self.bundle()},transport={what.kind},id=vd0"]
        else:
            initrd = secure.initramfs("none", "load") if what.fill else secure.initramfs()
            args += ["--kernel", secure.kernel(), "--initrd", initrd, "--append", words(what)]
        for number in range(what.bundle, 2):
            args += ["--disk", f"{self.disk(number)},transport={what.kind},id=vd{number}"]
        slow = []
        if what.fill:   # requests of the first disk are there at the same time as the others'
            args += ["--scsi", f"transport={what.kind}", "--disk", f"{self.disk(2)},bus=scsi", "--net", f"transport={what.kind}",
                     "--serve", folder / "2.img"]
            slow = ["-set", "drive.disk0.throttling.bps-total=16777216"]
        self.argv = runner.argv(args + ["--", "-S", *slow])

    def bundle(self):
        path = self.folder / "bundle.img"
        data = disks.bundle(path, secure.kernel().read_bytes(), secure.initramfs().read_bytes(), words(self.plan))
        path.write_bytes(data + bytes(-len(data) % 4096))
        self.sums["vda"] = hashlib.md5(path.read_bytes()).hexdigest()
        return path

    def disk(self, number):
        path, data = self.folder / f"{number}.img", random.Random(self.plan.seed + number).randbytes(BLOCKS * (24 if self.plan.fill else 1))
        path.write_bytes(data)
        self.sums[("vda", "vdb", "sda")[number]] = hashlib.md5(data).hexdigest()
        return path

    def run(self):
        """To its end, with all that was planned; a harness.Boot. The console is a socket that holds a line: the machine waits until
        that is read, and so does not get ahead of the host by more, however busy that is."""
        ours, its = socket.socketpair()
        its.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)      # the least there is
        argv = [re.sub("^stdio,id=console.*", f"socket,id=console,fd={its.fileno()}", word) for word in self.argv]
        with ours, open(self.log_path, "wb") as self.log, open(self.folder / "said", "wb") as said, subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=said, stderr=said, pass_fds=[its.fileno()]) as process:
            its.close()
            self.console, self.read = ours, b""
            watch = hang.Watch(process.pid, lambda: len(self.read), **harness.limits(harness.BOOT_TIMEOUT))
            try:
                with contextlib.closing(qmp.Qmp(self.folder / "qmp", process.poll)) as self.qmp:
                    self.call("cont")
                    self.watch(process, watch)
                status = hang.wait(process, watch, "QEMU")
            finally:
                hang.kill(process.pid)
        return harness.Boot(self.text() + (self.folder / "said").read_text(errors="replace"), status, 0)

    def text(self):
        return self.read.decode(errors="replace").replace("\r", "")

    def take(self, seconds):
        """Read the console; False at its end."""
        if not select.select([self.console], [], [], seconds)[0]:
            return True
        data = self.console.recv(256)
        self.read += data
        self.log.write(data)
        self.log.flush()
        return bool(data)

    def call(self, *what, **arguments):
        """Of QEMU, which may first have to get rid of what its console holds."""
        done = threading.Event()

        def drain():
            while not done.is_set() and self.take(0.01):
                pass
        thread = threading.Thread(target=drain)
        self.qmp.stream.flush()
        thread.start()
        try:
            return self.qmp(*what, **arguments)
        finally:
            done.set()
            thread.join()

    def watch(self, process, watch):
        """Do each thing once its line is there; lift a stall when pefboot says that it waits, or a moment later."""
        left, self.stalled = list(self.plan.events), {}
        while self.take(0.1):
            text = self.text() if left or self.stalled else ""
            for event in [event for event in left if event.at in text]:
                left.remove(event)
                self.act(event, process)
            for disk, since in list(self.stalled.items()):
                if STILL in text or time.monotonic() - since > 8:
                    self.limit(disk, 0)
                    del self.stalled[disk]
            reason = watch.look()
            if reason:
                raise hang.Hang(process.pid, f"QEMU {reason}")

    def limit(self, disk, rate):
        with contextlib.suppress(OSError, ValueError, qmp.QmpError):    # it ended, or the disk is gone
            self.call("block_set_io_throttle", device=disk, bps=rate, bps_rd=0, bps_wr=0, iops=0, iops_rd=0, iops_wr=0)

    def act(self, event, process):
        try:
            self.do(event.action, f"disk{event.disk}", event)
        except qmp.QmpError:    # the disk is gone already
            assert self.plan.has("unplug")
        except (OSError, ValueError):   # QEMU ends
            process.wait(60)

    def do(self, action, disk, event):
        if action == "pause":
            for _ in range(event.times):
                self.call("stop")
                assert self.call("query-status")["running"] is False
                self.call("cont")
        elif action == "nmi":
            self.call("inject-nmi")
        elif action == "stall":
            self.limit(disk, 1)
            self.stalled[disk] = time.monotonic()
        elif action == "shrink":
            self.call("block_resize", device=disk, size=BLOCKS // 2)    # of a bundle its head is left
        elif action == "reset":
            self.call("system_reset")
        else:
            self.call("device_del", id=f"vd{event.disk}")


def console_of_last(console):
    """From the last reset on; all of it without one."""
    starts = [match.start() for match in re.finditer(r"\[ *[\d.]+\] pefboot: 1/7 entry door=bios ", console)]
    return console[starts[-1]:] if len(starts) > 1 else console


def number_of(console):
    """The number that our side ended with; None."""
    found = re.findall(r"\] (?:pefboot|ultravisor): EXIT (\d+)", console)
    return int(found[-1]) if found else None


def outcome(what, boot, sums):
    """One word and a number of how a boot ended; fails where none is right."""
    text, last = boot.console, console_of_last(boot.console)
    leaks = re.findall(r"ultravisor: verdict .*leaked=(\w+)", text)
    assert set(leaks) <= {"0"}, "leaked"
    assert boot.status == 0, f"QEMU ended with status {boot.status}"
    if number_of(last):
        harness.Boot(last, boot.status, 0).judged("refused")
        return f"E{number_of(last)}"
    if "load: done " in last:
        errors, = re.findall(r"load: errors (\d+)", last)
        read = re.findall(r"load: (vda|sda) (\w{32})", last)
        assert what.has("shrink", "nmi") or errors == "0" and {name: md5 for name, md5 in read} == {name: sums[name] for name in ("vda", "sda")}
        assert leaks == ["0"], "no verdict"
        return "filled"
    if "report: end" in last:
        read = {name: md5 for name, md5 in re.findall(r"report: disk (vd\w) \d+ \d+ (\w+)", last)}
        wrong = {name for name in sums if read.get(name) != sums[name]}
        assert not wrong or what.has("shrink", "unplug"), f"{wrong} read wrong"
        assert what.world == "normal" or leaks == ["0"], "no verdict"
        return "right"
    if what.has("reset") and what.world == "secure":
        return "reset"
    if what.has("nmi") and ("System Reset" in last or "Kernel panic" in last):
        assert what.world == "normal" or leaks == ["0"], "no verdict"
        return "linux-nmi"
    if what.has("shrink", "unplug") and "Kernel panic" in last:
        return "linux-disk"
    raise AssertionError("neither a boot nor a number")
