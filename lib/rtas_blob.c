// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/rtas_blob.h"

/* mr r4,r3; lis r3,0; ori r3,r3,0xf000; sc 1; blr. Instructions: big-endian, as the CPU is. */
const uint32_t rtas_blob[RTAS_BLOB_WORDS] = {
	0x7c641b78, 0x3c600000, 0x6063f000, 0x44000022, 0x4e800020,
};
