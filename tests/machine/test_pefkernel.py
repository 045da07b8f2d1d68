# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels with CONFIG_PPC_SVM, unmodified and patched, become secure guests by each route and reach user space."""

import itertools
import re

import harness
import pefkernel
import pytest
import secure

QEMUS, CPUS, SMPS = ("7.2", "10.0", "11.1"), ("POWER9", "POWER10"), ("1", "2", "4")

# How it is built, words of its command line, what its devices are like, is it SLOF that starts it, what sysfs says.
ROUTES = {
    # Linux itself makes the transition, in prom_init
    "slof": (["--patches", "none", "--config", "svm"], "svm=on swiotlb=force", pefkernel.ENFORCED, True, "1"),
    # pefboot makes it; the kernel ignores the pool and shares what it needs itself
    "stage": (["--patches", "none", "--config", "svm"], "pefboot.kernel=any swiotlb=force", pefkernel.ENFORCED, False, "1"),
    # the kernel uses the pool, so that plain devices will do
    "pool-svm": (["--config", "svm"], "pefboot.secure=required", pefkernel.PLAIN, False, "1"),
    "pool": ([], "pefboot.secure=required", pefkernel.PLAIN, False, "none"),
    "pool-svm-port": (["7.2", "--config", "svm"], "pefboot.secure=required", pefkernel.PLAIN, False, "1"),
}
# Each value of each axis once; test_ultravisor.py has more of the route "pool".
ONCE = (("slof", "7.2", "POWER9", "2"), ("stage", "10.0", "POWER10", "1"), ("pool-svm", "7.2", "POWER10", "4"))
PORTS = (("pool-svm-port", "7.2", "POWER9", "2"), ("pool-svm-port", "10.0", "POWER10", "4"))
PRODUCT = [pytest.param(*line, id="-".join(line), marks=[] if line in ONCE else pytest.mark.all)
           for line in (*itertools.product([route for route in ROUTES if route != "pool-svm-port"], QEMUS, CPUS, SMPS), *PORTS)]


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    return pefkernel.make_disk(tmp_path_factory.mktemp("disk"))


@pytest.mark.parametrize("route,release,cpu,smp", PRODUCT)
def test_pefkernel_route(qemu, disk, route, release, cpu, smp):
    build, words, kind, slof, svm = ROUTES[route]
    boot = qemu(*pefkernel.arguments(pefkernel.kernel(*build), words, "--qemu", release, "--cpu", cpu, "--smp", smp,
                                     *pefkernel.devices(disk, kind), *(["--guest-firmware", "slof"] if slof else [])))
    report = pefkernel.check(boot, disk, svm, smp)
    assert report["cpu"].startswith(cpu)
    for name in ("virtio_blk", "virtio_net", "virtio_rng"):
        boot.line(rf"svm: virtio\d {name} access-platform {int(kind == pefkernel.ENFORCED)}")
    if route == "slof":
        assert boot.line("Welcome to Open Firmware") and boot.line("Switching to secure mode")
        assert "pefboot:" not in boot.console
    if svm == "1":
        boot.line("Memory encryption is active and system is using DMA bounce buffers")
        # The VPA is shared, so that QEMU has been told of it
        boot.line("svm: shared_processor_mode 1")
        assert int(boot.line(r"svm: dispatches (\d+)")[1]) > 0
    else:
        boot.line("svm: shared_processor_mode 0")


def test_pefkernel_only_tests(qemu, disk):
    """With uv.msr=tests no mfmsr traps, only sc 2; the kernel finds that it is secure all the same."""
    build, words, kind, _, svm = ROUTES["stage"]
    boot = qemu(*pefkernel.arguments(pefkernel.kernel(*build), f"{words} uv.trace uv.msr=tests", *pefkernel.devices(disk, kind)))
    pefkernel.check(boot, disk, svm)
    calls = sum(int(count) for count in re.findall(r":(\d+)", secure.verdict(boot.console)["uvcalls"]))
    assert int(boot.line(r"exits=.* illegal=(\d+)")[1]) == calls > 2


@pytest.mark.all
def test_pefkernel_stays_normal_unless_asked(qemu, disk):
    """The negative: the same kernel from SLOF without svm=on."""
    build, _, kind, _, _ = ROUTES["slof"]
    boot = qemu(*pefkernel.arguments(pefkernel.kernel(*build), "", *pefkernel.devices(disk, kind),
                                     "--guest-firmware", "slof"))
    assert boot.report()["svm"] == "0"
    assert " world=normal " in boot.line("ultravisor: verdict .*")[0]
    assert boot.line(r"uvcalls=(\S+)")[1] == "none"


def make_run(*variables):
    return harness.watched(["make", "-C", harness.TOP, "run", f"O={harness.BUILD}", "SECURE=kernel", *variables])


@pytest.mark.all
@pytest.mark.xdist_group("make run")
@pytest.mark.parametrize("firmware", ["", "slof"])
def test_pefkernel_make_run(firmware):
    """As the README has it, but for the word that makes the calls seen."""
    done = make_run(f"FIRMWARE={firmware}", "APPEND=uv.trace")
    assert done.returncode == 0, done.stdout
    assert "run: kernel     /sys/devices/system/cpu/svm is 1" in done.stdout
    assert "leaked=0" in done.stdout and "uvcall=UV_SHARE_PAGE" in done.stdout


@pytest.mark.all
def test_pefkernel_make_run_is_judged():
    """The negative: a kernel without CONFIG_PPC_SVM, secure all the same."""
    done = make_run(f"KERNEL={pefkernel.kernel()}")
    assert done.returncode != 0
    assert "run: error: the kernel does not know itself secure" in done.stdout
