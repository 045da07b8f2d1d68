// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/linux_params.h"

#include "lib/parse.h"
#include "lib/string.h"

#define LIMIT_ALIGN (16UL << 20)	/* prom_init.c early_cmdline_parse(), with the hash MMU */

/* strstr(), moved behind what was found; NULL where it is not. */
static const char *find_text(const char *in, const char *text)
{
	size_t size = strlen(text);

	for (; in && *in; in++)
		if (strncmp(in, text, size) == 0)
			return in + size;
	return NULL;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* prom_strtobool(): 1, 0, or -1 for what is neither. */
static int parse_bool(const char *at)
{
	char c = lower(*at);

	if (c == 'o') {
		c = lower(at[1]);
		return c == 'n' ? 1 : c == 'f' ? 0 : -1;
	}
	return c == 'y' || c == '1' ? 1 : c == 'n' || c == '0' ? 0 : -1;
}

/* What is neither yes nor no counts as no. */
static bool disables_radix(const char *bootargs)
{
	const char *at = find_text(bootargs, "disable_radix");

	return at && (*at != '=' || parse_bool(at + 1) == 1);
}

static bool turns_iommu_off(const char *bootargs)
{
	const char *at = find_text(bootargs, "iommu=");

	while (at && *at == ' ')
		at++;
	return at && strncmp(at, "off", 3) == 0;
}

/* lib/cmdline.c memparse(): decimal, "0x" or octal after "0"; K to E, small or not. May wrap. */
static uint64_t parse_memory(const char *at)
{
	static const char units[] = " kmgtpe";	/* of 1024 to the power of their place */
	unsigned int base = 10;
	uint64_t value = 0;
	int digit;

	if (*at == '0') {
		base = lower(at[1]) == 'x' ? 16 : 8;
		at += base == 16 ? 2 : 1;
	}
	for (; (digit = parse_digit(lower(*at))) >= 0 && digit < (int)base; at++)
		value = value * base + (unsigned int)digit;
	for (int i = 6; i; i--)
		if (lower(*at) == units[i])
			value <<= 10 * i;
	return value;
}

/* Blanks between quotes are part of a word (lib/cmdline.c next_arg()). */
static const char *end_of_word(const char *at)
{
	bool quoted = false;

	for (; *at && (quoted || *at != ' '); at++)
		quoted ^= *at == '"';
	return at;
}

static uint64_t memory_limit(const char *at)
{
	uint64_t limit = 0;

	for (; at && *at; at += *at != '\0') {
		if (strncmp(at, "mem=", 4) == 0)
			limit = parse_memory(at + 4);
		if (strncmp(at, "-- ", 3) == 0)
			break;	/* what follows is not the kernel's */
		at = end_of_word(at);
	}
	return limit ? limit & ~(LIMIT_ALIGN - 1) : UINT64_MAX;
}

void linux_params(struct linux_params *params, const char *bootargs)
{
	const char *svm = find_text(bootargs, "svm=");
	const int secure = svm ? parse_bool(svm) : -1;

	*params = (struct linux_params){
		.disable_radix = disables_radix(bootargs),
		.hcall_invalidate = find_text(bootargs, "radix_hcall_invalidate=on"),
		.xive_off = find_text(bootargs, "xive=off"),
		.iommu_off = turns_iommu_off(bootargs),
		.svm = secure == 1,
		.svm_off = secure == 0,
		.limit = memory_limit(bootargs),
	};
}

bool linux_has_root(const char *bootargs)
{
	for (const char *word = bootargs; word; word = strchr(word, ' ')) {
		word += *word == ' ';
		if (strncmp(word, "root=", 5) == 0 || strncmp(word, "rdinit=", 7) == 0)
			return true;
	}
	return false;
}
