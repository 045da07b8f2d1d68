#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Before all else in an initrd with this module. On a sealed system, which has a disk of the ESM blob or of dm-verity, or was
# started by a loader Linux, no failure gives a shell: the words to dracut in 00-pefboot-sealed.conf. Another system gets rid of them.

# Is root= what the blob opens, or dm-verity compares? Anything else can be the host's.
sealed_root() {
	local pair
	case $1 in
	'' | /dev/mapper/root) ! getarg roothash= >/dev/null || return 0 ;;
	esac
	for pair in $(getargs rd.esm.key=); do
		[ "$1" != "/dev/mapper/${pair#*:}" ] || return 0
	done
	return 1
}

sealed_cmdline() {
	local word sysrq
	pefboot-take-over
	if getarg esm.sealed=off >/dev/null ||
		{ ! getargs rd.esm.key= && ! getarg roothash= && [ ! -d "${PEFBOOT_RUN:-/run}/pefboot/esm" ]; } >/dev/null; then
		rm -f "${PEFBOOT_ETC:-/etc}/cmdline.d/00-pefboot-sealed.conf"
		return
	fi
	sysrq=${PEFBOOT_PROC:-/proc}/sys/kernel/sysrq
	[ ! -e "$sysrq" ] || echo 0 >"$sysrq"
	pefboot-sealed-system
	word=$(getarg root=)
	sealed_root "$word" || die "root=$word is none of the disks that the ESM blob opens or roothash= is of: it can be the host's"
}

sealed_cmdline
