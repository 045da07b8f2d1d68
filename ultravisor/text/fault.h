/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exits that the guest did not ask for: accesses and fetches that its leaf does not allow, illegal
 * words.
 */
#ifndef ULTRAVISOR_TEXT_FAULT_H
#define ULTRAVISOR_TEXT_FAULT_H

#include <stdbool.h>
#include <stdint.h>

struct vcpu;

/* False if the guest touched a frame that the ultravisor shares for itself: that is its end. */
bool fault_data(struct vcpu *vcpu);
bool fault_fetch(struct vcpu *vcpu, uint64_t cause);

/* True if the word was an `sc 2`: NIP is past it, and an ultracall is to be served. */
bool fault_illegal(struct vcpu *vcpu);

#endif /* ULTRAVISOR_TEXT_FAULT_H */
