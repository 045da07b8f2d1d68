# SPDX-License-Identifier: GPL-2.0-or-later
"""Pages of 64 KiB under the ultravisor, whose own tree has pages of 4 KiB: what Linux invalidates is gone on every CPU."""

import pytest
import secure


@pytest.mark.parametrize("how", ["normal", "secure"])
@pytest.mark.parametrize("release,cpu,cpus", [
    ("7.2", "POWER9", 1), ("7.2", "POWER9", 2), ("10.0", "POWER10", 2), pytest.param("11.1", "POWER9", 2, marks=pytest.mark.all)])
def test_ultravisor_invalidates_whole_pages(qemu, how, release, cpu, cpus):
    initrd = secure.initramfs("none", None, f"init={secure.program('tests/guest/stale.c')}")
    words = "quiet" + " pefboot.secure=off" * (how == "normal") + " two" * (cpus == 2)
    done = qemu(*secure.arguments(words, "--qemu", release, "--cpu", cpu, "--smp", str(cpus), "--mem", "256M", initrd=initrd))
    assert secure.verdict(done.console)["world"] == how
    done.line(r"stale: own 0 other 0$")
