#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# On a sealed system, before the root file system is switched to: systemd runs /bin/sh of one that has no /sbin/init.

sealed_init() {
	local init target i
	init=$NEWROOT/sbin/init
	for i in 1 2 3 4 5; do
		[ -h "$init" ] || break
		target=$(readlink "$init")
		case $target in
		/*) init=$NEWROOT$target ;;
		*) init=${init%/*}/$target ;;
		esac
	done
	[ -x "$init" ] || die "No init found: no /sbin/init on ${root#block:}"
}

[ ! -e "${PEFBOOT_ETC:-/etc}/cmdline.d/00-pefboot-sealed.conf" ] || sealed_init
