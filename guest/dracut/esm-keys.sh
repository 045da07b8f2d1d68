#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Before udev finds disks: rd.esm.key=FILE:DISK puts FILE of the ESM blob where the key of DISK is looked for, by systemd-cryptsetup
# of its own accord, by dracut's own script where crypttab names the path. The kernel's command line is measured.

# From a loader Linux, if there was one, or the ultravisor
esm_file() {
	if [ -f "${PEFBOOT_RUN:-/run}/pefboot/esm/$1" ]; then
		cat "${PEFBOOT_RUN:-/run}/pefboot/esm/$1"
	else
		esmb-get-file -f "$1"
	fi
}

get_esm_keys() (
	umask 077
	keys=${PEFBOOT_RUN:-/run}/cryptsetup-keys.d
	for pair in $(getargs rd.esm.key=); do
		file=${pair%%:*} disk=${pair#*:}
		case $pair in
		*/* | .* | *:.* | *:*:* | :* | *:)
			warn "rd.esm.key=$pair: not FILE:DISK"
			continue
			;;
		*:*) ;;
		*) disk=$file ;;
		esac
		mkdir -p "$keys"
		if esm_file "$file" >"$keys/.$disk"; then
			chmod 0400 "$keys/.$disk"
			mv "$keys/.$disk" "$keys/$disk.key"
		else
			warn "no key for $disk: esmb-get-file -f $file ended with status $?"
			rm -f "$keys/.$disk"
		fi
	done
)

get_esm_keys
