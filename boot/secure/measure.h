/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holding the payload of a boot bundle against the manifest that was measured with the secure stage. */
#ifndef BOOT_SECURE_MEASURE_H
#define BOOT_SECURE_MEASURE_H

#include "boot/state.h"

/*
 * measure_find() - if the image at secure->image has a manifest, set secure->bundle to the range of
 * image and payload. Returns 0 or E_MANIFEST.
 */
int measure_find(struct secure *secure);

/*
 * measure() - if there is a bundle, hold kernel, initrd and command line
 * against it: their SHA-512, and that the tree names the same ranges and the same words. A kernel
 * whose segments do not lie in the file as in memory is laid out anew. Sets
 * secure->verified. Without a bundle nothing changes. The ranges of @secure must have been checked.
 * Returns 0, E_KERNEL_DIGEST, E_INITRD_DIGEST, E_CMDLINE_DIGEST, or an error of
 * elf_parse(). Manifest: abi/bundle.h, docs/bundle.md.
 */
int measure(struct secure *secure);

#endif /* BOOT_SECURE_MEASURE_H */
