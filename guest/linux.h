/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Linux's numbers, for C and assembly. */
#ifndef GUEST_LINUX_H
#define GUEST_LINUX_H

/* System calls: Linux arch/powerpc/kernel/syscalls/syscall.tbl */
#define LINUX_EXIT		1
#define LINUX_WRITE		4
#define LINUX_BRK		45
#define LINUX_MLOCK		150
#define LINUX_RT_SIGACTION	173

#define LINUX_SIGILL	4	/* include/uapi/asm-generic/signal.h */
#define LINUX_EINTR	4	/* include/uapi/asm-generic/errno-base.h */

#endif /* GUEST_LINUX_H */
