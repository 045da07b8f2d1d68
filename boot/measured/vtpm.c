// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/measured/vtpm.h"

#include "abi/papr.h"
#include "abi/vtpm.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/hcall.h"
#include "lib/names.h"
#include "lib/string.h"
#include "lib/wait.h"

/* Where queue and buffer are in the window. */
#define QUEUE_AT     0UL
#define BUFFER_AT    VTPM_PAGE

/* All that the queue takes; in one place, since a hypercall has nine registers. */
static int64_t call(uint64_t number, uint64_t unit, uint64_t a, uint64_t b)
{
	return HCALL(number, unit, a, b);
}

/* @access: TCE_* */
static void map_pages(const struct vtpm *vtpm, uint64_t access)
{
	for (uint64_t at = 0; at < VTPM_MEMORY; at += VTPM_PAGE)
		call(H_PUT_TCE, vtpm->liobn, at,
		     access ? ((uintptr_t)vtpm->queue + at) | access : 0);
}

static int refused(const char *name, int64_t hrc)
{
	return error(E_TPM_QUEUE, "%s -> %s (%ld)", name, h_name(hrc), (long)hrc);
}

/* H_CLOSED: nobody has answered yet. */
static int register_queue(const struct vtpm *vtpm)
{
	int64_t hrc = call(H_REG_CRQ, vtpm->unit, QUEUE_AT, VTPM_PAGE);

	return hrc == H_SUCCESS || hrc == H_CLOSED ? 0 : refused("H_REG_CRQ", hrc);
}

static int await_answer(struct vtpm *vtpm, uint8_t answer[CRQ_SIZE])
{
	uint8_t *slot = vtpm->queue + vtpm->slot * CRQ_SIZE;
	uint64_t since = timebase();

	while (!(*(volatile uint8_t *)(slot + CRQ_VALID) & CRQ_ANSWER))
		if (waited_too_long(since))
			return error(E_TPM_TIMEOUT, "unit 0x%x", vtpm->unit);
	__sync_synchronize();	/* the first byte before what it vouches for */
	memcpy(answer, slot, CRQ_SIZE);
	memset(slot, 0, CRQ_SIZE);
	vtpm->slot = (vtpm->slot + 1) % (VTPM_PAGE / CRQ_SIZE);
	return 0;
}

/* One message and its answer, which has to be of its kind. @size: of the command, then the reply */
static int exchange(struct vtpm *vtpm, uint32_t valid, uint32_t msg, uint32_t *size)
{
	uint64_t first = valid << 24 | msg << 16 | *size;
	uint8_t answer[CRQ_SIZE];
	int64_t hrc;
	int rc;

	__sync_synchronize();	/* the buffer before the message */
	hrc = call(H_SEND_CRQ, vtpm->unit, first << 32 | BUFFER_AT, 0);
	if (hrc)
		return refused("H_SEND_CRQ", hrc);
	rc = await_answer(vtpm, answer);
	if (rc)
		return rc;
	if (answer[CRQ_VALID] != valid || (answer[CRQ_MSG] & 0x7f) != msg)
		return error(E_TPM_REPLY, "message 0x%x to 0x%x", be16_load(answer),
			     valid << 8 | msg);
	*size = be16_load(answer + CRQ_LEN);
	return 0;
}

static int start_queue(struct vtpm *vtpm)
{
	uint32_t size = 0;
	int rc = exchange(vtpm, CRQ_INIT, CRQ_INIT_COMMAND, &size);

	if (rc)
		return rc;
	size = 0;
	rc = exchange(vtpm, CRQ_COMMAND, VTPM_GET_BUFFER_SIZE, &size);
	if (rc == 0 && (size < VTPM_BUFFER_MIN || size > VTPM_PAGE))
		rc = error(E_TPM_REPLY, "a buffer of %u bytes", size);
	return rc;
}

int vtpm_open(struct vtpm *vtpm, uint32_t unit, uint32_t liobn, void *memory)
{
	int rc;

	*vtpm = (struct vtpm){ .unit = unit,
			       .liobn = liobn,
			       .queue = memory,
			       .buffer = (uint8_t *)memory + VTPM_PAGE };
	memset(memory, 0, VTPM_MEMORY);
	call(H_FREE_CRQ, unit, 0, 0);	/* whoever was here before may have left its queue */
	map_pages(vtpm, TCE_READ | TCE_WRITE);
	rc = register_queue(vtpm);
	if (rc == 0)
		rc = start_queue(vtpm);
	if (rc)
		vtpm_close(vtpm);
	return rc;
}

int vtpm_transmit(struct vtpm *vtpm, uint8_t *message, uint32_t *size, uint32_t most)
{
	int rc;

	check(*size <= VTPM_BUFFER_MIN && most <= VTPM_PAGE);
	memcpy(vtpm->buffer, message, *size);
	rc = exchange(vtpm, CRQ_COMMAND, VTPM_TPM_COMMAND, size);
	if (rc)
		return rc;
	if (*size > most)
		return error(E_TPM_REPLY, "%u bytes", *size);
	memcpy(message, vtpm->buffer, *size);
	return 0;
}

void vtpm_close(struct vtpm *vtpm)
{
	call(H_FREE_CRQ, vtpm->unit, 0, 0);
	map_pages(vtpm, 0);
}
