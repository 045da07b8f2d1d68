/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uv.evil=: does what a hostile host could do. Wants the lock. */
#ifndef ULTRAVISOR_TRIAL_EVIL_H
#define ULTRAVISOR_TRIAL_EVIL_H

#include <stdint.h>

struct vcpu;

/* The guest has called UV_ESM, and all of its memory is still normal. */
void evil_before_move(uint64_t kbase, uint64_t fdt);

/*
 * The ultravisor is about to copy @tree, which it has checked, back to @fdt, where there is room
 * for @room bytes. It may be changed and packed; returns the room that it has then.
 */
uint32_t evil_before_return(void *tree, uint64_t fdt, uint32_t room);

/* It is about to be entered, secure. */
void evil_before_entry(void);

/* A CPU enters the guest. Needs no lock. */
void evil_before_run(struct vcpu *vcpu);

#endif /* ULTRAVISOR_TRIAL_EVIL_H */
