# SPDX-License-Identifier: GPL-2.0-or-later
"""The PEF path of other kernels than 6.12's of GCC: older, newer, big-endian, built with clang."""

import json
import subprocess

import harness
import pefkernel
import pytest

# Arguments of linux/build; what `uname -m` and the kernel's banner say.
KERNELS = {
    "6.1": (["6.1", "--patches", "none", "--config", "svm"], "ppc64le", r"Linux version 6\.1\.\S* .*gcc"),
    # Mainline's does no I/O without the patches: test_pefkernel_linux.py
    "7.2": (["7.2", "--patches", "svm", "--config", "svm"], "ppc64le", r"Linux version 7\.2\.\S* .*gcc"),
    "big-endian": (["--patches", "none", "--config", "svm", "--config", "big-endian"], "ppc64", r"Linux version 6\.12\.\S* .*gcc"),
    "clang": (["--patches", "none", "--config", "svm", "--cc", "clang"], "ppc64le", r"Linux version 6\.12\.\S* .*clang"),
}
# clang leaves the value in its register until a call behind some tests: these trap, which is right and slower.
TRAPPED = {"clang": ["dma_direct_alloc", "dma_direct_alloc_pages"]}
# Words of the command line; is it SLOF that starts it.
ROUTES = {"stage": ("pefboot.kernel=any swiotlb=force", False), "slof": ("svm=on swiotlb=force", True)}

pytestmark = pytest.mark.all


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    return pefkernel.make_disk(tmp_path_factory.mktemp("disk"))


def arguments(name, words, disk, *args):
    build, machine, _ = KERNELS[name]
    return pefkernel.arguments(pefkernel.kernel(*build), words, *pefkernel.devices(disk, pefkernel.ENFORCED), *args,
                               initrd=pefkernel.own_initrd(machine))


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", KERNELS)
def test_pefkernel_kernel(qemu, disk, name, route):
    """Our own /init, in the kernel's byte order, reads disk and network whole."""
    words, slof = ROUTES[route]
    boot = qemu(*arguments(name, words, disk, "--smp", "2", *(["--guest-firmware", "slof"] if slof else [])))
    report = pefkernel.check(boot, disk, cpus=2)
    assert report["machine"] == KERNELS[name][1]
    boot.line(KERNELS[name][2])
    boot.line("Memory encryption is active")
    boot.line("svm: shared_processor_mode 1")


@pytest.mark.parametrize("name", ["6.1", "big-endian", "clang"])
def test_pefkernel_kernel_hangs_without_swiotlb(qemu, disk, name):
    """The negative: nothing to bounce in, so that the first request of the disk goes nowhere."""
    child = qemu.spawn(*arguments(name, "pefboot.kernel=any", disk))
    child.expect("software IO TLB: No low mem")
    child.expect(r"virtio_blk virtio0: \[vda\] 6144 512-byte logical blocks")
    assert child.expect(["report: begin", harness.pexpect.TIMEOUT], timeout=pefkernel.PATIENCE) == 1


@pytest.mark.parametrize("name", KERNELS)
def test_pefkernel_kernel_is_recognised(name):
    """Every test of MSR[S] costs nothing, but for those above."""
    done = subprocess.run([harness.BUILD / "pefboot-svm-check", "--json", pefkernel.kernel(*KERNELS[name][0])],
                          stdout=subprocess.PIPE, text=True, check=False)
    found = json.loads(done.stdout)
    assert found["endian"] == ("big" if name == "big-endian" else "little")
    trapped = TRAPPED.get(name, [])
    assert [one["function"] for one in found["mfmsr"] if one["test"] and not one["recognised"]] == trapped
    assert found["tests"] - len(trapped) == found["recognised"] > 10
    assert done.returncode == bool(trapped)
