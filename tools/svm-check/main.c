// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/version.h"
#include "tools/svm-check/check.h"

static const char usage_text[] =
	"usage: pefboot-svm-check [--all] [--json] VMLINUX\n"
	"\n"
	"How pefboot's miniature ultravisor will treat each mfmsr of a kernel, by the ultravisor's "
	"own code. Lists\n"
	"those whose value is tested for MSR[S]; --all lists the others, too.\n"
	"\n"
	"lis   replaced by lis RT,0x40: a test of MSR[S], at no cost\n"
	"raw   left alone: nobody looks at MSR[S], at no cost\n"
	"trap  emulated: right in any case, and 15 to 40 us each time\n"
	"\n"
	"VMLINUX is the uncompressed, linked kernel, of either byte order.\n"
	"Exit status: 0 if all tests of MSR[S] are recognised, 1 if one is not, 2 for wrong usage "
	"or files. A test is\n"
	"recognised, but trapped, if its instructions happen to lie in two pages of 4 KiB.\n";

static const char *const names[] = { [USE_TRAP] = "trap", [USE_LIS] = "lis", [USE_RAW] = "raw" };

struct totals {
	size_t uses[3], tests, recognised;
};

void die(const char *fmt, ...)
{
	va_list args;

	fputs("pefboot-svm-check: error: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

static struct totals count_uses(const struct use *uses, size_t count)
{
	struct totals totals = { 0 };

	for (size_t i = 0; i < count; i++) {
		totals.uses[uses[i].use]++;
		totals.tests += uses[i].test != 0;
		totals.recognised += uses[i].recognised;
	}
	return totals;
}

static void print_text(const struct image *image, const struct use *uses, size_t count, bool all)
{
	struct totals totals = count_uses(uses, count);

	for (size_t i = 0; i < count; i++) {
		const struct use *use = &uses[i];
		struct symbol symbol = image_symbol(image, use->address);

		if (!use->test && !all)
			continue;
		printf("%016lx  %-4s  %s+0x%lx", use->address, names[use->use], symbol.name,
		       use->address - symbol.address);
		if (use->test)
			printf("  tests MSR[S] at +0x%lx", use->test - symbol.address);
		printf("%s%s%s\n", use->turned ? "  (other byte order)" : "", use->why ? ": " : "",
		       use->why ? use->why : "");
	}
	printf("%zu mfmsr: %zu lis, %zu raw, %zu trap; %zu tests of MSR[S], %zu recognised\n",
	       count, totals.uses[USE_LIS], totals.uses[USE_RAW], totals.uses[USE_TRAP],
	       totals.tests, totals.recognised);
}

/* Names of symbols hold nothing that JSON would want escaped, or they are not shown. */
static void print_string(const char *text)
{
	putchar('"');
	for (; *text; text++)
		putchar(*text >= ' ' && *text <= '~' && *text != '"' && *text != '\\' ? *text :
											'?');
	putchar('"');
}

static void print_json(const struct image *image, const struct use *uses, size_t count)
{
	struct totals totals = count_uses(uses, count);

	printf("{\"endian\": \"%s\", \"lis\": %zu, \"raw\": %zu, \"trap\": %zu, \"tests\": %zu, "
	       "\"recognised\": %zu, \"mfmsr\": [",
	       image->little ? "little" : "big", totals.uses[USE_LIS], totals.uses[USE_RAW],
	       totals.uses[USE_TRAP], totals.tests, totals.recognised);
	for (size_t i = 0; i < count; i++) {
		const struct use *use = &uses[i];
		struct symbol symbol = image_symbol(image, use->address);

		printf("%s\n {\"address\": \"0x%lx\", \"use\": \"%s\", \"function\": ",
		       i ? "," : "", use->address, names[use->use]);
		print_string(symbol.name);
		printf(", \"offset\": %lu, \"other_order\": %s, \"test\": ",
		       use->address - symbol.address, use->turned ? "true" : "false");
		printf(use->test ? "\"0x%lx\"" : "null", use->test);
		printf(", \"recognised\": %s, \"why\": ", use->recognised ? "true" : "false");
		if (use->why)
			print_string(use->why);
		else
			printf("null");
		printf("}");
	}
	printf("]}\n");
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "all", no_argument, NULL, 'a' }, { "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' }, { NULL, 0, NULL, 0 },
	};
	bool all = false, json = false;
	struct use *uses = NULL;
	struct totals totals;
	struct image image;
	size_t count;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		all |= c == 'a';
		json |= c == 'j';
		if (c == 'h')
			return fputs(usage_text, stdout) < 0;
		if (c == 'V')
			return puts("pefboot-svm-check " VERSION) < 0;
		if (c == '?')
			return fputs(usage_text, stderr), 2;
	}
	if (optind != argc - 1)
		return fputs(usage_text, stderr), 2;
	image_read(&image, argv[optind]);
	count = find(&image, &uses);
	if (json)
		print_json(&image, uses, count);
	else
		print_text(&image, uses, count, all);
	totals = count_uses(uses, count);
	return totals.tests != totals.recognised;
}
