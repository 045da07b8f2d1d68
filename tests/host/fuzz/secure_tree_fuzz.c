// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as the device tree which the secure stage is given: steps 5 and 6. */
#include <libfdt.h>

#include "boot/handover.h"
#include "fdt/read.h"
#include "tests/host/fake/stage.h"
#include "tests/host/fuzz/fuzz.h"

#define MOST 65536

static void clear_of(const struct guest *guest, struct range part)
{
	MUST(!range_overlaps(guest->pool, part));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct guest guest;

	if (size > MOST)
		return 0;
	fake_stage_reset(data, size);
	if (fake_stage_run(&guest))
		return 0;
	MUST(fake_stage.share_calls == 1);
	MUST(fake_stage.shared.start == guest.pool.start && fake_stage.shared.end == guest.pool.end);
	MUST(guest.pool.end <= STAGE_MEMORY);
	clear_of(&guest, guest.kernel);
	clear_of(&guest, guest.kernel_final);
	clear_of(&guest, guest.initrd);
	clear_of(&guest, guest.rtas);
	clear_of(&guest, guest.image);
	MUST(dt_check(guest.tree, TREE_SPACE) == 0);
	MUST(fdt_getprop(guest.tree, 0, "virtio,access-platform", NULL) != NULL);
	return 0;
}
