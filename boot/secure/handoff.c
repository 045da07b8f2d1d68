// SPDX-License-Identifier: GPL-2.0-or-later
/* Step 7: the last line, then the kernel. */
#include "boot/secure/handoff.h"

#include "boot/evidence.h"
#include "boot/main.h"
#include "lib/log.h"

void handoff(const struct secure *secure)
{
	evidence_after(secure);
	log_step(STEP_HANDOFF, "world=%s kernel=0x%lx tree=0x%lx", world_name(secure),
		 secure->kernel.start, (uintptr_t)secure->tree);
	enter_kernel(secure->tree, secure->kernel.start);
}
