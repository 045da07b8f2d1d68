# SPDX-License-Identifier: GPL-2.0-or-later
"""Which of several disks pefboot takes its bundle from when SLOF has started it from one of them."""

import audit
import disks
import harness
import pytest
import slofdisk

INITRDS = {"blk": 70000, "scsi": 90000}


@pytest.mark.all
@pytest.mark.parametrize("from_bus,index", [("scsi", {}), ("blk", {"blk": 1, "scsi": 2}), ("scsi", {"blk": 2, "scsi": 1})],
                         ids=["scsi-first-slot", "blk-bootindex", "scsi-bootindex"])
def test_slof_virtio_own_disk(request, tmp_path, from_bus, index):
    """The disk that SLOF has chosen, though pefboot alone looks at virtio-blk first."""
    args = ["-device", "virtio-scsi-pci,id=s"]
    for bus, size in INITRDS.items():
        bundle = disks.bundle(tmp_path / f"{bus}.elf", disks.spin_elf(), disks.random_bytes(bus, size))
        (tmp_path / f"{bus}.img").write_bytes(slofdisk.gpt(bundle))
        args += ["-drive", f"file={tmp_path / bus}.img,format=raw,if=none,id={bus}", "-device",
                 {"blk": "virtio-blk-pci,drive=blk", "scsi": "scsi-hd,bus=s.0,drive=scsi"}[bus] +
                 (f",bootindex={index[bus]}" if index else "")]
    with audit.Machine("--mem", "512M", "--", *args, firmware="slof", log=harness.log_path(request.node.nodeid)) as machine:
        machine.wait_for("7/7 handoff", timeout=harness.BOOT_TIMEOUT)
        loaded = machine.wait_for(r"3/7 load from=disk .* initrd=0x\w+\+0x(\w+)")
    assert int(loaded[1], 16) == INITRDS[from_bus]
