/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Open Firmware on the host: a client interface that tells what a flat tree says. A handle is a node's offset + 1. */
#ifndef TESTS_FAKE_OF_H
#define TESTS_FAKE_OF_H

#include <stdint.h>

#include "boot/doors/of.h"

#define FAKE_OF_CLIENT 0x1234560UL
#define FAKE_OF_CLAIM  0x8000000U	/* what "claim" gives */

struct fake_of {
	const void *tree;
	const char *unknown;			/* a service that it does not have */
	void (*twist)(struct of_call *call);	/* called after each call: may change what it answers */
	uint32_t calls, quiesced, closed[4], closes;
	uint64_t claimed;			/* bytes */
	uint8_t vectors[78];			/* argument of ibm,client-architecture-support */
};
extern struct fake_of fake_of;

#endif /* TESTS_FAKE_OF_H */
