/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log of what was measured, as TCG has it: who replays it gets the PCRs. */
#ifndef BOOT_MEASURED_EVENTLOG_H
#define BOOT_MEASURED_EVENTLOG_H

#include "boot/measured/banks.h"

struct eventlog {
	uint8_t *at;
	uint32_t size, room;	/* bytes */
	uint32_t banks;		/* that its events have digests of */
	uint32_t events;	/* without the first, which extends nothing */
	uint32_t separated;	/* PCRs with a separator: a mask */
};

/* eventlog_start() - an empty one, for @banks, in @room bytes at @at. Returns 0 or E_TPM_LOG. */
int eventlog_start(struct eventlog *log, void *at, uint32_t room, uint32_t banks);

/*
 * eventlog_continue() - one that somebody has written; it ends where an event has no digest.
 * Returns 0, or E_TPM_LOG where it is malformed or has a bank that we do not know.
 */
int eventlog_continue(struct eventlog *log, void *at, uint32_t room);

/*
 * eventlog_add() - one event, of @size bytes at @data.
 * Returns 0 or E_TPM_LOG. There is always room for a byte of what follows: Linux wants it.
 */
int eventlog_add(struct eventlog *log, uint32_t pcr, uint32_t type, const struct digests *digests,
		 const void *data, uint32_t size);

#endif /* BOOT_MEASURED_EVENTLOG_H */
