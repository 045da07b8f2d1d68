/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libfdt includes this and uses nothing of it. */
#include <stddef.h>
