/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options of the ultravisor: uv.NAME[=VALUE], on the kernel's command line (they are removed before
 * the guest sees it) or in the NVRAM variable "uv" (-prom-env 'uv=...'). docs/ultravisor.md
 * explains each.
 */
#ifndef ULTRAVISOR_TRIAL_OPTIONS_H
#define ULTRAVISOR_TRIAL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ultravisor/text/exec.h"

#define SHA512_SIZE 64

enum evil {
	EVIL_KERNEL = 1, EVIL_INITRD = 2, EVIL_BOOTARGS = 4, EVIL_STAGE = 8, EVIL_FDT = 16,
	EVIL_TREE = 32, EVIL_SCRIBBLE = 64, EVIL_NOSHARE = 128, EVIL_OVERLAY = 256,
	EVIL_MEMORY = 512, EVIL_VECTOR = 1024, EVIL_FORGET = 2048,
};

#define EVIL_FLIPS   5		/* the first five flip a bit each: EVIL_KERNEL = 1 << 0 ... */
#define EVIL_ANY_BIT UINT64_MAX

/* The phase of UV_ESM after which uv.abort= ends it. */
enum abort_point { ABORT_NONE, ABORT_START, ABORT_TREE, ABORT_MOVE, ABORT_DIGEST, ABORT_COMMIT };

/*
 * What becomes of a guest whose blob does not match. By default it stays normal, and one without a
 * blob goes secure. When enforce is asked for, a blob is, too.
 */
enum esm_policy { ESM_WITH_BLOB, ESM_ENFORCE, ESM_WARN, ESM_OFF };

/* The key in the machine's TPM; handle 0: none. On hardware, properties of a node "ibm,uv-tpm". */
struct tpm_key {
	uint32_t handle;
	uint32_t password_size;		/* bytes, without zeros at the end */
	uint8_t password[32], name[34], policy[2][32];
};

struct uv_options {
	bool off;
	enum exec_msr msr;
	bool implicit_maps, codes_lost, forget_off;
	char nonce[33];
	unsigned int evil;
	uint64_t evil_bit[EVIL_FLIPS];	/* which bit to flip; EVIL_ANY_BIT: our choice */
	struct { uint64_t base, size; } overlay;
	struct { uint64_t vector, exit; } evil_vector;	/* exit 0: before the first instruction */
	enum abort_point abort;
	struct { uint64_t call; int64_t code; uint64_t nth; } fail; /* fail the Nth call; 0 = all */
	struct { uint64_t call, microseconds; } delay;
	struct { uint64_t base, size; } firmware;
	struct { uint64_t base, size; } key;		/* size 0: none */
	struct tpm_key tpm;
	enum esm_policy esm;
	struct { uint64_t size; uint8_t sha512[SHA512_SIZE]; } digest;	/* size 0: none */
};

extern struct uv_options uv_options;

/*
 * Apply all uv.* options of @text, and write what is left to @rest (@size bytes with the NUL, at
 * least strlen(text) + 1). Returns NULL, or the option that is not understood.
 */
const char *uv_options_parse(const char *text, char *rest, size_t size);

#endif /* ULTRAVISOR_TRIAL_OPTIONS_H */
