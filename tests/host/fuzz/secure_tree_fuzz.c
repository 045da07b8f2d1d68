// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as the device tree which the secure stage is given: steps 5 and 6. */
#include <libfdt.h>

#include "fdt/read.h"
#include "tests/host/fake/stage.h"
#include "tests/host/fuzz/fuzz.h"

#define MOST 65536

static void clear_of(const struct secure *secure, struct range part)
{
	MUST(!range_overlaps(secure->pool, part));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct secure secure;

	if (size > MOST)
		return 0;
	fake_stage_reset(data, size);
	if (fake_stage_overstated() || fake_stage_run(&secure))
		return 0;
	MUST(fake_stage.share_calls == 1);
	MUST(fake_stage.shared.start == secure.pool.start && fake_stage.shared.end == secure.pool.end);
	MUST(secure.pool.end <= STAGE_MEMORY);
	clear_of(&secure, secure.kernel);
	clear_of(&secure, secure.kernel_final);
	clear_of(&secure, secure.initrd);
	clear_of(&secure, secure.rtas);
	clear_of(&secure, secure.image);
	MUST(dt_check(secure.tree, TREE_SPACE) == 0);
	MUST(fdt_getprop(secure.tree, 0, "virtio,access-platform", NULL) != NULL);
	return 0;
}
