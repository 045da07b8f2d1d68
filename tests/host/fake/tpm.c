// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/host/fake/tpm.h"

#include <stdlib.h>
#include <string.h>

#include "abi/papr.h"
#include "abi/tpm2.h"
#include "abi/vtpm.h"
#include "lib/endian.h"
#include "tests/host/fake/fake.h"

#define MUST(condition) do { if (!(condition)) abort(); } while (0)

struct fake_tpm fake_tpm;

static int64_t (*next_hcall)(uint64_t number, const uint64_t in[9], uint64_t out[9]);

static uint8_t *page(int index)
{
	MUST((fake_tpm.tce[index] & 3) == 3);
	return (uint8_t *)(fake_tpm.tce[index] & ~3UL);
}

static void answer(uint8_t valid, uint8_t msg, uint16_t size)
{
	uint8_t *slot = page(0) + fake_tpm.slot++ % 256 * CRQ_SIZE;

	MUST(slot[CRQ_VALID] == 0);
	slot[CRQ_MSG] = fake_tpm.answer_msg ? fake_tpm.answer_msg : msg;
	be16_store(slot + CRQ_LEN, size);
	slot[CRQ_VALID] = valid;
}

static uint32_t extend(const uint8_t *command, uint32_t size)
{
	const uint8_t *at = command + 31;
	uint32_t pcr = be32_load(command + 10), count = be32_load(command + 27), seen = 0;

	MUST(be16_load(command) == TPM2_ST_SESSIONS && be32_load(command + 14) == 9 && pcr < FAKE_TPM_PCRS);
	for (; count; count--) {
		uint32_t mask = bank_find(be16_load(at)), width;
		uint8_t both[2 * BANK_DIGEST_MAX];
		struct digests digests;
		enum bank bank;

		MUST(mask && !(seen & mask));
		seen |= mask;
		bank = (enum bank)__builtin_ctz(mask);
		width = bank_size(bank);
		memcpy(both, fake_tpm.pcr[pcr][bank], width);
		memcpy(both + width, at + 2, width);
		banks_hash(&digests, mask, both, 2 * width);
		memcpy(fake_tpm.pcr[pcr][bank], digests.of[bank], width);
		at += 2 + width;
	}
	MUST(at == command + size && seen == fake_tpm.banks);
	fake_tpm.extends++;
	return 0;
}

/* The list of banks, behind the header; a bank that is not active has no bits. */
static uint32_t list_banks(uint8_t *reply)
{
	uint8_t *at = reply + TPM2_HEADER + 9, count = 0;

	for (int bank = 0; bank <= BANKS; bank++) {
		bool active = bank == BANKS || fake_tpm.banks & 1U << bank;
		uint16_t algorithm = bank == BANKS ? fake_tpm.extra_bank : bank_algorithm((enum bank)bank);

		if (!algorithm)
			continue;
		be16_store(at, algorithm);
		at[2] = fake_tpm.selection_bytes ? fake_tpm.selection_bytes : 3;
		memset(at + 3, active ? 0xff : 0, 3);
		at += 6;
		count++;
	}
	reply[TPM2_HEADER] = 0;
	be32_store(reply + TPM2_HEADER + 1, TPM2_CAP_PCRS);
	be32_store(reply + TPM2_HEADER + 5, count);
	return (uint32_t)(at - reply);
}

/* A command in the buffer; its reply replaces it. Returns the reply's bytes. */
static uint32_t serve(uint8_t *buffer, uint32_t size)
{
	uint32_t reply = TPM2_HEADER, code = 0;

	MUST(size >= TPM2_HEADER && be32_load(buffer + 2) == size);
	switch (be32_load(buffer + 6)) {
	case TPM2_CC_STARTUP:
		MUST(size == 12);
		code = fake_tpm.started ? TPM2_RC_INITIALIZE : 0;
		fake_tpm.started = true;
		break;
	case TPM2_CC_SELF_TEST:
		MUST(size == 11);
		fake_tpm.tested = true;
		break;
	case TPM2_CC_GET_CAPABILITY:
		MUST(size == 22);
		reply = list_banks(buffer);
		break;
	case TPM2_CC_GET_RANDOM:
		reply = TPM2_HEADER + 2 + be16_load(buffer + TPM2_HEADER);
		memset(buffer + TPM2_HEADER + 2, 0x5a, reply - TPM2_HEADER - 2);
		break;
	case TPM2_CC_HIERARCHY_CHANGE_AUTH:
		MUST(size == 49 && be32_load(buffer + 10) == TPM2_RH_PLATFORM && be16_load(buffer + 27) == 20);
		MUST(buffer[29] == 0x5a && buffer[48] == 0x5a);
		fake_tpm.locked = true;
		break;
	case TPM2_CC_PCR_EXTEND:
		code = extend(buffer, size);
		break;
	default:
		code = 0x143;
	}
	if (!fake_tpm.started)
		code = TPM2_RC_INITIALIZE;
	if (fake_tpm.fails_after && fake_tpm.commands > fake_tpm.fails_after)
		code = 0x101;
	be16_store(buffer, TPM2_ST_NO_SESSIONS);
	be32_store(buffer + 2, fake_tpm.inner_size ? fake_tpm.inner_size : reply);
	be32_store(buffer + 6, code);
	return reply;
}

static int64_t send(uint64_t first, uint64_t second)
{
	uint8_t valid = (uint8_t)(first >> 56), msg = (uint8_t)(first >> 48);
	uint16_t size = (uint16_t)(first >> 32);

	MUST(fake_tpm.registered && second == 0);
	if (fake_tpm.send_code)
		return fake_tpm.send_code;
	fake_tpm.commands++;
	if (fake_tpm.silent_after && fake_tpm.commands > fake_tpm.silent_after)
		return H_SUCCESS;
	if (valid == CRQ_INIT) {
		answer(CRQ_INIT, CRQ_INIT_COMMAND, 0);
	} else if (msg == VTPM_GET_BUFFER_SIZE) {
		answer(CRQ_COMMAND, msg | 0x80, fake_tpm.buffer_size ? fake_tpm.buffer_size : 4096);
	} else {
		MUST(msg == VTPM_TPM_COMMAND && (uint32_t)first == 4096);
		size = (uint16_t)serve(page(1), size);
		answer(CRQ_COMMAND, msg | 0x80, fake_tpm.reply_size ? fake_tpm.reply_size : size);
	}
	return H_SUCCESS;
}

static int64_t tpm_hcall(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	switch (number) {
	case H_PUT_TCE:
		if (in[0] != FAKE_TPM_LIOBN || in[1] > 4096)
			break;
		MUST(in[1] % 4096 == 0 && !fake_tpm.registered);
		fake_tpm.tce[in[1] / 4096] = in[2];
		return H_SUCCESS;
	case H_REG_CRQ:
		MUST(in[0] == FAKE_TPM_UNIT && in[1] == 0 && in[2] == 4096);
		if (fake_tpm.reg_code)
			return fake_tpm.reg_code;
		if (fake_tpm.registered)
			return H_RESOURCE;
		fake_tpm.registered = true;
		fake_tpm.slot = 0;
		return H_SUCCESS;
	case H_FREE_CRQ:
		fake_tpm.registered = false;
		return H_SUCCESS;
	case H_SEND_CRQ:
		return send(in[1], in[2]);
	}
	return next_hcall ? next_hcall(number, in, out) : H_FUNCTION;
}

void fake_tpm_reset(uint32_t banks)
{
	fake_tpm = (struct fake_tpm){ .banks = banks };
	if (fake.hcall != tpm_hcall)
		next_hcall = fake.hcall;
	fake.hcall = tpm_hcall;
}
