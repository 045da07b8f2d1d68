// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/esm/judge.h"

#include <bearssl_hash.h>

#include "fdt/read.h"
#include "lib/arch.h"
#include "lib/log.h"
#include "lib/string.h"
#include "ultravisor/esm/blob.h"
#include "ultravisor/esm/files.h"
#include "ultravisor/esm/find.h"
#include "ultravisor/esm/hash.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/trial/options.h"

static bool rtas_matches(const void *tree, const struct blob_digests *digests)
{
	int node = dt_find(tree, "/rtas");
	uint64_t base;
	uint32_t size;

	return !dt_u32_or_u64(tree, node, "linux,rtas-base", &base) &&
	       !dt_u32(tree, node, "slof,rtas-size", &size) &&
	       hash_matches(base, size, digests->rtas);
}

/* Without its NUL. Of an empty property the real one would hash 4 GiB. */
static bool bootargs_match(const void *tree, const struct blob_digests *digests)
{
	int size;
	const void *text =
		dt_get(tree, dt_find(tree, "/chosen"), "bootargs", &size);
	uint8_t got[ESM_DIGEST_SIZE];
	br_sha512_context sha;

	if (!text || size < 1)
		return false;
	br_sha512_init(&sha);
	br_sha512_update(&sha, text, (size_t)size - 1);
	br_sha512_out(&sha, got);
	return memcmp(got, digests->bootargs, sizeof(got)) == 0;
}

static const char *yes_no(bool yes)
{
	return yes ? "yes" : "no";
}

/* All four, whatever the first ones say. */
static bool all_match(const struct found_blob *found, const struct blob_digests *digests,
		      const void *tree, uint64_t kbase)
{
	uint64_t began = timebase();
	bool rtas = rtas_matches(tree, digests);
	bool kernel = hash_matches(kbase, digests->kernel_size, digests->kernel);
	bool initrd = hash_matches(found->initrd.start, range_size(found->initrd),
				   digests->initrd);
	bool bootargs = bootargs_match(tree, digests);

	log_notice("esm=match rtas=%s kernel=%s initrd=%s bootargs=%s", yes_no(rtas),
		   yes_no(kernel), yes_no(initrd), yes_no(bootargs));
	log_info("esm=hash kernel=%u initrd=%lu us=%lu", digests->kernel_size,
		 range_size(found->initrd), microseconds(timebase() - began));
	return rtas && kernel && initrd && bootargs;
}

static const char *as_asked(const char *why)
{
	if (!why || uv_options.esm != ESM_WARN)
		return why;
	log_notice("esm=warn why=\"%s\"", why);
	return NULL;
}

static const char *open_found(struct owners_word *word)
{
	const struct found_blob *found = &word->found;
	uint64_t began = timebase();
	struct blob *blob = files_take();
	const char *why = blob_open(blob, &word->digests, platform.spare, range_size(found->place));

	log_notice("esm=blob from=%s range=0x%lx+0x%lx files=%s",
		   found->in_initrd ? "initrd" : "tree", found->place.start,
		   range_size(found->place), yes_no(blob->files_size));
	if (why)
		return why;
	log_info("esm=open us=%lu", microseconds(timebase() - began));
	word->opened = true;
	return NULL;
}

const char *judge_open(struct owners_word *word, const void *tree)
{
	const char *why;

	*word = (struct owners_word){ 0 };
	if (uv_options.esm == ESM_OFF)
		return NULL;
	why = find_blob(&word->found, tree, platform.spare);
	if (!why && word->found.place.end)
		why = open_found(word);
	else if (!why && uv_options.esm != ESM_WITH_BLOB)
		why = "there is no ESM blob";
	return as_asked(why);
}

const char *judge_match(const struct owners_word *word, const void *tree, uint64_t kbase,
			bool *matched)
{
	*matched = all_match(&word->found, &word->digests, tree, kbase);
	return as_asked(*matched ? NULL : "the guest does not match its blob");
}
