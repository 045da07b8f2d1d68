# SPDX-License-Identifier: GPL-2.0-or-later
"""What bootlog knows of pefboot. In a checkout it is read from the sources, as they are now; in a
built bootlog a module with these names and their values stands here (tools/bootlog-pyz)."""

from . import sources

STEPS = sources.read_steps()
ERRORS = sources.read_errors()
CODES = sources.read_codes()
PROFILES = sources.read_profiles()
VERSION = sources.read_version()
