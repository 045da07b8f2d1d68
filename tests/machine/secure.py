# SPDX-License-Identifier: GPL-2.0-or-later
"""Booting guests under the miniature ultravisor: what the tests of the secure boot share."""

import functools
import re
import subprocess

import harness
from qmp import Qmp  # noqa: F401 (for the tests that import this)

INIT = harness.TOP / "tests/guest/init"


@functools.lru_cache(maxsize=None)
def kernel(version="6.12", config=""):
    """vmlinux with the restricted pool series, and linux/config.NAME of each name in config; as slow as a kernel build the first time."""
    options = [word for name in config.split() for word in ("--config", name)]
    done = subprocess.run([harness.TOP / "linux/build", version, *options], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return harness.Path(done.stdout.strip())


def named(name):
    """That of a name as "6.12-4k", of version 6.12 with linux/config.4k."""
    return kernel(*name.split("-"))


def version_of(name):
    """What the release of such a kernel begins with."""
    return name.partition("-")[0] + "."


def packages(*config, version="6.12"):
    """The packages of linux/build --deb where they were built, which takes longer than many tests; otherwise none. vmlinux is beside them."""
    words = [word for name in config for word in ("--config", name)]
    done = subprocess.run([harness.TOP / "linux/build", version, "--deb", "--path", *words], stdout=subprocess.PIPE, text=True, check=True)
    return [harness.Path(line) for line in done.stdout.split() if line.endswith(".deb")]


@functools.lru_cache(maxsize=None)
def initramfs(modules="none", init=None, *files):
    """The test initramfs, with another /init and more files ("path=file") if wanted."""
    names = [modules] + ([str(init)] if init else []) + [word.partition("=")[0] for word in files]
    path = harness.BUILD / ("initramfs-" + re.sub(r"\W+", "_", "-".join(names)) + ".cpio.gz")
    added = ([f"init={INIT / init}"] if init else []) + list(files)
    return harness.make_once(path, lambda path: subprocess.run(
        [harness.TOP / "tools/initramfs", "--kernel", modules, "--output", path,
         *[word for item in added for word in ("--add", item)]], check=True))


@functools.lru_cache(maxsize=None)
def program(source, machine="ppc64le"):
    """A program for the guest, of one C file of ours that does without a C library; machine as uname has it."""
    path = harness.MADE / f"{harness.Path(source).stem}-{machine}"
    cross = machine.replace("ppc", "powerpc") + "-linux-gnu-"
    subprocess.run([cross + "gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-iquote", harness.TOP, "-mabi=elfv2",
                    "-mcpu=power8", "-ffreestanding", "-fno-stack-protector", "-fno-pie", "-no-pie", "-nostdlib", "-static",
                    "-o", path, harness.TOP / source], check=True)
    return path


def arguments(append="", *args, vmlinux=None, initrd=None, firmware="ultravisor"):
    """Arguments of tools/qemu for one boot of the patched kernel."""
    return ["--firmware", firmware, "--kernel", vmlinux or kernel(), "--initrd", initrd or initramfs(),
            "--no-reboot", "--append", f"console=hvc0 panic=-1 {append}".strip(), *args]


def verdicts(console):
    """The pairs of each of the ultravisor's verdicts, in turn: one for each start of the machine."""
    return [dict(pair.split("=", 1) for pair in line.split()) for line in re.findall(r"ultravisor: verdict (.*)", console)]


def verdict(console):
    """The pairs of the only one."""
    found = verdicts(console)
    assert len(found) == 1, f"{len(found)} verdicts"
    return found[0]


def outcomes(console):
    """The world of each verdict, and how much leaked."""
    return [(found["world"], found["leaked"]) for found in verdicts(console)]
