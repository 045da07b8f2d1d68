#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# On a sealed system, before the root file system is switched to. Its disk is cryptsetup's or veritysetup's: other programs of
# an initrd name disks, too, by what the host says of them. And systemd runs /bin/sh of one that has no /sbin/init.

# Of a path in /dev or /sys
sealed_disk() {
	local uuid
	uuid=$(readlink -f "$1")
	uuid=${PEFBOOT_SYS:-/sys}/class/block/${uuid##*/}/dm/uuid
	[ -e "$uuid" ] && read -r uuid <"$uuid" && [ "$uuid" != "${uuid#CRYPT-}" ]
}

# What systemd has mounted by the root's /etc/fstab, such as /usr, which may name it by a UUID or a label
sealed_mounts() {
	local device folder
	while read -r _ _ device _ folder _; do
		case $folder in "$NEWROOT" | "$NEWROOT"/*) ;; *) continue ;; esac
		case $device in 0:*) continue ;; esac	# memory, or a btrfs
		sealed_disk "${PEFBOOT_SYS:-/sys}/dev/block/$device" ||
			die "neither the ESM blob nor roothash= opened what ${folder#"$NEWROOT"}/ lies on: it can be the host's"
	done <"${PEFBOOT_PROC:-/proc}/self/mountinfo"
}

# A btrfs is all disks with its UUID that the kernel has seen, and what the newest of them says
sealed_btrfs() {
	local device
	for device in "${PEFBOOT_SYS:-/sys}"/fs/btrfs/*/devices/*; do
		[ ! -e "$device" ] || sealed_disk "$device" ||
			die "${device##*/} has the UUID of a btrfs, and neither the ESM blob nor roothash= opened it: it can be the host's"
	done
}

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
	[ -x "$init" ]
}

sealed_pivot() {
	local disk
	disk=${root#block:}
	disk=${disk:-/dev/mapper/root}
	sealed_disk "$disk" || die "neither the ESM blob nor roothash= opened $disk: it can be the host's"
	sealed_mounts
	sealed_btrfs
	sealed_init || die "No init found: no /sbin/init on $disk"
}

[ ! -e "${PEFBOOT_ETC:-/etc}/cmdline.d/00-pefboot-sealed.conf" ] || sealed_pivot
