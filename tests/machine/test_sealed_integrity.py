# SPDX-License-Identifier: GPL-2.0-or-later
"""The encrypted root of a sealed system whose sectors have tags (tools/image --integrity), and what a host can do to it: what it changes is
an I/O error, or the guest does not open the disk. What the guest does not notice is here, too."""

import hashlib
import io
import os
import re
import struct

import harness
import initrd
import pytest
import test_sealed_hostile as hostile
from test_sealed_debian import CRYPTTAB, OFF, OTHER

pytestmark = pytest.mark.all

TOOL = harness.tool("dm-integrity")
REFUSED = "cryptsetup: ERROR: root: cryptsetup failed"
# Fields of the superblock: offset, form
FIELDS = {"version": (8, "<B"), "log2_interleave_sectors": (9, "<B"), "integrity_tag_size": (10, "<H"), "journal_sections": (12, "<I"),
          "provided_data_sectors": (16, "<Q"), "flags": (24, "<I"), "log2_sectors_per_block": (28, "<B"),
          "log2_blocks_per_bitmap_bit": (29, "<B"), "recalc_sector": (32, "<Q")}
JOURNAL_MAC, RECALCULATING, DIRTY_BITMAP, FIXED_PADDING, FIXED_HMAC, INLINE = (1 << i for i in range(6))


class Owner(hostile.Owner):
    tagged = True

    def encrypted(self, plain):
        disk, size = io.BytesIO(), TOOL.room(len(plain))
        TOOL.fill(disk, 0, size, io.BytesIO(plain), self.volume_key, harness.tool("encrypted-disk").encrypt)
        return disk.getvalue().ljust(size, b"\0")

    def places(self, offset=1000):
        """Where on the disk the sector is that has this byte of the file: of its data, of its tag."""
        return TOOL.Layout(len(self.disk)).place((self.plain.read_bytes().index(self.file) + offset) & -TOOL.SECTOR)


class Host(hostile.Host):
    config = "crypt debian loader"


@pytest.fixture(scope="module")
def owner(tmp_path_factory):
    return Owner(harness.Runner("sealed_integrity-made", "pefboot"), tmp_path_factory.mktemp("integrity"))


def boot(qemu, owner, folder, change=lambda data: None):
    """All files are read, then the whole disk, as the host has made it. A disk that is refused is not asked for long."""
    return Host(qemu, owner, folder, owner.copy(folder / "disk.img", change), words="whole rootdelay=1").end()


def put(at, data):
    def change(disk):
        disk[at:at + len(data)] = data
    return change


def test_sealed_distro_tags(qemu, owner, tmp_path):
    """No sector is without a right one, and the system writes."""
    for boots in (1, 2):
        (tmp_path / str(boots)).mkdir()
    spec = owner.copy(tmp_path / "disk.img")
    for boots in (1, 2):
        done = Host(qemu, owner, tmp_path / str(boots), spec, words="whole").end()
        done.line("hostile: read the disk")
        assert "unreadable" not in done.console and "INTEGRITY" not in done.console
        hostile.unharmed(owner, done, boots=boots)


def test_sealed_distro_tags_dracut(qemu, owner, tmp_path):
    """systemd-cryptsetup opens it in an initrd of dracut."""
    made = initrd.make(qemu, tmp_path, "dracut", CRYPTTAB["dracut"], owner.folder / "header")
    done = Host(qemu, owner, tmp_path, owner.copy(tmp_path / "disk.img"), words="whole rd.esm.key=rootd:root rd.retry=40", initrd=made).end()
    done.line("hostile: read the disk")
    hostile.unharmed(owner, done)


@pytest.mark.parametrize("what", ["data", "tag"])
def test_sealed_distro_tags_bit(qemu, owner, tmp_path, what):
    """One that is flipped: the file cannot be read, the kernel names the sector, and everything else is as before."""
    data, tag = owner.places()
    done = boot(qemu, owner, tmp_path, hostile.flip(data + 100 if what == "data" else tag + 7))
    assert re.findall("hostile: unreadable (.*)", done.console) == ["/file"]
    place = (owner.plain.read_bytes().index(owner.file) + 1000 & -TOOL.SECTOR) // TOOL.UNIT
    assert set(re.findall(r"INTEGRITY AEAD ERROR, sector (\d+)", done.console)) == {str(place)}
    done.line(r"^hostile: boot 1 of /dev/mapper/root")
    assert "hostile: read the disk" not in done.console and hashlib.md5(owner.file).hexdigest() not in done.console


def test_sealed_distro_tags_of_another_sector(qemu, owner, tmp_path):
    """Two sectors of the file change places, with their tags."""
    (one, tag), (two, other) = owner.places(), owner.places(9000)

    def change(disk):
        for first, second, size in ((one, two, TOOL.SECTOR), (tag, other, TOOL.TAG)):
            disk[first:first + size], disk[second:second + size] = disk[second:second + size], disk[first:first + size]
    done = boot(qemu, owner, tmp_path, change)
    assert re.findall("hostile: unreadable (.*)", done.console) == ["/file"]


def test_sealed_distro_tags_of_an_old_state(qemu, owner, tmp_path):
    """Not noticed: what the owner wrote to a sector before, with the tag that it had."""
    data, tag = owner.places()
    plain, start = owner.plain.read_bytes(), owner.plain.read_bytes().index(owner.file)
    before = os.urandom(TOOL.SECTOR)
    old = owner.encrypted(plain[:start] + before + plain[start + TOOL.SECTOR:])

    def change(disk):
        for at, size in ((data, TOOL.SECTOR), (tag, TOOL.TAG)):
            disk[at:at + size] = old[at:at + size]
    done = boot(qemu, owner, tmp_path, change)
    done.line("hostile: read the disk")
    file = before + owner.file[TOOL.SECTOR:]
    assert done.line(r"^hostile: turn 1 file (\w+)")[1] == hashlib.md5(file).hexdigest()


def superblock(**fields):
    def change(disk):
        for name, value in fields.items():
            offset, form = FIELDS[name]
            struct.pack_into(form, disk, offset, value(struct.unpack_from(form, disk, offset)[0]) if callable(value) else value)
    return change


FORGED = {
    "none": (put(0, bytes(4096)), REFUSED),
    "version": (superblock(version=99), REFUSED),
    "tag-size": (superblock(integrity_tag_size=16), "Tag size doesn't match the information in superblock"),
    "block-size": (superblock(log2_sectors_per_block=0), "Block size doesn't match the information in superblock"),
    "recalculating": (superblock(version=2, flags=lambda flags: flags | RECALCULATING, recalc_sector=0),
                      "Recalculate can only be specified with internal_hash"),
    "journal-mac": (superblock(flags=lambda flags: flags | JOURNAL_MAC), "Journal mac mismatch"),
    "inline": (superblock(flags=lambda flags: flags | INLINE), "Inline flag mismatch"),
    "no-journal": (superblock(journal_sections=0), "journal_sections is 0"),
    "larger": (superblock(provided_data_sectors=lambda sectors: sectors + 8), "Not enough provided sectors for requested mapping size"),
    "smaller": (superblock(provided_data_sectors=lambda sectors: sectors // 2), "bad geometry: block count .* exceeds size of device"),
    "interleave": (superblock(log2_interleave_sectors=12), "INTEGRITY AEAD ERROR"),
    # As if it had been in use without a journal: Linux 6.12 wants to recalculate tags, for which it has prepared nothing here
    "bitmap": (superblock(version=3, flags=lambda flags: flags | DIRTY_BITMAP, log2_blocks_per_bitmap_bit=1),
               "dm_integrity_resume|Recalculate can only be specified"),
}


@pytest.mark.parametrize("kind", FORGED)
def test_sealed_distro_superblock_of_the_host(qemu, owner, tmp_path, kind):
    """Nothing measures dm-integrity's superblock, nor has it a sum: what contradicts the header is refused, by name, and nothing else than
    what the owner wrote is read."""
    change, cause = FORGED[kind]
    done = boot(qemu, owner, tmp_path, change)
    done.line(cause)
    hostile.turned_off(done, REFUSED if OTHER not in done.console else OTHER)


@pytest.mark.parametrize("flags", [0, FIXED_PADDING | FIXED_HMAC], ids=["old-padding", "hmac"])
def test_sealed_distro_superblock_without_effect(qemu, owner, tmp_path, flags):
    """Flags that change nothing with this layout, in which there is no journal MAC."""
    done = boot(qemu, owner, tmp_path, superblock(flags=flags))
    done.line("hostile: read the disk")
    hostile.unharmed(owner, done)


def entry(disk, number, sector, data, tag):
    """An entry of the journal's first section, with a sector that is to be written."""
    start = TOOL.SB_SECTORS * TOOL.UNIT
    pieces = [data[at:at + TOOL.UNIT] for at in range(0, TOOL.SECTOR, TOOL.UNIT)]
    place = start + number % TOOL.JOURNAL_BLOCK_SECTORS * TOOL.UNIT + number // TOOL.JOURNAL_BLOCK_SECTORS * TOOL.ENTRY
    disk[place:place + TOOL.ENTRY] = struct.pack("<Q", sector) + b"".join(piece[-8:] for piece in pieces) + tag
    for i, piece in enumerate(pieces):
        place = start + (TOOL.JOURNAL_BLOCK_SECTORS + TOOL.PER_BLOCK * number + i) * TOOL.UNIT
        disk[place:place + TOOL.JOURNAL_SECTOR_DATA] = piece[:TOOL.JOURNAL_SECTOR_DATA]


@pytest.mark.parametrize("whose", ["host", "owner"])
def test_sealed_distro_journal_of_the_host(qemu, owner, tmp_path, whose):
    """Nor does anything vouch for the journal: what is in it is written when the disk is opened. But what the host may put there is judged
    like what it writes to the place itself: it has no tag, or one that the owner made for this sector."""
    start = owner.plain.read_bytes().index(owner.file)
    plain = owner.plain.read_bytes()
    before = os.urandom(TOOL.SECTOR)
    old = owner.encrypted(plain[:start] + before + plain[start + TOOL.SECTOR:])
    data, tag = owner.places(0)
    content = (os.urandom(TOOL.SECTOR), os.urandom(TOOL.TAG)) if whose == "host" else (old[data:data + TOOL.SECTOR], old[tag:tag + TOOL.TAG])
    done = boot(qemu, owner, tmp_path, lambda disk: entry(disk, 3, start // TOOL.UNIT, *content))
    if whose == "host":
        assert re.findall("hostile: unreadable (.*)", done.console) == ["/file"]
    else:
        assert done.line(r"^hostile: turn 1 file (\w+)")[1] == hashlib.md5(before + owner.file[TOOL.SECTOR:]).hexdigest()


def test_sealed_distro_journal_that_is_none(qemu, owner, tmp_path):
    """One commit that no journal has: nothing is read or written any more."""
    done = boot(qemu, owner, tmp_path, put(TOOL.SB_SECTORS * TOOL.UNIT + 504, bytes(8)))
    done.line("Error on journal commit id: -5")
    hostile.turned_off(done, OFF)
