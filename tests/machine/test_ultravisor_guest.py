# SPDX-License-Identifier: GPL-2.0-or-later
"""pefboot as the guest of an ultravisor that refuses, gives up or checks, and of a host that means harm.

A measured bundle on a disk, whose kernel only spins."""

import disks
import pytest
import secure

CMDLINE = "console=hvc0 pefboot.secure=required pefboot.kernel=any"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """Path of a bundle, and what an ultravisor's digest of it should be."""
    path = tmp_path_factory.mktemp("bundle") / "bundle.elf"
    data = disks.bundle(path, disks.spin_elf(), disks.random_bytes("initrd", 100001), CMDLINE)
    return path, disks.measured(data)


def arguments(bundle, words, release="7.2"):
    digest = words.replace("DIGEST", bundle[1])
    return ["--qemu", release, "--firmware", "ultravisor", "--mem", "512M", "--disk", f"{bundle[0]},ro", "--",
            "-prom-env", f"uv={digest}"]


REFUSED = r"FAIL 4/7 transition E405 .*: UV_ESM -> \w+ \(-4\)"
# words of the ultravisor, what it says, pefboot's line, the world in which that happens
STOPS = {
    "abort-start": ("uv.abort=start", "esm=abort phase=start", REFUSED, "normal"),
    "abort-tree": ("uv.abort=tree", "esm=abort phase=tree", REFUSED, "normal"),
    "abort-move": ("uv.abort=move", "esm=abort phase=move", REFUSED, "normal"),
    "abort-digest": ("uv.abort=digest", "esm=abort phase=digest", REFUSED, "normal"),
    "digest-wrong": ("uv.digest=4096:" + "0" * 128, 'phase=digest why="digest mismatch"', REFUSED, "normal"),
    "digest-behind-memory": ("uv.digest=0x40000000:" + "0" * 128, 'why="the measured range is not in memory"', REFUSED,
                             "normal"),
    "evil-stage-digest": ("uv.evil=stage uv.digest=DIGEST", 'phase=digest why="digest mismatch"', REFUSED, "normal"),
    "evil-fdt": ("uv.evil=fdt", 'phase=tree why="tree corrupt"', REFUSED, "normal"),
    "evil-kernel": ("uv.evil=kernel", "evil=kernel at=0x", r"FAIL 5/7 verify E506 ", "secure"),
    "evil-kernel-digest": ("uv.evil=kernel uv.digest=DIGEST", 'phase=digest why="digest mismatch"', REFUSED, "normal"),
    "evil-initrd": ("uv.evil=initrd", "evil=initrd at=0x", r"FAIL 5/7 verify E507 ", "secure"),
    "evil-bootargs": ("uv.evil=bootargs", "evil=bootargs at=0x", r"FAIL 5/7 verify E508 ", "secure"),
    "evil-tree": ("uv.evil=tree", "evil=tree property=linux,initrd-start", r"FAIL 5/7 verify E507 ", "secure"),
    "evil-noshare": ("uv.evil=noshare", "emulated=1", r"FAIL 6/7 patch E603 ", "secure"),
}


@pytest.mark.parametrize("words,says,stop,world", STOPS.values(), ids=STOPS)
def test_ultravisor_guest_stops(qemu, bundle, words, says, stop, world):
    boot = qemu(*arguments(bundle, words))
    boot.line("ultravisor: .*" + says)
    boot.line(stop)
    assert "7/7 handoff" not in boot.console
    found = secure.verdict(boot.console)
    assert (found["world"], found["leaked"]) == (world, "0")


def test_ultravisor_guest_is_terminated(qemu, bundle):
    """Behind the point of no return there is no guest to report to."""
    boot = qemu(*arguments(bundle, "uv.abort=commit"), status=None)
    boot.line(r"ultravisor: FAIL E913 .*uv.abort=commit")
    assert "pefboot: 5/7" not in boot.console


@pytest.mark.parametrize("words", ["", "uv.digest=DIGEST", "uv.evil=scribble uv.msr=strict"], ids=["plain", "digest", "scribble"])
def test_ultravisor_guest_goes_on(qemu, bundle, words):
    child = qemu.spawn(*arguments(bundle, words))
    child.expect("pefboot: 5/7 verify world=secure .*kernel=match initrd=match cmdline=match")
    child.expect("pefboot: 7/7 handoff world=secure")
