/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines at level info from which a report is drawn: docs/boot-log.md, "Evidence". */
#ifndef FDT_EVIDENCE_H
#define FDT_EVIDENCE_H

#include "lib/range.h"

/*
 * evidence_map() - a part of memory. Empty ones are not printed.
 * @when: "before" or "after"   @state: "normal", "private" or "shared"
 */
void evidence_map(const char *when, const char *what, struct range range, const char *state);
void evidence_map_all(const char *when, const char *what, const struct ranges *set,
		      const char *state);

/* A property that was set, or a node that was added (@prop NULL), at @path of @tree. */
void evidence_tree(const void *tree, const char *path, const char *prop);

#endif /* FDT_EVIDENCE_H */
