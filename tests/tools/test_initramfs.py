# SPDX-License-Identifier: GPL-2.0-or-later
"""The test initramfs is the same whoever makes it, and loads modules in an order that works."""

import gzip
import os
import re
import subprocess

import harness


def entries(archive):
    """(name, mode, uid, gid, mtime, content) of each entry of a newc archive."""
    data, at = gzip.decompress(archive.read_bytes()), 0
    while True:
        assert data[at:at + 6] == b"070701"
        field = [int(data[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in range(13)]
        name = data[at + 110:at + 109 + field[11]].decode()
        start = at + 110 + field[11] + -(110 + field[11]) % 4
        if name == "TRAILER!!!":
            return
        yield name, field[1], field[2], field[3], field[5], data[start:start + field[6]]
        at = start + field[6] + -field[6] % 4


def make(folder, name, umask, *words):
    output = folder / name
    subprocess.run([harness.TOP / "tools/initramfs", "--kernel", "6.1", "--output", output, *words], check=True,
                   cwd=folder, umask=umask, env={**os.environ, "TZ": "Asia/Tokyo"})
    return output


def test_reproducible(tmp_path):
    one, two = make(tmp_path, "one", 0o022), make(tmp_path, "two", 0o077)
    assert one.read_bytes() == two.read_bytes()
    for name, _, uid, gid, mtime, _ in entries(one):
        assert (uid, gid, mtime) == (0, 0, 0), name


def test_modules_come_after_what_they_need(tmp_path):
    files = {name: content for name, _, _, _, _, content in entries(make(tmp_path, "initramfs", 0o022, "--module", "kvm_hv"))}
    order = files["lib/modules/order"].decode().split()
    assert {"virtio_pci.ko", "virtio_blk.ko", "virtio_net.ko", "virtio_scsi.ko", "kvm_hv.ko"} <= set(order)
    for position, module in enumerate(order):
        needs = re.search(rb"\0depends=([^\0]*)\0", files["lib/modules/" + module])[1].decode()
        for need in filter(None, needs.replace("-", "_").split(",")):
            assert need + ".ko" in order[:position], f"{module} comes before {need}"
