/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A blob in an archive in front of the initrd, as svm-tool attaches it. Format: cpio(5), "newc";
 * rules of open-power/ultravisor svm/svm-esm.c svm_esm_cpio_esmb().
 */
#ifndef ULTRAVISOR_ESM_CPIO_H
#define ULTRAVISOR_ESM_CPIO_H

#include <stddef.h>
#include <stdint.h>

struct cpio_blob {
	size_t start, end;	/* of the file's rest, from the blob's first byte on */
	size_t archive;		/* bytes that the archive takes up */
};

enum cpio_found { CPIO_NO_BLOB, CPIO_BLOB, CPIO_ENDLESS };

/*
 * cpio_find() - the first file with content has to be below opt/ibm/pef; the blob is the first word
 * 0xd00dfeed in it, or in one of the next files.
 *
 * @at: @size bytes of an initrd from its start on, not to be trusted
 * @address: where they lie in the guest's memory: what is aligned are addresses
 *
 * CPIO_ENDLESS: there is a blob, or room for one, and the archive does not end within @size.
 */
enum cpio_found cpio_find(struct cpio_blob *blob, const uint8_t *at, size_t size, uint64_t address);

#endif /* ULTRAVISOR_ESM_CPIO_H */
