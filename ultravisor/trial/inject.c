// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/trial/inject.h"

#include "lib/arch.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/trial/options.h"

void inject_delay(uint64_t number)
{
	uint64_t start = timebase();

	while (number == uv_options.delay.call &&
	       microseconds(timebase() - start) < uv_options.delay.microseconds)
		;
}

bool inject_failure(uint64_t number, int64_t *code)
{
	static uint64_t count;

	if (!uv_options.fail.call || number != uv_options.fail.call)
		return false;
	count++;
	*code = uv_options.fail.code;
	return !uv_options.fail.nth || count == uv_options.fail.nth;
}
