/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LIB_VERSION_H
#define LIB_VERSION_H

/* What step 1 and the ultravisor's first line say, and what the packages are called. */
#define VERSION "0.1"

#endif
