/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one way the ultravisor stops: "FAIL E9xx what: text", the hint, "EXIT 9xx", power off. */
#ifndef ULTRAVISOR_CPU_FAIL_H
#define ULTRAVISOR_CPU_FAIL_H

#include "abi/uv_errors.h"

/* Print the three lines, and go on. */
void uv_report(int number, const char *text);

_Noreturn void uv_fail(int number, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif /* ULTRAVISOR_CPU_FAIL_H */
