/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a boot that failed. */
#ifndef LIB_STOP_H
#define LIB_STOP_H

#include <stdint.h>

/* The RTAS token of power-off, once the tree has been read. */
void stop_set_power_off(uint32_t token);

/* Stay instead of powering off, so that a debugger can look. */
void stop_hold(void);

/* Power the machine off, or stay. */
_Noreturn void stop(void);

#endif /* LIB_STOP_H */
