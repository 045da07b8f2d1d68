# SPDX-License-Identifier: GPL-2.0-or-later
"""What virtio devices are told to read and write, seen from outside: their rings, and the descriptors in them.

The guest stands still while its rings are read. Descriptors stay in a ring after their use until the
next takes their place, so each look also sees what went before. Indirect tables are not followed: the
devices are to be made with indirect_desc=off, so that every buffer stands in the ring itself."""

import struct
import time
from dataclasses import dataclass, field

import audit

# Flags of a descriptor: virtio 1.2, 2.7.5 and 2.8.13. In a packed ring, one with AVAIL = USED is no longer the device's.
INDIRECT = 4
AVAIL, USED = 1 << 7, 1 << 15

DESCRIPTOR = struct.Struct("<QIHH")     # split: address, length, flags, next; packed: address, length, id, flags


@dataclass
class Seen:
    """What one device was told, over all looks."""
    areas: int = 0
    descriptors: int = 0
    outside: list = field(default_factory=list)
    used: set = field(default_factory=set)      # what progress() said of each queue

    @property
    def queues(self):
        return len({queue for queue, _ in self.used})

    def add(self, pool, what, address, size):
        if what == "descriptor":
            self.descriptors += 1
        else:
            self.areas += 1
        if address < pool[0] or address + max(size, 1) > pool[0] + pool[1]:
            self.outside.append(f"{what} {address:#x}+{size:#x}")


def areas(queue, packed):
    """The memory of a ring itself: (name, address, bytes). virtio 1.2, 2.7 and 2.8"""
    number = queue["vring-num"]
    sizes = (16 * number, 4, 4) if packed else (16 * number, 6 + 2 * number, 6 + 8 * number)
    return [(name, queue[f"vring-{name}"], size) for name, size in zip(("desc", "avail", "used"), sizes)]


def descriptors(machine, queue, packed):
    """(address, length) of all in the ring. A descriptor without an address was never filled. Where a device has used
    the first of a packed chain, it has put what it wrote to the whole chain in the place of the length: 1 instead."""
    table = machine.memory(queue["vring-desc"], 16 * queue["vring-num"])
    for address, length, third, fourth in DESCRIPTOR.iter_unpack(table):
        flags = fourth if packed else third
        assert not flags & INDIRECT, "the device must have indirect_desc=off"
        if packed and bool(flags & AVAIL) == bool(flags & USED):
            length = 1
        if address:
            yield address, length


def progress(machine, queue, packed):
    """What changes whenever the device has finished something; a packed ring has no count."""
    if packed:
        return machine.memory(queue["vring-desc"], 16 * queue["vring-num"])
    return machine.memory(queue["vring-used"] + 2, 2)


def live(machine):
    """[(device, status of its queue)] of every ring there is."""
    return [(name, machine.qmp("x-query-virtio-queue-status", path=path, queue=number))
            for name, path in audit.devices(machine) for number in audit.queues(machine, path)]


def look(machine, rings, packed, pool, seen):
    """One look at all rings: adds to seen, {device: Seen}."""
    machine.qmp("stop")
    for name, queue in rings:
        device = seen.setdefault(name, Seen())
        for what, address, size in areas(queue, packed):
            device.add(pool, what, address, size)
        for address, length in descriptors(machine, queue, packed):
            device.add(pool, "descriptor", address, length)
        device.used.add((queue["vring-desc"], progress(machine, queue, packed)))
    machine.qmp("cont")


def watch(machine, packed, pool, looks, between, limit):
    """{device: Seen} after so many looks and as many more as it takes to see each device at work: limit seconds.
    between() is called before each."""
    seen, end = {}, time.monotonic() + limit
    while looks > 0 or any(len(device.used) <= device.queues for device in seen.values()):
        assert time.monotonic() < end, f"idle: {[name for name, device in seen.items() if len(device.used) <= device.queues]}"
        between()
        look(machine, live(machine), packed, pool, seen)
        looks -= 1
    return seen
