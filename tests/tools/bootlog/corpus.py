# SPDX-License-Identifier: GPL-2.0-or-later
"""Logs and the verdicts they deserve.

data/recorded-*.log are whole consoles of pefboot and the miniature ultravisor on QEMU. The other files there
are the kernel's and SLOF's text alone: around them stand lines that are written here after docs/boot-log.md.
Logs which the QEMU tests record are judged there, as they arise."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from bootlog.forms import read_console

DATA = Path(__file__).resolve().parent / "data"
NONCE = "5f3a9c0d11e24b7786d0a1b2c3d4e5f6"


@dataclass
class Case:
    name: str
    log: bytes
    status: str                     # pass fail skip
    finding: str = ""               # id of a finding that must be among the reasons
    profile: str = "secure"
    options: dict = field(default_factory=dict)


def text(name):
    return (DATA / name).read_bytes()


def line(time, who, body):
    return f"[{time:12.6f}] {who}: {body}\r\n".encode()


BANNER = line(0.000102, "ultravisor", "emulated=1 version=0.1 memory=0x50000000 guest=0x20000000")
ENTRY = line(0.000412, "pefboot", "1/7 entry door=bios image=0x0 tree=0x3fe00000 size=17284")
DISCOVER = line(0.000977, "pefboot", "2/7 discover memory=512M cpus=2 phbs=1 pci=4 mmu=radix irq=xics")
LOAD = line(0.001210, "pefboot", "3/7 load from=memory kernel=0x400000+0x2880000 endian=little initrd=0x3200000+0x123456")
TO_SECURE = line(0.001433, "pefboot", "4/7 transition mode=secure secure=auto kbase=0x400000 tree=0x2fdf0008")
TO_NORMAL = line(0.001433, "pefboot", "4/7 transition mode=normal secure=auto rtas=0x2fff0000")
REQUIRED = TO_SECURE.replace(b"secure=auto", b"secure=required")
REMOVED = line(0.202001, "pefboot", 'tree=del node="node of the host"')
VERIFY = line(0.212001, "pefboot", "5/7 verify world=secure tree=19440 kernel=match initrd=match cmdline=match")
VERIFY_NORMAL = line(0.002001, "pefboot", "5/7 verify world=normal tree=19440 kernel=unverified initrd=unverified")
PATCH = line(0.212560, "pefboot", "6/7 patch pool=0x18000000+0x4000000 flag=yes")
PATCH_NORMAL = line(0.212560, "pefboot", "6/7 patch pool=none flag=no")
HANDOFF = line(0.212644, "pefboot", "7/7 handoff world=secure kernel=0x400000 tree=0x2fdf0008")
HANDOFF_NORMAL = HANDOFF.replace(b"world=secure", b"world=normal")
VERDICT = line(9.801544, "ultravisor", "verdict emulated=1 world=secure private=7168 shared=1024 leaked=0 refused=0 "
               f"uvcalls=0xf110:1,0xf130:1 nonce={NONCE}")
NORMAL_VERDICT = line(9.801544, "ultravisor", "verdict emulated=1 world=normal private=0 shared=0 leaked=0 refused=0 "
                      "uvcalls=none")
LINUX = text("linux-6.12.log")
LINUX_6_1 = text("linux-6.1.log")
PANIC = text("panic-6.12.log")
SLOF = text("slof.log")
KEXEC = b"[    5.100000] kexec_core: Starting new kernel\r\n[    5.200000] Bye!\r\n"

BEFORE = ENTRY + DISCOVER + LOAD
STEPS = BEFORE + TO_SECURE + REMOVED + VERIFY + PATCH + HANDOFF
NORMAL_STEPS = BEFORE + TO_NORMAL + VERIFY_NORMAL + PATCH_NORMAL + HANDOFF_NORMAL
SECURE = BANNER + STEPS + LINUX + VERDICT
NORMAL = NORMAL_STEPS + LINUX
MATCH = line(0.102001, "ultravisor", "esm=match rtas=yes kernel=yes initrd=yes bootargs=yes")
SEALED = SECURE.replace(TO_SECURE, TO_SECURE.replace(b"\r\n", b" measured=0x400000+0xc9fbe0 blob=0x2fff0000+0x835\r\n") + MATCH).replace(
    VERIFY, VERIFY.replace(b"\r\n", b" sha512=" + b"ab" * 64 + b"\r\n"))
SECOND = b"".join(line(t, "pefboot", b) for t, b in (
    (6.000001, "1/7 entry door=kexec image=0x4000000 tree=0x1e00000 size=17000"),
    (6.000002, "2/7 discover memory=512M cpus=2 phbs=1 pci=4 mmu=radix irq=xics"),
    (6.000003, "3/7 load from=memory kernel=0x400000+0x2880000 endian=little initrd=0x3200000+0x123456"),
    (6.000004, "4/7 transition mode=secure secure=auto"),
    (6.000005, "5/7 verify world=secure tree=19440 kernel=unverified initrd=unverified"),
    (6.000006, "6/7 patch pool=0x18000000+0x4000000 flag=yes"),
    (6.000007, "7/7 handoff world=secure kernel=0x400000 tree=0x1e00000")))
KEXECED = BANNER + NORMAL_STEPS + LINUX.replace(b"reboot: Power down", b"x") + KEXEC + SECOND + LINUX + VERDICT

KEXECED_NORMAL = KEXECED.replace(BANNER, b"").replace(VERDICT, b"").replace(b"mode=secure", b"mode=normal").replace(
    b"world=secure", b"world=normal").replace(b"6/7 patch pool=0x18000000+0x4000000 flag=yes", b"6/7 patch pool=none flag=no")


def evidence():
    """A secure boot with everything that is said at level info."""
    def own(time, body, who="pefboot"):
        return line(time, who, body)
    before = [("memory", 0, 0x20000000), ("kernel", 0x400000, 0x2880000), ("initrd", 0x3200000, 0x123456),
              ("pefboot", 0x1fbd0000, 0x40000), ("fdt", 0x1fe00000, 0x4000)]
    after = [("memory", 0, 0x20000000, "private"), ("kernel", 0x400000, 0x2880000, "private"),
             ("initrd", 0x3200000, 0x123456, "private"), ("stage", 0x3000000, 0x20000, "private"),
             ("rtas", 0x17ff0000, 0x10000, "shared"), ("pool", 0x18000000, 0x4000000, "shared"),
             ("fdt", 0x1fdf0000, 0x8000, "private")]
    out = BANNER + BEFORE
    out += b"".join(own(0.00122, f"map=before what={w} range=0x{b:x}+0x{n:x} state=normal") for w, b, n in before)
    out += TO_SECURE
    out += own(0.00150, "esm=start cpu=0 kbase=0x400000 fdt=0x1fe00000", "ultravisor")
    out += own(0.00153, "esm=tree reservations=4 us=33", "ultravisor")
    out += own(0.15031, "esm=move pages=2011 us=148779", "ultravisor")
    out += own(0.15039, "esm=enter nip=0x400000 us=78", "ultravisor")
    out += VERIFY
    out += own(0.212174, "uvcall=UV_SHARE_PAGE cpu=0 nip=0x41c8 r4=0x1800 r5=0x400 rc=0 us=310", "ultravisor")
    out += PATCH
    pool = "/reserved-memory/restricted-dma@18000000"
    out += own(0.212601, f"tree=add node={pool}")
    out += own(0.212604, f"tree=set node={pool} prop=compatible new={b'restricted-dma-pool'.hex()}00")
    out += own(0.212607, f"tree=set node={pool} prop=reg new=00000000180000000000000004000000")
    out += own(0.212609, "tree=set node=/ prop=virtio,access-platform new=-")
    out += own(0.212611, "tree=set node=/pci@800000020000000 prop=memory-region new=00000071")
    out += own(0.212613, "tree=set node=/rtas prop=slof,rtas-size new=00000014")
    out += own(0.212618, 'tree=del node="l-lan@71000002"')
    out += own(0.212618, "tree=refused node=device@3 vendor=0x8086 device=0x100e")
    out += own(0.212619, "tree=set node=/ prop=reserved-ranges new=" + "0000000018000000" * 4 + "... len=64")
    out += b"".join(own(0.21263, f"map=after what={w} range=0x{b:x}+0x{n:x} state={s}") for w, b, n, s in after)
    out += HANDOFF + LINUX
    out += own(2.4, "hcall=H_ENTER cpu=0 r4=0x0 r5=0x80 rc=-2", "ultravisor")
    out += own(2.5, "uvcall=UV_SHARE_PAGE cpu=1 nip=0xc000000000094860 r4=0x12a r5=0x1 rc=0 us=31", "ultravisor")
    return out + VERDICT


def stop(number, step, what, hint="what to do", time=0.300000):
    n = {"entry": 1, "discover": 2, "load": 3, "transition": 4, "verify": 5, "patch": 6, "handoff": 7}[step]
    return (line(time, "pefboot", f"FAIL {n}/7 {step} E{number} {what}")
            + line(time + 1e-5, "pefboot", f"hint: {hint}") + line(time + 2e-5, "pefboot", f"EXIT {number}"))


REFUSED = BANNER + BEFORE + TO_SECURE + stop(405, "transition", "the ultravisor refused: UV_ESM -> U_PERMISSION (-11), as a hypervisor's code H_PERMISSION") \
    + NORMAL_VERDICT
KERNEL_BUG = b"[    3.000000] BUG: Kernel NULL pointer dereference at 0x00000010\r\n"
SWIOTLB = (b"[    3.100000] virtio_blk virtio0: swiotlb buffer is full (sz: 65536 bytes), total 4096 (slots), "
           b"used 4090 (slots)\r\n")


def inside(log, new, after=b"Run /init as init process\r\n"):
    """`new` as text of the kernel or of user space, after `after`."""
    assert log.count(after) == 1
    return log.replace(after, after + new)


def without(log, *parts):
    for part in parts:
        assert log.count(part) == 1
        log = log.replace(part, b"")
    return log


def swapped(log, a, b):
    assert log.count(a) == log.count(b) == 1
    return log.replace(a, b"\1").replace(b, a).replace(b"\1", b)


def printk_times_off(log):
    return re.sub(rb"^\[ *\d+\.\d+\] (?!pefboot|ultravisor)", b"", log, flags=re.M)


def in_two_consoles(log):
    """Each kernel line twice, as with two console= options that end in one recorder."""
    return re.sub(rb"^(\[ *\d+\.\d+\] (?!pefboot|ultravisor).*\r\n)", rb"\1\1", log, flags=re.M)


def colours(log):
    return b"\x1b[?25l" + re.sub(rb"(pefboot|ultravisor|init)", b"\x1b[1;31m\\1\x1b[0m", log)


def from_lava(log):
    """As `lavacli jobs logs` prints it."""
    return b"".join(b"\x1b[90m2026-11-22T15:16:12\x1b[0m \x1b[97m" + l.rstrip() + b"\x1b[0m\n" for l in log.splitlines(True))


def good():
    hardware = STEPS + LINUX
    yield Case("secure", SECURE, "pass")
    yield Case("secure-with-evidence", evidence(), "pass")
    yield Case("secure-6.1", BANNER + STEPS + LINUX_6_1 + VERDICT, "pass")
    yield Case("secure-hardware", hardware, "pass")
    yield Case("secure-hardware-required", hardware, "pass", options={"hardware": True})
    yield Case("secure-under-slof", BANNER + SLOF + STEPS.replace(b"door=bios", b"door=of") + LINUX + VERDICT, "pass")
    yield Case("secure-lf", SECURE.replace(b"\r", b""), "pass")
    yield Case("secure-nul", SECURE.replace(b": ", b"\0: \0"), "pass")
    yield Case("secure-colours", colours(SECURE), "pass")
    yield Case("secure-no-printk-times", printk_times_off(SECURE), "pass")
    yield Case("secure-two-consoles", in_two_consoles(SECURE), "pass")
    yield Case("secure-not-utf8", inside(SECURE, bytes(range(128, 256)) + b"\r\n"), "pass")
    yield Case("secure-verdict-behind-prompt", SECURE.replace(VERDICT, b"/ # " + VERDICT), "pass")
    yield Case("secure-trace-in-a-kernel-line", SECURE.replace(
        b"Run /init", line(2.0, "ultravisor", "uvcall=UV_SHARE_PAGE cpu=0 r4=0x2000 r5=0x1 rc=0 us=31")
        + b"[    2.000001] Run /init"), "pass")
    yield Case("secure-nonce", SECURE, "pass", options={"nonce": NONCE})
    yield Case("secure-required", SECURE.replace(TO_SECURE, REQUIRED), "pass", profile="secure-required")
    yield Case("secure-measured", SECURE, "pass", profile="secure-measured")
    yield Case("sealed", SEALED, "pass", profile="sealed")
    yield Case("sealed-test-key", SEALED.replace(MATCH, MATCH + line(0.103, "ultravisor", "notice: uv.key is the published test key, which opens nothing that is a secret")),
               "pass", "test-key", profile="sealed")
    yield Case("secure-pool-exhausted", inside(SECURE, SWIOTLB * 3), "pass", "swiotlb-full")
    yield Case("secure-last-of-two", b"[    0.000001] pefboot: 1/7 entry door=bios\r\n" + SECURE, "pass",
               options={"boot": "last", "boots": 1})
    yield Case("normal", NORMAL, "pass", profile="normal")
    yield Case("normal-with-ultravisor", BANNER + NORMAL + NORMAL_VERDICT, "pass", profile="normal")
    yield Case("normal-lava", inside(NORMAL, b"<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=disk RESULT=pass>\r\n"), "pass",
               profile="normal")
    yield Case("secure-from-lavacli", from_lava(SECURE), "pass")
    yield Case("normal-from-lavacli", from_lava(NORMAL), "pass", profile="normal")
    yield Case("kexec", KEXECED, "pass", profile="kexec")
    yield Case("kexec-normal", KEXECED_NORMAL, "pass", profile="kexec-normal")
    yield Case("refused", REFUSED, "pass", profile="refused")
    yield Case("refused-by-ultravisor", REFUSED, "pass", profile="refused-by-ultravisor")
    yield Case("refused-no-ultravisor", BEFORE + stop(401, "transition", "no ultravisor"), "pass",
               profile="refused-no-ultravisor")
    yield Case("refused-load", ENTRY + DISCOVER + stop(302, "load", "not a Linux kernel"), "pass",
               profile="refused-load")
    yield Case("refused-discover", ENTRY + stop(201, "discover", "device tree corrupt"), "pass",
               profile="refused-discover")
    yield Case("refused-entry", stop(101, "entry", "no device tree at entry"), "pass", profile="refused-entry")
    yield Case("refused-verify", BANNER + BEFORE + TO_SECURE + stop(503, "verify", "RTAS") + NORMAL_VERDICT.replace(
        b"world=normal", b"world=secure"), "pass", profile="refused-verify")
    yield Case("refused-patch", BEFORE + TO_SECURE + VERIFY + stop(601, "patch", "no room for the pool"), "pass",
               profile="refused-patch")
    for number, step, profile in ((404, "transition", "refused-kernel"), (601, "patch", "refused-no-pool"),
                                  (602, "patch", "refused-small-pool"), (504, "verify", "refused-not-secure")):
        steps = BEFORE + (TO_SECURE + VERIFY if step == "patch" else TO_SECURE if step == "verify" else b"")
        yield Case(profile, BANNER + steps + stop(number, step, "the reason") + NORMAL_VERDICT, "pass", profile=profile)
    yield Case("refused-by-the-ultravisor-itself",
               BANNER + line(0.0002, "ultravisor", "FAIL E901 no nested virtualisation: H_SET_PARTITION_TABLE -> H_FUNCTION (-2)")
               + line(0.0003, "ultravisor", "hint: add cap-nested-hv=on to -M")
               + line(0.0004, "ultravisor", "EXIT 901"), "pass", profile="refused")


def missing():
    for name, part, finding in (("banner", BANNER, "missing"), ("entry", ENTRY, "order"), ("discover", DISCOVER, "order"),
                                ("load", LOAD, "order"), ("transition", TO_SECURE, "order"), ("verify", VERIFY, "order"),
                                ("patch", PATCH, "order"), ("handoff", HANDOFF, "unfinished"),
                                ("verdict", VERDICT, "unfinished")):
        yield Case(f"without-{name}", without(SECURE, part), "fail", finding)
    yield Case("without-kernel", BANNER + STEPS + VERDICT, "fail", "unfinished")
    yield Case("without-init", SECURE.replace(b"Run /init as init process", b"x"), "fail", "unfinished")
    yield Case("empty", b"", "fail", "unfinished")
    yield Case("only-zeros", bytes(5000), "fail", "unfinished")
    yield Case("only-slof", SLOF, "fail", "unfinished")
    yield Case("verdict-cut-in-the-middle", SECURE[:-60], "fail", "unfinished")
    yield Case("verdict-without-line-end", SECURE[:-2], "fail", "unfinished")


def wrong():
    yield Case("steps-swapped", swapped(SECURE, VERIFY, PATCH), "fail", "order")
    yield Case("step-twice", SECURE.replace(PATCH, PATCH * 2), "fail", "order")
    yield Case("step-torn", SECURE.replace(VERIFY, VERIFY[:30] + line(0.2, "ultravisor", "esm=enter us=78")
                                           + VERIFY[30:]), "fail", "order")
    yield Case("time-backwards", SECURE.replace(DISCOVER, DISCOVER.replace(b"0.000977", b"0.900000")), "fail", "time")
    yield Case("never-went-secure", NORMAL, "fail", "condition")
    yield Case("never-went-secure-under-ultravisor", BANNER + NORMAL + NORMAL_VERDICT, "fail", "condition")
    yield Case("secure-is-not-normal", SECURE, "fail", "condition", profile="normal")
    yield Case("world-changes", SECURE.replace(HANDOFF, HANDOFF_NORMAL), "fail", "condition")
    yield Case("no-pool", SECURE.replace(PATCH, PATCH_NORMAL), "fail", "condition")
    yield Case("no-flag", SECURE.replace(b"flag=yes", b"flag=no"), "fail", "condition")
    yield Case("nothing-shared", SECURE.replace(b"shared=1024", b"shared=0"), "fail", "condition")
    yield Case("leaked", SECURE.replace(b"leaked=0", b"leaked=17"), "fail", "leaked")
    yield Case("leaked-missing", SECURE.replace(b" leaked=0", b""), "fail", "leaked")
    yield Case("not-required", SECURE, "fail", "condition", profile="secure-required")
    yield Case("not-measured", SECURE.replace(b"kernel=match", b"kernel=unverified"), "fail", "condition",
               profile="secure-measured")
    yield Case("sealed-without-a-blob", SECURE, "fail", "condition", profile="sealed")
    yield Case("sealed-no-digest", SEALED.replace(b" sha512=" + b"ab" * 64, b""), "fail", "condition", profile="sealed")
    yield Case("sealed-nobody-judged", without(SEALED, MATCH), "fail", "missing", profile="sealed")
    yield Case("sealed-initrd-differs", SEALED.replace(b"initrd=yes", b"initrd=no"), "fail", "condition", profile="sealed")
    yield Case("sealed-warned", SEALED.replace(MATCH, MATCH + line(0.103, "ultravisor", 'esm=warn why="the guest does not match its blob"')), "fail", "esm-warn",
               profile="sealed")
    yield Case("simulated-but-hardware-required", SECURE, "fail", "simulated", options={"hardware": True})
    yield Case("simulated-without-banner-but-hardware-required", without(SECURE, BANNER), "fail", "simulated",
               options={"hardware": True})
    yield Case("another-step-name", SECURE.replace(b"2/7 discover", b"2/7 recover"), "fail", "malformed")
    yield Case("stopped", BANNER + BEFORE + stop(401, "transition", "no ultravisor"), "fail", "E401")
    yield Case("kernel-after-a-stop", REFUSED + LINUX, "fail", "kernel", profile="refused")
    yield Case("stop-goes-on", REFUSED.replace(NORMAL_VERDICT, VERIFY.replace(b"0.212", b"0.412")), "fail", "after-exit",
               profile="refused")
    yield Case("stop-without-hint", re.sub(rb".*hint.*\r\n", b"", REFUSED), "fail", "hint", profile="refused")
    yield Case("stop-without-exit", re.sub(rb".*EXIT.*\r\n", b"", REFUSED), "fail", "exit", profile="refused")
    yield Case("stop-with-another-exit", REFUSED.replace(b"EXIT 405", b"EXIT 404"), "fail", "exit", profile="refused")
    yield Case("another-stop", REFUSED, "fail", "E405", profile="refused-no-ultravisor")
    yield Case("not-refused", SECURE, "fail", "kernel", profile="refused")
    yield Case("refused-without-foreign-code", REFUSED.replace(b": UV_ESM -> U_PERMISSION (-11), as a hypervisor's code H_PERMISSION", b""), "fail",
               "condition", profile="refused-by-ultravisor")
    yield Case("kexec-back-to-normal", KEXECED.replace(b"5/7 verify world=secure tree=19440 kernel=unverified initrd=unverified",
                                                       b"5/7 verify world=normal tree=19440 kernel=unverified initrd=unverified"),
               "fail", "condition", profile="kexec")
    yield Case("kexec-from-secure", KEXECED.replace(NORMAL_STEPS, STEPS), "fail", "condition", profile="kexec")
    yield Case("kexec-only-once", NORMAL, "fail", "unfinished", profile="kexec")


OWN = b"[    3.000000] ultravisor: "
CALL = OWN + b"uvcall=UV_SHARE_PAGE cpu=1 r"
# Trouble in a line that begins as one of ours
HIDDEN = (
    ("behind-a-line-without-end", OWN + b"x[    3.100000] Kernel panic - not syncing: x\r\n", "panic"),
    ("behind-it-and-with-caller", OWN + b"x[    3.100000][    T1] Kernel panic - not syncing: x\r\n", "panic"),
    ("behind-it-and-without-time", OWN + b"xKernel panic - not syncing: x\r\n", "panic"),
    ("behind-quotes", OWN + b'x="[    3.100000] Kernel panic - not syncing: x\r\n', "panic"),
    ("behind-the-same-words", OWN + b"x WARNING: [    3.100000] WARNING: CPU: 0 PID: 1 at f+0x1/0x2\r\n", "warning"),
    ("warning-in-a-call", CALL + b"[    3.100000] WARNING: CPU: 0 PID: 1 at f+0x1/0x2\r\n4=0x1\r\n", "warning"),
    ("io-error-in-a-call", CALL + b"[    3.100000] I/O error, dev vda, sector 0 op 0x0:(READ)\r\n4=0x1\r\n", "io-error"),
    ("in-a-notice", OWN + b"notice: BUG: x\r\n", "bug"),
)


def trouble():
    for name, text_, finding in (
            ("oops", b"[    3.000000] Oops: Kernel access of bad area, sig: 11 [#1]\r\n", "oops"),
            ("bug", KERNEL_BUG, "bug"), ("warning", b"[    3.0] ------------[ cut here ]------------\r\n[    3.000000] "
             b"WARNING: CPU: 0 PID: 1 at kernel/dma/swiotlb.c:500 f+0x1/0x2\r\n", "warning"),
            ("stall", b"[   30.000000] rcu: INFO: rcu_sched self-detected stall on CPU\r\n", "stall"),
            ("soft-lockup", b"[   30.000000] watchdog: BUG: soft lockup - CPU#0 stuck for 22s!\r\n", "bug"),
            ("expedited-stall", b"[   30.000000] rcu: INFO: rcu_sched detected expedited stalls on CPUs/tasks: { 1-... }\r\n", "stall"),
            ("stalls", b"[   30.000000] rcu: INFO: rcu_sched detected stalls on CPUs/tasks:\r\n", "stall"),
            ("lockdep", b"[   30.000000] WARNING: possible circular locking dependency detected\r\n", "lockdep"),
            ("lock-state", b"[   30.000000] WARNING: inconsistent lock state\r\n", "lock-state"),
            ("rcu-usage", b"[   30.000000] WARNING: suspicious RCU usage\r\n", "rcu-usage"),
            ("machine-down", OWN + b'real=machine-down why="a share outside of memory"\r\n', "machine-down"),
            ("glib", b"**\r\nERROR:../accel/tcg/cpu-exec.c:1:f: assertion failed: (x)\r\n"
             b"Bail out! ERROR:../accel/tcg/cpu-exec.c:1:f: assertion failed: (x)\r\n", "assertion"),
            ("glib-error", b"ERROR:../accel/tcg/cpu-exec.c:1:f: assertion failed: (x)\r\n", "assertion"),
            ("hung-task", b"[  250.000000] INFO: task init:1 blocked for more than 120 seconds.\r\n", "hung-task"),
            ("refused-device", b"[    1.000000] virtio_blk virtio0: virtio,access-platform is set but there is no "
             b"restricted DMA pool, refusing device\r\n", "no-pool"),
            ("io-error", b"[    1.000000] I/O error, dev vda, sector 0 op 0x0:(READ)\r\n", "io-error"),
            ("lava", b"<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=disk RESULT=fail>\r\n", "lava-fail"),
            ("torn-panic", b"hello wor[    3.000000] Kernel panic - not syncing: x\r\nld\r\n", "panic"),
            ("panic-in-colours", b"\x1b[31mKernel panic\x1b[0m - not syncing: x\r\n", "panic"),
            ("panic-with-nul", b"Kernel pa\0nic - not syncing: x\r\n", "panic"),
            ("qemu-died", b"qemu-system-ppc64: ../hw/ppc/spapr_nested.c:1: f: Assertion `x' failed.\r\n", "qemu")):
        yield Case("trouble-" + name, inside(SECURE, text_), "fail", finding)
    for name, hidden, finding in HIDDEN:
        log = inside(SECURE, hidden)
        yield Case(f"hidden-{name}", log, "fail", finding)
        yield Case(f"hidden-{name}-with-nonce", log, "fail", finding, options={"nonce": NONCE})
    yield Case("hidden-behind-an-escape", inside(printk_times_off(SECURE), b"\x1bKernel panic - not syncing: x\r\n"), "fail", "panic")
    yield Case("hidden-in-an-escape", inside(printk_times_off(SECURE), b"\x1b[1;Kernel panic - not syncing: x\r\n"), "fail", "panic")
    yield Case("hidden-in-quotes-before-the-kernel", SECURE.replace(b"node of the host", b"Kernel panic - not syncing"), "pass")
    yield Case("trouble-os-terminated-with-nonce", SECURE + b"qemu-system-ppc64: OS terminated: \r\n", "fail", "os-terminated",
               options={"nonce": NONCE})
    yield Case("no-trouble-debug", inside(SECURE, b"DEBUG: starting the test\r\n"), "pass")
    yield Case("no-trouble-qemu-warns", b"qemu-system-ppc64: -chardev socket,id=c,path=/tmp/x,server,nowait: warning: short-form boolean option "
               b"'server' deprecated\r\nPlease use server=on instead\r\n" + SECURE, "pass")
    yield Case("esm-warn", SECURE.replace(VERIFY, line(0.203, "ultravisor", 'esm=warn why="another kernel"') + VERIFY), "pass", "esm-warn")
    yield Case("trouble-panic-recorded", BANNER + STEPS + PANIC, "fail", "panic")
    yield Case("trouble-no-root-recorded", NORMAL_STEPS + text("noroot-6.1.log"), "fail", "panic", profile="normal")
    yield Case("trouble-success-inside-a-panic", BANNER + STEPS + PANIC + VERDICT, "fail", "panic")
    yield Case("trouble-esm-ignored", SECURE.replace(VERIFY, b"CONTINUING INSPITE OF ESM CHECK FAILURE.\r\n" + VERIFY),
               "fail", "esm-ignored")
    yield Case("skip-no-kvm", b"qemu-system-ppc64: -accel kvm: Could not access KVM kernel module: No such file\r\n",
               "skip", "no-hv-kvm", profile="normal")


def forged():
    fake = VERDICT.replace(b"9.801544", b"2.300000")
    stay = BANNER + NORMAL
    yield Case("forged-verdict-then-the-real-one", inside(SECURE, fake), "fail", "after-verdict")
    yield Case("forged-verdict-over-a-leak", inside(SECURE.replace(b"leaked=0", b"leaked=9"), fake), "fail", "twice")
    yield Case("forged-verdict-then-output", inside(without(SECURE, VERDICT), fake), "fail", "after-verdict")
    yield Case("forged-verdict-without-nonce", without(SECURE, VERDICT) + VERDICT.replace(NONCE.encode(), b"0" * 32),
               "fail", "nonce", options={"nonce": NONCE})
    yield Case("forged-without-verdict-under-nonce", STEPS + LINUX, "fail", "nonce", options={"nonce": NONCE})
    yield Case("forged-verdict-of-pefboot", SECURE.replace(b"ultravisor: verdict", b"pefboot: verdict"), "fail", "late")
    yield Case("forged-steps-by-user-space", inside(stay, STEPS), "fail", "condition")
    yield Case("forged-whole-log-by-user-space", inside(stay, SECURE) + NORMAL_VERDICT, "fail", "condition")
    yield Case("forged-whole-log-by-user-space-judged-as-last", inside(stay, SECURE) + NORMAL_VERDICT, "fail", "after-verdict",
               options={"boot": "last", "boots": 1})
    yield Case("forged-step-in-a-node-name", SECURE.replace(VERIFY, b"").replace(
        b"node of the host", rb"node of the host " + VERIFY.strip()), "fail", "order")
    yield Case("forged-hint-of-success", inside(stay, b"PASS secure: 11 of 11 milestones\r\n"), "fail", "condition")
    yield Case("replayed-old-success", SECURE + BANNER + BEFORE, "fail", "boots")
    yield Case("replayed-old-success-before-a-failure", SECURE + REFUSED, "fail", "E405")
    yield Case("replayed-success-twice", SECURE * 2, "fail", "boots")
    yield Case("two-logs-mixed", b"".join(a + b for a, b in zip(SECURE.splitlines(True), NORMAL.splitlines(True))), "fail")
    yield Case("failing-boot-then-good-one", BANNER + BEFORE + SECURE, "fail", "boots")


def recorded():
    """Whole consoles, as they were; and what may be made of them."""
    secure, normal = text("recorded-secure.log"), text("recorded-normal-pool.log")
    yield Case("recorded-secure", secure, "pass", options={"nonce": "abc123"})
    yield Case("recorded-secure-another-nonce", secure, "fail", "nonce", options={"nonce": "abc124"})
    yield Case("recorded-secure-hardware-required", secure, "fail", "simulated", options={"hardware": True})
    yield Case("recorded-secure-is-not-normal", secure, "fail", "condition", profile="normal")
    yield Case("recorded-normal-pool", normal, "pass", profile="normal")
    yield Case("recorded-measured", text("recorded-measured.log"), "pass", profile="normal")
    yield Case("recorded-normal-is-not-secure", normal, "fail", "condition")
    yield Case("recorded-refused-kernel", text("recorded-refused-kernel.log"), "pass", profile="refused-kernel")
    yield Case("recorded-refused-is-no-boot", text("recorded-refused-kernel.log"), "fail", "E404")
    yield Case("recorded-refused-no-ultravisor", text("recorded-refused-no-ultravisor.log"), "pass",
               profile="refused-no-ultravisor")
    yield Case("recorded-secure-bundle", text("recorded-secure-bundle.log"), "pass", profile="secure-measured")
    yield Case("recorded-secure-smp4", text("recorded-secure-smp4.log"), "pass", options={"nonce": "abc123"})
    yield Case("recorded-unmarked-kernel", text("recorded-unmarked-kernel.log"), "pass", "unmarked-kernel")
    yield Case("recorded-kexec", text("recorded-kexec.log"), "pass", profile="kexec")
    yield Case("recorded-kexec-is-no-plain-boot", text("recorded-kexec.log"), "fail", "boots")
    yield Case("recorded-kexec-is-not-normal", text("recorded-kexec.log"), "fail", "condition", profile="kexec-normal")
    yield Case("recorded-leaked", text("recorded-leaked.log"), "fail", "leaked")
    yield Case("recorded-refused-esm", text("recorded-refused-esm.log"), "pass", profile="refused-by-ultravisor",
               options={"nonce": "abc123"})
    yield Case("recorded-refused-esm-is-no-boot", text("recorded-refused-esm.log"), "fail", "E405")
    yield Case("recorded-refused-small-pool", text("recorded-refused-small-pool.log"), "pass", profile="refused-small-pool")
    yield Case("recorded-secure-then-normal", secure + normal, "fail", "boots")
    yield Case("recorded-verdict-of-another-run", normal + secure[secure.rindex(b"[", 0, secure.index(b"verdict emul")):],
               "fail", "condition")
    yield Case("recorded-secure-with-a-panic", secure.replace(b"hello from user space", b"Kernel panic - not syncing: x"),
               "fail", "panic")


# What those who record a console add when the machine is gone: data/README.md says where each is from
COLLECTORS = {
    "script": b'Script done on 2026-11-29 06:28:11+00:00 [COMMAND_EXIT_CODE="0"]\n',
    "conserver": b"[-- Console down -- Sun Nov 29 06:28:11 2026]\r\n[-- Console up -- Sun Nov 29 06:28:11 2026]\r\n",
    "github": b"2026-11-29T06:28:11.1234567Z ##[group]Post job cleanup.\n2026-11-29T06:28:11.2234567Z Cleaning up orphan processes\n",
    "azure": b"Start cleaning up orphan processes.\nTerminate orphan process: pid (4823) (python)\n##[section]Finishing: Finalize Job\n",
    "gitlab": b"section_end:1764397691:step_script\r\x1b[0Ksection_start:1764397691:cleanup_file_variables\r\x1b[0K\x1b[0K\x1b[36;1m"
              b"Cleaning up project directory and file based variables\x1b[0;m\n\x1b[32;1mJob succeeded\x1b[0;m\n",
    "jenkins": b"[Pipeline] }\n[Pipeline] // stage\n[Pipeline] End of Pipeline\nFinished: SUCCESS\n",
    "picocom": b"\r\nTerminating...\r\nThanks for using picocom\r\n",
    "lava": b"poweroff\n",
    "prompt": b"user@lab:~/jobs$ exit\r\nexit\r\n",
    "root-prompt": b"/ # ",
    "qemu": b"qemu-system-ppc64: terminating on signal 15 from pid 4711 (/usr/bin/python3)\n",
}


def after_the_verdict():
    """The machine is gone, and the log goes on."""
    for name, words in COLLECTORS.items():
        yield Case("ends-" + name, SECURE + words, "pass")
    everything = b"\n".join(COLLECTORS.values()) + b"\n"
    yield Case("ends-by-many", SECURE + everything * 2, "pass")
    for name, words in (("of-a-lab", b"=== power switch 7 off ===\n"), ("panic", PANIC[:PANIC.index(b"qemu-system-")]), ("kernel", LINUX),
                        ("lava-debug", b"Kernel panic - not syncing\n"), ("like-script", b"Script done on the moon\n"),
                        ("like-prompt", b"/ # cat /etc/passwd\n"), ("like-gitlab", b"Job succeeded, and more\n")):
        log = SECURE + everything + words + everything
        yield Case(f"after-{name}", log, "fail", "after-verdict")
        yield Case(f"after-{name}-with-nonce", log, "pass", options={"nonce": NONCE})
        yield Case(f"after-{name}-with-another-nonce", log, "fail", "after-verdict", options={"nonce": "0" * 32})
    yield Case("after-a-line-of-ours-with-nonce", SECURE + HANDOFF.replace(b"0.212", b"9.912"), "fail", "after-verdict", options={"nonce": NONCE})
    yield Case("after-a-boot-with-nonce", SECURE + everything + BANNER + BEFORE, "fail", "boots", options={"nonce": NONCE})
    yield Case("forged-verdict-then-a-kernel", inside(without(SECURE, VERDICT), VERDICT.replace(b"9.801544", b"2.300000") + LINUX[:200] + b"\r\n"),
               "fail", "after-verdict")


def several():
    """Each boot is held against the profile."""
    two = {"boots": 2}
    yield Case("boots-two", SECURE * 2, "pass", options=two)
    yield Case("boots-two-with-nonce", SECURE * 2, "pass", options={**two, "nonce": NONCE})
    yield Case("boots-three-normal", NORMAL * 3, "pass", profile="normal", options={"boots": 3})
    yield Case("boots-of-sets", KEXECED * 2, "pass", profile="kexec", options={"boots": 4})
    yield Case("boots-second-ends-early", SECURE + BANNER + BEFORE, "fail", "unfinished", options=two)
    yield Case("boots-first-ends-early", BANNER + BEFORE + SECURE, "fail", options=two)
    yield Case("boots-second-without-kernel", NORMAL + ENTRY + DISCOVER, "fail", "unfinished", profile="normal", options=two)
    yield Case("boots-second-is-normal", SECURE + BANNER + NORMAL + NORMAL_VERDICT, "fail", "condition", options=two)
    yield Case("boots-one-is-missing", SECURE, "fail", "unfinished", options=two)
    yield Case("boots-one-too-many", SECURE * 3, "fail", "boots", options=two)
    yield Case("boots-second-without-nonce", SECURE + SECURE.replace(NONCE.encode(), b"0" * 32), "fail", "nonce", options={**two, "nonce": NONCE})


def shapes():
    """Each says what it is: SAYS, by name of the case."""
    yield Case("shape-empty", b"", "fail", "unfinished")
    yield Case("shape-zeros", bytes(512), "fail", "unfinished")
    yield Case("shape-no-line-end", SECURE[:-2], "fail", "unfinished")
    both = zip(SECURE.splitlines(True), SECURE.replace(b"0x3fe00000", b"0x3fe10000").splitlines(True))
    yield Case("shape-two-machines", b"".join(a + b for a, b in both), "fail", "interleaved")
    first, second = (part.splitlines(True) for part in (SECURE, REFUSED))
    shifted = b"".join(second[:3]) + b"".join(a + b for a, b in zip(first, second[3:])) + b"".join(first[len(second) - 3:])
    yield Case("shape-two-machines-shifted", shifted, "fail", "interleaved")
    for name in ("trouble-panic-recorded", "replayed-success-twice", "failing-boot-then-good-one", "kexec-from-secure"):
        yield Case(f"shape-one-machine-{name}", next(c.log for c in (*trouble(), *forged(), *wrong()) if c.name == name), "fail")
    fell_back = b"qemu-system-ppc64: falling back to tcg\n"
    for name, said in (("module", b"qemu-system-ppc64: -accel kvm: Could not access KVM kernel module: No such file or directory\n"
                        b"qemu-system-ppc64: -accel kvm: failed to initialize kvm: No such file or directory\n"),
                       ("unknown", b"qemu-system-ppc64: -accel kvm: invalid accelerator kvm\n")):
        yield Case(f"skip-{name}", said, "skip", profile="normal")
        yield Case(f"skip-{name}-fell-back", said + fell_back + NORMAL, "pass", "fell-back", profile="normal")
        yield Case(f"no-skip-{name}-fell-back-and-hangs", said + fell_back, "fail", "unfinished", profile="normal")
        yield Case(f"no-skip-{name}-and-a-stop", said + stop(101, "entry", "no device tree at entry"), "fail", "E101", profile="normal")
        yield Case(f"no-skip-{name}-and-a-panic", said + b"[    3.000000] Kernel panic - not syncing: x\r\n", "fail", "panic", profile="normal")
    for said in (b"qemu-system-ppc64: -accel kvm: invalid accelerator kvm\n", b"qemu-system-ppc64: invalid accelerator kvm\n"):
        yield Case(f"skip-unknown-accelerator-{len(said)}", said, "skip", "kvm-unknown", profile="normal")
        yield Case(f"skip-fell-back-{len(said)}", said + b"qemu-system-ppc64: falling back to tcg\n" + NORMAL, "pass", "kvm-unknown", profile="normal")


SAYS = {
    "shape-empty": "the log is empty (0 bytes): nothing was recorded",
    "shape-zeros": "the log holds no text: 512 bytes of zeros",
    "shape-no-line-end": "its last line has no end, and does not count since it may be cut: [    9.801544] ultravisor: verdict",
    "shape-two-machines": "2 machines wrote to this log at once: their steps take turns (step 2 in lines",
    "shape-two-machines-shifted": "2 machines wrote to this log at once",
}

def engines():
    """As engines left them (data/README.md)."""
    def console(name):
        return read_console(text(f"recorded-{name}.gz"), name).data
    secure = console("lava-secure.yaml")
    yield Case("recorded-lava-secure", secure, "pass")
    yield Case("recorded-lava-secure-nonce", secure, "pass", options={"nonce": "abc123"})
    yield Case("recorded-lava-secure-another-nonce", secure, "fail", "nonce", options={"nonce": "abc124"})
    yield Case("recorded-lava-secure-is-not-normal", secure, "fail", "condition", profile="normal")
    yield Case("recorded-lava-shell", console("lava-shell.yaml"), "fail", "unfinished")
    yield Case("recorded-lava-refused", console("lava-refused.yaml"), "pass", profile="refused", options={"nonce": "abc123"})
    yield Case("recorded-lava-refused-is-no-boot", console("lava-refused.yaml"), "fail", "E211")
    yield Case("recorded-tuxrun", console("tuxrun.yaml"), "pass", profile="normal")
    yield Case("recorded-tuxrun-is-not-secure", console("tuxrun.yaml"), "fail", "condition")
    for name in ("script.log", "asciinema.cast", "journal.json"):
        yield Case(f"recorded-{name}", console(name), "pass")
    yield Case("recorded-labgrid.log", console("labgrid.log"), "fail", "boots")
    yield Case("recorded-labgrid-last", console("labgrid.log"), "pass", options={"boot": "last", "boots": 1})
    yield Case("recorded-conserver.log", console("conserver.log"), "pass", options={"boot": "last", "boots": 1})


CASES = [*engines(), *good(), *recorded(), *missing(), *wrong(), *trouble(), *forged(), *after_the_verdict(), *several(), *shapes()]
