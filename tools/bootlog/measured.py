# SPDX-License-Identifier: GPL-2.0-or-later
"""What a boot has measured into the PCRs of its TPM."""

from .events import parse_number

BANKS = ("sha1", "sha256", "sha384", "sha512")      # bits of banks=, from the lowest

# Types of events: abi/vtpm.h
EVENTS = {0x3: "EV_NO_ACTION", 0x4: "EV_SEPARATOR", 0x7: "EV_S_CRTM_CONTENTS", 0xc: "EV_COMPACT_HASH",
          0xd: "EV_IPL", 0xe: "EV_IPL_PARTITION_DATA", 0x80000006: "EV_EFI_GPT_EVENT"}


def name_banks(boot):
    banks = parse_number(boot.tpm.keys.get("banks", "")) or 0
    return [name for bit, name in enumerate(BANKS) if banks >> bit & 1]


def list_measured(boot):
    """(PCR, name of the event, digest, Event) of each measurement that the log shows."""
    return [(e.keys["pcr"], name_event(e.keys.get("event", "")), e.keys.get("digest", ""), e)
            for e in boot.pcrs]


def name_event(number):
    return EVENTS.get(parse_number(number), number)


def say_tpm(boot):
    """One line of text."""
    return f"TPM {boot.tpm.keys['tpm']}, {boot.tpm.keys.get('events', '?')} events " \
        f"in banks {' '.join(name_banks(boot))}"
