/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recognising what was loaded as a kernel. */
#ifndef LIB_KERNEL_H
#define LIB_KERNEL_H

#include <stddef.h>
#include <stdbool.h>

/*
 * kernel_recognise() - is this a Linux kernel that can be entered with a flat tree?
 * @image: the loaded image, as it would be entered, @size bytes
 * @little_endian: set on success
 * Returns 0, E_NOT_LINUX or E_ZIMAGE.
 */
int kernel_recognise(const void *image, size_t size, bool *little_endian);

/*
 * kernel_has_mark() - does the kernel say that it obeys virtio,access-platform?
 * @image: as above, at least KERNEL_MARK_AT + KERNEL_MARK_SIZE bytes
 * The mark: docs/binding/kernel-mark.md.
 */
#define KERNEL_MARK_AT	 0x48
#define KERNEL_MARK_SIZE 16
bool kernel_has_mark(const void *image);

#endif /* LIB_KERNEL_H */
