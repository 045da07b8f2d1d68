/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A TPM 2.0 behind a PAPR queue, as QEMU has it: what a driver may do to it is checked, and its PCRs
 * are extended. A test tells it what to do wrong.
 */
#ifndef TESTS_FAKE_TPM_H
#define TESTS_FAKE_TPM_H

#include <stdbool.h>
#include <stdint.h>

#include "boot/measured/banks.h"

#define FAKE_TPM_UNIT  0x71000002U
#define FAKE_TPM_LIOBN 0x71000002U
#define FAKE_TPM_PCRS  24

struct fake_tpm {
	uint32_t banks;				/* that are active */
	bool started, tested, locked;		/* by Startup, SelfTest, HierarchyChangeAuth */
	bool registered;
	uint64_t tce[2];			/* of the first two pages */
	uint32_t slot, commands, extends;
	uint8_t pcr[FAKE_TPM_PCRS][BANKS][BANK_DIGEST_MAX];

	/* what is wrong */
	int64_t reg_code, send_code;		/* what the calls answer */
	uint32_t silent_after, fails_after;	/* commands; 0: never */
	uint16_t buffer_size, reply_size;	/* what it says instead, where not 0 */
	uint8_t answer_msg;			/* the same, of every answer */
	uint32_t inner_size;			/* in the header of a reply */
	uint16_t extra_bank;			/* an algorithm that is active, too */
	uint8_t selection_bytes;		/* of each bank of the list, where not 0 */
};
extern struct fake_tpm fake_tpm;

/* Off and on; plugged into fake.hcall, in front of what is there. */
void fake_tpm_reset(uint32_t banks);

#endif /* TESTS_FAKE_TPM_H */
