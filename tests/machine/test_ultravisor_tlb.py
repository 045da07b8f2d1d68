# SPDX-License-Identifier: GPL-2.0-or-later
"""Pages of 64 KiB under the ultravisor, whose own tree has pages of 4 KiB: what Linux invalidates is gone on every CPU."""

import pytest
import secure


@pytest.mark.parametrize("how", ["normal", "secure"])
@pytest.mark.parametrize("cpus", [1, 2])
def test_ultravisor_invalidates_whole_pages(qemu, how, cpus):
    initrd = secure.initramfs("none", None, f"init={secure.program('tests/guest/stale.c')}")
    words = ("quiet pefboot.secure=off" if how == "normal" else "quiet") + (" two" if cpus == 2 else "")
    done = qemu(*secure.arguments(words, "--smp", str(cpus), "--mem", "256M", initrd=initrd))
    assert secure.verdict(done.console)["world"] == how
    done.line(r"stale: own 0 other 0$")
