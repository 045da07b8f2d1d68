# SPDX-License-Identifier: GPL-2.0-or-later
"""No honest tree is refused: of many machines, as they are after client-architecture-support and after every door, step 4 makes a tree that
step 5 takes. Without an ultravisor, which under emulation offers less than a platform has: no XIVE, no dynamic memory."""

import base64
import gzip
import subprocess

import harness
import pytest
import secure

PLAIN = ["--smp", "1"]
FULL = ["--smp", "4", "--phb", "2", "--bridge", "--bridge", "at=br0", "--net", "at=br1", "--rng", "at=phb1", "--scsi"]
SLOTS = ["--smp", "2", "--", "-m", "1G,slots=4,maxmem=8G", "-smp", "2,maxcpus=8",
         "-object", "memory-backend-ram,id=d0,size=1G", "-device", "pc-dimm,id=dimm0,memdev=d0"]
MACHINES = {"plain": PLAIN, "full": FULL, "slots": SLOTS, "xics": [*PLAIN, "--machine", "ic-mode=xics"], "power8": ["--cpu", "POWER8"],
            "power10": [*FULL, "--cpu", "POWER10"], "hash": [*FULL, "--append", "pefboot.cas=hash"],
            "threads": ["--smp", "4,threads=2"]}     # from QEMU 10.0 on
ONCE = (("7.2", "slots"), ("11.1", "full"))
TREES = [pytest.param(*pair, id="-".join(pair), marks=() if pair in ONCE else pytest.mark.all)
         for pair in [(qemu, machine) for qemu in ("7.2", "10.0", "11.1") for machine in MACHINES
                      if (qemu, machine) != ("7.2", "threads")]]


def tree_of(boot, path):
    """The tree that Linux had."""
    lines = [line[5:] for line in boot.lines if line.startswith("fdt: ")]
    path.write_bytes(gzip.decompress(base64.b64decode("".join(lines))))
    return path


def canonical(*paths):
    """What steps 4 and 5 say to these trees."""
    done = subprocess.run([harness.BUILD / "canonical", *paths], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.parametrize("release,machine", TREES)
def test_oracle_honest_tree(qemu, tmp_path, release, machine):
    words = list(MACHINES[machine])
    append = words.pop(words.index("--append") + 1) if "--append" in words else ""
    words = [word for word in words if word != "--append"]
    initrd = secure.initramfs("none", harness.TOP / "tests/guest/init/pool")
    boot = qemu(*secure.arguments(f"tree quiet {append}", "--qemu", release, "--mem", "1G", *words, initrd=initrd, firmware="pefboot"))
    said = canonical(tree_of(boot, tmp_path / "tree.dtb"))
    assert "memory=0x0-0x80000000" in said if machine == "slots" else "memory=0x0-0x40000000" in said
