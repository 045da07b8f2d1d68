// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/version.h"
#include "tools/bundle/tool.h"

static const char usage_text[] =
	"usage: pefboot-bundle create --kernel VMLINUX [--initrd FILE] [--cmdline TEXT]\n"
	"                             [--pool SIZE] [--blob-room[=SIZE]] [--marked]\n"
	"                             [--pefboot PEFBOOT.ELF] -o BUNDLE\n"
	"       pefboot-bundle info [--json] BUNDLE\n"
	"       pefboot-bundle extract [--kernel FILE] [--initrd FILE] [--cmdline FILE] BUNDLE\n"
	"       pefboot-bundle verify [--kernel FILE] [--initrd FILE] [--cmdline TEXT]\n"
	"                             [--pool SIZE] [--pefboot PEFBOOT.ELF]\n"
	"                             [--key PRIVATE.PEM] BUNDLE\n"
	"       pefboot-bundle digest [--json | --svm-tool FOLDER] BUNDLE\n"
	"       pefboot-bundle seal --recipient KEY.PEM ... [--origin KEY.PEM]\n"
	"                           [--file NAME=PATH ...] -o SEALED BUNDLE\n"
	"       pefboot-bundle slof -o FILE BUNDLE\n"
	"       pefboot-bundle pcrs [--bank sha1|sha256|sha384|sha512] BUNDLE\n"
	"       pefboot-bundle marked VMLINUX\n"
	"       pefboot-bundle --version\n"
	"\n"
	"create   put pefboot, a kernel, an initrd and a command line into one bootable ELF file\n"
	"info     what is in it\n"
	"extract  write parts, at least one, to files (- is standard output)\n"
	"verify   compare the parts with the digests in the bundle, and with files if given;\n"
	"         check the form of the ESM blob, and with a private key its digests and MACs\n"
	"digest   what an ultravisor will measure\n"
	"seal     put an ESM blob into it: files that only the recipients' ultravisors open,\n"
	"         and only for this kernel, initrd and command line\n"
	"slof     the same as a 32-bit ELF file, which SLOF loads by itself: from the network, a\n"
	"         CD-ROM, USB, or any other medium that pefboot has no driver for\n"
	"pcrs     PCRs 4, 8 and 9 of a TPM when pefboot (-bios) has started it in a normal VM\n"
	"marked   whether a kernel would become secure: status 0 or 3\n"
	"\n"
	"The kernel is an uncompressed vmlinux. --pool puts pefboot.pool=SIZE (with K, M or G) in "
	"front\n"
	"of the command line. --blob-room makes a bundle that can be sealed: with an empty\n"
	"place of 256K, or of that size, for an ESM blob. create takes by default the\n"
	"pefboot.elf beside this program, or in ../share/qemu as seen from there.\n"
	"With --marked it makes none of a kernel that would not become secure (E404).\n"
	"Exit status: 0, 1 where something is wrong or differs, 2 for wrong usage, 3 for a kernel\n"
	"without the mark (marked, create --marked).\n";

static bool can_create(const struct arguments *arguments)
{
	return arguments->kernel && arguments->output && !arguments->bundle;
}

static bool can_read(const struct arguments *arguments)
{
	return arguments->bundle;
}

static bool can_extract(const struct arguments *arguments)
{
	return arguments->bundle && (arguments->kernel || arguments->initrd || arguments->cmdline);
}

static bool can_digest(const struct arguments *arguments)
{
	return arguments->bundle && !(arguments->json && arguments->svm_tool);
}

static bool can_write(const struct arguments *arguments)
{
	return arguments->bundle && arguments->output;
}

static bool can_seal(const struct arguments *arguments)
{
	return arguments->bundle && arguments->output && arguments->recipients;
}

static const struct option options[] = {
	{ "kernel", required_argument, NULL, 'k' },
	{ "initrd", required_argument, NULL, 'i' },
	{ "cmdline", required_argument, NULL, 'c' },
	{ "pefboot", required_argument, NULL, 'p' },
	{ "output", required_argument, NULL, 'o' },
	{ "pool", required_argument, NULL, 'P' },
	{ "blob-room", optional_argument, NULL, 'B' },
	{ "recipient", required_argument, NULL, 'r' },
	{ "origin", required_argument, NULL, 'O' },
	{ "file", required_argument, NULL, 'f' },
	{ "key", required_argument, NULL, 'K' },
	{ "svm-tool", required_argument, NULL, 's' },
	{ "bank", required_argument, NULL, 'b' },
	{ "json", no_argument, NULL, 'j' },
	{ "marked", no_argument, NULL, 'm' },
	{ NULL, 0, NULL, 0 },
};

static const struct command {
	const char *name;
	const char *takes;		/* the letters of its options */
	int (*run)(const struct arguments *arguments);
	bool (*complete)(const struct arguments *arguments);
} commands[] = {
	{ "create", "kicpPBmo", create, can_create },
	{ "info", "j", info, can_read },
	{ "extract", "kic", extract, can_extract },
	{ "verify", "kicpPK", verify, can_read },
	{ "digest", "js", print_digests, can_digest },
	{ "seal", "rOfo", seal, can_seal },
	{ "slof", "o", slof, can_write },
	{ "pcrs", "b", pcrs, can_read },
	{ "marked", "", marked, can_read },
};

static _Noreturn void print_usage(void)
{
	fputs(usage_text, stderr);
	exit(2);
}

/* An option that the command would not look at. */
static _Noreturn void refuse(const struct command *command, int letter)
{
	const struct option *option = options;

	while (option->val != letter)
		option++;
	fprintf(stderr, "pefboot-bundle: error: %s takes no --%s: see pefboot-bundle --help\n",
		command->name, option->name);
	exit(2);
}

/* One more of an option that may be given often. */
static void add(const char **list, int *count, int most)
{
	if (*count == most)
		die("more than %d times the same option", most);
	list[(*count)++] = optarg;
}

static void parse_arguments(struct arguments *arguments, const struct command *command, int argc,
			    char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (c != '?' && !strchr(command->takes, c))
			refuse(command, c);
		switch (c) {
		case 'k': arguments->kernel = optarg; break;
		case 'i': arguments->initrd = optarg; break;
		case 'c': arguments->cmdline = optarg; break;
		case 'p': arguments->pefboot = optarg; break;
		case 'o': arguments->output = optarg; break;
		case 'P': arguments->pool = optarg; break;
		case 'B': arguments->blob_room = optarg ? optarg : "256K"; break;
		case 'r': add(arguments->recipient, &arguments->recipients, RECIPIENTS_MAX); break;
		case 'O': arguments->origin = optarg; break;
		case 'f': add(arguments->file, &arguments->files, OWNER_FILES_MAX); break;
		case 'K': arguments->key = optarg; break;
		case 's': arguments->svm_tool = optarg; break;
		case 'b': arguments->bank = optarg; break;
		case 'j': arguments->json = true; break;
		case 'm': arguments->marked = true; break;
		default: print_usage();
		}
	}
	if (optind < argc)
		arguments->bundle = argv[optind++];
	if (optind < argc)
		print_usage();
}

int main(int argc, char **argv)
{
	struct arguments arguments = { 0 };

	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		fputs(usage_text, stdout);
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return puts("pefboot-bundle " VERSION) < 0;
	if (argc < 2)
		print_usage();
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		parse_arguments(&arguments, &commands[i], argc - 1, argv + 1);
		if (!commands[i].complete(&arguments))
			print_usage();
		return commands[i].run(&arguments);
	}
	print_usage();
}
