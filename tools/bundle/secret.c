// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/bundle/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <unistd.h>

#define ARENA (1UL << 20)

static struct {
	uint8_t *memory;
	size_t used;
} arena;

void secret_wipe(void)
{
	explicit_bzero(arena.memory, ARENA);
	secret_wipe_stack();
}

/* mlock() is refused where a user may lock less; then a page may get to the swap. */
static void open_arena(void)
{
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	arena.memory = mmap(NULL, ARENA, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (arena.memory == MAP_FAILED)
		die("out of memory");
	mlock(arena.memory, ARENA);
	madvise(arena.memory, ARENA, MADV_DONTDUMP);
	atexit(secret_wipe);
}

void *secret_alloc(size_t size)
{
	void *found;

	if (!arena.memory)
		open_arena();
	size = (size + 63) & ~(size_t)63;
	if (size > ARENA - arena.used)
		die("out of memory for secrets");
	found = arena.memory + arena.used;
	arena.used += size;
	return found;
}

static int open_source(const char *source)
{
	char *end;
	long number;
	int file;

	if (strncmp(source, "fd:", 3) == 0) {
		number = strtol(source + 3, &end, 10);
		if (end == source + 3 || *end || number < 0 || number > 1 << 20)
			die("%s is no descriptor", source);
		return (int)number;
	}
	file = open(source, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		die("%s: %s", source, strerror(errno));
	return file;
}

struct blob secret_read(const char *source, size_t most)
{
	struct blob found = { secret_alloc(most + 1), 0 };
	int file = open_source(source);
	ssize_t got;

	do {
		got = read(file, found.data + found.size, most + 1 - found.size);
		if (got < 0 && errno != EINTR)
			die("%s: %s", source, strerror(errno));
		found.size += got > 0 ? (size_t)got : 0;
	} while (got && found.size <= most);
	if (found.size > most)
		die("%s: more than the %zu bytes there may be", source, most);
	close(file);
	arena.used -= (most + 64) & ~(size_t)63;
	return (struct blob){ secret_alloc(found.size), found.size };
}

void secret_wipe_stack(void)
{
	uint8_t left[32768];

	explicit_bzero(left, sizeof(left));
}

void random_bytes(void *to, size_t size)
{
	uint8_t *at = to;
	ssize_t got;

	for (; size; at += got, size -= (size_t)got) {
		got = getrandom(at, size, 0);
		if (got < 0 && errno != EINTR)
			die("no random bytes: %s", strerror(errno));
		if (got < 0)
			got = 0;
	}
}
