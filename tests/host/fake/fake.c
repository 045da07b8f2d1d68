// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/host/fake/fake.h"

#include <stdlib.h>
#include <string.h>

#include "abi/papr.h"
#include "abi/pef.h"
#include "abi/power.h"
#include "lib/arch.h"
#include "lib/endian.h"
#include "lib/hcall.h"
#include "ultracall/ultracall.h"

struct fake fake;

void fake_reset(void)
{
	memset(&fake, 0, sizeof(fake));
}

void fake_leave(void)
{
	if (!fake.on_stop)
		abort();
	longjmp(*fake.on_stop, 1);
}

static int64_t put_term_char(const uint64_t in[9])
{
	char bytes[16];

	fake.termno = in[0];
	be64_store(bytes, in[2]);
	be64_store(bytes + 8, in[3]);
	if (in[1] > sizeof(bytes))
		return H_PARAMETER;
	for (uint64_t i = 0; i < in[1] && fake.console_size < sizeof(fake.console) - 1; i++)
		fake.console[fake.console_size++] = bytes[i];
	return H_SUCCESS;
}

int64_t hcall(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	if (number == H_PUT_TERM_CHAR)
		return fake.put_term_char ? fake.put_term_char(in) : put_term_char(in);
	return fake.hcall ? fake.hcall(number, in, out) : H_FUNCTION;
}

int64_t ultracall(uint64_t number, uint64_t a, uint64_t b)
{
	return fake.ultracall ? fake.ultracall(number, a, b) : U_FUNCTION;
}

uint64_t timebase(void)
{
	fake.timebase += fake.timebase_step;
	if (fake.on_time)
		fake.on_time();
	return fake.timebase;
}

uint64_t msr_read(void)
{
	return fake.msr;
}

bool msr_is_secure(void)
{
	return fake.msr & MSR_S;
}

uint64_t pvr_read(void)
{
	return 0x004e1200;
}

uint64_t toc_pointer(void)
{
	return 0;
}

uint64_t darn(void)
{
	if (fake.darn_failures) {
		fake.darn_failures--;
		return UINT64_MAX;
	}
	return fake.darn;
}

void cache_sync(void *at, size_t size)
{
	(void)at;
	(void)size;
}
