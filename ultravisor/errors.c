// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/uv_errors.h"
#include "lib/fail.h"

/* Of abi/steps.h only what check() says: nothing else here calls error(). */
const char error_texts[] = ERROR_LIST_CHECK(ERROR_WORDS) UV_ERROR_LIST(ERROR_WORDS);
