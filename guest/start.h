/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GUEST_START_H
#define GUEST_START_H

/* Entered from _start (guest/system.S). */
_Noreturn void guest_main(int argc, char **argv);

#endif /* GUEST_START_H */
