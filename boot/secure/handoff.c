// SPDX-License-Identifier: GPL-2.0-or-later
/* Step 7: the last line, then the kernel. */
#include "boot/secure/enter.h"
#include "boot/secure/secure.h"
#include "fdt/evidence.h"
#include "fdt/read.h"
#include "lib/log.h"

static void report_memory(const struct guest *guest)
{
	const char *state = guest->is_secure ? "private" : "normal";
	const char *shared = guest->is_secure ? "shared" : "normal";
	const uint64_t tree = (uintptr_t)guest->tree;

	evidence_map_all("after", "memory", &guest->memory, state);
	evidence_map("after", "kernel", guest->kernel, state);
	evidence_map("after", "initrd", guest->initrd, state);
	evidence_map("after", guest->is_secure ? "stage" : "pefboot", guest->image, state);
	evidence_map("after", "fdt", (struct range){ tree, tree + fdt_totalsize(guest->tree) },
		     state);
	evidence_map("after", "rtas", guest->rtas, shared);
	evidence_map("after", "pool", guest->pool, shared);
}

void handoff(const struct guest *guest)
{
	report_memory(guest);
	log_step(STEP_HANDOFF, "world=%s kernel=0x%lx tree=0x%lx", world_name(guest),
		 guest->kernel.start, (uintptr_t)guest->tree);
	enter_kernel(guest->tree, guest->kernel.start);
}
