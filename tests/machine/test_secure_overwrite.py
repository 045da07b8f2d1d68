# SPDX-License-Identifier: GPL-2.0-or-later
"""The memory that a device is to fill: what it held stays the guest's secret, also while the device works."""

import mmap
import os
import struct

import pefkernel
import pytest
import secure

SIZE = 65536  # as in overwrite.c
MEMORY = 256 << 20
PIECE = 16384
BEFORE = "7"  # patches of the series without the one that keeps the secret


def xorshift(seed):
    """The secret of overwrite.c, as its little-endian words lie in memory."""
    x, words = seed, []
    for _ in range(SIZE // 8):
        x ^= x << 13 & (1 << 64) - 1
        x ^= x >> 7
        x ^= x << 17 & (1 << 64) - 1
        words.append(x)
    return struct.pack(f"<{len(words)}Q", *words)


@pytest.fixture
def disk(tmp_path):
    """A disk that QEMU can be told to stop in the middle of a read, and that has a bad sector after 64 KiB."""
    path = tmp_path / "disk.img"
    path.write_bytes(os.urandom(4 * SIZE))
    return ["--", "-drive", "if=none,id=disk,format=raw,file.driver=blkdebug,file.image.driver=file,"
            f"file.image.filename={path},file.inject-error.0.event=none,file.inject-error.0.iotype=read,"
            f"file.inject-error.0.errno=5,file.inject-error.0.sector={SIZE // 512}",
            "-device", "virtio-blk-pci,drive=disk,disable-legacy=off"]


def found(monitor, path, secret):
    """How many of the secret's pieces are in the memory that the host has given the guest. It runs on."""
    monitor("pmemsave", val=0, size=MEMORY, filename=str(path))
    with open(path, "rb") as dump, mmap.mmap(dump.fileno(), 0, access=mmap.ACCESS_READ) as memory:
        count = sum(memory.find(secret[at:at + 64]) >= 0 for at in range(0, SIZE, PIECE))
    path.unlink()
    return count


@pytest.mark.parametrize("version,first", [
    pytest.param("6.12", None, id="6.12"), pytest.param("6.1", None, id="6.1", marks=pytest.mark.all),
    pytest.param("7.2", None, id="7.2", marks=pytest.mark.all),
    # The negative: the series but for the patch
    pytest.param("6.12", BEFORE, id="6.12-without", marks=pytest.mark.all)])
def test_secure_linux_overwritten_memory_is_not_shown_to_the_host(qemu, disk, tmp_path, version, first):
    seed = int.from_bytes(os.urandom(8), "big") | 1
    secret, shown = xorshift(seed), 0 if first is None else SIZE // PIECE
    initrd = secure.initramfs("none", "overwrite", f"overwrite={secure.program('tests/guest/overwrite.c')}")
    vmlinux = pefkernel.kernel(version, *(["--first", first] if first else []))
    child = qemu.spawn(*secure.arguments(f"quiet seed={seed:016x}", "--mem", "256M", "--qmp", tmp_path / "qmp", *disk,
                                         vmlinux=vmlinux, initrd=initrd))
    child.expect(r"overwrite: open 3 kept 8192 zero 0\r")
    monitor = secure.Qmp(tmp_path / "qmp")
    monitor.hmp('qemu-io disk "break read_aio held"')
    child.sendline("")
    child.expect("Suspended request 'held'")
    assert found(monitor, tmp_path / "memory", secret) == shown, "in flight"
    monitor.hmp('qemu-io disk "resume held"')
    child.expect(r"overwrite: read 65536 kept 0 zero 0\r")
    assert found(monitor, tmp_path / "memory", secret) == 0, "the data read have taken its place"

    child.sendline("")
    child.expect(r"overwrite: bad -5 kept (\d+) zero (\d+)\r")
    assert [int(text) for text in child.match.groups()] == ([0, 8192] if first is None else [8192, 0])
    assert found(monitor, tmp_path / "memory", secret) == shown, "after a read that failed"

    child.sendline("")
    child.expect(r"overwrite: write 65536 kept 8192 zero 0\r")
    assert found(monitor, tmp_path / "memory", secret) == SIZE // PIECE, "what is given to the device can be found"
    child.sendline("")
    child.expect(r"verdict .*leaked=0 ")
