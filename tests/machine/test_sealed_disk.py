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
PART = {"kernel": 0, "initrd": 1, "cmdline": 2}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """As tools/run makes it: bundle, disk, header, key."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUN_SECRET", "on")
        return run.Sealed(secure.kernel(config="crypt"), None, WORDS, tmp_path_factory.mktemp("disk"))


def boot(qemu, made, bundle=None, disk=None, key=("--machine-key",), words=""):
    return qemu("--firmware", "ultravisor", "--mem", "512M", *key, "--disk", f"{bundle or made.bundle},ro", "--disk",
                f"{disk or made.folder + '/disk.img'},ro", *(("--", "-prom-env", f"uv={words}") if words else ()))


def report(boot):
    """The lines `report: secret` of the guest."""
    return re.findall(r"^report: secret (.*)", boot.console.replace("\r", ""), re.M)


@pytest.mark.alone
def test_sealed_disk_opens(qemu, made):
    said = report(boot(qemu, made))
    key, unlocked, file = said
    assert key == "key 0" and file.startswith("file run-data.img ")
    assert int(re.fullmatch(r"unlocked 0 centiseconds (\d+)", unlocked)[1]) < 300


def path(made):
    return harness.Path(made.bundle)


@pytest.mark.parametrize("what", PART)
def test_sealed_disk_bit_of_what_is_measured(qemu, made, tmp_path, what):
    data = bytearray(path(made).read_bytes())
    at, size = sealed.part(data, PART[what])
    data[at + size // 5] ^= 1
    (tmp_path / "bundle.elf").write_bytes(data)
    refused(boot(qemu, made, tmp_path / "bundle.elf"))


def refused(done, number="E405"):
    done.line(rf"pefboot: FAIL 4/7 transition {number} ")
    assert report(done) == []


def test_sealed_disk_lockbox(qemu, made, tmp_path):
    refused(boot(qemu, made, sealed.change_blob(path(made), tmp_path / "bundle.elf", sealed.flip_lockbox)))


def test_sealed_disk_other_machine(qemu, made, tmp_path):
    refused(boot(qemu, made, key=("--machine-key", sealed.new_key(tmp_path / "key.pem"))))


def test_sealed_disk_no_ultravisor(qemu, made):
    refused(boot(qemu, made, words="uv.off"), "E401")


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
