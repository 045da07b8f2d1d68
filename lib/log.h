/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boot log. Its grammar is an interface: docs/boot-log.md.
 *
 * Levels say who is to blame, so that a reader knows what to look for:
 *	error	we could not do our job	    notice	the steps, and anything odd the host did
 *	info	what was found and chosen
 */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/steps.h"

enum log_level { LOG_ERROR, LOG_NOTICE, LOG_INFO };

/*
 * Say who speaks ("pefboot", "ultravisor") and how fast the time base runs (Hz; 0 keeps the
 * 512 MHz of every POWER server). Lines carry the time since the machine started.
 */
void log_init(const char *who, uint32_t timebase_hz);

/* What is printed from now on; LOG_NOTICE until said otherwise. */
void log_set_level(enum log_level level);
bool log_enabled(enum log_level level);

/* One line of the log; @fmt as for format(), without a newline. */
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)	log_line(LOG_ERROR, __VA_ARGS__)
#define log_notice(...) log_line(LOG_NOTICE, __VA_ARGS__)
#define log_info(...)	log_line(LOG_INFO, __VA_ARGS__)

/* The one line of a step: "N/7 name key=value ...". @fmt gives the keys and may be "". */
void log_step(enum step step, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* When the line of a step was made, in time base ticks; 0 if it has not been. */
uint64_t log_step_time(enum step step);

/* The name of a step (1..7) or of an error's step; "?" for others. */
const char *step_name(int step);

#endif /* LIB_LOG_H */
