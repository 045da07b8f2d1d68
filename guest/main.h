/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GUEST_MAIN_H
#define GUEST_MAIN_H

/* The program. Returns its exit status (guest/get_file.h). */
int esmb_get_file_main(int argc, char **argv);

#endif /* GUEST_MAIN_H */
