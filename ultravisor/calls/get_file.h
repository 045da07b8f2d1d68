/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UV_ESMB_GET_FILE: what an ESM blob has for its guest. */
#ifndef ULTRAVISOR_CALLS_GET_FILE_H
#define ULTRAVISOR_CALLS_GET_FILE_H

#include "ultravisor/calls/handler.h"

uvcall_fn uv_esmb_get_file;

#endif /* ULTRAVISOR_CALLS_GET_FILE_H */
