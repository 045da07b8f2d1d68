# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/bootlog as a module: `from loader import bootlog`."""

import importlib.machinery
import importlib.util
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
TOOL = TOP / "tools" / "bootlog"


def load():
    loader = importlib.machinery.SourceFileLoader("bootlog", str(TOOL))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("bootlog", loader))
    sys.modules["bootlog"] = module
    keep, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = keep
    return module


bootlog = load()
