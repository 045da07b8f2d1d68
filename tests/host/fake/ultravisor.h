/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ultravisor's seams on the host: real memory is an arena, a CPU waits for nothing. */
#ifndef TESTS_FAKE_ULTRAVISOR_H
#define TESTS_FAKE_ULTRAVISOR_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

struct fake_uv {
	uint8_t *arena;		/* real memory, platform.memory bytes */
	uint64_t cedes;
	jmp_buf *on_cede;	/* where cede() goes, if anywhere */
	uint64_t dar, dsisr;
};

extern struct fake_uv fake_uv;

/* A machine with @guest bytes of guest memory and one CPU, nothing mapped, not secure. */
void fake_uv_reset(uint64_t guest);

/* A second CPU, which is in the guest until @leaves takes it out; reading the time base takes a millisecond. */
void fake_uv_second_cpu(int64_t (*leaves)(uint64_t number, const uint64_t in[9], uint64_t out[9]));

/* Does @body wait for the lock, while another CPU has it? It gets 20 ms of CPU time, and is left where it is. */
bool fake_uv_waits(void (*body)(void));

/* How many words of the guest's memory are not what the guest reads. */
unsigned int fake_uv_replaced(void);

#endif /* TESTS_FAKE_ULTRAVISOR_H */
