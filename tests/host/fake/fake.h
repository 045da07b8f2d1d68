/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The seams on the host: hcall(), ultracall(), rtas_call(), the time base and stop(). A test sets
 * the handlers it wants; without one a call answers H_FUNCTION, U_FUNCTION or RTAS_HARDWARE_ERROR.
 */
#ifndef TESTS_FAKE_FAKE_H
#define TESTS_FAKE_FAKE_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fake {
	int64_t (*hcall)(uint64_t number, const uint64_t in[9], uint64_t out[9]);
	int64_t (*put_term_char)(const uint64_t in[9]);	/* instead of collecting the console */
	int64_t (*ultracall)(uint64_t number, uint64_t a, uint64_t b);
	int (*rtas)(uint32_t token, const uint32_t *args, uint32_t nargs, uint32_t *rets,
		    uint32_t nrets);
	uint32_t (*mmio_read)(uint64_t address, uint32_t size);
	void (*mmio_write)(uint64_t address, uint32_t size, uint32_t value);
	uint64_t timebase, timebase_step;	/* each reading adds the step */
	void (*on_time)(void);			/* called when the time base is read */
	uint64_t msr, darn;
	int darn_failures;			/* calls of darn() that give no number */
	bool stopped;				/* stop() was called */
	bool held;				/* stop_hold() was called */
	uint32_t power_off;			/* what stop_set_power_off() was given */
	jmp_buf *on_stop;			/* where stop() and enter_kernel() go; abort() if NULL */
	char console[65536];			/* what was written by H_PUT_TERM_CHAR, NUL at the end */
	size_t console_size;
	uint64_t termno;			/* the terminal that was written to last */
	const void *entered_tree;		/* what enter_kernel() was given */
	uint64_t entered_kernel;
	const void *loop_args;			/* what kexec_loop_leave() was given */
};

extern struct fake fake;

/* All as at start. */
void fake_reset(void);

/* Go back to where the test waits: the end of stop() and enter_kernel(). */
_Noreturn void fake_leave(void);

/* Run @body; true if it ended in stop(). */
#define fake_stops(body)                                                    \
	({                                                                  \
		jmp_buf here;                                               \
		fake.on_stop = &here;                                       \
		fake.stopped = false;                                       \
		if (!setjmp(here)) {                                        \
			body;                                               \
		}                                                           \
		fake.on_stop = NULL;                                        \
		fake.stopped;                                               \
	})

#endif /* TESTS_FAKE_FAKE_H */
