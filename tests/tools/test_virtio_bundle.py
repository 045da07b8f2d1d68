# SPDX-License-Identifier: GPL-2.0-or-later
"""pefboot-bundle: what goes in comes out, the same each time; what differs is said."""

import gzip
import hashlib
import json
import re
import struct
import subprocess
import sys

import harness
import pytest

sys.path.insert(0, str(harness.TOP / "tests/machine"))
import disks  # noqa: E402 (needs the path above)

CMDLINE = 'console=hvc0 root="a b" \\x pefboot.secure=off'
KERNEL = disks.spin_elf(0x30000)
INITRD = disks.random_bytes("initrd", 100001)


def tool(*args, status=0):
    """Standard output of the tool, or the error where another status is expected."""
    done = subprocess.run([harness.BUILD / "pefboot-bundle", *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, check=False)
    assert done.returncode == status, done.stderr.decode()
    return done.stdout if status == 0 else (done.stdout + done.stderr).decode()


@pytest.fixture
def made(tmp_path):
    path = tmp_path / "bundle.elf"
    return path, disks.bundle(path, KERNEL, INITRD, CMDLINE)


def test_virtio_bundle_layout(made):
    """One PT_LOAD with everything; entry 0; what readelf and other loaders see."""
    path, data = made
    text = subprocess.run(["readelf", "-hlW", path], stdout=subprocess.PIPE, text=True, check=True).stdout
    assert "big endian" in text and "PowerPC64" in text and "Number of program headers:         1" in text
    load = [line.split() for line in text.splitlines() if line.strip().startswith("LOAD")]
    size = len(data) - 0x10000
    assert load == [["LOAD", "0x010000", "0x" + "0" * 16, "0x" + "0" * 16, f"0x{size:06x}", f"0x{size:06x}", "RWE", "0x10000"]]
    firmware = bytearray((harness.BUILD / "pefboot.bin").read_bytes())
    image = bytearray(data[0x10000:0x10000 + len(firmware)])
    image[0x2000:0x2200] = firmware[0x2000:0x2200] = bytes(512)
    assert image == firmware


def test_duties_bundle_for_slof(made, tmp_path):
    """The same image in a 32-bit file, for memory behind SLOF; what is larger than SLOF has room for is refused."""
    out = tmp_path / "bundle.slof"
    tool("slof", "-o", out, made[0])
    assert out.read_bytes()[0x10000:] == made[1][0x10000:]
    text = subprocess.run(["readelf", "-hlW", out], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True).stdout
    assert "ELF32" in text and "big endian" in text and "Entry point address:               0x10000000" in text and "Warning" not in text
    load, = [line.split() for line in text.splitlines() if line.strip().startswith("LOAD")]
    size = len(made[1]) - 0x10000
    assert load == ["LOAD", "0x010000", "0x10000000", "0x10000000", f"0x{size:05x}", f"0x{size:05x}", "RWE", "0x10000"]
    large = tmp_path / "large.elf"
    disks.bundle(large, KERNEL, bytes(225 << 20), CMDLINE)
    assert "225 MiB are more than the 224 that SLOF has room for" in tool("slof", "-o", out, large, status=1)
    tool("slof", made[0], status=2)


def test_virtio_bundle_again(made, tmp_path):
    """The same input gives the same bytes, elsewhere and later."""
    other = tmp_path / "elsewhere"
    other.mkdir()
    assert disks.bundle(other / "other.elf", KERNEL, INITRD, CMDLINE) == made[1]


def test_virtio_bundle_info(made):
    text = tool("info", made[0]).decode()
    assert "big-endian" in text and "runs where it lies" in text
    info = json.loads(tool("info", "--json", made[0]))
    assert info["version"] == 1 and info["kernel_endian"] == "big" and info["kernel_in_place"] is True
    for part, content in (("kernel", KERNEL), ("initrd", INITRD), ("cmdline", CMDLINE.encode())):
        assert info[part]["size"] == len(content)
        assert info[part]["sha512"] == hashlib.sha512(content).hexdigest()
        start = 0x10000 + info[part]["offset"]
        assert info[part]["offset"] % 0x10000 == 0 and made[1][start:start + len(content)] == content
    assert info["cmdline"]["text"] == CMDLINE
    assert info["kernel"]["offset"] >= info["image_memory"] >= info["image_size"]
    assert info["initrd"]["offset"] >= info["kernel"]["offset"] + 0x10000 + info["kernel_memory"]


def test_virtio_bundle_without(tmp_path):
    """A kernel alone."""
    disks.bundle(tmp_path / "b.elf", KERNEL, None, None)
    info = json.loads(tool("info", "--json", tmp_path / "b.elf"))
    assert info["initrd"] is None and info["cmdline"] is None
    tool("verify", tmp_path / "b.elf")
    assert "has no initrd" in tool("extract", "--initrd", tmp_path / "x", tmp_path / "b.elf", status=1)


def test_virtio_bundle_extract(made, tmp_path):
    tool("extract", "--kernel", tmp_path / "k", "--initrd", tmp_path / "i", "--cmdline", tmp_path / "c", made[0])
    assert (tmp_path / "k").read_bytes() == KERNEL
    assert (tmp_path / "i").read_bytes() == INITRD
    assert (tmp_path / "c").read_text() == CMDLINE
    assert tool("extract", "--initrd", "-", made[0]) == INITRD


@pytest.mark.parametrize("part", ["kernel", "initrd", "cmdline"])
def test_virtio_bundle_flipped_bit(made, part):
    path, data = made
    at = 0x10000 + json.loads(tool("info", "--json", path))[part]["offset"] + 9
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1:])
    text = tool("verify", path, status=1)
    assert f"{part:<8} differs from its digest" in text
    assert text.count("ok") == 2


def test_virtio_bundle_differs(made, tmp_path):
    path, data = made
    (tmp_path / "other").write_bytes(INITRD[:500] + b"x" + INITRD[501:])
    assert "initrd   differs from the one given, from byte 500 on" in tool("verify", "--initrd", tmp_path / "other", path, status=1)
    assert "cmdline  differs from the one given" in tool("verify", "--cmdline", CMDLINE + " more", path, status=1)
    assert "pefboot  differs" not in tool("verify", "--pefboot", harness.BUILD / "pefboot.elf", path).decode()
    firmware = bytearray((harness.BUILD / "pefboot.elf").read_bytes())
    firmware[0x10000 + 0x3003] ^= 1
    (tmp_path / "firmware").write_bytes(firmware)
    assert "pefboot  differs from the one given, from byte 12291 on" in tool("verify", "--pefboot", tmp_path / "firmware", path, status=1)
    tool("verify", "--kernel", tmp_path / "kernel.elf", "--initrd", tmp_path / "initrd", "--cmdline", CMDLINE, path)
    info = json.loads(tool("info", "--json", path))
    gap = 0x10000 + info["initrd"]["offset"] + len(INITRD) + 5
    path.write_bytes(data[:gap] + b"\1" + data[gap + 1:])
    assert "gap      not zero at" in tool("verify", path, status=1)


def test_virtio_bundle_pool(tmp_path):
    """--pool is the firmware's own word, in front of all others, once."""
    (tmp_path / "k").write_bytes(KERNEL)
    args = ["create", "--kernel", tmp_path / "k", "-o", tmp_path / "b", "--pool", "32M"]
    for given, text in (["--cmdline", "a -- b"], "pefboot.pool=32M a -- b"), ([], "pefboot.pool=32M"):
        tool(*args, *given)
        assert json.loads(tool("info", "--json", tmp_path / "b"))["cmdline"]["text"] == text
        tool("verify", "--pool", "32M", *given, tmp_path / "b")
        assert "cmdline  differs" in tool("verify", "--pool", "33M", *given, tmp_path / "b", status=1)
    tool(*args, "--cmdline", "xpefboot.pool=1M")
    assert "give one of them" in tool(*args, "--cmdline", "a pefboot.pool=1M", status=1)


@pytest.mark.parametrize("args,message", [(["--pool", "32X"], "E211"), (["--pool", ""], "E211"), (["--pool", "1M quiet"], "is no size"),
                                          (["--cmdline", "pefboot.secure=of"], "E211"), (["--cmdline", "a pefboot.sure=off"], "E211")])
def test_virtio_bundle_bad_word(tmp_path, args, message):
    """What pefboot would stop at is refused here already."""
    (tmp_path / "k").write_bytes(KERNEL)
    assert message in tool("create", "--kernel", tmp_path / "k", "-o", tmp_path / "out", *args, status=1)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content,number", [
    (b"", "E344"), (b"#!/bin/sh\n", "E344"), (disks.elf([], machine=62), "E344"), (disks.elf([], phdrs=[]), "E345"),
    (disks.elf([(0x1000, 0, bytes(0x1000), None)]), "E302"),
    (disks.elf([(0x1000, 0, disks.spin(0x1000), None)], entry=0x20000), "E346"),
    (disks.elf([(0x1000, 0x4000000, bytes(4) + (0x4000000).to_bytes(4, "big") + bytes(100), None)], entry=0x4000000), "E303")],
    ids=["empty", "script", "x86", "no-segments", "zeros", "entry", "zimage"])
def test_virtio_bundle_bad_kernel(tmp_path, content, number):
    """create refuses what would not boot, in the firmware's own words."""
    (tmp_path / "kernel").write_bytes(content)
    text = tool("create", "--kernel", tmp_path / "kernel", "-o", tmp_path / "out", status=1)
    assert number in text and "hint: " in text
    assert not (tmp_path / "out").exists()


def test_virtio_bundle_bad_files(made, tmp_path):
    path, data = made
    path.write_bytes(data[:-1])
    assert "E336" in tool("info", path, status=1)
    path.write_bytes(data[:1000])
    assert "E335" in tool("verify", path, status=1)
    path.write_bytes(disks.put_manifest(data, 8, ">I", 9))
    assert "E342" in tool("info", path, status=1)
    assert "is not pefboot.elf" in tool("create", "--kernel", tmp_path / "kernel.elf", "--pefboot", tmp_path / "kernel.elf",
                                        "-o", tmp_path / "o", status=1)
    assert "No such file" in tool("info", tmp_path / "none", status=1)
    long = "x" * 2048
    assert "E341" in tool("create", "--kernel", tmp_path / "kernel.elf", "--cmdline", long, "-o", tmp_path / "o", status=1)


def test_bundle_marked(tmp_path):
    """A kernel that does not say that it keeps to the pool is told of by name, number and status: of little or big endian."""
    for little in (False, True):
        for mark in (b"", b"virtio,acc-plat", b"virtio,acc-plat1", b"virtio,acc-plat2"):
            image = disks.spin(little=little)
            image = image[:0x48] + mark.ljust(16, b"\0") + image[0x58:]
            (tmp_path / "kernel").write_bytes(disks.elf([(0x10000, 0, image, None)], little=little))
            args = [harness.BUILD / "pefboot-bundle", "create", "--marked", "--kernel", tmp_path / "kernel", "--cmdline", "root=x",
                    "-o", tmp_path / "out"]
            done = subprocess.run(args, stderr=subprocess.PIPE, text=True, check=False)
            good = mark == b"virtio,acc-plat1"
            assert (done.returncode, (tmp_path / "out").exists()) == ((0, True) if good else (3, False))
            says = f"pefboot-bundle: {tmp_path}/kernel: E404 the kernel does not say that it obeys virtio,access-platform\n"
            assert done.stderr == ("" if good else says)
            (tmp_path / "out").unlink(missing_ok=True)
            done = subprocess.run([args[0], "marked", tmp_path / "kernel"], stderr=subprocess.PIPE, text=True, check=False)
            assert (done.returncode, done.stderr) == (0 if good else 3, "" if good else says)
    assert subprocess.run([args[0], "marked", harness.TOP / "README.md"], stderr=subprocess.DEVNULL, check=False).returncode == 1


def test_bundle_hints(tmp_path):
    """What would not boot is told when it is made, and the hint followed leads on: E348, E344, E341."""
    (tmp_path / "kernel").write_bytes(KERNEL)
    args = ["create", "--kernel", tmp_path / "kernel", "-o", tmp_path / "b"]

    def said(*more, status=0):
        done = subprocess.run([harness.BUILD / "pefboot-bundle", *args, *more], stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode == status, done.stderr
        return done.stderr
    assert "warning: it will not boot: E348" in said("--cmdline", "quiet") and "--initrd" in said()
    for more in (["--cmdline", "quiet root=/dev/vda"], ["--cmdline", "rdinit=/init"], ["--initrd", tmp_path / "kernel"],
                 ["--cmdline", "pefboot.secure=off"]):
        assert said(*more) == ""
    (tmp_path / "kernel").write_bytes(gzip.compress(KERNEL))
    assert "gzip" in said(status=1)
    (tmp_path / "kernel").write_bytes(gzip.decompress((tmp_path / "kernel").read_bytes()))
    assert "2047" in said("--cmdline", "root=x " + "y" * 2434, status=1)
    assert said("--cmdline", "root=x " + "y" * 2040) == ""


def up(value):
    return (value + 0xffff) & ~0xffff


def expected(version, room=0):
    """The bundle of KERNEL, INITRD and CMDLINE from docs/bundle.md alone, byte for byte."""
    elf = (harness.BUILD / "pefboot.elf").read_bytes()
    image_size, memory = struct.unpack_from(">QQ", elf, 64 + 32)     # p_filesz, p_memsz
    assert up(memory) == memory
    content = {"kernel": KERNEL, "initrd": INITRD, "cmdline": CMDLINE.encode()}
    # KERNEL's segment lies 0x10000 into the file and takes kernel_memory bytes there
    needs = {name: len(data) for name, data in content.items()}
    offset, size = struct.unpack_from(">Q24xQ", KERNEL, 64 + 8)      # p_offset, p_memsz
    needs["kernel"] = max(needs["kernel"], offset + size)
    at, place = memory, {}
    for name in ("kernel", "initrd", "cmdline") if version == 1 else ("cmdline", "kernel", "initrd"):
        place[name] = at
        at = up(at + needs[name])
    blob = at if room else 0
    total = at + room
    manifest = struct.pack(">8sIIQQQ", b"pefbundl", version, 512, image_size, memory, total)
    for name, data in content.items():
        manifest += struct.pack(">QQ", place[name], len(data)) + hashlib.sha512(data).digest()
    manifest += struct.pack(">QQ", blob, room)
    image = bytearray(total)
    image[:image_size] = elf[0x10000:0x10000 + image_size]
    image[0x2000:0x2200] = manifest.ljust(512, b"\0")
    for name, data in content.items():
        image[place[name]:place[name] + len(data)] = data
    header = bytearray(elf[:64])
    struct.pack_into(">Q", header, 32, 64)                          # e_phoff
    struct.pack_into(">Q", header, 40, 0)                           # e_shoff
    struct.pack_into(">HHHH", header, 56, 1, 64, 0, 0)              # e_phnum .. e_shstrndx
    header += struct.pack(">IIQQQQQQ", 1, 7, 0x10000, 0, 0, total, total, 0x10000)
    return bytes(header).ljust(0x10000, b"\0") + bytes(image), place


@pytest.mark.parametrize("version,room,size", [(1, None, 0), (2, "256K", 0x40000), (2, "64K", 0x10000), (2, "2M", 0x200000)])
def test_sealed_bundle_bytes(tmp_path, version, room, size):
    """Both versions are what docs/bundle.md says, byte for byte."""
    data, place = expected(version, size)
    assert disks.bundle(tmp_path / "b.elf", KERNEL, INITRD, CMDLINE, room=room) == data
    info = json.loads(tool("info", "--json", tmp_path / "b.elf"))
    assert info["version"] == version and {name: info[name]["offset"] for name in place} == place
    assert info["measured_size"] == (len(data) - 0x10000 if version == 1 else place["kernel"] + len(KERNEL))
    assert info.get("blob") == ({"offset": len(data) - 0x10000 - size, "room": size, "size": 0} if size else None)
    assert tool("verify", tmp_path / "b.elf").decode().count("ok") == 3
    if room == "256K":
        tool("create", "--kernel", tmp_path / "kernel.elf", "--initrd", tmp_path / "initrd", "--cmdline", CMDLINE, "--blob-room",
             "-o", tmp_path / "default.elf")
        assert (tmp_path / "default.elf").read_bytes() == data


def test_sealed_bundle_place(tmp_path):
    """A blob in its place is seen by its length; what is beside it, or is none, is said."""
    path = tmp_path / "b.elf"
    data = disks.bundle(path, KERNEL, INITRD, CMDLINE, room="64K")
    at = len(data) - 0x10000
    for size, word in ((40, "malformed"), (0x10000, "malformed"), (0x10001, "E350"), (39, "E349")):
        blob = struct.pack(">II", 0xd00dfeed, size).ljust(0x10000, b"\0")
        path.write_bytes(data[:at] + blob)
        assert word in tool("verify", path, status=1)
        if word == "malformed":     # what fits, and is no blob inside: test_sealed_bundle.py has sound ones
            assert json.loads(tool("info", "--json", path))["blob"]["size"] == size
    path.write_bytes(data[:at] + b"x" + bytes(0xffff))
    assert "E349" in tool("info", path, status=1)
    path.write_bytes(data[:at + 0x8000] + b"x" + bytes(0x7fff))
    assert f"gap      not zero at 0x{at - 0x10000 + 0x8000:x}" in tool("verify", path, status=1)
    path.write_bytes(data[:at] + struct.pack(">II", 0xd00dfeed, 100) + bytes(0x1000) + b"x" + bytes(0xefff - 8))
    assert f"gap      not zero at 0x{at - 0x10000 + 0x1008:x}" in tool("verify", path, status=1)
    path.write_bytes(disks.put_manifest(data, 288, ">Q", 0x20000))
    assert "E341" in tool("verify", path, status=1)


@pytest.mark.parametrize("room", ["", "0", "1K", "65K", "64X", "3M", "2112K", "17179869184G", "x"])
def test_sealed_bundle_bad_room(tmp_path, room):
    (tmp_path / "k").write_bytes(KERNEL)
    assert "is no multiple of 64K" in tool("create", "--kernel", tmp_path / "k", "-o", tmp_path / "o", f"--blob-room={room}", status=1)
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("args", [[], ["nonsense"], ["create"], ["create", "--kernel", "x"], ["info"], ["info", "a", "b"],
                                  ["info", "--wrong", "a"], ["extract", "a"], ["digest", "--json", "--svm-tool", "x", "a"]])
def test_virtio_bundle_usage(args):
    assert "usage: pefboot-bundle" in tool(*args, status=2)
    assert b"usage: pefboot-bundle" in tool("--help")


def test_virtio_bundle_takes_what_its_usage_says():
    """An option that a command has no use for is refused: what it asks for, such as a check, would not be done."""
    synopsis = tool("--help").decode().split("\n\n")[0].replace("=SIZE", "").replace("-o ", "--output ")
    taken = {name: re.findall(r"(?<!\S)\[?(--[a-z-]+)( \w)?", words)
             for name, words in re.findall(r"pefboot-bundle ([a-z]+)\b(.*?)(?=pefboot-bundle|$)", synopsis, re.S)}
    options = {option: bool(value) for words in taken.values() for option, value in words}
    assert len(taken) == 9 and len(options) == 15
    for name, words in taken.items():
        for option, value in options.items():
            said = tool(name, option, *["/nonexistent"] * value, "a", "b", status=2)
            assert ("usage: " if option in dict(words) else f"error: {name} takes no {option}:") in said, (name, option)
