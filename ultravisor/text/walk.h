/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's own translation, as L0 would do it: effective to guest real address. */
#ifndef ULTRAVISOR_TEXT_WALK_H
#define ULTRAVISOR_TEXT_WALK_H

#include <stdbool.h>
#include <stdint.h>

struct vcpu;

/*
 * Translate @ea for a fetch (@fetch: by MSR[IR]) or an access (MSR[DR]) of @vcpu. False when the
 * guest's process table or radix table does not map it. Wants the lock.
 * Source: Power ISA 3.0B Book III 5.7.5 (process table), 5.7.10 (radix tree).
 */
bool walk(const struct vcpu *vcpu, uint64_t ea, bool fetch, uint64_t *gpa);

#endif /* ULTRAVISOR_TEXT_WALK_H */
