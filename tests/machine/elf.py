# SPDX-License-Identifier: GPL-2.0-or-later
"""Small ELF files for -kernel: as good as QEMU's loader wants them, and no better."""

import struct

EM_PPC64, PT_LOAD = 21, 1


def elf(content, address=0, entry=None, memory=None, order=">"):
    """An ELF64 file of one segment: its bytes, where it is linked, where it is entered, its size in memory."""
    entry = address if entry is None else entry
    offset = 0x1000
    ident = b"\x7fELF" + bytes([2, 2 if order == ">" else 1, 1]) + bytes(9)
    head = ident + struct.pack(order + "HHIQQQIHHHHHH", 2, EM_PPC64, 1, entry, 64, 0, 2, 64, 56, 1, 64, 0, 0)
    segment = struct.pack(order + "IIQQQQQQ", PT_LOAD, 7, offset, address, address, len(content),
                          max(memory or 0, len(content)), 0x1000)
    return (head + segment).ljust(offset, b"\0") + content
