# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux with an encrypted disk whose key is only in the ESM blob, as make run SECRET=on has it: what a host may change, and the
disk stays shut."""

import os
import re
import subprocess

import harness
import pytest
import sealed
import secure

pytestmark = pytest.mark.all

run = harness.tool("run")
WORDS = f"console=hvc0 quiet panic=-1 {harness.PATIENT} report disks=1 secret=vdb"
MEMORY = 512 << 20


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """As tools/run makes it: bundle, disk, header, key."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUN_SECRET", "on")
        return run.Sealed(secure.kernel(config="crypt"), None, WORDS, tmp_path_factory.mktemp("disk"))


def boot(qemu, made, bundle=None, disk=None, key=("--machine-key",), more=()):
    return qemu("--firmware", "ultravisor", "--mem", f"{MEMORY >> 20}M", *key, "--disk", f"{bundle or made.bundle},ro", "--disk",
                f"{disk or made.folder + '/disk.img'},ro", "--", *more)


def report(boot):
    """The lines `report: secret` of the guest."""
    return re.findall(r"^report: secret (.*)", boot.console.replace("\r", ""), re.M)


def volume_key(made, scratch):
    """What encrypts the sectors, as its owner can have it."""
    subprocess.run([harness.deps("cryptsetup-bin") / "cryptsetup", "luksDump", "--batch-mode", "--dump-volume-key", "--volume-key-file",
                    scratch / "volume-key", "--key-file", f"{made.folder}/key", f"{made.folder}/header"], stdout=subprocess.DEVNULL, check=True)
    return (scratch / "volume-key").read_bytes()


@pytest.mark.alone
def test_sealed_disk_opens(qemu, made, tmp_path):
    """In time; and all the memory that the host has given the guest has nothing of the two keys, though the guest had both."""
    memory, keys = sealed.Memory(tmp_path, MEMORY), {"key": harness.Path(made.folder, "key").read_bytes(), "volume": volume_key(made, tmp_path)}
    said = report(boot(qemu, made, more=memory.arguments()))
    assert memory.holds(keys) == set()
    assert memory.holds(keys, memory.guest, memory.size) == set(keys), "a search that finds nothing proves nothing"
    memory.path.unlink()
    key, unlocked, file = said
    assert key == "key 0" and file.startswith("file run-data.img ")
    assert int(re.fullmatch(r"unlocked 0 centiseconds (\d+)", unlocked)[1]) < 300


def path(made):
    return harness.Path(made.bundle)


@pytest.mark.parametrize("what", (*sealed.PART, "stage"))
def test_sealed_disk_bit_of_what_is_measured(qemu, made, tmp_path, what):
    refused(boot(qemu, made, sealed.flipped(path(made), tmp_path, what)))


def refused(done, number="E405"):
    done.line(rf"pefboot: FAIL 4/7 transition {number} ")
    assert report(done) == []


def test_sealed_disk_blob_of_another_bundle(qemu, made, tmp_path):
    """That is sealed to this machine, too, and has its own key."""
    other = sealed.seal(sealed.create(tmp_path / "bundle.elf", sealed.reader()), tmp_path / "other.elf", {"rootd": os.urandom(64)})
    (tmp_path / "copy.elf").write_bytes(path(made).read_bytes())
    refused(boot(qemu, made, sealed.move_blob(other, tmp_path / "copy.elf")))


def test_sealed_disk_lockbox(qemu, made, tmp_path):
    refused(boot(qemu, made, sealed.change_blob(path(made), tmp_path / "bundle.elf", sealed.flip_lockbox)))


def test_sealed_disk_other_machine(qemu, made, tmp_path):
    refused(boot(qemu, made, key=("--machine-key", sealed.new_key(tmp_path / "key.pem"))))


def test_sealed_disk_no_ultravisor(qemu, made):
    refused(boot(qemu, made, more=("-prom-env", "uv=uv.off")), "E401")


def shut(done, status):
    """Linux runs, has got no key, or one that does not fit, and says so."""
    key, unlocked = report(done)
    assert key == f"key {status}" and not unlocked.startswith("unlocked 0 ")


def test_sealed_disk_no_blob(qemu, made):
    """An empty place: nobody demands a blob, nobody gives a key."""
    done = boot(qemu, made, made.unsealed)
    key, unlocked = report(done)
    assert key in ("key 4", "key 5") and not unlocked.startswith("unlocked 0 ")


def test_sealed_disk_normal_vm(qemu, made, tmp_path):
    """The host takes the bundle apart and starts the parts without an ultravisor."""
    subprocess.run([harness.BUILD / "pefboot-bundle", "extract", "--kernel", tmp_path / "kernel", "--initrd", tmp_path / "initrd", made.bundle],
                   check=True)
    shut(qemu("--mem", "512M", "--kernel", tmp_path / "kernel", "--initrd", tmp_path / "initrd", "--append", WORDS, "--disk",
              f"{made.bundle},ro", "--disk", f"{made.folder}/disk.img,ro", "--no-reboot"), 3)


def test_sealed_disk_files_change_places(qemu, made, tmp_path):
    """The other file opens nothing."""
    key = harness.Path(made.folder, "key").read_bytes()
    both = sealed.seal(harness.Path(made.unsealed), tmp_path / "both.elf", {"rootd": key, "data": os.urandom(64)})
    shut(boot(qemu, made, sealed.change_blob(both, tmp_path / "bundle.elf", lambda blob: sealed.swap_names(blob, "rootd", "data"))), 0)


def test_sealed_disk_of_the_host(qemu, made, tmp_path):
    """The host's own file system in the place of the disk, without encryption: the header is in the initrd, so the guest reads
    noise. With the header of the disk it would have been a null cipher's."""
    plain = tmp_path / "plain.img"
    plain.write_bytes(harness.tool("encrypted-disk").file_system(made.data, tmp_path))
    said = report(boot(qemu, made, disk=plain))
    assert said[0] == "key 0" and not [line for line in said if line.startswith("file ")]
