/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Apart from lib/options.h, which pefboot-bundle has, too. */
#ifndef LIB_OPTIONS_APPLY_H
#define LIB_OPTIONS_APPLY_H

#include "lib/options.h"

/* options_parse(), and from then on log and stop as they say. */
int options_apply(struct options *options, const char *bootargs);

#endif /* LIB_OPTIONS_APPLY_H */
