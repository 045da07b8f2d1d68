# SPDX-License-Identifier: GPL-2.0-or-later
"""While a secure guest is busy: no device has a ring or a buffer outside the pool. A normal one's have."""

import hashlib
import os
import re
import time

import audit
import harness
import pytest
import rings
import secure

KINDS = {"legacy": "transport=legacy", "modern": "transport=modern", "packed": "transport=modern,packed=on"}
# Linux 6.12 with these devices; qemu names them so
DEVICES = {"virtio-blk": "blk", "virtio-scsi": "scsi", "virtio-net": "net", "virtio-rng": "rng",
           "virtio-9p": "9p", "virtio-serial": "console"}
LOOKS = 25


@pytest.fixture(scope="module")
def contents(tmp_path_factory):
    """Files by name, and what the guest must read of them: {name: path}, {device: word}."""
    folder = tmp_path_factory.mktemp("audit")
    (folder / "shared").mkdir()
    files = {"blk": folder / "blk.img", "scsi": folder / "scsi.img", "net": folder / "served",
             "9p": folder / "shared/file"}
    words = {"rng": "1024"}
    for name, path in files.items():        # 9p is slow: a few KiB a message
        data = os.urandom(128 << 10 if name == "9p" else 3 << 20)
        path.write_bytes(data)
        words[name] = hashlib.md5(data[:2 << 20] if path.suffix == ".img" else data).hexdigest()
    return files, words


def arguments(files, kind, folder, *args, firmware="ultravisor"):
    """Six virtio devices of one kind, all busy. The pool is larger than usual, as a console of QEMU 10.0.13 needs it:
    its queues have 1024 entries, and Linux gives each a buffer of a page of 64 KiB."""
    kind += ",indirect_desc=off"
    raw = "," + kind.replace("transport=legacy", "disable-legacy=off,disable-modern=on").replace(
        "transport=modern", "disable-legacy=on,disable-modern=off")
    return secure.arguments(f"quiet {harness.PATIENT} pefboot.pool=192M", "--mem", "1G", "--disk", f"{files['blk']},{kind}", "--scsi", kind,
                            "--disk", f"{files['scsi']},bus=scsi", "--net", kind, "--serve", files["net"],
                            "--rng", kind, *args, "--",
                            "-fsdev", f"local,id=files,path={files['9p'].parent},security_model=none",
                            "-device", f"virtio-9p-pci,fsdev=files,mount_tag=files{raw}",
                            "-device", f"virtio-serial-pci,max_ports=2{raw}",
                            "-chardev", f"file,id=second,path={folder / 'second'}",
                            "-device", "virtconsole,chardev=second",
                            initrd=secure.initramfs("none", "busy"), firmware=firmware)


def rounds(machine):
    """What the guest has read so far: [(device, word)]. The last line may not be whole yet."""
    return re.findall(r"^busy: (\w+) ?(\w*)\n", machine.console(), re.M)


def wait_for_rounds(machine, count, timeout=harness.BOOT_TIMEOUT):
    """Every device has been through so many rounds since now."""
    end, before = time.monotonic() + timeout, [name for name, _ in rounds(machine)]
    while time.monotonic() < end:
        now = [name for name, _ in rounds(machine)]
        if all(now.count(name) >= before.count(name) + count for name in DEVICES.values()):
            return
        assert machine.process.poll() is None, "QEMU has ended:\n" + machine.console()
        time.sleep(0.1)
    raise AssertionError("the guest's devices do not go on:\n" + machine.console())


def looked_at(machine, packed, pool):
    """{device: rings.Seen} of a machine at work."""
    wait_for_rounds(machine, 1)
    seen = rings.watch(machine, packed, pool, LOOKS, lambda: time.sleep(0.03), harness.BOOT_TIMEOUT)
    wait_for_rounds(machine, 1)
    assert set(seen) == set(DEVICES)
    for name, device in seen.items():
        assert device.descriptors > 0, name
    return seen


@pytest.mark.parametrize("release,smp,kind", [
    pytest.param(release, smp, kind, marks=[] if (release, smp, kind) in (
        ("7.2", "2", "legacy"), ("10.0", "4", "packed")) else pytest.mark.all)
    for release in ("7.2", "10.0") for smp in ("1", "2", "4") for kind in KINDS])
def test_secure_rings_and_buffers_are_in_the_pool(contents, tmp_path, qemu, release, smp, kind):
    files, words = contents
    args = arguments(files, KINDS[kind], tmp_path, "--qemu", release, "--smp", smp)
    with audit.Machine(*args, log=qemu.log()) as machine:
        pool = machine.wait_for(r"pefboot: 6/7 patch pool=0x(\w+)\+0x(\w+) flag=yes", harness.BOOT_TIMEOUT)
        seen = looked_at(machine, kind == "packed", [int(word, 16) for word in pool.groups()])
        read = rounds(machine)
    print({name: (device.areas, device.descriptors) for name, device in seen.items()})
    assert {name: device.outside for name, device in seen.items() if device.outside} == {}
    assert {pair for pair in read if pair[0] != "console"} == set(words.items())


@pytest.mark.parametrize("kind", ["legacy", pytest.param("modern", marks=pytest.mark.all), "packed"])
def test_secure_audit_finds_what_is_outside(contents, tmp_path, qemu, kind):
    """The same devices of a guest that stayed normal, without a pool."""
    files, _ = contents
    args = arguments(files, KINDS[kind], tmp_path, firmware="pefboot")
    with audit.Machine(*args, log=qemu.log()) as machine:
        machine.wait_for(r"pefboot: 6/7 patch pool=none", harness.BOOT_TIMEOUT)
        seen = looked_at(machine, kind == "packed", (0x3c000000, 64 << 20))
    for name, device in seen.items():
        assert any(not what.startswith("descriptor") for what in device.outside), f"rings of {name}"
        assert any(what.startswith("descriptor") for what in device.outside), f"buffers of {name}"
