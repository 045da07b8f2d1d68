# SPDX-License-Identifier: GPL-2.0-or-later
"""pefboot-svm-check: tests of MSR[S] in a kernel, and what the ultravisor makes of them."""

import json
import random
import subprocess

import harness
import pytest

TOOL = harness.BUILD / "pefboot-svm-check"

# What is assembled: a function of each kind, and what is said of its mfmsr: use, is its test recognised, why not
CASES = {
    "andis": ("mfmsr 9; andis. 9,9,64", "lis", True, None),
    "rldicl": ("mfmsr 5; addis 4,2,-8; rldicl 5,5,42,63", "lis", True, None),
    "rlwinm": ("mfmsr 3; rlwinm 3,3,10,31,31", "lis", True, None),
    "dead": ("mfmsr 10; lis 8,1; ld 10,8(3)", "raw", False, None),
    "hv": ("mfmsr 9; rldicl. 9,9,4,63", "raw", False, None),
    "whole": ("mfmsr 9; std 9,8(3)", "trap", False, None),
    "near": ("mfmsr 9; .rept 30; li 3,1; .endr; andis. 9,9,64", "lis", True, None),
    "far": ("mfmsr 9; .rept 33; li 3,1; .endr; andis. 9,9,64", "trap", False, "more instructions or branches"),
    "branch": ("mfmsr 9; beq 1f; andis. 9,9,64; 1:", "trap", False, "still lives at"),
    "ways": ("mfmsr 9; beq 1f; andis. 9,9,64; b 2f; 1: li 9,0; 2:", "lis", True, None),
    "call": ("mfmsr 31; bl call; andis. 31,31,64", "trap", False, "a call"),
    "other": ("mfmsr 9; andis. 10,9,64", "trap", False, "a return"),
    "dies": ("mfmsr 9; andis. 10,9,64; li 9,0", "lis", True, None),
    "copied": ("mfmsr 9; mr 31,9; bl copied; andis. 31,31,64", "trap", False, "a call"),
    "stored": ("mfmsr 9; std 9,8(3); andis. 9,9,64", "trap", False, "besides"),
    "volatile": ("mfmsr 9; bl volatile; andis. 9,9,64", "trap", False, None),
    "gone": ("mfmsr 9; std 9,8(3); li 9,0; andis. 9,9,64", "trap", False, None),
    "unreachable": ("mfmsr 9; blr; andis. 9,9,64", "trap", False, None),
    "page": (".balign 4096; .skip 4092; mfmsr 9; andis. 9,9,64", "trap", True, "two pages of 4 KiB"),
    "back": (".balign 4096; .skip 4088; 1: li 9,0; b 2f; mfmsr 9; beq 1b; andis. 9,9,64; 2:", "trap", True, "two pages of 4 KiB"),
}


def assembled(folder, text, big=False):
    """A linked file with the text."""
    cross, path = f"powerpc64{'' if big else 'le'}-linux-gnu-", folder / "kernel"
    (folder / "kernel.s").write_text(text)
    subprocess.run([cross + "as", "-mpower9", "-o", f"{path}.o", f"{path}.s"], check=True)
    subprocess.run([cross + "ld", "-e", "0", "-Ttext=0xc000000000000000", "-o", path, f"{path}.o"], check=True,
                   stderr=subprocess.DEVNULL)
    return path


def function(name, body):
    return f".type {name},@function; .globl {name}; {name}: " + body + "; blr\n"


def check(path, *args, status=0):
    done = subprocess.run([TOOL, *args, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
                          check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout if status < 2 else done.stderr


@pytest.mark.parametrize("big", [False, True], ids=["little", "big"])
@pytest.mark.parametrize("name", CASES)
def test_pefkernel_svm_check_use(tmp_path, name, big):
    body, use, recognised, why = CASES[name]
    path = assembled(tmp_path, function(name, body), big)
    tested = recognised or why is not None
    found = json.loads(check(path, "--json", status=int(tested and not recognised)))
    assert found["endian"] == ("big" if big else "little")
    one, = found["mfmsr"]
    assert (one["use"], one["recognised"], one["function"]) == (use, recognised, name)
    assert (one["test"] is not None) == tested
    assert (why or "") in (one["why"] or "") and (one["why"] is None) == (why is None)
    assert (found[use], found["tests"], found["recognised"]) == (1, int(tested), int(recognised))


def test_pefkernel_svm_check_text(tmp_path):
    """Tests are listed, with --all everything; a word of the other byte order is found, too."""
    text = "".join(function(name, CASES[name][0]) for name in ("andis", "hv", "branch"))
    path = assembled(tmp_path, text + "turned: .long 0xa600207d\n")
    lines = check(path, status=1).splitlines()
    assert lines[0] == "c000000000000000  lis   andis+0x0  tests MSR[S] at +0x4"
    assert lines[1].endswith("  trap  branch+0x0  tests MSR[S] at +0x8: the value still lives at a call, a return, a nop or an "
                             "instruction that is not known")
    assert lines[2:] == ["4 mfmsr: 1 lis, 1 raw, 2 trap; 2 tests of MSR[S], 1 recognised"]
    lines = check(path, "--all", status=1).splitlines()
    assert len(lines) == 5 and "(other byte order)" in lines[3]


def test_pefkernel_svm_check_finds_what_objdump_finds(tmp_path):
    """The kernel of the other tests: every mfmsr, by the disassembler."""
    vmlinux = subprocess.run([harness.TOP / "linux/build"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    text = subprocess.run(["powerpc64le-linux-gnu-objdump", "-d", "--no-show-raw-insn", vmlinux], stdout=subprocess.PIPE,
                          text=True, check=True).stdout
    wanted = [line.split(":")[0].strip() for line in text.splitlines() if "\tmfmsr " in line]
    found = json.loads(check(vmlinux, "--json"))["mfmsr"]
    assert len(wanted) > 40
    assert [one["address"][2:] for one in found if not one["other_order"]] == sorted(wanted)


@pytest.mark.parametrize("what,content", [
    ("no 64-bit ELF", b"MZ" + bytes(100)), ("ELF header reaches", b"\x7fELF"), ("cannot read|No such|directory", None),
])
def test_pefkernel_svm_check_refuses(tmp_path, what, content):
    path = tmp_path / "file"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    assert any(word in check(path, status=2) for word in what.split("|"))


def test_pefkernel_svm_check_refuses_an_object(tmp_path):
    path = assembled(tmp_path, function("andis", CASES["andis"][0]))
    assert "not linked" in check(f"{path}.o", status=2)


def test_pefkernel_svm_check_survives_any_file(tmp_path):
    """Bytes of headers changed at random: a status, no crash."""
    good = assembled(tmp_path, function("andis", CASES["andis"][0])).read_bytes()
    path, chance = tmp_path / "broken", random.Random(8)
    headers = [*range(64), *range(len(good) - 64 * 6, len(good))]
    for _ in range(300):
        data = bytearray(good)
        for _ in range(chance.randrange(1, 4)):
            data[chance.choice(headers)] = chance.randrange(256)
        path.write_bytes(data)
        done = subprocess.run([TOOL, "--json", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=10, check=False)
        assert done.returncode in (0, 1, 2)


def test_pefkernel_svm_check_help():
    done = subprocess.run([TOOL, "--help"], stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0 and done.stdout.startswith("usage: pefboot-svm-check")
    assert subprocess.run([TOOL], stderr=subprocess.DEVNULL, check=False).returncode == 2
