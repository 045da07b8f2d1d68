/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers to words, for the log. */
#ifndef LIB_NAMES_H
#define LIB_NAMES_H

#include <stdint.h>

/*
 * The name of a return code, "?" if unknown: of a hypercall (abi/papr.h), an ultracall (abi/pef.h).
 */
const char *h_name(int64_t code);
const char *u_name(int64_t code);

/* The name of an ultracall by number, "?" if unknown. */
const char *uv_name(uint64_t number);

#endif /* LIB_NAMES_H */
