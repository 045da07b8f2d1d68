/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be said of the blob in a bundle. */
#ifndef TOOLS_BUNDLE_SEALED_H
#define TOOLS_BUNDLE_SEALED_H

#include <stdio.h>

#include "tools/bundle/esm.h"

/* Whom it is for, and which files are in it: lines, or members of a JSON object after the first. */
void sealed_print(FILE *out, const uint8_t *blob, size_t size);
void sealed_print_json(FILE *out, const uint8_t *blob, size_t size);

/*
 * Its form; with a private key (a path or fd:N) also its digests, compared with @found, and whether
 * the files can be read. Says what is wrong; true if nothing is.
 */
bool sealed_verify(const uint8_t *blob, size_t size, const char *key_source,
		   const struct digests *found);

#endif /* TOOLS_BUNDLE_SEALED_H */
