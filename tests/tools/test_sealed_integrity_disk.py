# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/dm-integrity read as Linux 6.12 reads a disk, drivers/md/dm-integrity.c and dm-crypt.c in Python, with another AES and HMAC; and the
header that belongs to it, as cryptsetup sees it."""

import io
import os
import re
import struct
import subprocess

import harness
import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TOOL, CRYPT = harness.tool("dm-integrity"), harness.tool("encrypted-disk")
MIB = 1 << 20


class Reader:
    """struct dm_integrity_c of a disk: dm_integrity_ctr() with what cryptsetup asks for, "J 1 block_size:4096" and tags of 32 bytes."""

    def __init__(self, read, size):
        self.read, self.device = read, size // 512
        sb = read(0, 4096)
        assert sb[:8] == b"integrt\0" and 1 <= sb[8] <= 5
        self.log2_interleave, self.tag_size, self.journal_sections = sb[9], *struct.unpack_from("<HI", sb, 10)
        self.provided, self.flags = struct.unpack_from("<QI", sb, 16)
        self.log2_block = sb[28]
        assert (self.tag_size, self.log2_block, self.flags & ~8) == (32, 3, 0) and self.journal_sections and 3 <= self.log2_interleave <= 31
        assert not any(sb[30:])
        # calculate_journal_section_size()
        self.entry_size = (8 + 8 * (1 << self.log2_block) + self.tag_size + 7) // 8 * 8
        self.section_entries = 504 // self.entry_size * 8
        self.section_sectors = (self.section_entries << self.log2_block) + 8
        # calculate_device_limits()
        self.initial = 8 + self.section_sectors * self.journal_sections
        padding = 8 << 9 if self.flags & 8 else 1 << 9 << 8
        self.run = -(-(self.tag_size << self.log2_interleave - self.log2_block) // padding) * padding >> 9

    def data_sector(self, sector):
        """get_area_and_offset(), get_data_sector()"""
        area, offset = sector >> self.log2_interleave, sector & (1 << self.log2_interleave) - 1
        return (area << self.log2_interleave) + (area + 1) * self.run + self.initial + offset

    def tag_at(self, sector):
        """get_metadata_sector_and_offset(), of buffers of one sector: bytes from the start of the disk."""
        area, offset = sector >> self.log2_interleave, sector & (1 << self.log2_interleave) - 1
        block = (area << self.log2_interleave) + area * self.run + ((offset >> self.log2_block) * self.tag_size >> 9)
        return (self.initial + block) * 512 + (offset >> self.log2_block) * self.tag_size % 512

    def most(self):
        """get_provided_data_sectors()"""
        found = 0
        for bit in range(self.device.bit_length() - 1, 2, -1):
            if self.data_sector((found | 1 << bit) - 1) < self.device:
                found |= 1 << bit
        return found

    def replay(self):
        """replay_journal(): the sequence numbers of its commits, and the sectors that its entries want written."""
        sequences, wanted = set(), []
        for i in range(self.journal_sections):
            section = self.read((8 + i * self.section_sectors) * 512, self.section_sectors * 512)
            for j in range(self.section_sectors):
                (commit,) = struct.unpack_from("<Q", section, 512 * j + 504)
                sequences.add([0x1111111111111111 * (k + 1) for k in range(4)].index(commit ^ (i << 32 ^ j)))
            for n in range(self.section_entries):
                sector, high = struct.unpack_from("<II", section, n % 8 * 512 + n // 8 * self.entry_size)
                wanted += [] if high == 0xffffffff else [sector]
        return sequences, wanted

    def sector(self, sector, volume_key):
        """crypt_convert_block_aead() of authenc(hmac(sha256),xts(aes)) and plain64: the plain text of 4096 bytes."""
        encrypted, iv = self.read(self.data_sector(sector) * 512, 4096), sector.to_bytes(8, "little") + bytes(8)
        mac = hmac.HMAC(volume_key[64:], hashes.SHA256())
        mac.update(sector.to_bytes(8, "little") + iv + encrypted)
        mac.verify(self.read(self.tag_at(sector), self.tag_size))
        return Cipher(algorithms.AES(volume_key[:64]), modes.XTS(iv)).decryptor().update(encrypted)


def reader(disk):
    data = disk.getvalue()
    return Reader(lambda at, size: data[at:at + size], len(data))


@pytest.mark.parametrize("size", [2 * MIB, 17 * MIB, 33 * MIB, 33 * MIB + 4096, 1000 * MIB, 2072 * MIB, 2072 * MIB - 4096, 2073 * MIB, 20 << 30, 5 << 40])
def test_sealed_integrity_layout(size):
    """Where the kernel looks for each sector, and how many it finds."""
    layout = TOOL.Layout(size)
    there = Reader(lambda at, size: layout.superblock()[at:at + size], size)
    assert there.provided == there.most() == layout.data // 512 > 0
    for sector in {0, 8, 32760, 32768, 65528, there.provided // 16 * 8, there.provided - 8}:
        if sector < there.provided:
            assert layout.place(sector * 512) == (there.data_sector(sector) * 512, there.tag_at(sector))
    assert there.initial * 512 <= 4096 + (8 << 20) and layout.data > size * 0.96 - MIB


def test_sealed_integrity_room():
    """The smallest disk of whole MiB that has as many bytes."""
    for data in (1, 16 * MIB, 16 * MIB + 1, 1500 * MIB, 2 << 30, 64 << 30):
        size = TOOL.room(data)
        assert size % MIB == 0 and TOOL.Layout(size).data >= data > TOOL.Layout(size - MIB).data


def test_sealed_integrity_journal():
    """Has nothing to write, and all its commits are of one sequence."""
    for size in (17 * MIB, 100 * MIB):
        layout = TOOL.Layout(size)
        data = layout.superblock() + layout.journal()
        assert len(data) == layout.first_area * 512
        assert Reader(lambda at, size, data=data: data[at:at + size], size).replay() == ({0}, [])


def test_sealed_integrity_sectors():
    """Each has a right tag, and what was to be there; zeros are behind what there was to read."""
    plain, volume_key, disk = os.urandom(17 * MIB + 5000), os.urandom(96), io.BytesIO()
    disk.write(b"\xaa" * 8192)
    TOOL.fill(disk, 4096, 19 * MIB, io.BytesIO(plain), volume_key, CRYPT.encrypt)
    assert disk.getvalue()[:4096] == b"\xaa" * 4096
    there = reader(io.BytesIO(disk.getvalue()[4096:].ljust(19 * MIB, b"\0")))
    whole = plain.ljust(there.provided * 512, b"\0")
    for sector in range(0, there.provided, 8):
        assert there.sector(sector, volume_key) == whole[sector * 512:sector * 512 + 4096]


def test_sealed_integrity_tag(tmp_path):
    """One, by OpenSSL's program: of the sector at byte 40960, which is sector 80, whose bytes count from 0 on."""
    data = bytes(range(256)) * 16
    (tmp_path / "message").write_bytes(struct.pack("<QQQ", 80, 80, 0) + data)
    said = subprocess.run(["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{bytes(range(32)).hex()}", tmp_path / "message"],
                          stdout=subprocess.PIPE, text=True, check=True).stdout
    assert TOOL.tags(data, bytes(range(32)), 40960).hex() == said.split("= ")[1].strip()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with volume key, key and header."""
    folder = tmp_path_factory.mktemp("header")
    for name, data in (("volume-key", os.urandom(96)), ("key", os.urandom(64)), ("disk.img", bytes(MIB))):
        (folder / name).write_bytes(data)
    CRYPT.header(str(folder), str(folder / "volume-key"), True)
    return folder


def cryptsetup(*words):
    return subprocess.run([harness.deps("cryptsetup-bin") / "cryptsetup", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)


def test_sealed_integrity_header(made, tmp_path):
    """As cryptsetup says: cipher, integrity, the key that opens it, and the volume key that it then gives."""
    said = cryptsetup("luksDump", made / "header").stdout
    for text in ("cipher: aes-xts-plain64\n", "sector: 4096 [bytes]\n", "integrity: hmac(sha256)\n", "Key:        768 bits\n"):
        assert text in said
    for key, status in ((made / "key", 0), (made / "volume-key", 2)):
        assert cryptsetup("open", "--test-passphrase", "--key-file", key, "--header", made / "header", made / "disk.img").returncode == status
    done = cryptsetup("luksDump", "--batch-mode", "--dump-volume-key", "--volume-key-file", tmp_path / "vk", "--key-file", made / "key",
                      made / "header")
    assert done.returncode == 0 and (tmp_path / "vk").read_bytes() == (made / "volume-key").read_bytes()


def test_sealed_integrity_superblock(tmp_path):
    """As integritysetup says."""
    (tmp_path / "disk").write_bytes(TOOL.Layout(2072 * MIB).superblock().ljust(MIB, b"\0"))
    said = subprocess.run([harness.deps("cryptsetup-bin") / "integritysetup", "dump", tmp_path / "disk"], stdout=subprocess.PIPE, text=True,
                          check=True).stdout
    for text in ("version:? 4", "sector.size:? 4096", "tag.size:? 32", "data.sectors:? 4194304|data size:? 4194304", "journal.sections:? 62",
                 "interleave.sectors:? 15", "flags:? fix_padding"):
        assert re.search(text, said), said
