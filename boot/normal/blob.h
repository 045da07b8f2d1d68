/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ESM blob: its owner's word to the ultravisor, which is the only one to read it. It comes in
 * its place in a boot bundle, or in a cpio archive in front of the initrd, as svm-tool puts it.
 */
#ifndef BOOT_NORMAL_BLOB_H
#define BOOT_NORMAL_BLOB_H

#include "boot/normal/machine.h"

/*
 * blob_find_archive() - set payload->blob and payload->archive if there is one in front of
 * payload->initrd. Returns 0, E_BLOB or E_BLOB_SIZE.
 */
int blob_find_archive(struct payload *payload);

/*
 * blob_hand_over() - where payload->blob does not lie as an ultravisor wants it, copy it to a place
 * within 2 MiB and name that in /chosen (linux,esm-blob-start, -end); a blob in an archive is then
 * no longer part of the initrd.
 * @own: what pefboot has reserved; the place is added
 * Returns 0, E_BLOB (nothing follows its archive), E_TOO_MANY, E_BLOB_PLACE or E_TREE_EDIT.
 */
int blob_hand_over(struct payload *payload, struct machine *machine, struct ranges *own);

#endif /* BOOT_NORMAL_BLOB_H */
