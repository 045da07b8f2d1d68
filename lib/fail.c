// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/fail.h"

#include "lib/log.h"
#include "lib/stop.h"

void fail(int number)
{
	const char *text = error_text();
	int step = number / 100;

	log_error("FAIL %d/%d %s E%d %s%s%s", step, STEP_COUNT, step_name(step), number,
		  error_what(number), *text ? ": " : "", text);
	log_error("hint: %s", error_hint(number));
	log_error("EXIT %d", number);
	stop();
}

void check_failed(const char *file, int line, const char *condition)
{
	fail(error(E_CHECK, "%s:%d: %s", file, line, condition));
}
