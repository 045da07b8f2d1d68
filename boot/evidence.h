/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines at level info from which a report is drawn: docs/boot-log.md, "Evidence". */
#ifndef BOOT_EVIDENCE_H
#define BOOT_EVIDENCE_H

#include "boot/state.h"

/* The memory map as step 3 found it, and as step 7 leaves it. */
void evidence_before(const struct machine *machine, const struct payload *payload);
void evidence_after(const struct secure *secure);

/* A property that was set, or a node that was added (@prop NULL), at @path of @tree. */
void evidence_tree(const void *tree, const char *path, const char *prop);

#endif /* BOOT_EVIDENCE_H */
