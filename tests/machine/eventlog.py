# SPDX-License-Identifier: GPL-2.0-or-later
"""The event log of a TPM 2.0 (TCG PC Client Platform Firmware Profile 1.05, 10.2), read and replayed."""
import collections
import hashlib
import struct

Event = collections.namedtuple("Event", "pcr type digests data")

ALGORITHMS = {0x4: "sha1", 0xb: "sha256", 0xc: "sha384", 0xd: "sha512"}
NO_ACTION, SEPARATOR, CRTM_CONTENTS, ACTION, COMPACT_HASH, IPL = 3, 4, 7, 5, 0xc, 0xd
PARTITION_DATA, GPT_EVENT = 0xe, 0x80000006


def _header(log):
    """The algorithms that the first event announces, and where the second begins."""
    pcr, kind, digest, size = struct.unpack_from("<II20sI", log)
    assert (pcr, kind, digest) == (0, NO_ACTION, bytes(20))
    event = log[32:32 + size]
    assert event[:24] == b"Spec ID Event03\0" + bytes([0, 0, 0, 0, 0, 2]) + event[22:24]
    count, = struct.unpack_from("<I", event, 24)
    algorithms = dict(struct.unpack_from("<HH", event, 28 + 4 * i) for i in range(count))
    assert len(event) == 28 + 4 * count + 1 + event[28 + 4 * count]
    for number, width in algorithms.items():
        assert hashlib.new(ALGORITHMS[number]).digest_size == width
    return algorithms, 32 + size


def parse(log):
    """Its events, and the names of its banks."""
    algorithms, at = _header(log)
    events = []
    while at < len(log):
        pcr, kind, count = struct.unpack_from("<III", log, at)
        at += 12
        digests = {}
        for _ in range(count):
            number, = struct.unpack_from("<H", log, at)
            digests[ALGORITHMS[number]] = log[at + 2:at + 2 + algorithms[number]]
            at += 2 + algorithms[number]
        size, = struct.unpack_from("<I", log, at)
        events.append(Event(pcr, kind, digests, log[at + 4:at + 4 + size]))
        at += 4 + size
        assert at <= len(log) and set(digests) == {ALGORITHMS[number] for number in algorithms}
    return events, [ALGORITHMS[number] for number in algorithms]


def extend(bank, value, digest):
    return hashlib.new(bank, value + digest).digest()


def replay(events, bank):
    """PCRs 0 to 9 of a bank, as hexadecimal text."""
    pcrs = {pcr: bytes(hashlib.new(bank).digest_size) for pcr in range(10)}
    for event in events:
        pcrs[event.pcr] = extend(bank, pcrs[event.pcr], event.digests[bank])
    return {pcr: value.hex() for pcr, value in pcrs.items()}


def of_report(report):
    """(log, PCRs by bank and number) as the guest's user space reported them."""
    pcrs = collections.defaultdict(dict)
    for bank, number, value in report.all("pcr"):
        pcrs[bank][int(number)] = value.lower()
    return bytes.fromhex("".join(words[0] for words in report.all("tpm_log"))), dict(pcrs)
