/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words that steer the ultravisor: uv.NAME[=VALUE], from the kernel's command line (they are
 * taken out before the guest sees it) and from the NVRAM variable "uv" (-prom-env 'uv=...').
 * docs/ultravisor.md explains each.
 */
#ifndef ULTRAVISOR_TRIAL_OPTIONS_H
#define ULTRAVISOR_TRIAL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA512_SIZE 64

enum evil {
	EVIL_KERNEL = 1, EVIL_INITRD = 2, EVIL_BOOTARGS = 4, EVIL_STAGE = 8, EVIL_FDT = 16,
	EVIL_TREE = 32, EVIL_SCRIBBLE = 64, EVIL_NOSHARE = 128,
};

#define EVIL_FLIPS   5		/* the first of them flip a bit each: EVIL_KERNEL = 1 << 0 ... */
#define EVIL_ANY_BIT UINT64_MAX

/* Where uv.abort= ends UV_ESM: after the named phase. */
enum abort_point { ABORT_NONE, ABORT_START, ABORT_TREE, ABORT_MOVE, ABORT_DIGEST, ABORT_COMMIT };

struct words {
	bool off, strict;		/* strict: every mfmsr leaves the guest */
	char nonce[33];
	unsigned int evil;
	uint64_t evil_bit[EVIL_FLIPS];	/* which bit to flip; EVIL_ANY_BIT: one of our choice */
	enum abort_point abort;
	struct { uint64_t call; int64_t code; uint64_t at; } fail;	/* at: the how-manieth; 0 every */
	struct { uint64_t call, microseconds; } delay;
	struct { uint64_t base, size; } firmware;
	struct { uint64_t size; uint8_t sha512[SHA512_SIZE]; } digest;	/* size 0: none */
};

extern struct words words;

/*
 * Read all uv.* words of @text and write it to @rest without them (@size bytes with the NUL, at
 * least strlen(text) + 1). Returns NULL, or the word that is not understood.
 */
const char *words_take(const char *text, char *rest, size_t size);

/* "0x..." into @digits, for names that are not known. */
const char *number_text(char digits[20], uint64_t number);

#endif /* ULTRAVISOR_TRIAL_OPTIONS_H */
