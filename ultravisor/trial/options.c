// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/trial/options.h"

#include "abi/hcalls.h"
#include "abi/pef.h"
#include "lib/format.h"
#include "lib/log.h"
#include "lib/names.h"
#include "lib/parse.h"
#include "lib/string.h"

struct words words;

const char *number_text(char digits[20], uint64_t number)
{
	format(digits, 20, "0x%lx", (unsigned long)number);
	return digits;
}

/* A number, decimal or 0x; false if there is none, or it does not end at one of @ends. */
static bool number(const char **at, const char *ends, uint64_t *value)
{
	return parse_any_number(at, value) && (**at == '\0' || strchr(ends, **at));
}

/* Is it @name, up to one of @ends or the end of the text? */
static bool is(const char **at, const char *ends, const char *name)
{
	size_t size = strlen(name);

	if (strncmp(*at, name, size) != 0 || ((*at)[size] != '\0' && !strchr(ends, (*at)[size])))
		return false;
	*at += size;
	return true;
}

/* Which of a list of names, each with a NUL behind it (pointers would need relocations), or -1. */
static int one_of(const char **at, const char *ends, const char *names)
{
	for (int i = 0; *names; i++, names += strlen(names) + 1)
		if (is(at, ends, names))
			return i;
	return -1;
}

/* UV_ESM or 0xf110 */
static bool call(const char **at, uint64_t *value)
{
	for (uint64_t n = UV_FIRST; n <= UV_LAST; n += 4) {
		const char *name = uv_name(n);

		if (name && is(at, ":", name)) {
			*value = n;
			return true;
		}
	}
	return number(at, ":", value);
}

static bool code(const char **at, int64_t *value)
{
	static const int64_t codes[] = { U_FUNCTION, U_PARAMETER, U_RETRY, U_PERMISSION, U_P2, U_P3,
					 U_BUSY, U_STATE };
	uint64_t plain;
	bool minus = **at == '-';

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (is(at, "@", u_name(codes[i]))) {
			*value = codes[i];
			return true;
		}
	}
	*at += minus;
	if (!number(at, "@", &plain) || plain > 10000)
		return false;
	*value = minus ? -(int64_t)plain : (int64_t)plain;
	return true;
}

static bool take_fail(const char *at)
{
	words.fail.at = 0;
	if (!call(&at, &words.fail.call) || *at++ != ':' || !code(&at, &words.fail.code))
		return false;
	if (*at == '@')
		return at++, number(&at, "", &words.fail.at) && words.fail.at > 0;
	return *at == '\0';
}

static bool take_delay(const char *at)
{
	return call(&at, &words.delay.call) && *at++ == ':' &&
	       number(&at, "", &words.delay.microseconds) && words.delay.microseconds <= 60000000;
}

static bool take_evil(const char *at)
{
	static const char names[] = "kernel\0initrd\0bootargs\0stage\0fdt\0tree\0scribble\0noshare\0";

	for (;; at++) {
		int which = one_of(&at, ",@", names);

		if (which < 0)
			return false;
		words.evil |= 1u << which;
		if (which < EVIL_FLIPS)
			words.evil_bit[which] = EVIL_ANY_BIT;
		if (*at == '@' && (which >= EVIL_FLIPS || (at++, !number(&at, ",", &words.evil_bit[which]))))
			return false;
		if (*at == '\0')
			return true;
	}
}

static bool take_abort(const char *at)
{
	int which = one_of(&at, "", "start\0tree\0move\0digest\0commit\0");

	words.abort = (enum abort_point)(which + 1);
	return which >= 0;
}

static bool take_firmware(const char *at)
{
	return number(&at, "+", &words.firmware.base) && *at++ == '+' &&
	       number(&at, "", &words.firmware.size) && words.firmware.size > 0;
}

static bool take_digest(const char *at)
{
	if (!number(&at, ":", &words.digest.size) || *at++ != ':' || words.digest.size == 0)
		return false;
	for (int i = 0; i < SHA512_SIZE; i++, at += 2) {
		int high = parse_digit(at[0]), low = high < 0 ? -1 : parse_digit(at[1]);

		if (low < 0)
			return false;
		words.digest.sha512[i] = (uint8_t)(high << 4 | low);
	}
	return *at == '\0';
}

static bool take_nonce(const char *at)
{
	size_t size = strlen(at);

	if (size == 0 || size >= sizeof(words.nonce))
		return false;
	for (size_t i = 0; i < size; i++) {
		char lower = at[i] | 0x20;

		if (!(at[i] >= '0' && at[i] <= '9') && !(lower >= 'a' && lower <= 'z'))
			return false;
	}
	memcpy(words.nonce, at, size + 1);
	return true;
}

static bool alone(const char *at)
{
	return *at == '\0' || strcmp(at, "1") == 0;
}

static bool take_off(const char *at)
{
	words.off = true;
	return alone(at);
}

static bool take_msr(const char *at)
{
	words.strict = strcmp(at, "strict") == 0;
	return words.strict || strcmp(at, "fast") == 0;
}

static bool take_trace(const char *at)
{
	log_set_level(LOG_INFO);
	return alone(at);
}

static bool take_word(const char *word)
{
	static const struct {
		char name[16];
		bool (*take)(const char *value);
	} known[] = {
		{ "off", take_off },	   { "trace", take_trace },   { "nonce", take_nonce },
		{ "fail", take_fail },	   { "delay", take_delay },   { "abort", take_abort },
		{ "evil", take_evil },	   { "digest", take_digest }, { "firmware", take_firmware },
		{ "msr", take_msr },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t size = strlen(known[i].name);

		if (strncmp(word, known[i].name, size) != 0)
			continue;
		if (word[size] == '\0' || word[size] == '=')
			return known[i].take(word + size + (word[size] == '='));
	}
	return false;
}

const char *words_take(const char *text, char *rest, size_t size)
{
	static char word[512];
	size_t used = 0, length;

	for (rest[0] = '\0'; *text; text += length) {
		bool quoted = false;

		while (*text == ' ')
			text++;
		for (length = 0; text[length] && (quoted || text[length] != ' '); length++)
			quoted ^= text[length] == '"';
		if (strncmp(text, "uv.", 3) == 0) {
			size_t cut = length < sizeof(word) ? length : sizeof(word) - 1;

			memcpy(word, text, cut);
			word[cut] = '\0';
			if (!take_word(word + 3))
				return word;
		} else if (length && used + length + 1 < size) {
			if (used)
				rest[used++] = ' ';
			memcpy(rest + used, text, length);
			used += length;
			rest[used] = '\0';
		}
	}
	return NULL;
}
