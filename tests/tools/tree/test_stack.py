# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/stack: every stack has room for its deepest path, and a list or an image that says too little is refused."""

import copy
import re
import subprocess
import tomllib

import harness
import pytest

stack = harness.tool("stack")
FROM = {"pefboot.linked": "boot_start", "ultravisor.elf": "uv_start"}


@pytest.fixture(scope="module", name="listed")
def fixture_listed():
    return tomllib.loads(stack.LIST.read_text())


@pytest.fixture(scope="module", name="images")
def fixture_images():
    return {name: stack.Image(harness.BUILD / name) for name in FROM}


def faults(listed, images, *, without=(), **changed):
    """What is wrong once an entry of the list is another, or no more there."""
    other = copy.deepcopy(listed)
    for table, name in without:
        del other[table][name]
    for table, entries in changed.items():
        other[table].update(entries)
    return stack.judge_all(other, images)[1]


def test_stack_is_deep_enough(listed, images):
    rows, wrong = stack.judge_all(listed, images)
    assert wrong == [] and {row[0] for row in rows} == set(FROM) and len(rows) >= 5
    for image, _, size, room, steps in rows:
        assert 1000 < size <= room < 0x8000 and sum(use for _, use in steps) == size, image


def test_stack_frames_are_the_compilers(images, tmp_path):
    """Frames by the instructions are those that gcc says; it says 32 of functions that do without."""
    target = str(harness.BUILD / "uv/lib/format.c.o").removeprefix(f"{harness.TOP}/")       # as make spells it
    command = subprocess.run(["make", "-C", harness.TOP, "-n", "-W", "lib/format.c", "V=1", f"O={harness.BUILD}", target],
                             check=True, stdout=subprocess.PIPE, text=True).stdout
    compiler = next(line for line in command.splitlines() if " -c lib/format.c " in line)
    subprocess.run(re.sub(r" -o \S+", f" -o {tmp_path}/format.o -fstack-usage", compiler), check=True, shell=True, cwd=harness.TOP)
    said = re.findall(r"^\S+:(\w+)\t(\d+)\tstatic$", (tmp_path / "format.su").read_text(), re.M)
    found = {name: images["ultravisor.elf"].named(f"format.c:{name}") for name, _ in said}
    frames = {name: functions[0].frame for name, functions in found.items() if functions}
    assert len([name for name, frame in frames.items() if frame]) > 4
    assert {name: (frames[name], size) for name, size in said if frames.get(name, 0) not in (int(size), 0 if size == "32" else -1)
            and name in frames} == {}


def test_stack_too_small(listed, images):
    other = copy.deepcopy(listed)
    other["stack"][0]["room"] = "0x1000"
    assert re.fullmatch(r"pefboot.linked: main: \d+ bytes do not fit into 3584", stack.judge_all(other, images)[1][0])


@pytest.mark.parametrize("where, says", [
    (("pointer", "console.c:console_write"), "a call through a pointer that the list does not have"),
    (("pointer", "kexec_cpus.c:visit_threads"), "count_thread: its address is taken"),
    (("recursion", "take_node"), "call each other, and the list says nothing of how deep")], ids=["pointer", "taken", "recursion"])
def test_stack_list_lacks(listed, images, where, says):
    assert any(says in fault for fault in faults(listed, images, without=[where]))


@pytest.mark.parametrize("entry, says", [
    ({"pointer": {"nowhere.c:nobody": ["console_put"]}}, "nowhere.c:nobody: the list has it, and no image"),
    ({"pointer": {"sha.c:hash": ["add_block_1", "add_block_512"]}}, "add_block_512: the list has it, and no image"),
    ({"recursion": {"verify": {"depth": "2"}}}, "verify: the list has it, and no image"),
    ({"recursion": {"follow_bits": {"depth": "1000"}}}, "other CPUs: ")], ids=["place", "target", "circle", "bound"])
def test_stack_list_is_wrong(listed, images, entry, says):
    assert any(says in fault for fault in faults(listed, images, **entry))
