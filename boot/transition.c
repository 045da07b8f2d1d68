// SPDX-License-Identifier: GPL-2.0-or-later
/* Step 4: the end of the normal world. */
#include "abi/pef.h"
#include "boot/main.h"
#include "boot/tree.h"
#include "lib/fail.h"
#include "lib/log.h"
#include "lib/names.h"
#include "lib/rtas.h"
#include "lib/string.h"
#include "ultracall/ultracall.h"

static const char *policy_name(enum secure_policy policy)
{
	return policy == SECURE_REQUIRED ? "required" : policy == SECURE_OFF ? "off" : "auto";
}

/*
 * Is there an ultravisor? UV_ESM with kbase 0 is refused without harm: U_P2 by a real one
 * (ultravisor core/uvcall.c:873), U_FUNCTION where nobody is.
 */
static int ask(enum secure_policy policy)
{
	int64_t urc;

	if (policy == SECURE_OFF)
		return 0;
	urc = ultracall(UV_ESM, 0, 0);
	if (urc == U_FUNCTION && policy == SECURE_REQUIRED)
		return error(E_NO_ULTRAVISOR, "UV_ESM -> %s (%ld)", u_name(urc), (long)urc);
	if (urc == U_FUNCTION)
		log_notice("notice: no ultravisor, this guest stays a normal VM: nothing is protected");
	return 0;
}

int transition(const struct machine *machine, const struct payload *payload)
{
	int rc = ask(payload->options.secure);

	if (rc)
		return rc;
	memcpy((void *)machine->home.rtas, rtas_blob, sizeof(rtas_blob));
	rc = tree_finish(machine, payload);
	if (rc)
		return rc;
	log_step(STEP_TRANSITION, "mode=normal secure=%s rtas=0x%lx",
		 policy_name(payload->options.secure), machine->home.rtas);
	return 0;
}
