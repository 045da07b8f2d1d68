/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Emulates loads and stores of the guest to pages that it may only execute. */
#ifndef ULTRAVISOR_TEXT_ACCESS_H
#define ULTRAVISOR_TEXT_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

struct vcpu;

/*
 * access_emulate() - emulate the instruction at @nip, which accesses @gpa, both guest real
 * addresses. It must be an integer load or store of D, DS or X form (Power ISA Book I 3.3.2, 3.3.3,
 * 3.3.5) within one page, and a store one that exec_own_store() takes. Returns false, with nothing
 * done, for all others.
 */
bool access_emulate(struct vcpu *vcpu, uint64_t nip, uint64_t gpa);

/*
 * access_emulate_loop() - after emulating an access to the page that it came from, go on with the
 * loads, stores, addi and bdnz that follow, in real mode, up to the first other instruction. A
 * kernel that copies itself to where it was linked does so by such a loop, and would trap for every
 * word.
 */
void access_emulate_loop(struct vcpu *vcpu);

#endif /* ULTRAVISOR_TEXT_ACCESS_H */
