// SPDX-License-Identifier: GPL-2.0-or-later
/* What boot/doors/head.S and boot/secure/enter.S do, as far as a host can. */
#include <string.h>

#include "abi/image.h"
#include "boot/doors/head.h"
#include "boot/doors/vectors.h"
#include "boot/main.h"
#include "boot/secure/enter.h"
#include "tests/host/fake/fake.h"

/* The image with its bss and stack: linker/pefboot.lds. */
__asm__(".pushsection .bss.image, \"aw\", @nobits\n"
	".globl __start, __footprint, __stack_bottom\n"
	"__start: .skip 0x2f000\n"
	"__stack_bottom: .skip 0x1000\n"
	"__footprint: .popsection");

void exceptions_install(uint64_t image)
{
	(void)image;
}

void exceptions_install_secure(void)
{
}

void kexec_loop_leave(const void *args)
{
	fake.loop_args = args;
}

void move_image(uint64_t to, const struct arrival *arrival)
{
	struct image_header header = { IMAGE_MAGIC, { 0, 0, 0x10, 0 }, { 0, 3, 0, 0 } };

	memset((void *)to, 0, 0x30000);
	memcpy((uint8_t *)to + IMAGE_HEADER_AT, &header, sizeof(header));
	boot_start(DOOR_HOME, to, (uintptr_t)arrival, 0, 0);
}

void enter_kernel(const void *tree, uint64_t kernel)
{
	fake.entered_tree = tree;
	fake.entered_kernel = kernel;
	fake_leave();
}
