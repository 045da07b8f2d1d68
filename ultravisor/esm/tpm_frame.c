// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/esm/tpm_frame.h"

#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/string.h"

void tpm_put(struct tpm_frame *frame, const void *bytes, uint32_t size)
{
	check(size <= TPM_FRAME_MAX - frame->size);
	memcpy(frame->bytes + frame->size, bytes, size);
	frame->size += size;
}

void tpm_put16(struct tpm_frame *frame, uint16_t value)
{
	be16 number = be16_make(value);

	tpm_put(frame, &number, sizeof(number));
}

void tpm_put32(struct tpm_frame *frame, uint32_t value)
{
	be32 number = be32_make(value);

	tpm_put(frame, &number, sizeof(number));
}

void tpm_put_sized(struct tpm_frame *frame, const void *bytes, uint16_t size)
{
	tpm_put16(frame, size);
	tpm_put(frame, bytes, size);
}

void tpm_begin(struct tpm_frame *frame, uint16_t tag, uint32_t code)
{
	frame->size = 0;
	tpm_put16(frame, tag);
	tpm_put32(frame, 0);
	tpm_put32(frame, code);
}

const uint8_t *tpm_take(struct tpm_frame *frame, uint32_t size)
{
	const uint8_t *bytes = frame->bytes + frame->at;

	if (frame->ended || size > frame->size - frame->at) {
		frame->ended = true;
		return NULL;
	}
	frame->at += size;
	return bytes;
}

uint32_t tpm_take32(struct tpm_frame *frame)
{
	const uint8_t *bytes = tpm_take(frame, 4);

	return bytes ? be32_load(bytes) : 0;
}

const uint8_t *tpm_take_any(struct tpm_frame *frame, uint16_t *size)
{
	const uint8_t *bytes = tpm_take(frame, 2);

	*size = bytes ? be16_load(bytes) : 0;
	return tpm_take(frame, *size);
}

const uint8_t *tpm_take_sized(struct tpm_frame *frame, uint16_t size)
{
	uint16_t got;
	const uint8_t *bytes = tpm_take_any(frame, &got);

	frame->ended |= got != size;
	return frame->ended ? NULL : bytes;
}

bool tpm_is_whole(const struct tpm_frame *frame)
{
	return !frame->ended && frame->at == frame->size;
}
