# SPDX-License-Identifier: GPL-2.0-or-later
"""pytest --lg-env secure.yaml test_boot.py, with bootlog.pyz beside this file: docs/ci.md"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).with_name("bootlog.pyz")))

from bootlog.judge import check
from bootlog.profile_file import load_profile


def test_boot(strategy):
    strategy.transition("ended")
    Path(os.environ.get("CONSOLE", "console.log")).write_bytes(strategy.console)
    judge = check(strategy.console, load_profile(strategy.profile))
    assert not judge.failed, [finding.text for finding in judge.findings]
