# SPDX-License-Identifier: GPL-2.0-or-later
"""Bad input on the command line: each ends with its number and a hint, power off, and nothing hangs."""

import random
import re
import struct
import subprocess
import sys
from pathlib import Path

import harness
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import qmp  # noqa: E402 (neighbours)
from elf import elf  # noqa: E402

LINUX_BASE = 0xc000000000000000
ZIMAGE_BASE = 0x4000000


def linux_head(size=0x10000):
    """What pefboot takes for a Linux kernel, and what runs into an exception when entered."""
    image = bytearray(size)
    struct.pack_into(">I", image, 0, 0x08000048)
    image[0x5c:0x60] = b"run0"
    return bytes(image)


def stops(boot, number):
    """The log is that of an orderly stop with this number."""
    boot.judged("refused", "--expect", f"E{number}")
    assert boot.lines[-1].endswith(f"pefboot: EXIT {number}")
    assert boot.line(r"pefboot: hint: \w+")
    return boot


@pytest.fixture
def run(qemu):
    """run(NUMBER, ARGS...): boot, and see it stop with that number."""
    return lambda number, *args, **how: stops(qemu(*args, timeout=60, **how), number)


@pytest.fixture
def kernel(tmp_path):
    """kernel(BYTES...): an ELF file for --kernel."""
    def write(*args, **how):
        (tmp_path / "kernel").write_bytes(elf(*args, **how))
        return tmp_path / "kernel"
    return write


def test_no_kernel(run):
    run(301)


def test_kernel_of_zeros(run, kernel):
    run(302, "--kernel", kernel(bytes(0x10000), LINUX_BASE))


@pytest.mark.parametrize("order", ["<", ">"])
def test_random_elf(run, kernel, order):
    run(302, "--kernel", kernel(random.Random(2).randbytes(0x20000), LINUX_BASE, order=order))


def test_command_line_that_qemu_does_not_take_back(run):
    """QEMU refuses a tree that is twice as large as its own, of which the command line is no part."""
    boot = run(403, "--kernel", harness.small_kernel(), "--append", "x" * 60000)
    boot.line("Linux reads 2047 bytes of the command line, which has 60000")
    boot.line("hint: .*shorter -append")


def test_some_other_elf(run, build):
    """pefboot itself is an ELF file, too, and no kernel."""
    run(302, "--kernel", build / "pefboot.elf")


def test_tiny_elf(run, kernel):
    run(302, "--kernel", kernel(b"\x48\0\0\0", LINUX_BASE))


@pytest.fixture(scope="module")
def zimage(tmp_path_factory):
    """The head of a real zImage: crt0.S of Linux, linked where the wrapper script links it for pseries."""
    folder = tmp_path_factory.mktemp("zimage")
    boot = harness.deps("linux-6.12") / "arch/powerpc/boot"
    subprocess.run(["powerpc64-linux-gnu-gcc", "-mbig-endian", "-m64", "-D__BOOT64__", "-I", boot, "-c", boot / "crt0.S",
                    "-o", folder / "crt0.o"], check=True)
    symbols = ("_end", "_etext", "__bss_start", "__dynamic_start", "__rela_dyn_start", "start", "platform_init")
    subprocess.run(["powerpc64-linux-gnu-ld", "-EB", "-N", "--no-warn-rwx-segments", f"-Ttext={ZIMAGE_BASE:#x}", "-e", "_zimage_start",
                    "--defsym=_start=0x4000000", *(f"--defsym={name}=0x4010000" for name in symbols),
                    folder / "crt0.o", "-o", folder / "zImage"], check=True)
    return folder / "zImage"


def test_zimage(run, zimage):
    assert "vmlinux" in run(303, "--kernel", zimage).line("hint: (.*)")[1]


def test_kernel_larger_than_memory(run, kernel):
    """Its bss does not fit: what QEMU loads is small."""
    run(103, "--mem", "512M", "--kernel", kernel(linux_head(), LINUX_BASE, memory=600 << 20))


def test_no_room_left_by_the_kernel(run, kernel):
    run(103, "--mem", "256M", "--kernel", kernel(linux_head(), LINUX_BASE, memory=250 << 20))


@pytest.mark.parametrize("word", ["pefboot.secure=maybe", "pefboot.colour=red", "pefboot.log=info,debug",
                                  "pefboot.cas=fast", "pefboot.pool=64MB"])
def test_bad_word(run, kernel, word):
    boot = run(211, "--kernel", kernel(linux_head(), LINUX_BASE), "--append", f"quiet {word} ro")
    assert boot.line("E211 .*: (.*)")[1] == f'"{word}"'


def test_word_that_would_forge_a_line(run, kernel):
    """Text from outside is quoted and escaped, whatever is in it."""
    boot = run(211, "--kernel", kernel(linux_head(), LINUX_BASE), "--append", "pefboot.x\r\t\x1b[2Jverdict")
    assert "\x1b" not in boot.console and r'"pefboot.x\x0d\x09\x1b[2Jverdict"' in boot.console


def test_no_ultravisor(run, kernel):
    run(401, "--kernel", kernel(linux_head(), LINUX_BASE), "--append", "pefboot.secure=required")


@pytest.mark.parametrize("release", ["7.2", "10.0"])
@pytest.mark.parametrize("cpu,machine", [("POWER9", "max-cpu-compat=power7"), ("POWER8", "max-cpu-compat=power7")])
def test_cas_refused(run, kernel, release, cpu, machine):
    run(208, "--qemu", release, "--cpu", cpu, "--machine", machine, "--kernel", kernel(linux_head(), LINUX_BASE),
        complaint="Couldn't negotiate a suitable PVR during CAS")


def test_cas_offers_no_hash(run, kernel):
    """XICS is wanted, and the machine has XIVE only."""
    run(208, "--machine", "ic-mode=xive", "--kernel", kernel(linux_head(), LINUX_BASE), "--append", "pefboot.cas=xics")


@pytest.fixture
def broken(build, tmp_path):
    """broken(FUNCTION): pefboot with an illegal instruction where that function starts."""
    def patch(function):
        symbols = subprocess.run(["powerpc64-linux-gnu-nm", build / "pefboot.linked"], stdout=subprocess.PIPE, text=True,
                                 check=True).stdout
        at = int(re.search(rf"^([0-9a-f]+) [Tt] {function}$", symbols, re.M)[1], 16)
        image = bytearray((build / "pefboot.bin").read_bytes())
        image[at:at + 16] = bytes(16)	# both entry points of the function
        (tmp_path / "broken.bin").write_bytes(image)
        return tmp_path / "broken.bin"
    return patch


@pytest.mark.parametrize("function", ["home_find", "discover", "boot_secure"])
def test_exception(run, broken, kernel, function):
    """Before the image has moved, after, and at the very end: the same readable report."""
    boot = run(102, "--firmware", broken(function), "--kernel", kernel(linux_head(), LINUX_BASE))
    assert boot.line(r"exception vector=0x700 srr0=0x[0-9a-f]+ srr1=0x[0-9a-f]+ dar=")
    assert len(re.findall(r"\br\d+=0x", boot.console)) == 32


def test_hold_and_reset(qemu, kernel, tmp_path):
    """pefboot.fail=hold stays; an NMI then is reported, and it still stays."""
    child = qemu.spawn("--qmp", tmp_path / "qmp", "--kernel", kernel(bytes(4096), LINUX_BASE),
                       "--append", "pefboot.fail=hold", timeout=60)
    child.expect_exact("pefboot: EXIT 302")
    monitor = qmp.Qmp(tmp_path / "qmp")
    monitor("inject-nmi")
    child.expect(r"E102 unexpected exception: system reset \(0x100\)")
    child.expect_exact("pefboot: EXIT 102")
    assert monitor("query-status")["status"] == "running"
    monitor("quit")
    child.expect(harness.pexpect.EOF)
