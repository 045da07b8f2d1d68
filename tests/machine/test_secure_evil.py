# SPDX-License-Identifier: GPL-2.0-or-later
"""A hostile host flips one bit of what a boot bundle has put into memory, just before UV_ESM takes it away.

In the measured range the ultravisor notices. What it has not measured, or nobody has, the secure stage does: kernel,
initrd and command line, by their digests. The tree is not measured: what the host does to it is either found out or does no harm."""

import collections
import hashlib
import os
import random
import re
import time

import disks
import harness
import pexpect
import pytest
import secure

MARK = 0x48, b"virtio,acc-plat1"
KERNEL_SIZE, MEMORY = 0x40000, 0x8000   # of the kernel that is never entered; and what it has behind its file
INITRD = disks.random_bytes("initrd of a hostile host", 100001)
CMDLINE = "console=hvc0 some words, and pefboot.pool=32M pefboot.log=notice"
MEMORY_SIZE, FRAME = 256 << 20, 64 << 10
PATIENCE = 60           # for a Linux that has got a tree it may not be able to live with
DATA = disks.random_bytes("disk of a hostile host", 256 << 10)


def marked(image):
    return image[:MARK[0]] + MARK[1] + image[MARK[0] + len(MARK[1]):]


@pytest.fixture(scope="module")
def stub(tmp_path_factory):
    """A bundle whose kernel spins: {path, digest word of its measured range, its size}."""
    path = tmp_path_factory.mktemp("evil") / "bundle.elf"
    image = disks.elf([(0x10000, 0, marked(disks.spin(KERNEL_SIZE)), KERNEL_SIZE + MEMORY)])
    return measured(path, disks.bundle(path, image, INITRD, CMDLINE))


def measured(path, data):
    return path, disks.manifest(data, 32), f"uv.digest={disks.measured(data)}"


@pytest.fixture(scope="module")
def linux(tmp_path_factory):
    """A bundle that boots Linux, which reads the disk with DATA and powers off."""
    folder = tmp_path_factory.mktemp("evil-linux")
    (folder / "data.img").write_bytes(DATA)
    initrd = secure.initramfs("none", "quick").read_bytes()
    words = f"console=hvc0 quiet panic=-1 {harness.PATIENT} pefboot.pool=16M"
    return *measured(folder / "bundle.elf", disks.bundle(folder / "bundle.elf", secure.kernel().read_bytes(), initrd, words)), \
        folder / "data.img"


def arguments(bundle, *more):
    """A boot of the bundle whose measured range has to match."""
    path, _, digest, *images = bundle
    evil = " ".join([digest, *more])
    return ["--firmware", "ultravisor", "--mem", "256M", "--disk", f"{path},ro", *[
        word for image in images for word in ("--disk", f"{image},ro")], "--", "-prom-env", f"uv={evil}"]


def positions(what, size, count):
    """So many bits of so many bytes, the same each time."""
    return sorted(random.Random(f"{what} {count} {os.environ.get('SEED', '')}").sample(range(8 * size), count))


def forget(qemu):
    qemu.logs.pop().unlink()


def test_evil_nothing(qemu, stub):
    """The same machine, nobody hostile: it gets to its kernel, so what stops the others is the bit."""
    child = qemu.spawn(*arguments(stub))
    child.expect("5/7 verify world=secure .* kernel=match initrd=match cmdline=match")
    child.expect("7/7 handoff world=secure")


# what is flipped, its bytes, the stop; with a digest of the ultravisor's, which is of all but the command line that the tree has
FLIPS = {
    "kernel": (KERNEL_SIZE, 5, "E506", False),
    "initrd": (len(INITRD), 5, "E507", False),
    "bootargs": (len(CMDLINE), 5, "E508", True),
    "stage": (None, 4, "E405", True),
}


@pytest.mark.parametrize("count", [10, pytest.param(100, marks=pytest.mark.all)])
@pytest.mark.parametrize("what", FLIPS)
def test_evil_bit_is_found(qemu, stub, what, count):
    size, step, number, measured_too = FLIPS[what]
    path, total, digest = stub
    for bit in positions(what, size or total, count):
        done = qemu(*arguments((path, total, digest if measured_too else ""), f"uv.evil={what}@{bit}"))
        assert done.line(rf"evil={what} at=(\w+)")[1] != "none"
        done.line(rf"pefboot: FAIL {step}/7 \w+ {number} ")
        done.line(rf"pefboot: EXIT {number[1:]}")
        if what == "stage":
            done.line(r'UV_ESM -> .*, as a hypervisor.s code H_PARAMETER')
        found = secure.verdict(done.console)
        assert (found["world"], found["leaked"]) == ("normal" if step < 5 else "secure", "0"), bit
        forget(qemu)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """A boot of a kernel that spins, by -kernel, stopped by pefboot.fail=hold."""
    path = tmp_path_factory.mktemp("evil") / "kernel"
    path.write_bytes(disks.spin_elf())
    return ["--firmware", "ultravisor", "--mem", "256M", "--kernel", path, "--append", "pefboot.kernel=any pefboot.fail=hold"]


def tree_handed_over(qemu, folder, line):
    """The tree of that boot as UV_ESM finds it."""
    child = qemu.spawn("--qmp", folder / "qmp", *line, "--", "-prom-env", "uv=uv.abort=tree")
    child.expect(r"4/7 transition .* tree=0x(\w+)\s")
    fdt = int(child.match[1], 16)
    child.expect("EXIT 405")
    tree = secure.Qmp(folder / "qmp").dump(folder / "tree", fdt, 0x10000).read_bytes()
    child.close(force=True)
    return tree


def test_evil_memory_that_is_not_there(qemu, kernel, tmp_path):
    """One bit of the tree at UV_ESM: 1.5 GiB of memory instead of one. The ultravisor looks at the lowest 768 MiB."""
    line = ["1G" if word == "256M" else word for word in kernel]
    tree = tree_handed_over(qemu, tmp_path, line)
    reg = re.search(rb"\0\0\0\x03\0\0\0\x10....\0{8}\0{4}\x40\0\0\0", tree, re.DOTALL)
    child = qemu.spawn(*line, "--", "-prom-env", f"uv=uv.evil=fdt@{8 * (reg.end() - 4) + 2}")
    child.expect(r"FAIL 5/7 verify E510 .*: 0x\w+-0x60000000: UV_UNSHARE_PAGE -> U_P2 \(-55\)")
    child.expect("EXIT 510")


def outcome(done):
    """How a boot with another tree ended: the number of a stop; "boots"; or "linux" where that got the tree and
    could not live with it, which is all that is left to a host: it may end its guest at any time."""
    assert "evil=fdt at=none" not in done.console
    stop = re.search(r"pefboot: FAIL \d/7 \w+ (E\d+) ", done.console)
    read = re.search(r"quick: (\w*)", done.console)
    if done.status == 0:
        assert secure.verdict(done.console)["leaked"] == "0"
    if stop:
        assert done.status == 0
        done.line(f"pefboot: EXIT {stop[1][1:]}")
        return stop[1]
    done.line("7/7 handoff world=secure")
    if done.status or "Kernel panic" in done.console or not read or not read[1]:
        return "linux"
    assert read[1] == hashlib.md5(DATA).hexdigest()
    return "boots"


def patiently(qemu, folder, bundle, *more, patience=PATIENCE):
    """A boot that may stand still: an NMI ends it then, so that the ultravisor comes to its verdict."""
    command, start, still = arguments(bundle, *more), time.monotonic(), False
    child = qemu.spawn("--qmp", folder / "qmp", *command, timeout=patience)
    if child.expect([pexpect.EOF, pexpect.TIMEOUT]):
        qmp = secure.Qmp(folder / "qmp")
        qmp("inject-nmi")
        still = child.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=30) == 1
        if still:
            nothing_outside(qmp.dump(folder / "dump", 0, MEMORY_SIZE), qemu.logs[-1].read_text(errors="replace"))
    child.close(force=True)
    return harness.Boot(qemu.logs[-1].read_text(errors="replace").replace("\r", ""), 124 if still else child.exitstatus,
                        time.monotonic() - start).judged_by_itself()


def nothing_outside(dump, console):
    """What the host sees of a guest too early for an NMI: zeros but for frame 0, which is never taken, and the pool."""
    start, size = (int(word, 16) for word in re.search(r"patch pool=0x(\w+)\+0x(\w+)", console).groups())
    data = dump.read_bytes()
    assert len(data) == MEMORY_SIZE and start + size <= MEMORY_SIZE
    assert not any(data[FRAME:start].strip(b"\0")) and not any(data[start + size:].strip(b"\0"))
    dump.unlink()


def test_evil_that_stands_still(qemu, stub, tmp_path):
    """What neither stops nor goes on is ended, and its memory looked at, too."""
    assert outcome(patiently(qemu, tmp_path, stub, patience=10)) == "E701"


@pytest.mark.all
def test_evil_nmi_at_any_time(qemu, stub, tmp_path):
    """Also while the ultravisor sets HDEC by an entry of its own: on a busy machine one in a hundred was lost there."""
    rng = random.Random("nmi")
    for turn in range(500):
        child = qemu.spawn("--qmp", tmp_path / f"qmp{turn}", *arguments(stub))
        child.expect("7/7 handoff")
        time.sleep(rng.random() * 0.05)
        secure.Qmp(tmp_path / f"qmp{turn}")("inject-nmi")
        child.expect("EXIT 701")
        child.close(force=True)
        forget(qemu)


@pytest.mark.parametrize("part,count", [(0, 10)] + [
    pytest.param(part, 100, marks=pytest.mark.all) for part in range(10)])
def test_evil_bit_of_the_tree(qemu, linux, tmp_path, part, count):
    """Each ends in a stop with a number, or in a Linux that is none the worse; few in one that cannot go on."""
    done = qemu(*arguments(linux))
    assert outcome(done) == "boots"
    size = int(done.line(r"5/7 verify world=secure tree=(\d+)")[1]) - 100     # the ultravisor has added to it
    outcomes, linuxes = collections.Counter(), []
    for bit in positions(f"fdt {part}", size, count):
        done = patiently(qemu, tmp_path, linux, f"uv.evil=fdt@{bit}")
        outcomes[outcome(done)] += 1
        if outcome(done) == "linux":
            linuxes.append(f"{bit}: {qemu.logs[-1]}")
            print(linuxes[-1], flush=True)
        else:
            forget(qemu)
    print(dict(outcomes))
    assert len(linuxes) <= count // 20, linuxes
