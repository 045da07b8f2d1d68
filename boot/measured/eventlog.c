// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/measured/eventlog.h"

#include "abi/vtpm.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/string.h"

#define EVENT2_MAX (8 + DIGESTS_MAX + 4)	/* without its data */

static int bad_log(const struct eventlog *log, const char *what)
{
	return error(E_TPM_LOG, "%s, after %u of %u bytes", what, log->size, log->room);
}

/* TCG_PCR_EVENT of PCR 0 with no digest; its size comes later. */
static const uint8_t first_event[EVENT_HEADER + SPEC_ID_ALGORITHMS] = {
	[4] = EV_NO_ACTION,
	[EVENT_HEADER] = 'S', 'p', 'e', 'c', ' ', 'I', 'D', ' ',
	'E', 'v', 'e', 'n', 't', '0', '3', 0,
	0, 0, 0, 0,		/* platform class: client */
	0, 2, 2,		/* version 2.0, errata 2 */
	2,			/* a UINTN is 64 bits */
};

int eventlog_start(struct eventlog *log, void *at, uint32_t room, uint32_t banks)
{
	uint8_t *end = (uint8_t *)at + sizeof(first_event) + 4;

	*log = (struct eventlog){ .at = at, .room = room, .banks = banks };
	if (room < sizeof(first_event) + 4 + BANKS * 4 + 1)
		return bad_log(log, "no room");
	memset(at, 0, room);
	memcpy(at, first_event, sizeof(first_event));
	for (enum bank bank = 0; bank < BANKS; bank++) {
		if (!(banks & 1U << bank))
			continue;
		log->at[sizeof(first_event)]++;
		le16_store(end, bank_algorithm(bank));
		le16_store(end + 2, (uint16_t)bank_size(bank));
		end += 4;
	}
	log->size = (uint32_t)(end + 1 - log->at);	/* no vendor's information */
	log->at[EVENT_HEADER - 4] = (uint8_t)(log->size - EVENT_HEADER);
	return 0;
}

/* The first entry: which banks. Returns its bytes, 0 where it is not as it has to be. */
static uint32_t read_first(struct eventlog *log)
{
	const uint8_t *entry = log->at + sizeof(first_event) + 4;
	uint32_t size, count;

	if (log->room < sizeof(first_event) + 4 ||
	    memcmp(log->at + EVENT_HEADER, EVENT_SPEC_ID, sizeof(EVENT_SPEC_ID)) != 0)
		return 0;
	size = le32_load(log->at + EVENT_HEADER - 4);
	count = le32_load(entry - 4);
	if (size > log->room - EVENT_HEADER || count > BANKS ||
	    size < SPEC_ID_ALGORITHMS + 4 + 4 * count)
		return 0;
	for (; count; count--, entry += 4)
		log->banks |= bank_find(le16_load(entry)) ?: 1U << BANKS;
	return log->banks && log->banks < 1U << BANKS ? EVENT_HEADER + size : 0;
}

/* Bytes of the event at @at, of which @left are there at most; 0 for an impossible one. */
static uint32_t event_size(const struct eventlog *log, const uint8_t *at, uint32_t left)
{
	uint32_t count = le32_load(at + 8), used = 12, size;

	for (; count && used + 2 <= left; count--) {
		uint32_t bank = bank_find(le16_load(at + used)) & log->banks;

		if (bank == 0)
			return 0;
		used += 2 + bank_size((enum bank)__builtin_ctz(bank));
	}
	if (count || used + 4 > left)
		return 0;
	size = le32_load(at + used);
	return size > left - used - 4 ? 0 : used + 4 + size;
}

int eventlog_continue(struct eventlog *log, void *at, uint32_t room)
{
	uint32_t size;

	*log = (struct eventlog){ .at = at, .room = room };
	for (size = read_first(log); size; log->events++) {
		uint8_t *event = log->at + (log->size += size);
		uint32_t left = room - log->size;

		if (left < 12 || le32_load(event + 8) == 0) {	/* none is without digests */
			memset(event, 0, left);
			return 0;
		}
		size = event_size(log, event, left);
		if (le32_load(event + 4) == EV_SEPARATOR && le32_load(event) < 32)
			log->separated |= 1U << le32_load(event);
	}
	return bad_log(log, "malformed");
}

int eventlog_add(struct eventlog *log, uint32_t pcr, uint32_t type, const struct digests *digests,
		 const void *data, uint32_t size)
{
	uint8_t *at = log->at + log->size;
	uint32_t left = log->room - log->size;

	if (left <= EVENT2_MAX || size >= left - EVENT2_MAX)
		return bad_log(log, "no room");
	le32_store(at, pcr);
	le32_store(at + 4, type);
	at += 8 + banks_put(at + 8, log->banks, digests, true);
	le32_store(at, size);
	memcpy(at + 4, data, size);
	log->size = (uint32_t)(at + 4 + size - log->at);
	log->events++;
	return 0;
}
