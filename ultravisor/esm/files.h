/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a blob has for its guest. As with the real ultravisor the guest's memory holds it, in two
 * frames that UV_ESM reserves: one with the blob's key at 0 and the digests' tree at 4096, one with
 * the files' tree. The guest's kernel can read and change both, and nobody else can; each
 * UV_ESMB_GET_FILE begins there.
 */
#ifndef ULTRAVISOR_ESM_FILES_H
#define ULTRAVISOR_ESM_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "ultravisor/esm/blob.h"

/* Where a blob is put that is being opened: all zeros. */
struct blob *files_take(void);

/* The guest stays normal: nothing is left of the blob here. */
void files_drop(void);

/*
 * The guest is secure: copy it to its frames, guest real addresses, and leave nothing here. Those
 * frames are private. Without a blob only the addresses are noted. Wants the lock.
 */
void files_give(uint64_t keys, uint64_t files);

/* One call of UV_ESMB_GET_FILE. */
struct file_call {
	char name[ESM_FILE_NAME + 1];
	uint64_t offset;
	uint32_t pid;			/* who reads */
	uint8_t data[ESM_FILE_CHUNK];	/* out, zeros behind what was read */
	bool past_page;			/* out: the real one asserts that this does not happen */
};

/*
 * files_read() - core/uvcall.c:816-872. Returns bytes; 0 at the end of the file, with data as it
 * was; or U_*, or -FDT_ERR_* where the real one hands on what libfdt says.
 */
int64_t files_read(struct file_call *call);

#endif /* ULTRAVISOR_ESM_FILES_H */
