/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads done for the guest, from a page that it may only execute. */
#ifndef ULTRAVISOR_LOAD_H
#define ULTRAVISOR_LOAD_H

#include <stdbool.h>
#include <stdint.h>

struct vcpu;

/*
 * load_done() - do the load at @nip from @gpa, both guest real addresses.
 * Integer loads of D, DS and X form (Power ISA Book I 3.3.2, 3.3.5); false for all others, and
 * for those that cross the end of the page. On success registers and NIP have moved on.
 */
bool load_done(struct vcpu *vcpu, uint64_t nip, uint64_t gpa);

#endif /* ULTRAVISOR_LOAD_H */
