// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The dialogue with the TPM that opens a lockbox. tests/host/data/esm/tpm-dialogue.txt is one with swtpm, which
 * computes its side by itself; the TPM here answers with it, as long as it is sent just these commands.
 */
#include "abi/hcalls.h"
#include "tests/host/unit/test.h"
#include "ultravisor/esm/tpm.h"
#include "ultravisor/esm/tpm_frame.h"
#include "ultravisor/trial/options.h"

#define STEPS	  7
#define DECRYPT	  5
#define FLUSH	  6
#define AUTH_FAIL 0x98e		/* of the first session */

static const char names[STEPS][20] = { "ReadPublic", "StartAuthSession", "PolicyCommandCode", "PolicyAuthValue",
				       "PolicyOR", "RSA_Decrypt", "FlushContext" };

struct message {
	uint8_t bytes[TPM_FRAME_MAX];
	size_t size;
};

static struct message commands[STEPS], replies[STEPS], cipher, secret;
static unsigned int step, flushed, closed, sent_decrypt;
static bool changed;
static int darn_ends = -1;	/* the step from which on this CPU has no random numbers */

static void read_hex(struct message *to, const char *text)
{
	unsigned int byte;

	for (to->size = 0; sscanf(text + 2 * to->size, "%2x", &byte) == 1; to->size++)
		to->bytes[to->size] = (uint8_t)byte;
}

/* "option uv.tpm=...", "cipher HEX", "key HEX", "> COMMAND", "< REPLY" */
static int load(void **state)
{
	FILE *file = fopen("tests/host/data/esm/tpm-dialogue.txt", "r");
	static char line[2 * TPM_FRAME_MAX + 16], rest[1024];
	unsigned int sent = 0, got = 0;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "option ", 7) == 0)
			assert_null(uv_options_parse(line + 7, rest, sizeof(rest)));
		else if (strncmp(line, "cipher ", 7) == 0)
			read_hex(&cipher, line + 7);
		else if (strncmp(line, "key ", 4) == 0)
			read_hex(&secret, line + 4);
		else if (line[0] == '>')
			read_hex(&commands[sent++], line + 2);
		else if (line[0] == '<')
			read_hex(&replies[got++], line + 2);
	}
	fclose(file);
	assert_int_equal(sent, STEPS);
	assert_int_equal(got, STEPS);
	return 0;
}

static size_t put_code(uint8_t *reply, uint32_t code)
{
	const uint8_t header[] = { 0x80, 0x01, 0, 0, 0, 10, (uint8_t)(code >> 24), (uint8_t)(code >> 16),
				   (uint8_t)(code >> 8), (uint8_t)code };

	memcpy(reply, header, sizeof(header));
	return sizeof(header);
}

/* A TPM with @replies, which refuses what is not the next of @commands; but it is always good for a FlushContext. */
static int64_t answer(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	uint8_t *buffer = (uint8_t *)in[1];

	assert_int_equal(number, SVM_H_TPM_COMM);
	if (in[0] == 2) {	/* close the session with the TPM's resource manager */
		closed++;
		return H_SUCCESS;
	}
	assert_int_equal(in[0], 1);
	assert_ptr_equal(in[3], in[1]);
	assert_int_equal(in[4], TPM_FRAME_MAX);
	assert_true(in[2] <= TPM_FRAME_MAX);
	if (buffer[9] == 0x65) {
		step = FLUSH;
		flushed++;
	}
	assert_true(step < STEPS);
	sent_decrypt += step == DECRYPT;
	if ((int)step == darn_ends)
		fake.darn_failures = 1000;
	if (in[2] != commands[step].size || memcmp(buffer, commands[step].bytes, in[2]) != 0) {
		changed = true;
		out[0] = put_code(buffer, AUTH_FAIL);
	} else {
		memcpy(buffer, replies[step].bytes, replies[step].size);
		out[0] = replies[step].size;
	}
	step++;
	return H_SUCCESS;
}

static const char *open_with(int64_t (*tpm)(uint64_t, const uint64_t[9], uint64_t[9]), uint8_t key[ESM_KEY_SIZE])
{
	fake_reset();
	fake.darn = 0x0123456789abcdef;
	fake.hcall = tpm;
	step = flushed = closed = sent_decrypt = 0;
	changed = false;
	memset(key, 0xa5, ESM_KEY_SIZE);
	return tpm_unwrap(&uv_options.tpm, cipher.bytes, key);
}

static void check_opens(void)
{
	uint8_t key[ESM_KEY_SIZE];

	assert_null(open_with(answer, key));
	assert_memory_equal(key, secret.bytes, sizeof(key));
	assert_int_equal(flushed, 1);
	assert_int_equal(closed, 1);
}

/* Refused, with no byte of the key and, if @says, with these words in the log; a session that there is, is flushed. */
static void check_refused(const char *says)
{
	static const uint8_t zeros[ESM_KEY_SIZE];
	uint8_t key[ESM_KEY_SIZE];

	assert_non_null(open_with(answer, key));
	assert_memory_equal(key, zeros, sizeof(key));
	assert_int_equal(closed, 1);
	if (says && !strstr(fake.console, says))
		fail_msg("expected: %s; the log: %s", says, fake.console);
	assert_true(strlen(fake.console) > 0);
}

static void test_opens(void **state)
{
	(void)state;
	check_opens();
	assert_false(changed);
	assert_string_equal(fake.console, "");
}

/* Each reply cut at each byte, with the size it had and with its new one; and longer. */
static void test_sizes(void **state)
{
	struct message *reply, saved;

	(void)state;
	for (unsigned int at = 0; at < STEPS; at++) {
		reply = &replies[at];
		saved = *reply;
		for (size_t size = 0; size < saved.size + 8; size++) {
			if (size == saved.size)
				continue;
			for (int says = 0; says < 2; says++) {
				*reply = saved;
				reply->size = size;
				if (says)
					memcpy(reply->bytes + 2, (const uint8_t[]){ 0, 0, (uint8_t)(size >> 8), (uint8_t)size }, 4);
				if (at == FLUSH)
					check_opens();
				else
					check_refused(NULL);
				assert_non_null(strstr(fake.console, names[at]));
			}
		}
		*reply = saved;
	}
}

/* Any bit of any reply: either nothing comes of it, or the right key. In what is decrypted, no bit may differ. */
static void test_bits(void **state)
{
	uint8_t key[ESM_KEY_SIZE];

	(void)state;
	for (unsigned int at = 0; at < STEPS; at++) {
		for (size_t bit = 0; bit < 8 * replies[at].size; bit++) {
			replies[at].bytes[bit / 8] ^= 0x80 >> bit % 8;
			if (open_with(answer, key) == NULL) {
				assert_int_not_equal(at, DECRYPT);
				assert_memory_equal(key, secret.bytes, sizeof(key));
			}
			assert_int_equal(flushed, (step > 2));
			replies[at].bytes[bit / 8] ^= 0x80 >> bit % 8;
		}
	}
	check_opens();
}

/* The replies of another dialogue, or of another step, are none. */
static void test_replies_are_not_repeated(void **state)
{
	uint8_t key[ESM_KEY_SIZE];

	(void)state;
	for (unsigned int at = 0; at < FLUSH; at++) {
		struct message saved = replies[at];

		for (unsigned int other = 0; other < STEPS; other++) {
			if (saved.size == replies[other].size)
				continue;
			replies[at] = replies[other];
			check_refused(names[at]);
		}
		replies[at] = saved;
	}
	fake.darn = 0xfedcba9876543210;
	fake.hcall = answer;
	step = 0;
	assert_non_null(tpm_unwrap(&uv_options.tpm, cipher.bytes, key));
}

static void test_codes(void **state)
{
	static const struct { uint32_t code; const char *says; } cases[] = {
		{ 0x18b, "rc=0x18b name=TPM_RC_HANDLE hint=\"the TPM has no key at the handle" },
		{ AUTH_FAIL, "rc=0x98e name=TPM_RC_AUTH_FAIL hint=\"the password" },
		{ 0x9a2, "name=TPM_RC_BAD_AUTH" },
		{ 0x99d, "name=TPM_RC_POLICY_FAIL" },
		{ 0x1c4, "name=TPM_RC_VALUE" },
		{ 0x100, "rc=0x100 name=TPM_RC_INITIALIZE hint=\"nobody has sent TPM2_Startup" },
		{ 0x903, "name=TPM_RC_SESSION_MEMORY" },
		/* the others, by TPM 2.0 Part 2, 6.6.3: of a parameter or handle (bits 6 and 8 to 11), and by themselves */
		{ 0x1c1, "name=TPM_RC_ASYMMETRIC" }, { 0x2d2, "name=TPM_RC_SCHEME" }, { 0x2d5, "name=TPM_RC_SIZE" },
		{ 0x101, "name=TPM_RC_FAILURE" }, { 0x120, "name=TPM_RC_DISABLED" }, { 0x142, "name=TPM_RC_COMMAND_SIZE" },
		{ 0x143, "name=TPM_RC_COMMAND_CODE" }, { 0x902, "name=TPM_RC_OBJECT_MEMORY" },
		{ 0x905, "name=TPM_RC_SESSION_HANDLES" }, { 0x90a, "name=TPM_RC_TESTING" }, { 0x921, "name=TPM_RC_LOCKOUT" },
		{ 0x922, "name=TPM_RC_RETRY" },
		{ 0x4711, "rc=0x4711 name=? hint=\"look the code up: tpm2 rc_decode\"" },
		{ 0xffffffff, "rc=0xffffffff name=?" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (unsigned int at = 0; at < FLUSH; at++) {
			struct message saved = replies[at];
			char says[32];

			replies[at].size = put_code(replies[at].bytes, cases[i].code);
			check_refused(cases[i].says);
			snprintf(says, sizeof(says), "tpm=%s rc=", names[at]);
			assert_non_null(strstr(fake.console, says));
			assert_int_equal(flushed, at > 1);
			replies[at] = saved;
		}
	}
}

static int64_t hrc;
static uint64_t answered;

static int64_t answer_nothing(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	(void)number, (void)in;
	if (out)
		out[0] = answered;
	return hrc;
}

static void test_hypercall(void **state)
{
	static const struct { int64_t hrc; uint64_t size; const char *says; } cases[] = {
		{ H_FUNCTION, 0, "hcall=H_TPM_COMM rc=-2 hint=\"QEMU has no -device spapr-tpm-proxy\"" },
		{ H_RESOURCE, 0, "hcall=H_TPM_COMM rc=-16 hint=\"the TPM behind" },
		{ H_SUCCESS, 0, "reply=refused why=\"its size is not the one it names\"" },
		{ H_SUCCESS, TPM_FRAME_MAX + 1, "why=\"its size" },
		{ H_SUCCESS, 0x10000000e, "why=\"its size" },
		{ H_SUCCESS, UINT64_MAX, "why=\"its size" },
	};
	uint8_t key[ESM_KEY_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		hrc = cases[i].hrc;
		answered = cases[i].size;
		assert_non_null(open_with(answer_nothing, key));
		if (!strstr(fake.console, cases[i].says))
			fail_msg("expected: %s; the log: %s", cases[i].says, fake.console);
	}
}

static void test_random_numbers(void **state)
{
	uint8_t key[ESM_KEY_SIZE];

	(void)state;
	fake_reset();
	fake.hcall = answer;
	fake.darn_failures = 1000;
	step = 0;
	assert_non_null(tpm_unwrap(&uv_options.tpm, cipher.bytes, key));
	assert_non_null(strstr(fake.console, "tpm=StartAuthSession reply=refused why=\"this CPU has no random numbers\""));
	/* there is one for the session, and none for the command: nothing is sent under a nonce that was used */
	darn_ends = DECRYPT - 1;
	check_refused("tpm=RSA_Decrypt reply=refused why=\"this CPU has no random numbers\"");
	assert_int_equal(flushed, 1);
	assert_int_equal(sent_decrypt, 0);
	darn_ends = -1;
}

static void test_another_key(void **state)
{
	struct tpm_key saved = uv_options.tpm;

	(void)state;
	uv_options.tpm.name[33] ^= 1;
	check_refused("tpm=ReadPublic reply=refused why=\"another key than uv.tpm= names\"");
	uv_options.tpm = saved;
	uv_options.tpm.password[0] ^= 1;
	check_refused("tpm=RSA_Decrypt rc=0x98e");
	uv_options.tpm = saved;
	uv_options.tpm.policy[1][31] ^= 1;
	check_refused("tpm=PolicyOR rc=0x98e");
	uv_options.tpm = saved;
}

/* Replies at random: TPM_FUZZ_RUNS of them. */
static void test_anything(void **state)
{
	uint64_t seed = 0x1234567;
	const char *wanted = getenv("TPM_FUZZ_RUNS");
	uint8_t key[ESM_KEY_SIZE];

	(void)state;
	for (long run = wanted ? atol(wanted) : 20000; run; run--) {
		unsigned int at = (unsigned int)(draw(&seed) % STEPS);
		struct message saved = replies[at], *reply = &replies[at];

		if (draw(&seed) % 4 == 0)
			reply->size = draw(&seed) % sizeof(reply->bytes);
		for (unsigned int edits = draw(&seed) % 4; edits && reply->size > TPM2_HEADER; edits--)
			reply->bytes[TPM2_HEADER + draw(&seed) % (reply->size - TPM2_HEADER)] = (uint8_t)draw(&seed);
		memcpy(reply->bytes + 2, (const uint8_t[]){ 0, 0, (uint8_t)(reply->size >> 8), (uint8_t)reply->size }, 4);
		if (open_with(answer, key) == NULL)
			assert_memory_equal(key, secret.bytes, sizeof(key));
		*reply = saved;
	}
}

static void test_option(void **state)
{
	static const char name[] = "000b1111111111111111111111111111111111111111111111111111111111111111";
	static const char digest[] = "2222222222222222222222222222222222222222222222222222222222222222";
	static const struct { const char *form; bool good; uint32_t size; } cases[] = {
		{ "uv.tpm=81800001:616263:%s:%s:%s", true, 3 },
		{ "uv.tpm=81800001::%s:%s:%s", true, 0 },
		{ "uv.tpm=81800001:61620000:%s:%s:%s", true, 2 },
		{ "uv.tpm=0:61:%s:%s:%s", false, 0 },
		{ "uv.tpm=181800001:61:%s:%s:%s", false, 0 },
		{ "uv.tpm=81800001:6:%s:%s:%s", false, 0 },
		{ "uv.tpm=81800001:6g:%s:%s:%s", false, 0 },
		{ "uv.tpm=81800001:61:00%s:%s:%s", false, 0 },
		{ "uv.tpm=81800001:61:%s:%s:%s00", false, 0 },
		{ "uv.tpm=81800001:61:%s:%s", false, 0 },
		{ "uv.tpm=81800001:61:%s", false, 0 },
		{ "uv.tpm=81800001", false, 0 },
		{ "uv.tpm=", false, 0 },
	};
	struct tpm_key saved = uv_options.tpm;
	char text[512], rest[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *wrong;

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(text, sizeof(text), cases[i].form, name, digest, digest);
		wrong = uv_options_parse(text, rest, sizeof(rest));
		if (!wrong != cases[i].good || (!wrong && uv_options.tpm.password_size != cases[i].size))
			fail_msg("%s: %s", text, wrong);
	}
	uv_options.tpm = saved;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_opens), TEST(test_sizes), TEST(test_bits), TEST(test_replies_are_not_repeated),
		TEST(test_codes), TEST(test_hypercall), TEST(test_random_numbers), TEST(test_another_key),
		TEST(test_anything), TEST(test_option),
	};

	return cmocka_run_group_tests(tests, load, NULL);
}
