# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands: each module has add_arguments(parser) and run(args), which returns the status."""
