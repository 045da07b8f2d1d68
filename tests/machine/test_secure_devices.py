# SPDX-License-Identifier: GPL-2.0-or-later
"""PCI devices of a secure guest: those of docs/device-tree.md, those that the command line names, none that is plugged in later."""

import re

import harness
import pytest
import secure

E1000, BALLOON, RNG, BRIDGE = "8086:100e", "1af4:1002", "1af4:1005", "1b36:0001"


@pytest.fixture(scope="module")
def initrd():
    return secure.initramfs("none", "watch")


def refused(boot):
    """[vendor:device...] of the lines that say so, in their order."""
    found = re.findall(r"pefboot: tree=refused node=\S+ vendor=0x(\w{4}) device=0x(\w{4})$", boot.console, re.M)
    return [f"{vendor}:{device}" for vendor, device in found]


def seen(boot):
    """What Linux' PCI bus has, sorted."""
    return sorted(words[1] for words in boot.report().all("pci"))


@pytest.mark.parametrize("words,gone,there", [
    ("", [E1000], [RNG]),
    ("pefboot.devices=8086:100e", [], [RNG, E1000]),
    ("pefboot.devices=8086:100f,1b36:d", [E1000], [RNG]),
], ids=["not-named", "named", "others-named"])
def test_secure_devices_that_are_named(qemu, words, gone, there):
    boot = qemu(*secure.arguments(f"report quiet {words}", "--mem", "256M", "--rng", "--", "-device", "e1000,romfile="))
    assert refused(boot) == gone
    assert seen(boot) == there


def test_secure_devices_balloon(qemu):
    boot = qemu(*secure.arguments("report quiet", "--mem", "256M", "--rng", "--", "-device", "virtio-balloon-pci"))
    assert refused(boot) == [BALLOON]
    assert seen(boot) == [RNG]


def test_secure_devices_behind_a_bridge(qemu):
    """Bridges and what is allowed behind them come through, without the devices between that are refused."""
    boot = qemu(*secure.arguments("report quiet", "--mem", "256M", "--bridge", "--rng", "at=br0", "--bridge", "at=br0", "--", "-device",
                                  "e1000,romfile=,bus=br1,addr=1", "-device", "virtio-balloon-pci,bus=br0,addr=9"))
    assert sorted(refused(boot)) == [BALLOON, E1000]
    assert seen(boot) == [RNG, BRIDGE, BRIDGE]


def test_secure_devices_behind_a_bridge_that_is_refused(qemu):
    """pci-bridge-seat is none of those that are known: it goes with all that is behind it, and is one line."""
    boot = qemu(*secure.arguments("report quiet", "--mem", "256M", "--rng", "--", "-device", "pci-bridge-seat,id=other,chassis_nr=7",
                                  "-device", "virtio-rng-pci,bus=other,addr=1"))
    assert refused(boot) == ["1b36:000a"]
    assert seen(boot) == [RNG]


def test_secure_devices_in_a_normal_guest(qemu):
    """It keeps the tree of its platform."""
    boot = qemu(*secure.arguments("report quiet", "--mem", "256M", "--rng", "--", "-device", "e1000,romfile=", "-device",
                                  "virtio-balloon-pci", firmware="pefboot"))
    assert refused(boot) == []
    assert seen(boot) == sorted([RNG, E1000, BALLOON])


def plug_device(monitor):
    monitor("device_add", driver="virtio-rng-pci", id="late")


def plug_cpu(monitor):
    """One of those that the machine has room for."""
    free = next(cpu for cpu in monitor("query-hotpluggable-cpus") if "qom-path" not in cpu)
    monitor("device_add", driver=free["type"], id="late", **free["props"])


def plug_memory(monitor):
    monitor("object-add", **{"qom-type": "memory-backend-ram", "id": "late", "size": 256 << 20})
    monitor("device_add", driver="pc-dimm", id="dimm", memdev="late")


class Watched:
    """A guest that says what it has: CPUs, KiB of memory, nodes and properties by which more could come, PCI devices."""

    def __init__(self, qemu, folder, initrd, firmware, machine, vmlinux=None):
        self.child = qemu.spawn(*secure.arguments("quiet", "--mem", "256M", "--smp", "2,maxcpus=4", "--rng", "--qmp", folder / "qmp",
                                                  vmlinux=vmlinux, initrd=initrd, firmware=firmware), "--", "-m", f"{machine},slots=2,maxmem=4G")
        self.before = self.said()
        self.monitor = secure.Qmp(folder / "qmp")

    def said(self):
        self.child.expect(r"watch: (.*)\.\r")
        return self.child.match[1]

    def asked(self, line=""):
        """Again, when a moment has passed in the guest."""
        self.child.sendline(line)
        return self.said()


@pytest.mark.parametrize("plug", [plug_device, plug_cpu, plug_memory], ids=["device", "cpu", "memory"])
def test_secure_devices_hot_plug(qemu, tmp_path, initrd, plug):
    """QEMU takes a device, a CPU or memory while the guest runs; for the guest nothing changes. The miniature ultravisor gives no
    guest word of it; so that Linux would not know how, either, is looked up in its tree."""
    guest = Watched(qemu, tmp_path, initrd, "ultravisor", "768M")
    cpus, _, ways, *devices = guest.before.split()
    assert (cpus, ways, devices) == ("0-1", "0", [RNG])
    plug(guest.monitor)
    assert [guest.asked() for _ in range(3)] == 3 * [guest.before]
    guest.child.sendline("off")
    guest.child.expect(r"verdict .* leaked=0 ")


def test_secure_devices_hot_plug_in_a_normal_guest(qemu, tmp_path, initrd):
    """The same kernel, where it hears of a CPU."""
    guest = Watched(qemu, tmp_path, initrd, "pefboot", "256M")
    assert int(guest.before.split()[2]) > 10
    plug_cpu(guest.monitor)
    assert "0-2" in [guest.asked().split()[0] for _ in range(10)]
    guest.child.sendline("off")


@pytest.mark.all
def test_duties_hot_plug_of_pci(qemu, tmp_path, initrd):
    """A device that comes later, as under SLOF: its configuration space is silent until drmgr has asked RTAS for the slot, so neither
    firmware has a part in it."""
    seen = {}
    for firmware in ("pefboot", "slof"):
        (tmp_path / firmware).mkdir()
        guest = Watched(qemu, tmp_path / firmware, initrd, firmware, "256M", harness.kernel("6.12"))
        plug_device(guest.monitor)
        seen[firmware] = [said.split()[3:] for said in (guest.before, guest.asked(), guest.asked("rescan"), guest.asked())]
        guest.child.sendline("off")
    assert seen["pefboot"] == seen["slof"]
    assert seen["pefboot"] == 4 * [[RNG]]
