/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/start.h"

#include "guest/get_file.h"
#include "guest/main.h"
#include "guest/system.h"

/* struct sigaction of Linux arch/powerpc/include/uapi/asm/signal.h */
struct linux_sigaction {
	void (*handler)(int signal);
	uint64_t flags;
	void (*restorer)(void);
	uint64_t mask;
};

static _Noreturn void leave(int status)
{
	for (;;)
		linux_call(LINUX_EXIT, status, 0, 0, 0);
}

/* A processor, or a hypervisor, that knows no `sc 2` of a user's. */
static void no_such_instruction(int signal)
{
	static const char text[] =
		"esmb-get-file: this is no secure guest: sc 2 is no instruction here\n";

	(void)signal;
	linux_call(LINUX_WRITE, 2, (uintptr_t)text, sizeof(text) - 1, 0);
	leave(GOT_NOT_SECURE);
}

_Noreturn void guest_main(int argc, char **argv)
{
	struct linux_sigaction action = { .handler = no_such_instruction };

	linux_call(LINUX_RT_SIGACTION, LINUX_SIGILL, (uintptr_t)&action, 0, sizeof(action.mask));
	leave(esmb_get_file_main(argc, argv));
}
