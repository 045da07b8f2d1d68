# SPDX-License-Identifier: GPL-2.0-or-later
"""The plug-in for kernel-install: by itself, and run by systemd's kernel-install."""

import hashlib
import json
import os
import subprocess
import sys

import harness
import pytest

sys.path.insert(0, str(harness.TOP / "tests/machine"))
import disks  # noqa: E402 (needs the path above)

PLUGIN = harness.TOP / "tools/kernel-install/95-pefboot.install"
VERSION = "6.12.0-test"
KERNEL = disks.spin_elf(0x30000)


class System:
    """A ppc64le system below a folder: kernel, /boot and /etc/kernel."""

    def __init__(self, root):
        self.root, self.boot, self.conf = root, root / "a boot", root / "etc"
        for folder in (self.boot, self.conf, root / "bin", root / "staging"):
            folder.mkdir()
        self.machine("ppc64le")
        self.kernel = self.file("vmlinux", KERNEL)
        self.conf.joinpath("cmdline").write_text("root=/dev/vda2\n  quiet\tpefboot.secure=off\n")
        self.bundle = self.boot / f"pefboot-{VERSION}.elf"
        self.env = {**os.environ, "PATH": f"{root / 'bin'}:{harness.BUILD}:{os.environ['PATH']}", "TMPDIR": str(root),
                    "KERNEL_INSTALL_BOOT_ROOT": str(self.boot), "KERNEL_INSTALL_CONF_ROOT": str(self.conf),
                    "KERNEL_INSTALL_STAGING_AREA": str(root / "staging")}

    def machine(self, name):
        self.file("bin/uname", f"#!/bin/sh\necho {name}\n".encode()).chmod(0o755)

    def file(self, name, content):
        (self.root / name).write_bytes(content)
        return self.root / name

    def run(self, command, *args, status=0, program=(PLUGIN,)):
        done = subprocess.run([*program, command, VERSION, *args], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=60, check=False)
        assert done.returncode == status, done.stdout
        left = [path for path in [*self.boot.iterdir(), *self.root.iterdir()] if path.name.startswith("tmp.") or path.suffix == ".new"]
        assert left == []
        return done.stdout

    def add(self, *initrds, **how):
        return self.run("add", self.boot / "token" / VERSION, how.pop("kernel", self.kernel), *initrds, **how)

    def info(self):
        done = subprocess.run([harness.BUILD / "pefboot-bundle", "info", "--json", self.bundle], stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)

    def initrd(self):
        part = self.info()["initrd"]
        return self.bundle.read_bytes()[0x10000 + part["offset"]:][:part["size"]]


@pytest.fixture
def system(tmp_path):
    return System(tmp_path)


def test_kernel_install_add_and_remove(system):
    initrd = system.file("initrd", disks.random_bytes("initrd", 70001))
    assert system.add(initrd) == ""
    info = system.info()
    assert info["cmdline"]["text"] == "root=/dev/vda2 quiet pefboot.secure=off"
    assert info["kernel"]["sha512"] == hashlib.sha512(KERNEL).hexdigest()
    assert system.initrd()[:70001] == initrd.read_bytes() and len(system.initrd()) == 70004
    assert system.bundle.stat().st_mode & 0o777 == 0o600
    (system.boot / "pefboot-other.elf").write_bytes(b"")
    system.run("remove", system.boot / "token" / VERSION)
    assert [path.name for path in system.boot.iterdir()] == ["pefboot-other.elf"]
    system.run("remove", system.boot / "token" / VERSION)


def test_kernel_install_initrds(system):
    """Given ones first, then those of other plug-ins, each at a multiple of four; lying about only if there is no other."""
    (system.boot / f"initrd.img-{VERSION}").write_bytes(b"lies about")
    system.add()
    assert system.initrd() == b"lies about\0\0"
    system.file("staging/initrd", b"staged")
    system.add()
    assert system.initrd() == b"staged\0\0"
    system.file("staging/microcode", b"code")
    system.add(system.file("i 1", b"1"), system.file("i2", b"22222"))
    assert system.initrd() == b"1\0\0\0" + b"22222\0\0\0" + b"code" + b"staged\0\0"
    assert "no initrd" in system.add(system.root / "none", status=1)


def test_kernel_install_no_initrd(system):
    assert "notice: there is no initrd" in system.add()
    assert system.info()["initrd"] is None


def test_kernel_install_running_cmdline(system):
    """Without a file, that of the running system, less what its boot loader has put there."""
    (system.conf / "cmdline").unlink()
    system.add()
    running = [word for word in open("/proc/cmdline", encoding="utf-8").read().split() if not word.startswith(("BOOT_IMAGE=", "initrd="))]
    assert system.info()["cmdline"]["text"].split() == running


@pytest.mark.parametrize("content,message", [(b"", "E344"), (b"\x1f\x8b\x08", "E344"), (disks.elf([], machine=62), "E344"), (disks.elf(
    [(0x1000, 0x4000000, bytes(4) + (0x4000000).to_bytes(4, "big") + bytes(100), None)], entry=0x4000000), "E303")],
    ids=["empty", "compressed", "x86", "zimage"])
def test_kernel_install_bad_kernel(system, content, message):
    """An error, and the bundle of before stays."""
    system.add()
    before = system.bundle.read_bytes()
    assert message in system.add(kernel=system.file("bad", content), status=1)
    assert system.bundle.read_bytes() == before


def test_kernel_install_errors(system):
    assert "no kernel" in system.add(kernel=system.root / "none", status=1)
    (system.conf / "cmdline").write_text("pefboot.secure=of\n")
    assert "E211" in system.add(status=1)
    system.env["PATH"] = f"{system.root / 'bin'}:{os.environ['PATH']}"
    assert "no pefboot-bundle" in system.add(status=1)
    assert "usage" in system.run("add", status=1)
    assert not system.bundle.exists()


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_kernel_install_elsewhere(system, machine):
    """Kernels of other machines are left alone."""
    system.machine(machine)
    assert system.add() == "" and not system.bundle.exists()


def test_kernel_install_by_systemd(system):
    """As systemd calls it: layout of no boot loader, its own staging area, verbose and not."""
    program = harness.deps("systemd") / "usr/bin/kernel-install"
    program = program if program.exists() else harness.deps("systemd") / "bin/kernel-install"
    initrd = system.file("initrd", b"initrd..")
    system.env.update(KERNEL_INSTALL_PLUGINS=str(PLUGIN), BOOT_ROOT=str(system.boot), MACHINE_ID="1" * 32)
    for name in ("KERNEL_INSTALL_BOOT_ROOT", "KERNEL_INSTALL_STAGING_AREA"):
        del system.env[name]
    assert system.run("add", system.kernel, initrd, program=["sh", program]) == ""
    assert system.initrd() == b"initrd.." and system.info()["cmdline"]["text"].startswith("root=/dev/vda2 ")
    assert "made " in system.run("add", system.kernel, initrd, program=["sh", program, "--verbose"])
    assert "E344" in system.run("add", initrd, program=["sh", program], status=1)
    system.run("remove", program=["sh", program])
    assert not system.bundle.exists()
