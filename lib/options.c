// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/options.h"

#include "lib/error.h"
#include "lib/parse.h"
#include "lib/string.h"

#define PREFIX	  "pefboot."
#define OPTION_MAX 128
#define POOL_DEFAULT (64UL << 20)
#define POOL_MAX (1UL << 32)	/* nobody means more */
#define DISK_TIMEOUT_MAX (7 * 24 * 3600)

/* The index of a word that says how much something is wanted; -1 for another. */
static int parse_policy(const char *value)
{
	static const char names[][9] = { "auto", "required", "off" };

	for (int i = 0; i < 3; i++)
		if (strcmp(value, names[i]) == 0)
			return i;
	return -1;
}

static bool set_secure(struct options *options, const char *value)
{
	int policy = parse_policy(value);

	if (policy >= 0)
		options->secure = (enum secure_policy)policy;
	options->secure_said = true;
	return policy >= 0;
}

static bool set_tpm(struct options *options, const char *value)
{
	int policy = parse_policy(value);

	if (policy >= 0)
		options->tpm = (enum tpm_policy)policy;
	return policy >= 0;
}

static bool set_log(struct options *options, const char *value)
{
	static const struct {
		char name[8];
		enum log_level level;
	} levels[] = {
		{ "error", LOG_ERROR },
		{ "notice", LOG_NOTICE },
		{ "info", LOG_INFO },
		{ "debug", LOG_INFO },
	};

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (strcmp(value, levels[i].name) == 0) {
			options->log = levels[i].level;
			return true;
		}
	return false;
}

static bool set_kernel(struct options *options, const char *value)
{
	options->any_kernel = strcmp(value, "any") == 0;
	return options->any_kernel || strcmp(value, "marked") == 0;
}

static bool set_dma(struct options *options, const char *value)
{
	options->dma_pool = strcmp(value, "pool") == 0;
	return options->dma_pool || strcmp(value, "auto") == 0;
}

/* A size, and whether it may be too small for some kernels. */
static bool set_pool(struct options *options, const char *value)
{
	if (!parse_size(&value, &options->pool_size))
		return false;
	options->pool_force = strcmp(value, ",force") == 0;
	return options->pool_size > 0 && options->pool_size <= POOL_MAX &&
	       (*value == '\0' || options->pool_force);
}

/* At most a week. */
static bool set_disk_timeout(struct options *options, const char *value)
{
	uint64_t seconds;

	if (!parse_number(&value, NULL, 10, &seconds))
		return false;
	options->disk_timeout = (uint32_t)seconds;
	return seconds > 0 && seconds <= DISK_TIMEOUT_MAX && *value == '\0';
}

static bool set_fail(struct options *options, const char *value)
{
	options->hold = strcmp(value, "hold") == 0;
	return options->hold || strcmp(value, "off") == 0;
}

/* One part of pefboot.cas=. A word that rules something out wins over what the platform offers. */
static bool set_cas_part(struct options *options, const char *part, size_t size)
{
	if (size == 3 && memcmp(part, "off", size) == 0)
		options->cas = false;
	else if (size == 4 && memcmp(part, "hash", size) == 0)
		options->mmu = CAS_OLD;
	else if (size == 4 && memcmp(part, "xics", size) == 0)
		options->irq = CAS_OLD;
	else if (size == 5 && memcmp(part, "radix", size) == 0)
		options->mmu = options->mmu == CAS_OLD ? CAS_OLD : CAS_NEW;
	else if (size == 4 && memcmp(part, "xive", size) == 0)
		options->irq = options->irq == CAS_OLD ? CAS_OLD : CAS_NEW;
	else
		return false;
	return true;
}

static bool set_cas(struct options *options, const char *value)
{
	for (;;) {
		const char *comma = strchr(value, ',');

		if (!comma)
			return set_cas_part(options, value, strlen(value));
		if (!set_cas_part(options, value, (size_t)(comma - value)))
			return false;
		value = comma + 1;
	}
}

/* 16 bits in small letters, as lspci -n prints them. */
static bool parse_id(const char **at, uint16_t *id)
{
	uint64_t number;

	if (!parse_number(at, NULL, 16, &number) || number > UINT16_MAX)
		return false;
	*id = (uint16_t)number;
	return true;
}

static bool set_devices(struct options *options, const char *value)
{
	for (options->devices = 0; options->devices < OPTION_DEVICES_MAX; value++) {
		uint32_t i = options->devices++;

		if (!parse_id(&value, &options->device[i].vendor) || *value++ != ':' ||
		    !parse_id(&value, &options->device[i].device))
			return false;
		if (*value != ',')
			return *value == '\0';
	}
	return false;
}

/* Read by a loader Linux (guest/loader/scripts/pefboot); pefboot only lets it pass. */
static bool set_for_loader(struct options *options, const char *value)
{
	(void)options;
	return *value != '\0';
}

static const struct {
	const char *name;
	bool (*set)(struct options *options, const char *value);
} known_options[] = {
	{ "log=", set_log },
	{ "secure=", set_secure },
	{ "fail=", set_fail },
	{ "cas=", set_cas },
	{ "kernel=", set_kernel },
	{ "dma=", set_dma },
	{ "pool=", set_pool },
	{ "devices=", set_devices },
	{ "tpm=", set_tpm },
	{ "disk-timeout=", set_disk_timeout },
	{ "entry=", set_for_loader },
	{ "menu=", set_for_loader },
	{ "fallback=", set_for_loader },
};

static int parse_option(struct options *options, const char *option)
{
	const char *ours = option + strlen(PREFIX);

	for (size_t i = 0; i < sizeof(known_options) / sizeof(known_options[0]); i++) {
		size_t size = strlen(known_options[i].name);

		if (strncmp(ours, known_options[i].name, size) != 0)
			continue;
		if (!known_options[i].set(options, ours + size))
			break;
		return 0;
	}
	return error(E_OPTION, "%pQ", option);
}

int options_parse(struct options *options, const char *at)
{
	char option[OPTION_MAX];

	*options = (struct options){
		.log = LOG_NOTICE,
		.cas = true,
		.pool_size = POOL_DEFAULT,
	};
	linux_params(&options->params, at);
	while (at && *at) {
		size_t size = 0;
		int rc;

		while (at[size] && at[size] != ' ' && at[size] != '\n')
			size++;
		if (size > strlen(PREFIX) && strncmp(at, PREFIX, strlen(PREFIX)) == 0) {
			size_t part = size < sizeof(option) ? size : sizeof(option) - 1;

			memcpy(option, at, part);
			option[part] = '\0';
			if (part < size)
				return error(E_OPTION, "%pQ: too long", option);
			rc = parse_option(options, option);
			if (rc)
				return rc;
		}
		at += size + (at[size] != '\0');
	}
	return 0;
}
