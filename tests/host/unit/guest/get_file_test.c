// SPDX-License-Identifier: GPL-2.0-or-later
/* The guest's program before an ultravisor that behaves as the real one, and as it must not. */
#include "guest/get_file.h"

#include "guest/main.h"
#include "guest/system.h"
#include "lib/version.h"

#include "tests/host/unit/test.h"

/* The ultravisor: a file, who asks beyond its end, and answers that a test puts in its place. */
static struct {
	char name[65];
	const uint8_t *file;
	size_t size;
	uint64_t next;		/* lower offsets are refused, as the real one does */
	unsigned int calls, at_end;
	int64_t answer;		/* where not 0: this is what it says from call number `from` on */
	unsigned int from;
} uv;

/* Linux: what was written, at most `take` bytes at a time; 0: no room. */
static struct {
	uint8_t out[FILE_MAX_BYTES];
	size_t size, take;
	char err[1000];
	bool interrupted;
} os;

static int start(void **state)
{
	memset(&uv, 0, sizeof(uv));
	memset(&os, 0, sizeof(os));
	os.take = SIZE_MAX;
	return fresh(state);
}

#define CASE(name) cmocka_unit_test_setup(name, start)

int64_t esmb_get_file(uint64_t offset, uint64_t words[8])
{
	char name[65] = "";
	uint8_t bytes[64] = { 0 };
	size_t count;

	assert_true(offset < FILE_MAX_BYTES);	/* the end of the machine */
	if (++uv.calls > uv.from && uv.answer)
		return uv.answer;
	for (int i = 0; i < 64; i++)
		name[i] = words[i / 8] >> (56 - 8 * (i % 8));
	if (!uv.file || strcmp(name, uv.name) || memcmp(name, uv.name, 64))
		return uv.file ? -1 : -9;
	if (offset < uv.next)
		return -4;
	if (offset >= uv.size) {
		uv.at_end++;
		return 0;
	}
	count = uv.size - offset < 64 ? uv.size - offset : 64;
	memcpy(bytes, uv.file + offset, count);
	memset(words, 0, 64);
	for (int i = 0; i < 64; i++)
		words[i / 8] |= (uint64_t)bytes[i] << (56 - 8 * (i % 8));
	uv.next = offset + count;
	return count;
}

int64_t linux_call(uint64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	size_t count = c < os.take ? c : os.take;

	(void)d;
	if (number != LINUX_WRITE)
		return -1;
	if (a == 2) {
		strncat(os.err, (const char *)b, c);
		return c;
	}
	assert_int_equal(a, 1);
	if (!os.interrupted) {
		os.interrupted = true;
		return -LINUX_EINTR;
	}
	if (!count)
		return -28;
	memcpy(os.out + os.size, (const void *)b, count);
	os.size += count;
	return count;
}

static void give(const char *name, const void *file, size_t size)
{
	strcpy(uv.name, name);
	uv.file = file;
	uv.size = size;
}

static int run(char *a, char *b)
{
	char *argv[] = { (char *)"esmb-get-file", a, b, NULL };

	return esmb_get_file_main(!a ? 1 : !b ? 2 : 3, argv);
}

/* Any byte, any size: what comes out is the file, and the end is asked for only where a full chunk was the last. */
static void test_every_size(void **state)
{
	static uint8_t file[FILE_MAX_BYTES];
	static const size_t sizes[] = { 0, 1, 7, 8, 9, 63, 64, 65, 127, 128, 4096, 4097, 65471, 65472, 65535 };

	for (size_t i = 0; i < sizeof(file); i++)
		file[i] = i % 5 ? i * 7 + (i >> 8) : '\n';
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		print_message("%zu\n", sizes[i]);
		start(state);
		give("rootd", file, sizes[i]);
		os.take = 1000;
		assert_int_equal(run((char *)"-f", (char *)"rootd"), GOT);
		assert_int_equal(os.size, sizes[i]);
		assert_memory_equal(os.out, file, sizes[i]);
		assert_int_equal(uv.at_end, sizes[i] % 64 == 0);
		assert_string_equal(os.err, "");
	}
}

static void test_names(void **state)
{
	char full[65], *const longest = full;

	memset(full, 'n', 64);
	full[64] = '\0';
	give("file-1", "one", 3);
	assert_int_equal(run(NULL, NULL), GOT);
	start(state);
	give(longest, "\0\n\xff", 3);
	assert_int_equal(run((char *)"-f", longest), GOT);
	assert_memory_equal(os.out, "\0\n\xff", 3);
	start(state);
	give("x", "x", 1);
	assert_int_equal(run((char *)"-fx", NULL), GOT);
}

static void test_usage(void **state)
{
	char longer[66];

	memset(longer, 'n', 65);
	longer[65] = '\0';
	give("file-1", "one", 3);
	assert_int_equal(run((char *)"-f", NULL), GOT_USAGE);
	assert_int_equal(run((char *)"-f", (char *)""), GOT_USAGE);
	assert_int_equal(run((char *)"-f", longer), GOT_USAGE);
	assert_int_equal(run((char *)"-h", NULL), GOT_USAGE);
	assert_int_equal(run((char *)"file-1", NULL), GOT_USAGE);
	assert_int_equal(run((char *)"", NULL), GOT_USAGE);
	assert_non_null(strstr(os.err, "usage: esmb-get-file [-f NAME]\n"));
	assert_int_equal(uv.calls, 0);
	(void)state;
}

/* Nobody is asked for a file; what is only nearly the word is none, and stays wrong usage. */
static void test_version(void **state)
{
	static const char text[] = "esmb-get-file " VERSION "\n";

	os.take = 1000;
	assert_int_equal(run((char *)"--version", NULL), GOT);
	assert_int_equal(os.size, sizeof(text) - 1);
	assert_memory_equal(os.out, text, sizeof(text) - 1);
	start(state);
	assert_int_equal(run((char *)"--versio", NULL), GOT_USAGE);
	assert_int_equal(run((char *)"--versions", NULL), GOT_USAGE);
	assert_int_equal(run((char *)"--version", (char *)"-fx"), GOT_USAGE);
	assert_int_equal(os.size, 0);
	start(state);
	os.take = 0;
	assert_int_equal(run((char *)"--version", NULL), GOT_UNWRITTEN);
	assert_int_equal(uv.calls, 0);
}

/* What each answer means; after a first chunk, too: then nothing of the file comes out. */
static const struct {
	int64_t answer;
	int status;
	const char *says;
} answers[] = {
	{ -1, GOT_NO_FILE, "esmb-get-file: file-1: the ESM blob has no such file\n" },
	{ -9, GOT_NO_FILE, "esmb-get-file: file-1: the ESM blob has no such file\n" },
	{ -4, GOT_REFUSED, "a file is read once per boot" },
	{ -2, GOT_NOT_SECURE, "this is no secure guest" },
	{ 0x10020000, GOT_NOT_SECURE, "this is no secure guest" },	/* brk */
	{ 65, GOT_NOT_SECURE, "this is no secure guest" },
	{ -5, GOT_ERROR, "esmb-get-file: file-1: the ultravisor's answer is -5\n" },
	{ INT64_MIN, GOT_ERROR, "answer is -9223372036854775808\n" },
};

static void test_answers(void **state)
{
	static uint8_t file[200];

	for (size_t i = 0; i < 2 * sizeof(answers) / sizeof(answers[0]); i++) {
		print_message("%lld\n", (long long)answers[i / 2].answer);
		start(state);
		give("file-1", file, sizeof(file));
		uv.answer = answers[i / 2].answer;
		uv.from = i % 2;
		assert_int_equal(run(NULL, NULL), answers[i / 2].status);
		assert_non_null(strstr(os.err, answers[i / 2].says));
		assert_int_equal(os.size, 0);
	}
}

/* Full chunks for ever: it stops where the real machine would end. */
static void test_endless(void **state)
{
	(void)state;
	give("file-1", "", 0);
	uv.answer = 64;
	assert_int_equal(run(NULL, NULL), GOT_ERROR);
	assert_int_equal(uv.calls, FILE_MAX_BYTES / 64);
	assert_int_equal(os.size, 0);
}

static void test_no_room(void **state)
{
	(void)state;
	give("file-1", "one", 3);
	os.take = 0;
	assert_int_equal(run(NULL, NULL), GOT_UNWRITTEN);
	assert_non_null(strstr(os.err, "cannot write"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_every_size),
		CASE(test_names),
		CASE(test_usage),
		CASE(test_version),
		CASE(test_answers),
		CASE(test_endless),
		CASE(test_no_room),
	};

	return RUN(tests);
}
