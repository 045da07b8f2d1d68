# SPDX-License-Identifier: GPL-2.0-or-later
"""Read pefboot's boot logs: judge them, explain them, compare them, draw them.

The log's grammar is docs/boot-log.md, the profiles and outputs are docs/ci.md. Nothing but the
standard library is needed. In a checkout: `python3 -m bootlog` in tools/; the build makes one file
of it, bootlog.pyz, which may be copied anywhere (tools/bootlog-pyz).
"""
