// SPDX-License-Identifier: GPL-2.0-or-later
/* The part of libfdt that writes trees from scratch: only tests do that. */
#include <fdt_sw.c>
