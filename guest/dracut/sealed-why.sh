#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Where dracut gives no shell it does not always say what it says before one, such as which disk is missing.

[ ! -e "${PEFBOOT_ETC:-/etc}/cmdline.d/00-pefboot-sealed.conf" ] || source_hook emergency
