// SPDX-License-Identifier: GPL-2.0-or-later
/* lib/string.c, compiled as lib_*, against the host's C library. */
#include "lib/string.h"

#include "tests/host/unit/test.h"

void *lib_memcpy(void *to, const void *from, size_t size);
void *lib_memmove(void *to, const void *from, size_t size);
void *lib_memset(void *to, int byte, size_t size);
int lib_memcmp(const void *a, const void *b, size_t size);
void *lib_memchr(const void *in, int byte, size_t size);
size_t lib_strlen(const char *text);
size_t lib_strnlen(const char *text, size_t most);
int lib_strcmp(const char *a, const char *b);
int lib_strncmp(const char *a, const char *b, size_t most);
char *lib_strchr(const char *text, int byte);
char *lib_strrchr(const char *text, int byte);

#define SIZE  512
#define TURNS 20000

static uint64_t seed;

static void fill(uint8_t *at, size_t size, unsigned int alphabet)
{
	for (size_t i = 0; i < size; i++)
		at[i] = (uint8_t)(draw(&seed) % alphabet);
}

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

/* Any place, any size, overlapping or not; the bytes around must stay. */
static void test_move(void **state)
{
	uint8_t ours[SIZE], theirs[SIZE];

	(void)state;
	seed = 1;
	for (int turn = 0; turn < TURNS; turn++) {
		size_t size = draw(&seed) % (SIZE / 2), to = draw(&seed) % (SIZE - size);
		size_t from = draw(&seed) % (SIZE - size);

		fill(ours, SIZE, 256);
		memcpy(theirs, ours, SIZE);
		assert_ptr_equal(lib_memmove(ours + to, ours + from, size), ours + to);
		memmove(theirs + to, theirs + from, size);
		assert_memory_equal(ours, theirs, SIZE);
	}
}

static void test_copy_and_set(void **state)
{
	uint8_t from[SIZE], ours[SIZE], theirs[SIZE];

	(void)state;
	seed = 2;
	for (int turn = 0; turn < TURNS; turn++) {
		size_t size = draw(&seed) % (SIZE / 2), to = draw(&seed) % (SIZE - size);
		int byte = (int)draw(&seed);

		fill(from, SIZE, 256);
		fill(ours, SIZE, 256);
		memcpy(theirs, ours, SIZE);
		assert_ptr_equal(lib_memcpy(ours + to, from + size / 3, size), ours + to);
		memcpy(theirs + to, from + size / 3, size);
		assert_memory_equal(ours, theirs, SIZE);
		to = draw(&seed) % (SIZE - size);
		assert_ptr_equal(lib_memset(ours + to, byte, size), ours + to);
		memset(theirs + to, byte, size);
		assert_memory_equal(ours, theirs, SIZE);
	}
}

/* Two letters only, so that long equal runs and hits are common; exact allocations for ASan. */
static void test_search(void **state)
{
	(void)state;
	seed = 3;
	for (int turn = 0; turn < TURNS; turn++) {
		size_t size = draw(&seed) % 40, common = size ? draw(&seed) % size : 0;
		uint8_t *a = malloc(size + 1), *b = malloc(size + 1);
		int byte = (int)(draw(&seed) % 3);

		assert_non_null(a);
		assert_non_null(b);
		fill(a, size, 3);
		fill(b, size, 3);
		memcpy(b, a, common);
		a[size] = b[size] = 0;
		assert_int_equal(sign(lib_memcmp(a, b, size)), sign(memcmp(a, b, size)));
		assert_ptr_equal(lib_memchr(a, byte, size), memchr(a, byte, size));
		assert_int_equal(lib_strlen((char *)a), strlen((char *)a));
		assert_int_equal(lib_strnlen((char *)a, common), strnlen((char *)a, common));
		assert_int_equal(sign(lib_strcmp((char *)a, (char *)b)), sign(strcmp((char *)a, (char *)b)));
		assert_int_equal(sign(lib_strncmp((char *)a, (char *)b, common + 1)),
				 sign(strncmp((char *)a, (char *)b, common + 1)));
		assert_ptr_equal(lib_strchr((char *)a, byte), strchr((char *)a, byte));
		assert_ptr_equal(lib_strrchr((char *)a, byte), strrchr((char *)a, byte));
		free(a);
		free(b);
	}
}

/* Signs come from unsigned bytes. */
static void test_high_bytes(void **state)
{
	(void)state;
	assert_true(lib_strcmp("\x80", "\x7f") > 0);
	assert_true(lib_memcmp("aaaaaaaa\xff", "aaaaaaaa\x01", 9) > 0);
}

__attribute__((noinline)) static uintptr_t put_secret(uint8_t *at)
{
	memset(at, 0xa5, 64);
	__asm__ volatile("" : "+r"(at) : : "memory");
	return (uintptr_t)at;
}

/* Leaves 64 bytes on the stack, and says where. */
__attribute__((noinline, no_sanitize("address"))) static uintptr_t leave(bool zero)
{
	uint8_t secret[64];
	const uintptr_t at = put_secret(secret);

	if (zero)
		secure_zero(secret, sizeof(secret));
	return at;
}

__attribute__((noinline, no_sanitize("address"))) static int count_left(uintptr_t at)
{
	const volatile uint8_t *left = (const volatile uint8_t *)at;
	int count = 0;

	for (int i = 0; i < 64; i++)
		count += left[i] == 0xa5;
	return count;
}

/* Nothing is left of a secret that has gone out of scope; without secure_zero() it is. */
static void test_secure_zero(void **state)
{
	int with, without;

	(void)state;
	without = count_left(leave(false));
	with = count_left(leave(true));
	assert_true(without > 32);
	assert_int_equal(with, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_move), TEST(test_copy_and_set), TEST(test_search), TEST(test_high_bytes), TEST(test_secure_zero),
	};

	return RUN(tests);
}
