// SPDX-License-Identifier: GPL-2.0-or-later
/* The words of both images, which are one program here. */
#include "abi/uv_errors.h"
#include "lib/fail.h"

const char error_texts[] = ERROR_LIST(ERROR_WORDS) UV_ERROR_LIST(ERROR_WORDS);
