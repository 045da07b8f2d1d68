// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/options_apply.h"

#include "lib/stop.h"

int options_apply(struct options *options, const char *bootargs)
{
	int rc = options_parse(options, bootargs);

	log_set_level(options->log);
	if (options->hold)
		stop_hold();
	return rc;
}
