/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SHA-512 of what an ultravisor measures of a boot bundle, as its owner knows it. */
#ifndef LIB_MEASURED_H
#define LIB_MEASURED_H

#include "lib/bundle.h"

/*
 * measured_digest() - of a bundle whose image is in memory, in one pass over the kernel.
 * @range:  to the digest of bundle_measured(); NULL: not wanted
 * @kernel: to that of the kernel part; NULL: not wanted
 * pefboot's data, bss and stack, [image_size, image_memory), count as the zeros that they are in
 * the file: so the image may be running.
 */
void measured_digest(uint8_t *range, uint8_t *kernel, const struct bundle *bundle,
		     const void *image);

#endif /* LIB_MEASURED_H */
