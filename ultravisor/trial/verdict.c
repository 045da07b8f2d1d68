// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/trial/verdict.h"

#include "abi/hcalls.h"
#include "lib/arch.h"
#include "lib/console.h"
#include "lib/format.h"
#include "lib/log.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/exec.h"
#include "ultravisor/trial/options.h"
#include "ultravisor/trial/stats.h"

static uint64_t count_nonzero(uint64_t ra, uint64_t size)
{
	const uint64_t *at = real(ra);
	uint64_t count = 0;

	for (uint64_t i = 0; i < size / sizeof(*at); i++)
		count += at[i] != 0;
	return count;
}

/*
 * Must the host see nothing of this frame? Of what the ultravisor shares for itself, too, where we
 * write nothing: cpu/low.h has the page that calls bounce through. What the guest has never touched
 * has nothing of it.
 */
static bool is_private(enum page_state state)
{
	return state != PAGE_ABSENT && (pages_in_slot(state) || state == PAGE_IMPLICIT);
}

/* Without frame 0, which is L1's own. */
uint64_t count_leaked_words(void)
{
	uint64_t count = 0;

	for (uint64_t gfn = 1; platform.secure && gfn < pages.count; gfn++)
		if (is_private(pages_get(&pages, gfn)) &&
		    !real_is_zero(gfn * FRAME_SIZE, FRAME_SIZE))
			count += count_nonzero(gfn * FRAME_SIZE, FRAME_SIZE);
	return count;
}

/* "0xf104:" of each call, eight digits, and a comma */
#define CALLS_TEXT (16 * ((UV_LAST - UV_FIRST) / 4 + 1) + 1)

static void format_calls(char *text, size_t size)
{
	size_t used = 0;

	format(text, size, "none");
	for (unsigned int i = 0; i < sizeof(stats.uvcalls) / sizeof(stats.uvcalls[0]); i++)
		if (stats.uvcalls[i])
			used += format(text + used, size - used, "%s0x%x:%lu", used ? "," : "",
				       UV_FIRST + 4 * i, (unsigned long)stats.uvcalls[i]);
}

/* What the guest wrote where it has no memory. */
static void report_outside(void)
{
	uint64_t count = 0;

	for (uint64_t at = 0; at < platform.outside; at += FRAME_SIZE)
		if (!real_is_zero(platform.guest + at, FRAME_SIZE))
			count += count_nonzero(platform.guest + at, FRAME_SIZE);
	log_notice("evil=memory range=0x%lx+0x%lx words=%lu", platform.guest, platform.outside,
		   count);
}

void verdict_print(void)
{
	char calls[CALLS_TEXT];
	uint64_t start = timebase(), leaked = count_leaked_words();

	format_calls(calls, sizeof(calls));
	console_write("\n", 1);
	if (platform.outside)
		report_outside();
	log_info("exits=%lu hcalls=%lu faults=%lu fetches=%lu illegal=%lu external=%lu tick=%lu "
		   "scans=%lu verdict-us=%lu",
		   stats.hcalls + stats.faults + stats.fetches + stats.illegal + stats.externals +
			   stats.ticks, stats.hcalls, stats.faults, stats.fetches, stats.illegal,
		   stats.externals, stats.ticks, exec_scans(), microseconds(timebase() - start));
	log_notice("verdict emulated=1 world=%s private=%lu shared=%lu leaked=%lu refused=%lu "
		   "uvcalls=%s%s%s",
		   platform.secure ? "secure" : "normal",
		   platform.secure ? pages_private(&pages) : 0, pages_shared(&pages), leaked,
		   stats.refused, calls, uv_options.nonce[0] ? " nonce=" : "", uv_options.nonce);
}
