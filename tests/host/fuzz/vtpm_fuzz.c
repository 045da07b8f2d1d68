// SPDX-License-Identifier: GPL-2.0-or-later
/* A TPM that answers whatever it likes to, and a log of whoever was there before. */
#include "abi/papr.h"
#include "abi/vtpm.h"
#include "boot/measured/eventlog.h"
#include "boot/measured/tpm2.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "tests/host/fake/fake.h"
#include "tests/host/fuzz/fuzz.h"

static uint8_t memory[VTPM_MEMORY] __attribute__((aligned(4096)));
static struct input input;
static uint32_t slot;

/* The answer comes at once or never; mostly of the right kind, with a header that fits. */
static int64_t answer(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	uint8_t *at = memory + slot % 256 * CRQ_SIZE, *buffer = memory + VTPM_PAGE;
	uint64_t what = take(&input, 1), size = take(&input, 2);

	(void)out;
	if (number != H_SEND_CRQ)
		return number == H_REG_CRQ && what == 255 ? H_RESOURCE : H_SUCCESS;
	if (what == 254)
		return H_CLOSED;
	slot++;
	if (size <= 512)
		for (uint64_t i = 0; i < size; i++)
			buffer[i] = (uint8_t)take(&input, 1);
	if (what & 1) {
		be32_store(buffer + 2, (uint32_t)size);
		be32_store(buffer + 6, 0);
	}
	be64_store(at, in[1]);
	at[CRQ_MSG] |= what & 2 ? CRQ_ANSWER : (uint8_t)what;
	be16_store(at + CRQ_LEN, (uint16_t)(what & 4 ? 4096 : size));
	if (what & 8)
		at[CRQ_VALID] = (uint8_t)take(&input, 1);
	return H_SUCCESS;
}

static void use_tpm(void)
{
	static const struct digests digests = { { { 1 } } };
	struct tpm2 tpm;
	uint32_t banks;
	bool started;

	if (vtpm_open(&tpm.vtpm, 1, 2, memory))
		return;
	if (tpm2_start(&tpm, &started) == 0 && tpm2_banks(&tpm, &banks) == 0) {
		MUST(banks && banks < 1U << BANKS);
		tpm2_extend(&tpm, 4, banks, &digests);
		tpm2_lock_platform(&tpm);
	}
	vtpm_close(&tpm.vtpm);
}

static void use_log(const uint8_t *data, size_t size)
{
	static const struct digests digests = { { { 1 } } };
	uint8_t *copy = malloc(size + 1024);
	struct eventlog log;

	memcpy(copy, data, size);
	memset(copy + size, 0, 1024);
	if (eventlog_continue(&log, copy, (uint32_t)size + 1024) == 0) {
		uint32_t events = log.events;

		MUST(log.size <= size + 1024 && log.banks && log.banks < 1U << BANKS);
		if (eventlog_add(&log, 5, EV_SEPARATOR, &digests, data, 4) == 0) {
			MUST(log.size < log.room);
			MUST(eventlog_continue(&log, copy, log.room) == 0 && log.events == events + 1);
		}
	}
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 4)
		return 0;
	fake_reset();
	fake.hcall = answer;
	fake.timebase_step = 1UL << 30;
	slot = 0;
	input = (struct input){ data, size };
	use_tpm();
	use_log(data, size);
	return 0;
}
