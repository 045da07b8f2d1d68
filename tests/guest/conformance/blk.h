/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least legacy virtio-blk (VIRTIO 1.2 chapter 4.1.4.8, 5.2): one request at a time, polled. */
#ifndef TESTS_CONFORMANCE_BLK_H
#define TESTS_CONFORMANCE_BLK_H

#include <stdbool.h>
#include <stdint.h>

/* Find the first device on the first host bridge; false if there is none. */
bool blk_find(const void *tree);

/* Start it with its ring and request headers in the 64 KiB at @ring, which it must reach. */
void blk_start(uint64_t ring);

/* One sector of 512 bytes. Returns the status byte (0: done), or 255 if the device never answers. */
unsigned int blk_io(bool write, uint64_t sector, uint64_t buffer);

#endif /* TESTS_CONFORMANCE_BLK_H */
