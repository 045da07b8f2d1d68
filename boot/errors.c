// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/fail.h"

const char error_texts[] = ERROR_LIST(ERROR_WORDS);
