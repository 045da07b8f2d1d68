# SPDX-License-Identifier: GPL-2.0-or-later
"""A secret that only the right guest gets: a bundle with an ESM blob, a kernel that reads its files (tests/guest/reader.c), and a
host that changes one thing. Each time the host looks for the secret in all the memory that it has given the guest."""

import os

import harness
import pytest
import sealed

MEMORY = 256 << 20
WORDS = "some words of a command line, console=hvc0 pefboot.fail=hold"


@pytest.fixture(params=sealed.RELEASES)
def qemu(request, qemu):
    return sealed.Release(qemu, request.param)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The bundle, its secret of any bytes, and another file of it."""
    folder = tmp_path_factory.mktemp("sealed")
    files = {"rootd": os.urandom(61) + b"\n\0\n", "data": os.urandom(200)}
    bundle = sealed.create(folder / "bundle.elf", sealed.reader(), cmdline=WORDS)
    return sealed.seal(bundle, folder / "sealed.elf", files), files, bundle


def start(qemu, memory, bundle, *key, words=""):
    """A machine with this bundle, held where it stops."""
    return qemu.spawn("--firmware", "ultravisor", "--mem", f"{memory.guest >> 20}M", *(key or ("--machine-key",)),
                      "--disk", f"{bundle},ro", "--", *memory.arguments(), *(("-prom-env", f"uv={words}") if words else ()))


@pytest.fixture
def memory(tmp_path):
    made = sealed.Memory(tmp_path, MEMORY)
    yield made
    made.path.unlink()


def answers(files, **changed):
    """What the reader has to say."""
    wanted = {name: (0, len(data), sealed.fnv(data)) for name, data in files.items()}
    return {**wanted, "none": (-1, 0, sealed.fnv(b"")), "again": (-4, 0, sealed.fnv(b"")), **changed}


def test_sealed_guest_gets_its_secret(qemu, made, memory):
    """Byte for byte, once. The host does not find it; who could look at the ultravisor's own memory, would."""
    bundle, files, _ = made
    child = start(qemu, memory, bundle)
    child.expect("5/7 verify world=secure .* kernel=match initrd=match cmdline=match")
    child.expect("reader: end")
    assert sealed.said(qemu.logs[-1].read_text().replace("\r", "")) == answers(files)
    assert memory.holds(files) == set()
    assert memory.holds(files, memory.guest, memory.size) == set(files), "a search that finds nothing proves nothing"


def stopped(qemu, child, memory, files, number):
    """It stops with this number, said nothing of a file, and left nothing of the secret."""
    child.expect(rf"pefboot: FAIL \d/7 \w+ {number} ")
    child.expect(rf"pefboot: EXIT {number[1:]}")
    text = qemu.logs[-1].read_text()
    assert "reader: " not in text and "world=secure" not in text
    assert memory.holds(files) == set()
    return text


@pytest.mark.parametrize("what", ("kernel", "initrd", "cmdline", "stage"))
def test_sealed_bit_of_what_is_measured(qemu, made, memory, tmp_path, what):
    """The ultravisor says which digest it was, the guest only that it was refused."""
    bundle, files, _ = made
    child = start(qemu, memory, sealed.flipped(bundle, tmp_path, what))
    text = stopped(qemu, child, memory, files, "E405")
    named = {"stage": "kernel", "cmdline": "bootargs"}.get(what, what)
    assert f"{named}=no" in text


def test_sealed_bit_of_the_lockbox(qemu, made, memory, tmp_path):
    """Of the key that is encrypted to the machine: nothing can be opened."""
    child = start(qemu, memory, sealed.change_blob(made[0], tmp_path / "changed.elf", sealed.flip_lockbox))
    stopped(qemu, child, memory, made[1], "E405")


def test_sealed_blob_of_another_bundle(qemu, made, memory, tmp_path):
    _, files, bundle = made
    other = sealed.create(tmp_path / "other.elf", sealed.reader(), cmdline=WORDS + " more")
    child = start(qemu, memory, sealed.move_blob(sealed.seal(other, tmp_path / "others.elf", {"rootd": b"x"}), copy(bundle, tmp_path)))
    stopped(qemu, child, memory, files, "E405")


def copy(path, folder):
    out = folder / f"copy-{path.name}"
    out.write_bytes(path.read_bytes())
    return out


def test_sealed_for_another_machine(qemu, made, memory, tmp_path):
    bundle, files, _ = made
    child = start(qemu, memory, bundle, "--machine-key", sealed.new_key(tmp_path / "other.pem"))
    stopped(qemu, child, memory, files, "E405")


def test_sealed_no_ultravisor(qemu, made, memory):
    """uv.off: a bundle demands one, so that nobody starts its kernel in a normal VM by leaving it away."""
    bundle, files, _ = made
    child = start(qemu, memory, bundle, words="uv.off")
    stopped(qemu, child, memory, files, "E401")


def test_sealed_no_blob(qemu, made, memory):
    """The place is empty: without a blob nothing is demanded, and nothing is given."""
    _, files, bundle = made
    child = start(qemu, memory, bundle)
    child.expect("reader: end")
    found = sealed.said(qemu.logs[-1].read_text().replace("\r", ""))
    assert {answer < 0 and size == 0 for answer, size, _ in found.values()} == {True}
    assert memory.holds(files) == set()


def test_sealed_files_change_places(qemu, made, memory, tmp_path):
    """What the format does not prevent: each file is authentic by itself, its name is not. The guest gets the other one, which
    opens nothing; the host gets neither."""
    def change(blob):
        sealed.swap_names(blob, "rootd", "data")
    _, files, _ = made
    child = start(qemu, memory, sealed.change_blob(made[0], tmp_path / "changed.elf", change))
    child.expect("reader: end")
    found = sealed.said(qemu.logs[-1].read_text().replace("\r", ""))
    assert [found[name][2] for name in ("rootd", "data")] == [sealed.fnv(files[name]) for name in ("data", "rootd")]
    assert memory.holds(files) == set()
