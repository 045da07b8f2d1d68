// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * slof: a bundle as SLOF itself loads it, whole, from wherever it can: 32-bit ELF, for memory that
 * SLOF can give. Of a 64-bit file it would take e_entry for the address of a function descriptor,
 * and claim the lowest memory, which is its own (slof/fs/loaders.fs start-elf64, slof/fs/elf.fs).
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "lib/endian.h"
#include "tools/bundle/tool.h"

#define LOAD_BASE 0x4000UL	/* where the file goes: board-qemu/slof/OF.fs default-load-base */
#define SLOF_BASE 0xe100000UL	/* SLOF itself, with 31 MiB: slof/OF.lds, slof/fs/claim.fs */
#define PLACE	  0x10000000UL	/* behind it, and below 768 MiB */
#define FILE_MAX  (SLOF_BASE - LOAD_BASE)

static void write_header32(uint8_t *file, uint32_t total)
{
	Elf32_Ehdr *header = (Elf32_Ehdr *)file;
	Elf32_Phdr *load = (Elf32_Phdr *)(file + sizeof(*header));

	memset(file, 0, BUNDLE_FILE_OFFSET);
	write_elf_start(file, ELFCLASS32, EM_PPC);
	be32_store(&header->e_entry, PLACE);
	be32_store(&header->e_phoff, sizeof(*header));
	be16_store(&header->e_ehsize, sizeof(*header));
	be16_store(&header->e_phentsize, sizeof(*load));
	be16_store(&header->e_phnum, 1);
	be32_store(&load->p_type, PT_LOAD);
	be32_store(&load->p_flags, PF_R | PF_W | PF_X);
	be32_store(&load->p_offset, BUNDLE_FILE_OFFSET);
	be32_store(&load->p_vaddr, PLACE);
	be32_store(&load->p_paddr, PLACE);
	be32_store(&load->p_filesz, total);
	be32_store(&load->p_memsz, total);
	be32_store(&load->p_align, BUNDLE_ALIGN);
}

int slof(const struct arguments *arguments)
{
	struct bundle bundle;
	struct blob file = read_bundle(arguments->bundle, &bundle);

	const uint64_t size = BUNDLE_FILE_OFFSET + bundle.total_size;

	if (size > FILE_MAX)
		die("%lu MiB are more than the %lu that SLOF has room for",
		    (unsigned long)(size >> 20), FILE_MAX >> 20);
	write_header32(file.data, (uint32_t)bundle.total_size);
	write_file(arguments->output, file.data, size);
	free(file.data);
	return 0;
}
