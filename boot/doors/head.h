/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BOOT_DOORS_HEAD_H
#define BOOT_DOORS_HEAD_H

#include "boot/doors/door.h"

/*
 * move_image() - go on in a copy of the image at @to: boot_start(DOOR_HOME, @to, @arrival).
 * @arrival: on our stack, which stays as it is until something else is put there
 */
_Noreturn void move_image(uint64_t to, const struct arrival *arrival);

#endif /* BOOT_DOORS_HEAD_H */
