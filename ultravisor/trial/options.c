// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/trial/options.h"

#include "abi/hcalls.h"
#include "abi/pef.h"
#include "lib/log.h"
#include "lib/names.h"
#include "lib/parse.h"
#include "lib/string.h"

struct uv_options uv_options;

/*
 * A number, decimal or 0x; false without one, or unless one of @ends or the end of the text
 * follows.
 */
static bool parse_value(const char **at, const char *ends, uint64_t *value)
{
	return parse_any_number(at, value) && (**at == '\0' || strchr(ends, **at));
}

/* Past @name, if that is what comes up to one of @ends or the end of the text. */
static bool skip_name(const char **at, const char *ends, const char *name)
{
	size_t size = strlen(name);

	if (strncmp(*at, name, size) != 0 || ((*at)[size] != '\0' && !strchr(ends, (*at)[size])))
		return false;
	*at += size;
	return true;
}

/*
 * Past one of @names, each of which ends with a NUL (pointers would need relocations). Its index,
 * or -1.
 */
static int skip_one_of(const char **at, const char *ends, const char *names)
{
	for (int i = 0; *names; i++, names += strlen(names) + 1)
		if (skip_name(at, ends, names))
			return i;
	return -1;
}

/* UV_ESM or 0xf110 */
static bool parse_call(const char **at, uint64_t *value)
{
	for (uint64_t n = UV_FIRST; n <= UV_LAST; n += 4) {
		const char *name = uv_name(n);

		if (name && skip_name(at, ":", name)) {
			*value = n;
			return true;
		}
	}
	return parse_value(at, ":", value);
}

static bool parse_code(const char **at, int64_t *value)
{
	static const int64_t codes[] = { U_FUNCTION, U_PARAMETER, U_RETRY, U_PERMISSION, U_P2, U_P3,
					 U_BUSY, U_STATE };
	uint64_t plain;
	bool minus = **at == '-';

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (skip_name(at, "@", u_name(codes[i]))) {
			*value = codes[i];
			return true;
		}
	}
	*at += minus;
	if (!parse_value(at, "@", &plain) || plain > 10000)
		return false;
	*value = minus ? -(int64_t)plain : (int64_t)plain;
	return true;
}

static bool parse_fail(const char *at)
{
	uv_options.fail.nth = 0;
	if (!parse_call(&at, &uv_options.fail.call) || *at++ != ':' ||
	    !parse_code(&at, &uv_options.fail.code))
		return false;
	if (*at == '@')
		return at++, parse_value(&at, "", &uv_options.fail.nth) && uv_options.fail.nth > 0;
	return *at == '\0';
}

#define VECTOR_MAX 0x2000	/* include/exceptions.h MAX_EXCEPTION of open-power/ultravisor */
#define DELAY_MAX 60000000	/* a minute */

static bool parse_delay(const char *at)
{
	return parse_call(&at, &uv_options.delay.call) && *at++ == ':' &&
	       parse_value(&at, "", &uv_options.delay.microseconds) &&
	       uv_options.delay.microseconds <= DELAY_MAX;
}

/* A range as BASE+SIZE, up to one of @ends or the end of the text */
static bool parse_range(const char **at, const char *ends, uint64_t *base, uint64_t *size)
{
	return parse_value(at, "+", base) && *(*at)++ == '+' && parse_value(at, ends, size) &&
	       *size > 0;
}

/* VECTOR[@EXIT]; open-power/ultravisor core/uvcall.c valid_vector() */
static bool parse_vector(const char **at)
{
	uint64_t *vector = &uv_options.evil_vector.vector, *exit = &uv_options.evil_vector.exit;

	*exit = 0;
	if (!parse_value(at, ",@", vector) || *vector >= VECTOR_MAX || *vector % 32)
		return false;
	return **at != '@' || (++*at, parse_value(at, ",", exit));
}

/* What stands behind the name of one kind of evil. */
static bool parse_evil_value(int which, const char **at)
{
	if (1u << which == EVIL_OVERLAY || 1u << which == EVIL_VECTOR) {
		if (*(*at)++ != ':')
			return false;
		return 1u << which == EVIL_VECTOR ? parse_vector(at) :
			parse_range(at, ",", &uv_options.overlay.base, &uv_options.overlay.size);
	}
	if (which < EVIL_FLIPS) {
		uv_options.evil_bit[which] = EVIL_ANY_BIT;
		if (**at == '@')
			return ++*at, parse_value(at, ",", &uv_options.evil_bit[which]);
	}
	return true;
}

static bool parse_evil(const char *at)
{
	static const char names[] =
		"kernel\0initrd\0bootargs\0stage\0fdt\0tree\0scribble\0noshare\0"
		"overlay\0memory\0vector\0forget\0";

	for (;; at++) {
		int which = skip_one_of(&at, ",@:", names);

		if (which < 0)
			return false;
		uv_options.evil |= 1u << which;
		if (!parse_evil_value(which, &at))
			return false;
		if (*at != ',')
			return *at == '\0';
	}
}

static bool parse_abort(const char *at)
{
	int which = skip_one_of(&at, "", "start\0tree\0move\0digest\0commit\0");

	uv_options.abort = (enum abort_point)(which + 1);
	return which >= 0;
}

static bool parse_firmware(const char *at)
{
	return parse_range(&at, "", &uv_options.firmware.base, &uv_options.firmware.size);
}

static bool parse_key(const char *at)
{
	return parse_range(&at, "", &uv_options.key.base, &uv_options.key.size);
}

static bool parse_esm(const char *at)
{
	int which = skip_one_of(&at, "", "enforce\0warn\0off\0");

	uv_options.esm = (enum esm_policy)(which + 1);
	return which >= 0;
}

/* Lower-case hexadecimal digits, for at most @max bytes. Their number, or -1 for half a byte. */
static int parse_bytes(const char **at, uint8_t *bytes, int max)
{
	int count = 0;

	for (; count < max && parse_digit((*at)[0]) >= 0; count++, *at += 2) {
		int low = parse_digit((*at)[1]);

		if (low < 0)
			return -1;
		bytes[count] = (uint8_t)(parse_digit((*at)[0]) << 4 | low);
	}
	return count;
}

/* HANDLE:PASSWORD:NAME:A:B */
static bool parse_tpm(const char *at)
{
	struct tpm_key *tpm = &uv_options.tpm;
	uint64_t handle;
	int size;

	if (!parse_number(&at, NULL, 16, &handle) || !handle || handle >> 32 || *at++ != ':')
		return false;
	size = parse_bytes(&at, tpm->password, sizeof(tpm->password));
	if (size < 0 || *at++ != ':' ||
	    parse_bytes(&at, tpm->name, sizeof(tpm->name)) != sizeof(tpm->name) || *at++ != ':')
		return false;
	for (; size > 0 && !tpm->password[size - 1]; size--)
		;	/* the TPM leaves them out, too: Part 1, 19.6.5 */
	tpm->password_size = (uint32_t)size;
	tpm->handle = (uint32_t)handle;
	size = sizeof(tpm->policy[0]);
	return parse_bytes(&at, tpm->policy[0], size) == size && *at++ == ':' &&
	       parse_bytes(&at, tpm->policy[1], size) == size && *at == '\0';
}

static bool parse_digest(const char *at)
{
	return parse_value(&at, ":", &uv_options.digest.size) && *at++ == ':' &&
	       uv_options.digest.size > 0 &&
	       parse_bytes(&at, uv_options.digest.sha512, SHA512_SIZE) == SHA512_SIZE &&
	       *at == '\0';
}

static bool parse_nonce(const char *at)
{
	size_t size = strlen(at);

	if (size == 0 || size >= sizeof(uv_options.nonce))
		return false;
	for (size_t i = 0; i < size; i++) {
		char lower = at[i] | 0x20;

		if (!(at[i] >= '0' && at[i] <= '9') && !(lower >= 'a' && lower <= 'z'))
			return false;
	}
	memcpy(uv_options.nonce, at, size + 1);
	return true;
}

static bool value_is_set(const char *at)
{
	return *at == '\0' || strcmp(at, "1") == 0;
}

static bool parse_off(const char *at)
{
	uv_options.off = true;
	return value_is_set(at);
}

static bool parse_msr(const char *at)
{
	int which = skip_one_of(&at, "", "fast\0strict\0tests\0");

	uv_options.msr = (enum exec_msr)which;
	return which >= 0;
}

static bool parse_implicit(const char *at)
{
	uv_options.implicit_maps = strcmp(at, "map") == 0;
	return uv_options.implicit_maps || strcmp(at, "end") == 0;
}

static bool parse_forget(const char *at)
{
	uv_options.forget_off = strcmp(at, "off") == 0;
	return uv_options.forget_off || strcmp(at, "on") == 0;
}

static bool parse_codes(const char *at)
{
	uv_options.codes_lost = strcmp(at, "lost") == 0;
	return uv_options.codes_lost || strcmp(at, "kept") == 0;
}

static bool parse_trace(const char *at)
{
	log_set_level(LOG_INFO);
	return value_is_set(at);
}

static bool parse_option(const char *option)
{
	static const struct {
		char name[16];
		bool (*parse)(const char *value);
	} known[] = {
		{ "off", parse_off },	   { "trace", parse_trace },   { "nonce", parse_nonce },
		{ "fail", parse_fail },	   { "delay", parse_delay },   { "abort", parse_abort },
		{ "evil", parse_evil },	   { "digest", parse_digest }, { "msr", parse_msr },
		{ "firmware", parse_firmware }, { "implicit", parse_implicit },
		{ "codes", parse_codes }, { "key", parse_key }, { "esm", parse_esm },
		{ "forget", parse_forget }, { "tpm", parse_tpm },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t size = strlen(known[i].name);

		if (strncmp(option, known[i].name, size) != 0)
			continue;
		if (option[size] == '\0' || option[size] == '=')
			return known[i].parse(option + size + (option[size] == '='));
	}
	return false;
}

const char *uv_options_parse(const char *text, char *rest, size_t size)
{
	static char option[512];
	size_t used = 0, length;

	for (rest[0] = '\0'; *text; text += length) {
		bool quoted = false;

		while (*text == ' ')
			text++;
		for (length = 0; text[length] && (quoted || text[length] != ' '); length++)
			quoted ^= text[length] == '"';
		if (strncmp(text, "uv.", 3) == 0) {
			size_t cut = length < sizeof(option) ? length : sizeof(option) - 1;

			memcpy(option, text, cut);
			option[cut] = '\0';
			if (!parse_option(option + 3))
				return option;
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
