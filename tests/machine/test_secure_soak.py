# SPDX-License-Identifier: GPL-2.0-or-later
"""Secure boots in a row, each with disk, network and SCSI right. PEFBOOT_SECURE_BOOTS: how many (200)."""

import hashlib
import os
import time

import harness
import pytest
import secure

BOOTS = int(os.environ.get("PEFBOOT_SECURE_BOOTS", "200"))
KINDS = "transport=transitional", "transport=legacy", "transport=modern", "transport=modern,packed=on"


@pytest.fixture(scope="module")
def disks(tmp_path_factory):
    """Paths and their MD5: a virtio-blk disk, a SCSI disk that is served over the network as well."""
    folder, made = tmp_path_factory.mktemp("soak"), {}
    for name in ("blk.img", "scsi.img"):
        data = os.urandom(1 << 20)
        (folder / name).write_bytes(data)
        made[folder / name] = hashlib.md5(data).hexdigest()
    return made


@pytest.mark.all
def test_secure_boots_in_a_row(qemu, disks):
    """To user space and to the end, without one failure. The kind of the devices changes from boot to boot."""
    (blk, scsi), sums = disks, list(disks.values())
    end = time.monotonic() + harness.soak(1 << 30)
    for number in range(BOOTS):
        if time.monotonic() > end:
            break
        kind = KINDS[number % len(KINDS)]
        done = qemu(*secure.arguments(
            f"quiet report disks=2 serve {harness.PATIENT} pefboot.secure=required", "--mem", "512M",
            "--smp", str(1 + number % 2), "--disk", f"{blk},{kind}", "--scsi", kind, "--disk", f"{scsi},bus=scsi",
            "--net", kind, "--serve", scsi))
        report, found = done.report(), secure.verdict(done.console)
        assert {words[0]: words[3] for words in report.all("disk")} == {"vda": sums[0], "sda": sums[1]}, number
        assert report["served"] == sums[1], number
        assert (found["world"], found["leaked"]) == ("secure", "0"), number
        qemu.logs.pop().unlink()
