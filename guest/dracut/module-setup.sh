#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dracut(8) module: keys of encrypted disks from the ESM blob, and no shell on a sealed system. pefboot-guest(7)

# Where it is asked for: it is of use to a secure guest only.
check() {
	require_binaries esmb-get-file || return 1
	return 255
}

depends() {
	echo crypt
	[ ! -x "$dracutsysrootdir$systemdutildir/systemd-veritysetup" ] || echo systemd-veritysetup
}

# For roothash= and systemd.volatile=overlay, and for encrypted sectors with tags; dracut's modules bring none of that
installkernel() {
	hostonly='' instmods dm_verity overlay dm_integrity authenc hmac
}

install() {
	inst_multiple esmb-get-file cat chmod dd ln mkdir poweroff readlink rm sleep wc
	local name
	for name in sealed-system take-over; do
		inst_script "${PEFBOOT_LIB:-/usr/lib/pefboot}/$name" "/sbin/pefboot-$name"
	done
	inst_hook cmdline 00 "$moddir/sealed-cmdline.sh"
	inst_hook pre-udev 30 "$moddir/esm-keys.sh"
	inst_hook pre-pivot 99 "$moddir/sealed-pivot.sh"
	inst_hook emergency 99 "$moddir/sealed-off.sh"
	inst_hook shutdown-emergency 99 "$moddir/sealed-why.sh"
	# Here dracut's own emergency.service comes to the hooks; what pefboot-sealed-system lays down in /run is for later
	local unit
	for unit in emergency rescue; do
		mkdir -p "$initdir/etc/systemd/system/$unit.service.d"
		echo "# instead of that in /run" >"$initdir/etc/systemd/system/$unit.service.d/zz-pefboot-sealed.conf"
	done
	# Before anything has run, since at shutdown dracut unpacks the initrd again and none of the hooks above does
	mkdir -p "$initdir/etc/cmdline.d"
	echo "rd.shell=0 rd.emergency=poweroff noresume" >"$initdir/etc/cmdline.d/00-pefboot-sealed.conf"
	# A loader Linux starts no other initrd: the first bytes of this one say what it is. dracut puts this archive first
	create_early_cpio=yes
	[ -n "$early_cpio_dir" ] || early_cpio_dir=$DRACUT_TMPDIR/earlycpio
	mkdir -p "$early_cpio_dir/d"
	echo dracut >"$early_cpio_dir/d/pefboot-sealed"
}
