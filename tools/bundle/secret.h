/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory for what must not stay: it is not swapped, not in a core dump, and wiped at exit. */
#ifndef TOOLS_BUNDLE_SECRET_H
#define TOOLS_BUNDLE_SECRET_H

#include "tools/bundle/tool.h"

/* Zeros; until the program ends. Leaves with an error where there is no more room. */
void *secret_alloc(size_t size);

/*
 * What is in a file, or comes through a descriptor (@source: a path, or fd:N), at most @most bytes;
 * leaves with an error. Nothing is buffered elsewhere, nothing is written anywhere.
 */
struct blob secret_read(const char *source, size_t most);

/* Overwrite all of it, and the stack; nothing of it may be used any more. */
void secret_wipe(void);

/* Overwrite what functions that have returned left on the stack. */
void secret_wipe_stack(void);

/* Random bytes of the kernel's. */
void random_bytes(void *to, size_t size);

#endif /* TOOLS_BUNDLE_SECRET_H */
