/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error numbers of the miniature ultravisor: 9xx, in the same log grammar as those of abi/steps.h.
 * They never change meaning and are never used again. docs/errors.md lists cause and remedy.
 */
#ifndef ABI_UV_ERRORS_H
#define ABI_UV_ERRORS_H

/* number, name, what happened, what to do */
#define UV_ERROR_LIST(X)                                                              \
	X(901, E_UV_NO_NESTED, "QEMU offers no nested HV",                            \
	  "start with -M pseries,cap-nested-hv=on (tools/qemu does)")                 \
	X(902, E_UV_CPU, "this CPU model cannot run the guest",                       \
	  "use -cpu POWER9 or later, one thread a core, at most 64 CPUs")             \
	X(903, E_UV_XIVE, "the interrupt controller is not XICS",                     \
	  "start with -M pseries,ic-mode=xics (tools/qemu does)")                     \
	X(904, E_UV_MEMORY, "too little memory",                                      \
	  "give QEMU twice the guest's memory and 256 MiB more (tools/qemu does)")    \
	X(905, E_UV_TREE, "the device tree of QEMU cannot be used",                   \
	  "use -M pseries of QEMU 7.2 or later, with less than 64 KiB of -append")    \
	X(906, E_UV_FIRMWARE, "no firmware for the guest",                            \
	  "build with L2FW=, or name a loaded one by uv.firmware=BASE+SIZE")          \
	X(907, E_UV_OPTION, "uv.* option not understood",                             \
	  "see the list of options in docs/ultravisor.md")                            \
	X(908, E_UV_ENTER, "QEMU refused H_ENTER_NESTED",                             \
	  "use an unpatched QEMU 7.2 or later with -accel tcg; KVM cannot run it")    \
	X(909, E_UV_EXIT, "the guest exited for an unknown reason",                   \
	  "a bug in the ultravisor: please report this log")                          \
	X(910, E_UV_EXCEPTION, "unexpected exception in the ultravisor",              \
	  "a bug in the ultravisor: please report this log")                          \
	X(911, E_UV_HASH, "the guest asked for a hash page table",                    \
	  "only radix works here: boot without disable_radix")                        \
	X(912, E_UV_TABLE_FULL, "a table of the ultravisor is full",                  \
	  "the guest patched code or mapped devices beyond reason: please report")    \
	X(913, E_UV_TERMINATED, "the guest was ended after the point of no return of UV_ESM", \
	  "see the lines above: uv.abort=, or a tree without room")                  \
	X(914, E_UV_OVERLAY, "the overlay of uv.evil=overlay cannot be used",         \
	  "see docs/ultravisor.md, A hostile tree; tools/qemu --evil loads it")       \
	X(915, E_UV_IMPLICIT, "the guest touched a frame that the ultravisor shares for itself", \
	  "leave memory alone that UV_ESM has reserved in the tree, also across kexec")    \
	X(916, E_UV_KEY, "the machine's key of uv.key= cannot be used",           \
	  "it is an RSA-2048 key as PKCS#1 in DER: see docs/ultravisor.md")

#define X(number, name, what, hint) name = number,
enum uv_error { UV_ERROR_LIST(X) };
#undef X

#endif /* ABI_UV_ERRORS_H */
