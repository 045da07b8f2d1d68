/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The compiler's own limits.h wants a C library beneath it. */
#ifndef LIB_LIBC_LIMITS_H
#define LIB_LIBC_LIMITS_H

#define INT_MAX	 __INT_MAX__
#define INT_MIN	 (-INT_MAX - 1)
#define UINT_MAX (2U * INT_MAX + 1)

#endif /* LIB_LIBC_LIMITS_H */
