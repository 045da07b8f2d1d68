/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fdt/libfdt.c adds to libfdt's sequential write. */
#ifndef FDT_LIBFDT_SW_H
#define FDT_LIBFDT_SW_H

/*
 * Where the name of the next property stands in the strings block already, which lies at the end of
 * the buffer until fdt_finish(); NULL: fdt_property() adds it.
 */
extern const char *fdt_sw_known_name;

#endif /* FDT_LIBFDT_SW_H */
