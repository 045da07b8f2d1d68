// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/start/settings.h"

#include "fdt/read.h"
#include "lib/endian.h"
#include "lib/log.h"
#include "lib/string.h"
#include "ultravisor/calls/rtas.h"
#include "ultravisor/calls/tree.h"
#include "ultravisor/cpu/fail.h"
#include "ultravisor/cpu/low.h"
#include "ultravisor/esm/machine_key.h"
#include "ultravisor/esm/tpm.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/trial/options.h"
#include "ultravisor/trial/overlay.h"

static void apply_options(const char *text, char *rest, size_t size)
{
	const char *wrong = uv_options_parse(text, rest, size);

	if (wrong)
		uv_fail(E_UV_OPTION, "%pV", wrong);
}

/*
 * The variable "uv" of NVRAM's first partition: QEMU -prom-env 'uv=uv.trace ...' (its header:
 * signature 0x70, checksum, length in 16 bytes, 12 bytes name; QEMU hw/nvram/chrp_nvram.c)
 */
void settings_read_nvram(void)
{
	static char text[4096], rest[4096];
	uint32_t size = rtas_nvram_read(0, text, sizeof(text) - 1);

	if (size < 16 || text[0] != 0x70)
		return;
	for (uint32_t at = 16; at < size && text[at]; at += (uint32_t)strlen(text + at) + 1)
		if (strncmp(text + at, "uv=", 3) == 0)
			apply_options(text + at + 3, rest, sizeof(rest));
}

void settings_take_bootargs(void *tree)
{
	static char rest[65536];
	const char *bootargs = dt_string(tree, dt_find(tree, "/chosen"), "bootargs");
	int frc;

	if (!bootargs)
		return;
	if (strlen(bootargs) >= sizeof(rest))
		uv_fail(E_UV_TREE, "command line over 64 KiB");
	apply_options(bootargs, rest, sizeof(rest));
	frc = tree_set_bootargs(tree, rest);
	if (frc)
		uv_fail(E_UV_TREE, "bootargs: %s", fdt_strerror(frc));
}

void settings_keep_overlay(void)
{
	int frc;

	if (!(uv_options.evil & EVIL_OVERLAY))
		return;
	frc = overlay_keep(uv_options.overlay.base, uv_options.overlay.size);
	if (frc)
		uv_fail(E_UV_OVERLAY, "0x%lx+0x%lx: %s", uv_options.overlay.base,
			uv_options.overlay.size, fdt_strerror(frc));
}

/* Memory from its start to its end, but for L1's vectors and what the ultravisor uses itself. */
static bool key_is_readable(uint64_t base, uint64_t size)
{
	struct range key;

	return size <= MACHINE_KEY_DER_MAX && range_make(&key, base, size) && base >= LOW_END &&
	       key.end <= platform.memory &&
	       (key.end <= platform.own.start || base >= platform.own_used);
}

void settings_take_key(void)
{
	uint64_t base = uv_options.key.base, size = uv_options.key.size;
	uint8_t hash[ESM_FINGERPRINT_SIZE];
	const char *why = "not in memory, or too large";

	if (!size && uv_options.tpm.handle)
		tpm_announce(&uv_options.tpm);
	if (!size)
		return;
	if (key_is_readable(base, size)) {
		why = machine_key_read(real(base), size);
		secure_zero(real(base), size);
	}
	if (why)
		uv_fail(E_UV_KEY, "0x%lx+0x%lx: %s", base, size, why);
	machine_key_fingerprint(hash);
	log_notice("key=memory range=0x%lx+0x%lx wiped=yes "
		   "fingerprint=%016lx%016lx%016lx%016lx", base, size, be64_load(hash),
		   be64_load(hash + 8), be64_load(hash + 16), be64_load(hash + 24));
	if (machine_key_published())
		log_notice("notice: uv.key is the published test key, which opens nothing "
			   "that is a secret");
}
