/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Comparing the payload of a boot bundle with the manifest that was measured with the secure stage.
 */
#ifndef BOOT_SECURE_MEASURE_H
#define BOOT_SECURE_MEASURE_H

#include "boot/secure/guest.h"

/*
 * measure_find() - if the image at guest->image has a manifest, set guest->bundle to the range of
 * image and payload. Returns 0 or E_MANIFEST.
 */
int measure_find(struct guest *guest);

/*
 * measure() - if there is a bundle, hold kernel, initrd and command line against it: their SHA-512,
 * and that the tree names the same ranges and the same command line. A kernel whose segments do not
 * lie in the file as in memory is laid out anew. Sets guest->verified. Without a bundle nothing
 * changes. The ranges of @secure must have been checked.
 * Returns 0, E_KERNEL_DIGEST, E_INITRD_DIGEST, E_CMDLINE_DIGEST, or an error of
 * elf_parse(). Manifest: abi/bundle.h, docs/bundle.md.
 */
int measure(struct guest *guest);

#endif /* BOOT_SECURE_MEASURE_H */
