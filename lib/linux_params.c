// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/linux_params.h"

#include "lib/string.h"

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
