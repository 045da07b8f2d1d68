#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dracut(8) module: keys of encrypted disks from the ESM blob. pefboot-guest(7)

# Where it is asked for: it is of use to a secure guest only.
check() {
	require_binaries esmb-get-file || return 1
	return 255
}

depends() {
	echo crypt
}

install() {
	inst_binary esmb-get-file
	inst_hook pre-udev 30 "$moddir/esm-keys.sh"
}
