# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/booting.md: its lines, as they stand."""

import os
import re
import subprocess

import harness
import pytest

PAGE = (harness.TOP / "docs/booting.md").read_text()
HEADING = re.compile(r"^(?:##+) (.+)\n", re.M)


def sections():
    """{title: [commands]}: lines indented by four; a backslash at the end, or <<END, makes one of several."""
    command = re.compile(r"^.*<<'?END'?\n(?:.*\n)*?END$|^(?:.*\\\n)*.*$", re.M)
    words = HEADING.split(PAGE)
    blocks = {title.replace("`", ""): "\n".join(re.findall(r"^ {4}(.*)$", text, re.M))
              for title, text in zip(["First", *words[1::2]], words[0::2])}
    return {title: [line for line in command.findall(text) if line] for title, text in blocks.items()}


SECTIONS = sections()
BUNDLE = SECTIONS.pop("First")
BOOTS = [title for title, commands in SECTIONS.items() if any(line.startswith("qemu-system-ppc64") for line in commands)]
IN_CHECK = ["GPT"]
DOORS = ("slof", "vof", "grub", "kexec", "virtio")


def named(title):
    """A parameter whose name has what make check K=WORD looks for."""
    text = " ".join([title, *SECTIONS[title]]).lower()
    if any(line.startswith("qemu-system") and "-bios" not in line and "x-vof" not in line for line in SECTIONS[title]):
        text += " slof"
    words = [word for word in DOORS if word in text and word not in title.lower()]
    return pytest.param(title, marks=[] if title in IN_CHECK else pytest.mark.all, id=" ".join([title, *words]))


@pytest.fixture
def folder(tmp_path):
    """Where the lines find what they name."""
    (tmp_path / "vmlinux").symlink_to(harness.kernel("6.12"))
    (tmp_path / "initrd.gz").symlink_to(harness.initramfs("6.12"))
    for name in ("pefboot.bin", "pefboot.elf", "pefboot-loader.elf", "ultravisor.bin"):
        (tmp_path / name).symlink_to(harness.BUILD / name)
    (tmp_path / "powerpc-ieee1275").symlink_to(harness.deps("grub-modules") / "usr/lib/grub/powerpc-ieee1275")
    return tmp_path


@pytest.mark.parametrize("title", map(named, BOOTS))
def test_booting(request, folder, title):
    """The commands of a section, each QEMU until Linux gives the console to the user."""
    path = f"{harness.BUILD}:{harness.deps('grub-mkimage')}:{os.environ['PATH']}"
    env = {**os.environ, "PATH": path}
    for number, command in enumerate(BUNDLE + SECTIONS[title]):
        if not command.startswith("qemu-system-ppc64"):
            subprocess.run(["sh", "-ec", command], cwd=folder, env=env, check=True, timeout=60)
            continue
        with open(harness.log_path(request.node.nodeid, number), "w", encoding="utf-8") as log:
            qemu = harness.Console(["sh", "-ec", "exec " + command], log, harness.limits(harness.BOOT_TIMEOUT),
                                   cwd=str(folder), env=env)
            try:
                qemu.expect(r"pefboot: 7/7 handoff")
                qemu.expect("The console is yours")
            finally:
                qemu.close(force=True)


def test_every_section_is_in_the_table():
    """The doors of the table, and no link of it that leads nowhere."""
    anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in HEADING.findall(PAGE)}
    linked = re.findall(r"^\| \[[^\]]*\]\(#([^)]*)\)", PAGE, re.M)
    assert linked and set(linked) <= anchors
