/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In front of every source (-include): what cbmc has no body for. As one assignment, so that no
 * loop is unrolled for it; both places are checked.
 */
#define __builtin_memcpy(to, from, bytes)                                \
	({                                                               \
		struct copied {                                          \
			unsigned char at[bytes];                         \
		};                                                       \
		*(struct copied *)(to) = *(const struct copied *)(from); \
	})
