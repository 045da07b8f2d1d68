/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads and stores done for the guest, where a page that it may only execute is what they want. */
#ifndef ULTRAVISOR_TEXT_ACCESS_H
#define ULTRAVISOR_TEXT_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

struct vcpu;

/*
 * access_done() - do the instruction at @nip, which accesses @gpa, both guest real addresses.
 * Integer loads and stores of D, DS and X form (Power ISA Book I 3.3.2, 3.3.3, 3.3.5), stores only where
 * exec_own_store() takes them; false for all others, and for what crosses the end of the page. On success
 * registers and NIP have moved on.
 */
bool access_done(struct vcpu *vcpu, uint64_t nip, uint64_t gpa);

/*
 * access_onward() - behind such an access from the page itself: is it one of a loop that copies? So a kernel
 * begins that moves to where it was linked, word by word, and would leave the guest for each. Does
 * loads, stores, addi and bdnz while there is nothing else, in real mode.
 */
void access_onward(struct vcpu *vcpu);

#endif /* ULTRAVISOR_TEXT_ACCESS_H */
