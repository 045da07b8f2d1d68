/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/get_file.h"

#include <stdbool.h>
#include <stddef.h>

#include "abi/pef.h"
#include "guest/system.h"

#define WORDS	8
#define CHUNK	(8 * WORDS)

/* libfdt's codes, which the real ultravisor passes on: FDT_ERR_NOTFOUND, FDT_ERR_BADMAGIC */
#define NO_SUCH_FILE	(-1)
#define NO_FILES	(-9)

static uint8_t contents[FILE_MAX_BYTES];

/* Zero-padded, the first byte in the most significant one of the first word. */
static void put_name(uint64_t words[WORDS], const char *name)
{
	for (size_t i = 0; i < WORDS; i++)
		words[i] = 0;
	for (size_t i = 0; i < NAME_MAX_BYTES && name[i]; i++)
		words[i / 8] |= (uint64_t)(uint8_t)name[i] << (56 - i % 8 * 8);
}

static void take_bytes(uint8_t *to, const uint64_t words[WORDS], size_t count)
{
	for (size_t i = 0; i < count; i++)
		to[i] = words[i / 8] >> (56 - i % 8 * 8);
}

static int understand(int64_t answer)
{
	switch (answer) {
	case NO_SUCH_FILE:
	case NO_FILES:
		return GOT_NO_FILE;
	case U_PARAMETER:
		return GOT_REFUSED;
	case U_FUNCTION:
		return GOT_NOT_SECURE;
	default:	/* who serves this call counts to 64; a hypervisor or Linux may not */
		return answer > CHUNK ? GOT_NOT_SECURE : GOT_ERROR;
	}
}

/*
 * A chunk that is not full is the last one: there is no further question, since each one for the
 * end costs the real ultravisor 64 KiB of its memory. Nor is there one at 64 KiB.
 */
static int read_all(size_t *size, const char *name, int64_t *answer)
{
	uint64_t words[WORDS];
	int64_t count = CHUNK;

	for (*size = 0; count == CHUNK && *size < FILE_MAX_BYTES; *size += count) {
		put_name(words, name);
		count = esmb_get_file(*size, words);
		*answer = count;
		if (count < 0 || count > CHUNK)
			return understand(count);
		take_bytes(contents + *size, words, count);
	}
	return *size < FILE_MAX_BYTES ? GOT : GOT_ERROR;
}

bool write_all(int fd, const uint8_t *from, size_t size)
{
	while (size) {
		int64_t done = linux_call(LINUX_WRITE, fd, (uintptr_t)from, size, 0);

		if (done == -LINUX_EINTR)
			continue;
		if (done <= 0 || (uint64_t)done > size)
			return false;
		from += done;
		size -= done;
	}
	return true;
}

static void wipe(void)
{
	for (volatile uint8_t *at = contents; at < contents + sizeof(contents); at++)
		*at = 0;
}

int get_file(int fd, const char *name, int64_t *answer)
{
	size_t size;
	int status;

	/* what is swapped lies on the host's disks; without the right to it, it is as before */
	linux_call(LINUX_MLOCK, (uintptr_t)contents, sizeof(contents), 0, 0);
	status = read_all(&size, name, answer);
	if (status == GOT && !write_all(fd, contents, size))
		status = GOT_UNWRITTEN;
	wipe();
	return status;
}
