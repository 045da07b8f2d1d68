// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/bundle/tool.h"

static const char usage_text[] =
	"usage: pefboot-bundle create --kernel VMLINUX [--initrd FILE] [--cmdline TEXT]\n"
	"                             [--pool SIZE] [--blob-room[=SIZE]]\n"
	"                             [--pefboot PEFBOOT.ELF] -o BUNDLE\n"
	"       pefboot-bundle info [--json] BUNDLE\n"
	"       pefboot-bundle extract [--kernel FILE] [--initrd FILE] [--cmdline FILE] BUNDLE\n"
	"       pefboot-bundle verify [--kernel FILE] [--initrd FILE] [--cmdline TEXT]\n"
	"                             [--pool SIZE] [--pefboot PEFBOOT.ELF] BUNDLE\n"
	"\n"
	"create   put pefboot, a kernel, an initrd and a command line into one bootable ELF file\n"
	"info     what is in it\n"
	"extract  write the parts to files (- is standard output)\n"
	"verify   compare the parts with the digests in the bundle, and with files if given\n"
	"\n"
	"The kernel is an uncompressed vmlinux. --pool puts pefboot.pool=SIZE (with K, M or G) in "
	"front\n"
	"of the command line. --blob-room makes a bundle that can be sealed: with an empty place of\n"
	"256K, or of that size, for an ESM blob. create takes by default the pefboot.elf beside this\n"
	"program, or in ../share/qemu as seen from there.\n"
	"Exit status: 0, 1 where something is wrong or differs, 2 for wrong usage.\n";

static const struct {
	const char *name;
	int (*run)(const struct arguments *arguments);
} commands[] = {
	{ "create", create }, { "info", info }, { "extract", extract }, { "verify", verify },
};

static _Noreturn void print_usage(void)
{
	fputs(usage_text, stderr);
	exit(2);
}

static void parse_arguments(struct arguments *arguments, int argc, char **argv)
{
	static const struct option options[] = {
		{ "kernel", required_argument, NULL, 'k' },
		{ "initrd", required_argument, NULL, 'i' },
		{ "cmdline", required_argument, NULL, 'c' },
		{ "pefboot", required_argument, NULL, 'p' },
		{ "output", required_argument, NULL, 'o' },
		{ "pool", required_argument, NULL, 'P' },
		{ "blob-room", optional_argument, NULL, 'B' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		switch (c) {
		case 'k': arguments->kernel = optarg; break;
		case 'i': arguments->initrd = optarg; break;
		case 'c': arguments->cmdline = optarg; break;
		case 'p': arguments->pefboot = optarg; break;
		case 'o': arguments->output = optarg; break;
		case 'P': arguments->pool = optarg; break;
		case 'B': arguments->blob_room = optarg ? optarg : "256K"; break;
		case 'j': arguments->json = true; break;
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
	if (argc < 2)
		print_usage();
	parse_arguments(&arguments, argc - 1, argv + 1);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		bool creating = commands[i].run == create;

		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		if (creating ? !arguments.kernel || !arguments.output || arguments.bundle :
			       !arguments.bundle)
			print_usage();
		return commands[i].run(&arguments);
	}
	print_usage();
}
