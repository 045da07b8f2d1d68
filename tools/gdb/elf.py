# SPDX-License-Identifier: GPL-2.0-or-later
"""Symbols of our images, which are linked at 0: a name and its offset in the image.

A function's is that of its local entry, where calls from within the image arrive: 64-bit ELF V2 ABI 3.4.1, st_other.
"""

import struct


def symbols(path):
    """{name: offset} of a big-endian ELF64 file."""
    data = path.read_bytes()
    assert data[:6] == b"\x7fELF\x02\x02", f"{path} is no big-endian ELF64 file"
    table, = struct.unpack_from(">Q", data, 40)
    size, count = struct.unpack_from(">HH", data, 58)
    sections = [struct.unpack_from(">IIQQQQIIQQ", data, table + i * size) for i in range(count)]
    found = {}
    for _, kind, _, _, offset, length, link, _, _, entry in sections:
        if kind != 2:   # SHT_SYMTAB
            continue
        names = sections[link][4]
        for at in range(offset, offset + length, entry):
            name, info, other, section, value, _ = struct.unpack_from(">IBBHQQ", data, at)
            if name and section and info & 15 < 3:
                found[data[names + name:data.index(0, names + name)].decode()] = value + (1 << (other >> 5) >> 2 << 2)
    return found
