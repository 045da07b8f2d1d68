/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Open Firmware's client interface (IEEE 1275-1994 chapter 6; its PowerPC binding, chapter 8). Who
 * answers is SLOF or QEMU's own (VOF): the host. Handles are 32-bit cells; 0 or all ones is none.
 */
#ifndef BOOT_DOORS_OF_H
#define BOOT_DOORS_OF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "boot/doors/of_enter.h"

#define OF_NONE	      0xffffffffU

/* The client interface, and what it has cost so far. */
struct of {
	uint64_t client;	/* r5 at entry */
	uint32_t calls;
	uint64_t ticks;		/* of the time base, spent there */
};

/*
 * A call whose arguments follow. Returns 0 or E_OF_CALL. @rets: results; may be NULL with @count 0
 */
int of_call(struct of *of, uint32_t *rets, uint32_t count, const char *service, uint32_t args,
	    const uintptr_t *arg);
#define OF_CALL(of, ret, service, ...)                                                             \
	of_call(of, ret, 1, service,                                                               \
		sizeof((const uintptr_t[]){ __VA_ARGS__ }) / sizeof(uintptr_t),                    \
		(const uintptr_t[]){ __VA_ARGS__ })

static inline bool of_valid(uint32_t handle)
{
	return handle != 0 && handle != OF_NONE;
}

/*
 * of_property() - read a property of a node by its path.
 * @value: room for @space bytes
 * @size:  bytes that it has; OF_NONE where there is no such node or property
 * Returns 0, E_OF_CALL, or E_OF_TREE for one that is longer than @space.
 */
int of_property(struct of *of, const char *path, const char *name, void *value, uint32_t space,
		uint32_t *size);

#endif /* BOOT_DOORS_OF_H */
