/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As much of DER (X.690) as RSA keys and certificates need. */
#ifndef LIB_DER_H
#define LIB_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DER_INTEGER = 0x02, DER_BITS = 0x03, DER_OCTETS = 0x04, DER_SEQUENCE = 0x30 };

/* Values one after the other; also the contents of one. */
struct der {
	const uint8_t *at, *end;
};

/* The next value, which has to be of type @tag: its contents; @from goes on behind it. */
bool der_read(struct der *contents, struct der *from, uint8_t tag);

/* Leave out the next value, whatever it is. */
bool der_skip(struct der *from);

/* A positive INTEGER: its digits, without zeros in front. */
bool der_read_number(struct der *digits, struct der *from);

static inline size_t der_size(const struct der *der)
{
	return (size_t)(der->end - der->at);
}

#endif /* LIB_DER_H */
