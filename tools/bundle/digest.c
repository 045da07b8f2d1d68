// SPDX-License-Identifier: GPL-2.0-or-later
/* digest: what will be measured, for people, for scripts, and for svm-tool */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/endian.h"
#include "lib/format.h"
#include "tools/bundle/esm.h"

static void print_one(const char *format, const char *name, const uint8_t *value)
{
	char text[HEX_SIZE(BUNDLE_DIGEST_SIZE)];

	format_hex(text, value, BUNDLE_DIGEST_SIZE);
	printf(format, name, text);
}

static void print_all(const struct digests *digests, const char *format)
{
	print_one(format, "kernel", digests->kernel);
	print_one(format, "initrd", digests->initrd);
	print_one(format, "bootargs", digests->bootargs);
	print_one(format, "rtas", digests->rtas);
}

/* svm-tool measures what objcopy -O binary makes of an ELF file: of a section with these bytes. */
static void write_measured(const char *path, const uint8_t *image, size_t size)
{
	static const char names[] = "\0.measured\0.shstrtab";
	size_t at = 0x10000, names_at = at + size, table = (names_at + sizeof(names) + 7) & ~7UL;
	size_t total = table + 3 * sizeof(Elf64_Shdr);
	uint8_t *file = calloc(1, total);
	Elf64_Ehdr *header = (Elf64_Ehdr *)file;
	Elf64_Phdr *load = (Elf64_Phdr *)(header + 1);
	Elf64_Shdr *section = (Elf64_Shdr *)(file + table);

	if (!file)
		die("out of memory");
	write_elf_start(file, ELFCLASS64, EM_PPC64);
	be32_store(&header->e_flags, 2);	/* ELFv2 */
	be64_store(&header->e_phoff, sizeof(*header));
	be64_store(&header->e_shoff, table);
	be16_store(&header->e_ehsize, sizeof(*header));
	be16_store(&header->e_phentsize, sizeof(*load));
	be16_store(&header->e_phnum, 1);
	be16_store(&header->e_shentsize, sizeof(*section));
	be16_store(&header->e_shnum, 3);
	be16_store(&header->e_shstrndx, 2);
	be32_store(&load->p_type, PT_LOAD);
	be32_store(&load->p_flags, PF_R | PF_W | PF_X);
	be64_store(&load->p_offset, at);
	be64_store(&load->p_filesz, size);
	be64_store(&load->p_memsz, size);
	be64_store(&load->p_align, at);
	be32_store(&section[1].sh_name, 1);
	be32_store(&section[1].sh_type, SHT_PROGBITS);
	be64_store(&section[1].sh_flags, SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR);
	be64_store(&section[1].sh_offset, at);
	be64_store(&section[1].sh_size, size);
	be64_store(&section[1].sh_addralign, at);
	be32_store(&section[2].sh_name, 11);
	be32_store(&section[2].sh_type, SHT_STRTAB);
	be64_store(&section[2].sh_offset, names_at);
	be64_store(&section[2].sh_size, sizeof(names));
	be64_store(&section[2].sh_addralign, 1);
	memcpy(file + at, image, size);
	memcpy(file + names_at, names, sizeof(names));
	write_file(path, file, total);
	free(file);
}

static char *in_folder(const char *folder, const char *name)
{
	size_t size = strlen(folder) + strlen(name) + 2;
	char *path = malloc(size);

	if (!path)
		die("out of memory");
	snprintf(path, size, "%s/%s", folder, name);
	return path;
}

/* A text in the double quotes of YAML, which are those of JSON. */
static void print_quoted(const uint8_t *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] > 0x7e)
			die("svm-tool measures no command line with byte %02x in it", text[i]);
	print_escaped(stdout, text, size);
}

/* The files that svm-tool reads, and its configuration but for the keys. */
static void write_svm_tool(const char *folder, const struct bundle *bundle, const uint8_t *image)
{
	const struct bundle_place *initrd = &bundle->part[BUNDLE_INITRD];
	const struct bundle_place *cmdline = &bundle->part[BUNDLE_CMDLINE];
	char *measured = in_folder(folder, "measured.elf"), *path = in_folder(folder, "initrd");

	write_measured(measured, image, range_size(bundle_measured(bundle)));
	write_file(path, image + initrd->offset, initrd->size);
	printf("- origin:\n    pubkey: \"origin.pub.pem\"\n    seckey: \"origin.pem\"\n"
	       "- recipient:\n    pubkey: \"machine.pub.pem\"\n- digest:\n    args: ");
	print_quoted(image + cmdline->offset, cmdline->size);
	printf("\n    initramfs: ");
	print_quoted((uint8_t *)path, strlen(path));
	printf("\n    kernel: ");
	print_quoted((uint8_t *)measured, strlen(measured));
	putchar('\n');
}

int print_digests(const struct arguments *arguments)
{
	struct bundle bundle;
	struct blob file = read_bundle(arguments->bundle, &bundle);
	const uint8_t *image = file.data + bundle.file_offset;
	struct digests digests;

	measure(&digests, arguments->bundle, &bundle, image);
	if (arguments->svm_tool) {
		write_svm_tool(arguments->svm_tool, &bundle, image);
		return 0;
	}
	if (arguments->json)
		printf("{\n  \"algorithm\": \"SHA512\"");
	print_all(&digests, arguments->json ? ",\n  \"%s\": \"%s\"" : "%-11s %s\n");
	printf(arguments->json ? ",\n  \"kernel-size\": %u\n}\n" : "kernel-size %u\n",
	       digests.kernel_size);
	return 0;
}
