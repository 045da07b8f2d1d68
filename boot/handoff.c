// SPDX-License-Identifier: GPL-2.0-or-later
/* Step 7: the last line, then the kernel. */
#include "boot/handoff.h"

#include "boot/main.h"
#include "lib/log.h"

void handoff(const void *tree, const struct secure *secure)
{
	log_step(STEP_HANDOFF, "world=%s kernel=0x%lx tree=0x%lx", secure->world,
		 secure->kernel.start, (uintptr_t)tree);
	enter_kernel(tree, secure->kernel.start);
}
