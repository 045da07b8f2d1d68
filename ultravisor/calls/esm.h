/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a guest becomes secure. */
#ifndef ULTRAVISOR_CALLS_ESM_H
#define ULTRAVISOR_CALLS_ESM_H

#include "ultravisor/calls/handler.h"

uvcall_fn uv_esm;

#endif /* ULTRAVISOR_CALLS_ESM_H */
