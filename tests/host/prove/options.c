// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property: whatever is given to an option: nothing outside is read, and what is accepted is inside
 *     its limits
 * bounds: every option, with any value of up to 12 characters
 * sources: lib/parse.c
 * cbmc: --unwind 14 --slice-formula
 * run: all
 */
#include "lib/options.c"

#include "tests/host/prove/prove.h"

static char value[13];

static bool set(struct options *options, const char *to)
{
	switch (any8() % 10) {
	case 0:	 return set_log(options, to);
	case 1:	 return set_secure(options, to);
	case 2:	 return set_fail(options, to);
	case 3:	 return set_cas(options, to);
	case 4:	 return set_kernel(options, to);
	case 5:	 return set_dma(options, to);
	case 6:	 return set_pool(options, to);
	case 7:	 return set_devices(options, to);
	case 8:	 return set_tpm(options, to);
	default: return set_disk_timeout(options, to);
	}
}

int main(void)
{
	struct options options = { .log = LOG_NOTICE, .cas = true, .pool_size = POOL_DEFAULT };
	uint32_t size = any8();
	bool good;

	given(size < sizeof(value));
	any_value(value);
	value[sizeof(value) - 1] = '\0';
	good = set(&options, value + sizeof(value) - 1 - size);
	claim(options.devices <= OPTION_DEVICES_MAX);
	if (!good)
		return 0;
	claim(options.pool_size > 0 && options.pool_size <= POOL_MAX);
	claim(options.secure <= SECURE_OFF && options.tpm <= TPM_OFF && options.log <= LOG_INFO);
	claim(options.disk_timeout <= DISK_TIMEOUT_MAX);
	return 0;
}
