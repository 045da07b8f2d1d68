# SPDX-License-Identifier: GPL-2.0-or-later
"""Bundles with an ESM blob, and a kernel that reads the files of it: what the tests of the guest's secret share."""

import functools
import os
import re
import socket
import struct
import subprocess

import disks
import harness
import pytest

KEYS = harness.TOP / "tests/host/data/esm"
CMDLINE = "console=hvc0 some words"
IMAGE = 0x10000         # where the image begins in a bundle's file: docs/bundle.md
PART = {"kernel": 0, "initrd": 1, "cmdline": 2}

# QEMU releases to boot with, as parameters
RELEASES = ("own", pytest.param("10.0", marks=pytest.mark.all))


class Release:
    """A fixture `qemu` whose machines are of this release unless a test names another one."""

    def __init__(self, qemu, release):
        self.qemu, self.release = qemu, release

    def words(self, args):
        return args if self.release == "own" or "--qemu" in args else ("--qemu", self.release, *args)

    def __call__(self, *args, **how):
        return self.qemu(*self.words(args), **how)

    def spawn(self, *args, **how):
        return self.qemu.spawn(*self.words(args), **how)

    def __getattr__(self, name):
        return getattr(self.qemu, name)


@functools.lru_cache(maxsize=None)
def reader(name="reader"):
    """A kernel, tests/guest/reader.c or another one, as a file for pefboot-bundle create."""
    cross, made = os.environ.get("CROSS", "powerpc64-linux-gnu-"), harness.MADE / name
    subprocess.run([cross + "gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-iquote", harness.TOP, "-mbig-endian",
                    "-mabi=elfv2", "-mcpu=power8", "-msoft-float", "-mno-vsx", "-mno-altivec", "-ffreestanding", "-fpie",
                    "-fno-stack-protector", "-fno-asynchronous-unwind-tables", "-fno-tree-loop-distribute-patterns", "-nostdlib", "-static",
                    "-no-pie", "-Wl,-N,-Ttext=0x200,--section-start=.head=0,--build-id=none,-z,noexecstack,--no-warn-rwx-segments",
                    "-o", made, harness.TOP / f"tests/guest/{name}.c"], check=True)
    subprocess.run([cross + "objcopy", "-O", "binary", made, f"{made}.bin"], check=True)
    image = harness.Path(f"{made}.bin").read_bytes()
    return disks.elf([(0x10000, 0, image, 0x20000)])


def fnv(data):
    """FNV-1a of 64 bits, as the reader prints it."""
    value = 0xcbf29ce484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001b3 & (1 << 64) - 1
    return f"{value:016x}"


def said(console):
    """What the reader says: {file: (answer, bytes, sum)}, the second reading of rootd as "again"."""
    found = {}
    for name, answer, size, total in re.findall(r"^reader: (\S+) answer=(-?\d+) bytes=(\d+) sum=(\w+)", console, re.M):
        found["again" if name in found else name] = int(answer), int(size), total
    return found


def create(path, kernel, initrd=b"", cmdline=CMDLINE):
    """A bundle with room for a blob: its path. kernel: bytes."""
    disks.bundle(path, kernel, initrd or disks.random_bytes("initrd of a sealed guest", 5001), cmdline, room="64K")
    return path


def seal(bundle, output, files, recipient=KEYS / "machine-key.pub.pem"):
    """pefboot-bundle seal: the path. files: {name: bytes}."""
    words = []
    for name, data in files.items():
        path = output.parent / f"{output.name}-{name}"
        path.write_bytes(data)
        words += ["--file", f"{name}={path}"]
    done = subprocess.run([harness.BUILD / "pefboot-bundle", "seal", bundle, "--recipient", recipient, *words, "-o", output],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return output


def part(data, index):
    """(offset in the file, size) of a part of a bundle: 0 kernel, 1 initrd, 2 command line."""
    offset, size = struct.unpack_from(">QQ", data, disks.MANIFEST + disks.PART + 80 * index)
    return IMAGE + offset, size


def blob_place(data):
    """(offset in the file, size) of the blob's place; the size is that of the blob in it."""
    offset, _ = struct.unpack_from(">QQ", data, disks.MANIFEST + 280)
    return IMAGE + offset, struct.unpack_from(">I", data, IMAGE + offset + 4)[0]


class Memory:
    """A machine's memory in a file, in which the host looks for what it should not find: faster than to have it copied."""

    def __init__(self, folder, guest):
        self.path, self.guest = folder / "ram", guest
        self.size = 2 * guest + (256 << 20)     # tools/qemu: ULTRAVISOR_OWN

    def arguments(self):
        """Behind "--" of tools/qemu."""
        return ["-object", f"memory-backend-file,id=file,size={self.size},mem-path={self.path},share=on", "-M", "memory-backend=file"]

    def pieces(self, start, end):
        """Its contents but for the holes in the file, which were never written."""
        with open(self.path, "rb") as file:
            while start < end:
                try:
                    start = os.lseek(file.fileno(), start, os.SEEK_DATA)
                except OSError:
                    return
                stop = min(os.lseek(file.fileno(), start, os.SEEK_HOLE), end)
                if start < stop:
                    yield os.pread(file.fileno(), stop - start, start)
                start = max(start, stop)

    def holds(self, secrets, start=0, end=None):
        """Names of the secrets in what the host has given the guest, or in another part."""
        found = set()
        for piece in self.pieces(start, self.guest if end is None else end):
            found |= {name for name, data in secrets.items() if data in piece}
        return found


def initramfs(path, files, programs):
    """The test initramfs with what pefboot-guest has for it. files: {name: file} more; programs: {name: tree of a ppc64le system}."""
    files = {"bin/esmb-get-file": harness.BUILD / "esmb-get-file", "bin/decrypt_esm": harness.TOP / "guest/initramfs/decrypt_esm", **files}
    subprocess.run([harness.TOP / "tools/initramfs", "--kernel", "none", "--output", path,
                    *(word for name, root in programs.items() for word in ("--program", f"{name}={root}")),
                    *(word for name, file in files.items() for word in ("--add", f"{name}={file}"))], check=True)
    return path


def network(port, guest):
    """A network on which the host's port is the guest's, and nothing else; for the end of a command line."""
    return ["--", "-netdev", f"user,id=identity,restrict=on,hostfwd=tcp:127.0.0.1:{port}-:{guest}", "-device",
            "virtio-net-pci,netdev=identity,romfile="]


def free_port():
    """A TCP port of this host that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def flipped(bundle, folder, what):
    """A copy with one bit changed, in the first half of a part of the file."""
    data = bytearray(bundle.read_bytes())
    if what == "stage":
        at, size = IMAGE, os.path.getsize(harness.BUILD / "pefboot.bin")
    else:
        at, size = part(data, PART[what])
    data[at + size // 5] ^= 4
    path = folder / f"{what}.elf"
    path.write_bytes(data)
    return path


def new_key(path):
    """The key of another machine."""
    subprocess.run(["openssl", "genrsa", "-traditional", "-out", path, "2048"], check=True, stderr=subprocess.DEVNULL)
    return path


def move_blob(source, target):
    """What a host can always do: the blob of one bundle in the place of another, in the file itself."""
    data, out = source.read_bytes(), bytearray(target.read_bytes())
    at, size = blob_place(data)
    to, _ = blob_place(out)
    out[to:to + size] = data[at:at + size]
    target.write_bytes(out)
    return target


def change_blob(bundle, path, change):
    """A copy of a bundle whose blob was changed in its place by change(bytearray)."""
    data = bytearray(bundle.read_bytes())
    at, size = blob_place(data)
    blob = data[at:at + size]
    change(blob)
    data[at:at + size] = blob
    path.write_bytes(data)
    return path


def swap_names(blob, one, two):
    """Two files of the blob change their names, which take the same room in its tree."""
    room = (max(len(one), len(two)) + 4) & ~3
    places = {name: blob.index(b"\0\0\0\1" + name.encode() + b"\0") + 4 for name in (one, two)}
    blob[places[one]:places[one] + room] = two.encode().ljust(room, b"\0")
    blob[places[two]:places[two] + room] = one.encode().ljust(room, b"\0")


def flip_lockbox(blob):
    """One bit of the encrypted key of lockbox-1: its property of 256 bytes."""
    at = blob.index(b"\0\0\0\3\0\0\1\0", blob.index(b"\0\0\0\1lockbox-1\0"))
    blob[at + 12 + 100] ^= 1
