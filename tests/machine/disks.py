# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels, boot bundles and partitioned disks, made byte by byte."""

import hashlib
import struct
import subprocess
import uuid
import zlib

import harness

PREP_GUID = uuid.UUID("9e1a2d38-c612-4316-aa26-8b49521e5a8b")
LINUX_GUID = uuid.UUID("0fc63daf-8483-4772-8e79-3d69d8477de4")
PREP = 0x41
FIRST_USABLE = 34


def random_bytes(name, size):
    """Bytes that look random and are the same each time."""
    return hashlib.shake_128(name.encode()).digest(size)


def spin(size=0x20000, little=False, name="kernel"):
    """A kernel image that spins where it is entered; its rest is random.

    Its first word is `tdi 0,0,0x48`, which the CPU reads as `b .+8` where it is of the other byte order."""
    order = "<" if little else ">"
    words = struct.pack(order + "I", 0x08000048) + struct.pack(">II", 0x48000000, 0x48000000)
    image = words + random_bytes(name, size - len(words))
    return image[:0x5c] + struct.pack(order + "I", 0x72756e30) + image[0x60:]


def elf(segments, entry=0, *, little=False, machine=21, kind=2, bits=64, phdrs=None):
    """An ELF64 file. segments: (file offset, address, bytes, memory size or None), headers in that order.

    phdrs replaces the headers by tuples (type, flags, offset, vaddr, paddr, filesz, memsz, align)."""
    order = "<" if little else ">"
    if phdrs is None:
        phdrs = [(1, 7, offset, address, address, len(data), len(data) if memory is None else memory, 0x10000)
                 for offset, address, data, memory in segments]
    ident = b"\x7fELF" + bytes([2 if bits == 64 else 1, 1 if little else 2, 1]) + bytes(9)
    out = bytearray(ident + struct.pack(order + "HHIQQQIHHHHHH", kind, machine, 1, entry, 64, 0, 2, 64, 56,
                                        len(phdrs), 0, 0, 0))
    for header in phdrs:
        out += struct.pack(order + "IIQQQQQQ", *header)
    for offset, _, data, _ in segments:
        out += bytes(max(0, offset + len(data) - len(out)))
        out[offset:offset + len(data)] = data
    return bytes(out)


def spin_elf(size=0x20000, little=False):
    """The spinning kernel as a file that runs where it lies."""
    return elf([(0x10000, 0, spin(size, little), size + 0x8000)], little=little)


def bundle(path, kernel, initrd=None, cmdline="pefboot.secure=off pefboot.log=info", *, room=None):
    """pefboot-bundle create. kernel and initrd: bytes. Returns the bundle's bytes."""
    (path.parent / "kernel.elf").write_bytes(kernel)
    args = [harness.BUILD / "pefboot-bundle", "create", "--kernel", path.parent / "kernel.elf", "-o", path]
    if initrd is not None:
        (path.parent / "initrd").write_bytes(initrd)
        args += ["--initrd", path.parent / "initrd"]
    if cmdline:
        args += ["--cmdline", cmdline]
    if room:
        args += [f"--blob-room={room}"]
    done = subprocess.run(args, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return path.read_bytes()


MANIFEST = 0x10000 + 0x2000
PART = 40   # of the manifest: kernel, initrd, command line of 80 bytes each


def manifest(data, at):
    """A field of 8 bytes of a bundle's manifest: docs/bundle.md."""
    return struct.unpack_from(">Q", data, MANIFEST + at)[0]


def measured(data, size=None):
    """What is measured of a bundle, as uv.digest= takes it: to its end, or that of its kernel; or its first `size` bytes."""
    if not size:
        size = manifest(data, 32) if data[MANIFEST + 11] == 1 else manifest(data, PART) + manifest(data, PART + 8)
    return f"{size}:{hashlib.sha512(data[0x10000:0x10000 + size]).hexdigest()}"


def measured_if(secure, path):
    """A word for QEMU's command line that has an ultravisor measure the bundle, if that is wanted."""
    return f" uv.digest={measured(path.read_bytes())}" if secure else ""


def put_manifest(data, at, fmt, value):
    """A copy of a bundle with one field of the manifest changed."""
    out = bytearray(data)
    struct.pack_into(fmt, out, MANIFEST + at, value)
    return bytes(out)


def mbr(parts, contents, size, block=512):
    """A disk with an MBR. parts: (type, first block, blocks); contents: {byte offset: bytes}."""
    disk = bytearray(size)
    for number, (kind, start, count) in enumerate(parts):
        struct.pack_into("<B3sB3sII", disk, 446 + 16 * number, 0, b"\0\2\0", kind, b"\xff\xff\xff", start, count)
    disk[510:512] = b"\x55\xaa"
    for offset, data in contents.items():
        disk[offset:offset + len(data)] = data
    assert len(disk) == size and block
    return bytes(disk)


def gpt_header(lba, other, blocks, entries_lba, table, *, count=128, size=128, **change):
    """A GPT header; change replaces fields: first, last, my, entries, count, size, crc, header_size."""
    first = change.get("first", FIRST_USABLE)
    last = change.get("last", blocks - FIRST_USABLE)
    fields = [b"EFI PART", 0x10000, change.get("header_size", 92), 0, 0, change.get("my", lba), other, first,
              last, bytes(16), change.get("entries", entries_lba), change.get("count", count),
              change.get("size", size), change.get("crc", zlib.crc32(table))]
    fields[3] = zlib.crc32(struct.pack("<8sIIIIQQQQ16sQIII", *fields))
    return struct.pack("<8sIIIIQQQQ16sQIII", *fields)


def gpt(parts, contents, size, block=512, primary=None, backup=None):
    """A GPT disk. parts: (type GUID, first block, last block). primary, backup: changes to a header, or None
    for a good one, or 'none' to leave it out."""
    blocks = size // block
    disk = bytearray(mbr([(0xee, 1, min(blocks - 1, 0xffffffff))], contents, size))
    table = b"".join(kind.bytes_le + uuid.UUID(int=number + 1).bytes_le + struct.pack("<QQQ", first, last, 0) + bytes(72)
                     for number, (kind, first, last) in enumerate(parts))
    table += bytes(128 * 128 - len(table))
    table_blocks = len(table) // block
    for change, lba, other, entries in ((primary, 1, blocks - 1, 2),
                                        (backup, blocks - 1, 1, blocks - 1 - table_blocks)):
        if change == "none":
            continue
        disk[lba * block:lba * block + 92] = gpt_header(lba, other, blocks, entries, table, **(change or {}))
        disk[entries * block:entries * block + len(table)] = table
    return bytes(disk)
