// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/host/fake/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "abi/pef.h"
#include "abi/power.h"
#include "boot/handover.h"
#include "boot/secure/secure.h"
#include "lib/kernel.h"
#include "lib/rtas_blob.h"
#include "tests/host/fake/fake.h"

struct fake_stage fake_stage;

/* open-power/ultravisor core/svm_host.c page_unshare_with_hv() */
static int64_t unshare(struct range range)
{
	if (fake_stage.accept_calls == STAGE_CALLS_MAX)
		return U_RETRY;
	fake_stage.accepted[fake_stage.accept_calls++] = range;
	if (range.end > STAGE_MEMORY || range.end <= range.start || range_overlaps(range, fake_stage.refused))
		return U_P2;
	return fake_stage.accept_rc;
}

static int64_t serve(uint64_t number, uint64_t first, uint64_t count)
{
	if (number == UV_UNSHARE_PAGE)
		return unshare((struct range){ first << UV_PAGE_SHIFT, (first + count) << UV_PAGE_SHIFT });
	if (number != UV_SHARE_PAGE)
		return U_FUNCTION;
	fake_stage.share_calls++;
	fake_stage.shared = (struct range){ first << UV_PAGE_SHIFT, (first + count) << UV_PAGE_SHIFT };
	return fake_stage.share_rc;
}

/* open-power/ultravisor core/uvcall.c uv_switch_page() is the silent one. */
static int64_t answer(uint64_t number, uint64_t first, uint64_t count)
{
	const int64_t urc = serve(number, first, count);

	return fake_stage.silent ? (int64_t)number : urc;
}

/* Once; later only what was written goes back to zeros. */
static void map_memory(void)
{
	static bool mapped;
	void *want = (void *)STAGE_LOWEST;
	size_t size = STAGE_MEMORY - STAGE_LOWEST;

	if (mapped) {
		madvise(want, size, MADV_DONTNEED);
		return;
	}
	if (mmap(want, size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0) != want) {
		perror("memory of the guest");
		exit(2);
	}
	mapped = true;
}

void fake_stage_reset(const void *tree, size_t size)
{
	map_memory();
	fake_stage_reuse(tree, size);
}

void fake_stage_reuse(const void *tree, size_t size)
{
	memcpy((void *)STAGE_RTAS, rtas_blob, sizeof(rtas_blob));
	memcpy((void *)(STAGE_KERNEL + KERNEL_MARK_AT), "virtio,acc-plat1", KERNEL_MARK_SIZE);
	memcpy((void *)STAGE_TREE, tree, size);
	fake_reset();
	fake.msr = MSR_S;
	fake.darn = 0x0123456789abcdef;
	fake.ultracall = answer;
	fake_stage = (struct fake_stage){ 0 };
}

int fake_stage_run(struct guest *guest)
{
	int rc = verify(guest, (const void *)STAGE_TREE, STAGE_AT, WORLD_SECURE);

	return rc ? rc : patch(guest);
}
