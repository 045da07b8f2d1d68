/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The console: the hypervisor's terminal, H_PUT_TERM_CHAR (LoPAR 14.5.4.8). */
#ifndef LIB_CONSOLE_H
#define LIB_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Choose the terminal by the unit address of its vty node (/vdevice/vty@71000000: 0x71000000).
 * Until then, and with 0, QEMU writes to its first vty (hw/char/spapr_vty.c:vty_lookup).
 */
void console_select(uint32_t termno);

/*
 * On a machine where several CPUs write: called with true before and false after each write. None
 * until set.
 */
void console_set_guard(void (*guard)(bool take));

/* Write @size bytes; "\n" goes out as "\r\n". Gives up on a terminal that stays busy. */
void console_write(const char *text, size_t size);

/*
 * console_also() - write everything to a second console, too, beginning with what was written so
 * far (its first lines). @put gets @context; NULL ends it.
 */
void console_also(void (*put)(void *context, const char *text, size_t size), void *context);

#endif /* LIB_CONSOLE_H */
