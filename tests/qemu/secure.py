# SPDX-License-Identifier: GPL-2.0-or-later
"""Booting guests under the miniature ultravisor: what the tests of the secure boot share."""

import functools
import json
import re
import socket
import subprocess
import time

import harness

INIT = harness.TOP / "tests/qemu/init"


@functools.lru_cache(maxsize=None)
def kernel(version="6.12", config=""):
    """vmlinux with the restricted pool series, and linux/config.CONFIG; as slow as a kernel build the first time."""
    options = ["--config", config] if config else []
    done = subprocess.run([harness.TOP / "linux/build", version, *options], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return harness.Path(done.stdout.strip())


@functools.lru_cache(maxsize=None)
def initramfs(modules="none", init=None, *files):
    """The test initramfs, with another /init and more files ("path=file") if wanted."""
    names = [modules] + ([str(init)] if init else []) + [word.partition("=")[0] for word in files]
    path = harness.BUILD / ("initramfs-" + re.sub(r"\W+", "_", "-".join(names)) + ".cpio.gz")
    added = ([f"init={INIT / init}"] if init else []) + list(files)
    subprocess.run([harness.TOP / "tools/initramfs", "--kernel", modules, "--output", path,
                    *[word for item in added for word in ("--add", item)]], check=True)
    return path


@functools.lru_cache(maxsize=None)
def program(source, machine="ppc64le"):
    """A program for the guest, of one C file of ours that does without a C library; machine as uname has it."""
    path = harness.BUILD / f"{harness.Path(source).stem}-{machine}"
    cross = machine.replace("ppc", "powerpc") + "-linux-gnu-"
    subprocess.run([cross + "gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-iquote", harness.TOP, "-mabi=elfv2",
                    "-mcpu=power8", "-ffreestanding", "-fno-stack-protector", "-fno-pie", "-no-pie", "-nostdlib", "-static",
                    "-o", path, harness.TOP / source], check=True)
    return path


def arguments(append="", *args, vmlinux=None, initrd=None, firmware="ultravisor"):
    """Arguments of tools/qemu for one boot of the patched kernel."""
    return ["--firmware", firmware, "--kernel", vmlinux or kernel(), "--initrd", initrd or initramfs(),
            "--no-reboot", "--append", f"console=hvc0 panic=-1 {append}".strip(), *args]


class Qmp:
    """QEMU's monitor on a UNIX socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        for _ in range(100):
            try:
                self.socket.connect(str(path))
                break
            except OSError:
                time.sleep(0.1)
        self.file = self.socket.makefile("r")
        self.file.readline()
        self("qmp_capabilities")

    def __call__(self, command, **what):
        self.socket.sendall(json.dumps({"execute": command, "arguments": what}).encode() + b"\n")
        while True:
            answer = json.loads(self.file.readline())
            if "event" not in answer:
                assert "return" in answer, answer
                return answer["return"]

    def dump(self, path, start, size):
        """Physical memory into a file, while the machine stands still."""
        self("stop")
        self("pmemsave", val=start, size=size, filename=str(path))
        return path


def verdict(console):
    """The pairs of the ultravisor's verdict."""
    found = re.findall(r"ultravisor: verdict (.*)", console)
    assert len(found) == 1, f"{len(found)} verdicts"
    return dict(pair.split("=", 1) for pair in found[0].split())
