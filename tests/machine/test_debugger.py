# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/debug and the commands of tools/gdb, with a real gdb: docs/debugging.md."""

import os
import pathlib
import re
import subprocess

import disks
import doctor
import harness
import pytest


def run(tmp_path, *options, script):
    """What gdb says to a script."""
    file = tmp_path / "script.gdb"
    file.write_text("\n".join(script) + "\n")
    done = subprocess.run([harness.TOP / "tools/debug", "--mem", "1G", *options, "---", "-batch", "-x", file], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False,
                          env={**os.environ, "PEFBOOT_BUILD": str(harness.BUILD)}, timeout=1800)
    return done.stdout


def runs(word):
    """Is there a process with this in its command line?"""
    found = pathlib.Path("/proc").glob("[0-9]*/cmdline")
    listed = subprocess.run(["cat", *found], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    return os.fsencode(word) in listed


def console(said):
    """Of the machine of such a run: build/debug/console.log is of the latest, which may be another test's."""
    return pathlib.Path(re.search(r"^debug: console in (\S+) ", said, re.M)[1]).read_text(errors="replace").replace("\r", "")


def debug(*args, **kwargs):
    """The same, of a script in which nothing goes wrong."""
    said = run(*args, **kwargs)
    assert "Error" not in said and "Python Exception" not in said, said
    return said


def test_debugger_follows_home(tmp_path):
    """A normal boot: steps, wherever pefboot is by then, and the tree at each."""
    said = debug(tmp_path, "--kernel", harness.small_kernel(), "--append", "word", script=[
        "pefboot-step discover", "pefboot-step verify", "pefboot-step handoff", "continue", "continue", "pefboot-where",
        "pefboot-tree", "continue", "pefboot-tree guest->tree", "backtrace 2"])
    home = re.search(r"^pefboot at (0x[0-9a-f]+): home$", said, re.M)[1]
    steps = re.findall(r"^step (\d)/7 (\w+), image at (\w+)$", said, re.M)
    assert steps == [("2", "discover", home), ("5", "verify", home), ("7", "handoff", home)]
    assert re.search(rf"^\* pefboot    {home} \+ 0x[0-9a-f]+$", said, re.M)
    assert said.count("/dts-v1/;") == 2 and said.count('bootargs = "word";') == 2
    assert "boot/secure/handoff.c" in said and "in boot_secure" in said


def test_debugger_follows_sc_2(tmp_path):
    """Into the secure stage, where the ultravisor enters it, and what the ultravisor knows by then."""
    said = debug(tmp_path, "--firmware", "ultravisor", "--kernel", harness.small_kernel(), script=[
        "pefboot-step transition", "pefboot-step verify", "pefboot-step handoff", "continue", "pefboot-pages", "continue",
        "pefboot-where", "continue", "pefboot-pages", "uv-vcpu"])
    stage = re.search(r"^pefboot at (0x[0-9a-f]+): secure stage, entered by sc 2$", said, re.M)[1]
    assert re.findall(r"^step \d/7 (\w+), image at (\w+)$", said, re.M)[1:] == [("verify", stage), ("handoff", stage)]
    assert "world=WORLD_SECURE" in said
    before, after = ({name: int(number) for name, number in re.findall(r"([A-Z]+)=(\d+)", line)}
                     for line in re.findall(r"^NORMAL=.*", said, re.M))
    assert before["NORMAL"] + before["REACHED"] == 16383 and before["SECURE"] == 1 and before["ABSENT"] == 0
    assert after["NORMAL"] + after["REACHED"] == 0 and after["SHARED"] == 1024     # 64 MiB of pool
    assert after["ABSENT"] > after["SECURE"] + after["ZERO"]    # most of memory was never touched
    assert "vcpu 0 server 0: started yes, secure yes" in said


def test_debugger_prints_a_ring(tmp_path):
    """The ring of a disk that has just been asked."""
    disk = tmp_path / "disk.img"
    disk.write_bytes(bytes(1 << 20))
    said = debug(tmp_path, "--disk", disk, script=[
        "pefboot-step load", "continue", "tbreak queue_wait", "continue", "pefboot-ring queue->ring"])
    number, free, flight = re.search(r"^(\d+) descriptors, (\d+) free, (\d+) chains in flight", said, re.M).groups()
    assert int(free) < int(number) and int(flight) >= 1
    assert re.search(r"^chain \d+: device may write \d+ bytes$", said, re.M)


def test_debugger_at_the_door_of_open_firmware(tmp_path):
    """Where QEMU puts -kernel, and home from there."""
    said = debug(tmp_path, "--firmware", "vof", "--kernel", harness.BUILD / "pefboot.elf", script=[
        "pefboot-at 0x400000", "pefboot-step entry", "continue", "pefboot-where"])
    assert "pefboot at 0x400000: by another door" in said
    home = re.search(r"^pefboot at (0x[0-9a-f]+): home$", said, re.M)[1]
    assert f"step 1/7 entry, image at {home}" in said and re.search(rf"^\* pefboot    {home} \+ 0x[0-9a-f]+$", said, re.M)


def test_debugger_at_the_door_of_kexec(qemu, tmp_path):
    """Where kexec has put a bundle, which stays there. QEMU ends with gdb."""
    image = disks.bundle(tmp_path / "bundle.elf", disks.spin_elf(), bytes(1000))[0x10000:]
    shim, *options = doctor.kexec(lambda *args: args[1:], tmp_path, doctor.dump(qemu, tmp_path, "--mem", "1G"), image)
    said = debug(tmp_path, "--firmware", shim, *options, script=[
        f"pefboot-at {doctor.PEFBOOT:#x}", "pefboot-step load", "continue", "pefboot-where"])
    assert re.search(r"^step 3/7 load, image at 0x[0-9a-f]+$", said, re.M)
    assert re.search(r"^\* pefboot    0x[0-9a-f]+ \+ 0x[0-9a-f]+$", said, re.M)
    assert not runs(tmp_path)


def test_debugger_of_linux(tmp_path):
    """The kernel's own symbols, once it runs where it was linked."""
    said = debug(tmp_path, "--kernel", harness.small_kernel(), script=[
        "pefboot-step handoff", "continue", f"pefboot-linux {harness.small_kernel()}", "set endian little", "tbreak start_kernel",
        "continue", "info symbol $pc"])
    assert re.search(r"^start_kernel\b.* in section \.init\.text", said, re.M)


def test_debugger_without_sources(tmp_path):
    """What is installed: commands and symbols find one another, below any prefix."""
    root = tmp_path / "root"
    subprocess.run(["make", "-s", "-C", harness.TOP, f"O={harness.BUILD}", "install-debug", f"DESTDIR={root}", "PREFIX=/usr"], check=True,
                   env={**os.environ, "MAKEFLAGS": ""}, stdout=subprocess.DEVNULL)
    command = ["gdb-multiarch", "-batch", "-nx", "-x", root / "usr/share/pefboot/gdb/pefboot.py", "-ex", "info address boot_start",
               "-ex", "info line boot_start"]
    said = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, cwd=tmp_path,
                          env={key: value for key, value in os.environ.items() if not key.startswith("PEFBOOT_")}).stdout
    assert "pefboot at 0x0: where -bios puts it" in said and 'Symbol "boot_start" is a function at address' in said, said
    assert re.search(r'Line \d+ of "boot/main\.c"', said) and "Error" not in said, said


def test_debugger_sees_the_guard_of_a_stack(tmp_path):
    """What a path that is too deep would do to the marks: the next step says so."""
    said = console(run(tmp_path, "--no-reboot", "--kernel", harness.small_kernel(), script=[
        "pefboot-step discover", "continue",
        "python gdb.selected_inferior().write_memory(PEFBOOT.bases[-1] + PEFBOOT.symbols['__stack_bottom'] + 8, bytes(8))", "continue"]))
    assert re.search(r"E104 internal check failed: boot/main\.c:\d+: stack_is_whole\(__stack_bottom\)", said), said


@pytest.mark.parametrize("cpu, stack", [(0, "__stack_bottom"), (1, "stacks")])
def test_debugger_sees_the_guard_of_the_ultravisors_stack(tmp_path, cpu, stack):
    """Its next exit says so, on any CPU: of the first the linker makes the stack, of the second it has just been marked."""
    offset = "0" if cpu == 0 else "number('sizeof stacks[0]')"
    write = ["with real_memory():",
             f" gdb.selected_inferior().write_memory(ULTRAVISOR.bases[0] + ULTRAVISOR.symbols['{stack}'] + {offset} + 8, bytes(8))"]
    begins = ["tbreak vcpu_run if $r3 == (unsigned long)&vcpus[1]", "continue"] if cpu else []
    said = console(run(tmp_path, "--firmware", "ultravisor", "--smp", "2", "--no-reboot", "--kernel", harness.small_kernel(), script=[
        "pefboot-step verify", "continue", "python ultravisor()", *begins, "python", *write, "end", "continue"]))
    assert re.search(r"ultravisor: FAIL 1/7 entry E104 internal check failed: ultravisor/main\.c:\d+: stack_is_whole\(", said), said
    assert said.rstrip().endswith("ultravisor: EXIT 104"), said


@pytest.mark.parametrize("word, says", [("pefboot-step nonsense", "one of entry discover load transition verify patch handoff"),
                                        ("pefboot-pages", "no ultravisor here"),
                                        ("pefboot-at 0x400100", "a multiple of 64 KiB"),
                                        ("pefboot-tree 0", "no tree there"),
                                        ("pefboot-ring", "an expression of type struct ring")])
def test_debugger_says_what_is_wrong(tmp_path, word, says):
    assert says in run(tmp_path, script=[word])
