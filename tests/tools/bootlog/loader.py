# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/bootlog as a module: `from loader import bootlog`."""

import harness

TOP = harness.TOP
TOOL = TOP / "tools" / "bootlog"
bootlog = harness.tool("bootlog")
