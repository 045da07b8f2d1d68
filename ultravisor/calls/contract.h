/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What UV_ESM demands of the guest's tree, and what it adds to it. Source: open-power/ultravisor
 * svm/svm-fdt.c, svm/svm-esm.c, svm/svm-rtas.c, svm/svm-rtas-hdlr.c.
 */
#ifndef ULTRAVISOR_CALLS_CONTRACT_H
#define ULTRAVISOR_CALLS_CONTRACT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/range.h"

struct contract {
	struct range rtas;			/* whole frames */
	struct ranges keep;			/* what UV_ESM brings in: tree, RTAS, initrd, ... */
	uint64_t measured;			/* bytes from kbase on that a digest vouches for */
	struct range keys, files;		/* a frame each, for what an ESM blob brings */
	struct range implicit[2];		/* shared by the ultravisor for its own use */
	uint32_t implicits, reservations;
	uint32_t cpus;				/* as many as the guest may ever have */
	uint32_t tree_size;			/* as it came: all the room there is */
};

/*
 * Read the tree at @fdt into platform.tree, check it and add the ultravisor's reservations there.
 * Returns NULL, or why not. Wants the lock.
 */
const char *contract_read(struct contract *contract, uint64_t fdt, uint64_t kbase);

/*
 * UV_ESM has to bring in [@base, @base + @size), too. All else is forgotten once a digest vouches
 * for the guest, unless uv.forget=off.
 */
void contract_keep(struct contract *contract, uint64_t base, uint64_t size);

/* Write platform.tree back to @fdt; false if it does not fit there any more. */
bool contract_write_back(const struct contract *contract, uint64_t fdt);

#endif /* ULTRAVISOR_CALLS_CONTRACT_H */
