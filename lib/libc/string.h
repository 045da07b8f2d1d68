/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libfdt and BearSSL include where there is no C library. */
#include "lib/string.h"
