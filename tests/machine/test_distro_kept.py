# SPDX-License-Identifier: GPL-2.0-or-later
"""An installed Debian in make check, where an earlier make check-all has left one."""

import debian
import secure


def test_distro_kept(qemu, skip):
    """Its kernel, by the pefboot of today, to a secure system that runs and asks for a login."""
    if not (debian.KEPT / "disk.img").exists():
        skip("no Debian is in the cache", "make check-all K=distro_debian leaves one there")
    words = f"root=PARTUUID={debian.ROOT} ro quiet console=hvc0 {debian.PATIENCE}"
    args = debian.machine("bundle", "secure", debian.KEPT / "disk.img", "--kernel", debian.KEPT / "vmlinux", "--append", words)
    boot = qemu(*args, timeout=debian.PATIENT)
    (said,) = debian.boots(boot.console)
    debian.runs(said, "secure")
    boot.line(r"^\S+ login: ")
    found = secure.verdict(boot.console)
    assert (found["world"], found["leaked"]) == ("secure", "0")
