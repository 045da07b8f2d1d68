#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What dracut does before it would give a shell, and the last of it: on a sealed system the machine is turned off instead,
# unless rd.shell or rd.break on the command line, which is measured, asks for the shell.

# What systemd still waits for, and what has failed
sealed_units() {
	local unit state
	systemctl --no-legend --plain list-jobs '*.device' | while read -r _ unit _ state; do
		[ "$state" != running ] || echo "pefboot-guest: $(systemctl show --value --property=Description "$unit") has not appeared"
	done
	systemctl --no-legend --plain --state=failed list-units | while read -r unit _; do
		echo "pefboot-guest: failed: $unit"
	done
}

sealed_off() {
	local disk
	disk=${root#block:}
	disk=${disk:-/dev/mapper/root}
	[ -z "$DRACUT_SYSTEMD" ] || sealed_units
	[ ! -b "$disk" ] || echo "pefboot-guest: $disk was opened, and what is on it is not what the system wrote"
	echo "pefboot-guest: a sealed system: no shell, the machine is turned off"
	sleep 1
	poweroff -f -f
}

if [ -e "${PEFBOOT_ETC:-/etc}/cmdline.d/00-pefboot-sealed.conf" ] && ! getargbool 1 rd.shell && ! getarg rd.break >/dev/null; then
	sealed_off >"${PEFBOOT_CONSOLE:-/dev/console}" 2>&1
fi
