/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log of what Open Firmware has measured, if it has a TPM: "IBM vTPM firmware" of SLOF. */
#ifndef BOOT_DOORS_OF_LOG_H
#define BOOT_DOORS_OF_LOG_H

#include "boot/doors/of.h"
#include "lib/range.h"

/*
 * of_take_log() - into memory that Open Firmware gives, with room for what is added. @log: empty
 * where there is none. Returns 0 or E_OF_CALL.
 */
int of_take_log(struct range *log, struct of *of);

/* Say in a closed tree where it is, and reserve it. Returns 0 or a -FDT_ERR_* of libfdt. */
int of_set_log(void *tree, struct range log);

#endif /* BOOT_DOORS_OF_LOG_H */
