// SPDX-License-Identifier: GPL-2.0-or-later
/* A file of its own, so that a test of lib/rtas.c can link that instead. */
#include "lib/rtas.h"

#include "tests/host/fake/fake.h"

int rtas_call(uint32_t token, const uint32_t *args, uint32_t nargs, uint32_t *rets, uint32_t nrets)
{
	return fake.rtas ? fake.rtas(token, args, nargs, rets, nrets) : RTAS_HARDWARE_ERROR;
}
