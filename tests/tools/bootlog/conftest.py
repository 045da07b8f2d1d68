# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests import the package from the source; what they start is the built one (harness.BOOTLOG)."""

import sys

import harness

sys.path.insert(0, str(harness.TOP / "tools"))
