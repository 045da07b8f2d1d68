/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tree that the secure stage has let pass, held against what Linux will make of it
 * (tests/host/oracle).
 */
#ifndef TESTS_FAKE_JUDGE_H
#define TESTS_FAKE_JUDGE_H

#include "boot/secure/guest.h"

/*
 * After fake_stage_run() has returned 0: what Linux 6.12 or 7.2 would take otherwise than the stage
 * has verified it, in words; NULL if there is nothing. Also what steers Linux and has no place in
 * the tree of a secure guest.
 */
const char *judge_guest(const struct guest *guest);

#endif /* TESTS_FAKE_JUDGE_H */
