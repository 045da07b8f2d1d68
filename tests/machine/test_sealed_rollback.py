# SPDX-License-Identifier: GPL-2.0-or-later
"""What an old bundle still opens, and how an owner ends that: the path of docs/secrets.md, "An old bundle still opens", walked by guests."""

import os
import re
import subprocess

import harness
import pytest
import sealed
import secure
from test_sealed_ssh import initramfs, network, owner, ssh     # pylint: disable=unused-import

pytestmark = pytest.mark.all

WORDS = f"console=hvc0 quiet panic=-1 {harness.PATIENT} report secret=vdb"
SECRET = harness.TOP / "tests/guest/secret"


def initrd(path, disk):
    """The programs of pefboot-guest, and the header of a disk."""
    return sealed.initramfs(path, {"secret": SECRET / "secret", "etc/secret.header": disk / "header"},
                            {"cryptsetup": harness.deps("guest-cryptsetup") / "root"})


def bundle(name, initrd, files):
    """A sealed bundle of the owner's. files: {name in the blob: bytes}."""
    made = sealed.create(initrd.with_name(f"{name}.unsealed"), secure.kernel(config="crypt").read_bytes(), initrd.read_bytes(), WORDS)
    return sealed.seal(made, initrd.with_name(f"{name}.elf"), files)


def boot(qemu, bundle, disk):
    done = qemu("--firmware", "ultravisor", "--mem", "512M", "--machine-key", "--disk", f"{bundle},ro", "--disk", disk, "--no-reboot")
    return re.findall(r"^report: (secret .*)", done.console.replace("\r", ""), re.M)


def encrypted_disk(folder, file):
    subprocess.run([harness.TOP / "tools/encrypted-disk", "--file", file, "--folder", folder], check=True)
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory, owner):
    """The disk of the old key, the new one whose contents the host has made up, and a bundle of each of the three kinds."""
    folder = tmp_path_factory.mktemp("rollback")
    (folder / "kept").write_bytes(os.urandom(100_000))
    old, new = encrypted_disk(folder / "old", folder / "kept"), encrypted_disk(folder / "new", folder / "kept")
    (new / "disk.img").write_bytes(os.urandom((new / "disk.img").stat().st_size))
    headers = {"etc/root.header": old / "header", "etc/root2.header": new / "header"}
    moving = initramfs(owner, folder / "moving.initrd", headers, {"cryptsetup": harness.deps("guest-cryptsetup") / "root"})
    return folder, old / "disk.img", new / "disk.img", [
        bundle("old", initrd(folder / "old.initrd", old), {"rootd": (old / "key").read_bytes()}),
        bundle("moving", moving, {"hostkey": (owner / "hostkey").read_bytes()}),
        bundle("new", initrd(folder / "new.initrd", new), {"rootd": (new / "key").read_bytes()})]


def move(qemu, owner, bundle, old, new):
    """The owner logs in to the guest that has the host key, and to no other, and gives it both keys. That kernel has no file locks, and no udev."""
    port, unlock = sealed.free_port(), "DM_DISABLE_UDEV=1 cryptsetup open --disable-locks --key-file=- --header"
    child = qemu.spawn("--firmware", "ultravisor", "--mem", "512M", "--machine-key", "--disk", f"{bundle},ro", "--disk", f"{old},ro", "--disk",
                       new, *network(port))
    child.expect("identity: key 0")
    child.expect("identity: ready")
    for command, key in ((f"{unlock} /etc/root.header --readonly /dev/vdb old", old), (f"{unlock} /etc/root2.header /dev/vdc new", new)):
        assert ssh(owner, port, command, key.with_name("key").read_bytes())[0] == 0
    assert ssh(owner, port, "dd if=/dev/mapper/old of=/dev/mapper/new bs=1M && sync")[0] == 0
    ssh(owner, port, "poweroff -f")
    child.expect("verdict emulated=1 world=secure .* leaked=0 ")


def opens(header, key):
    """Does this key open a header? By cryptsetup, on the owner's machine."""
    return subprocess.run([harness.deps("cryptsetup-bin") / "cryptsetup", "open", "--test-passphrase", "--key-file", key, "--header", header,
                           header.parent / "disk.img"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def test_sealed_rollback_ends(qemu, made, owner):
    """Before: the old bundle reads the old disk, and nothing the new one. Moved: the new bundle reads the file, the old one gets its old key, and it is worth nothing."""
    folder, old_disk, new_disk, (old, moving, new) = made
    file = f"secret file kept {subprocess.run(['md5sum', folder / 'kept'], stdout=subprocess.PIPE, text=True, check=True).stdout.split()[0]}"
    assert boot(qemu, old, f"{old_disk},ro")[-1] == file
    move(qemu, owner, moving, old_disk, new_disk)
    assert boot(qemu, new, f"{new_disk},ro")[-1] == file
    key, unlocked, *found = boot(qemu, old, f"{new_disk},ro")
    assert key == "secret key 0" and unlocked.startswith("secret unlocked 0 ") and found == []
    assert boot(qemu, old, f"{old_disk},ro")[-1] == file, "an old copy of the disk is what the host keeps"


def test_sealed_rollback_keys(made):
    """Each key opens its own header alone."""
    folder = made[0]
    assert [opens(folder / header / "header", folder / key / "key") for header in ("old", "new") for key in ("old", "new")] == \
        [True, False, False, True]


def test_sealed_rollback_new_passphrase_is_not_enough(made, tmp_path):
    """luksChangeKey: the old key opens no longer, but the header of the old initrd, and it is the same volume key."""
    folder, cryptsetup = made[0] / "old", harness.deps("cryptsetup-bin") / "cryptsetup"
    for name in ("header", "disk.img", "key"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "new-key").write_bytes(os.urandom(64))
    subprocess.run([cryptsetup, "luksChangeKey", "--batch-mode", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000", "--key-file",
                    tmp_path / "key", tmp_path / "header", tmp_path / "new-key"], check=True)
    assert not opens(tmp_path / "header", tmp_path / "key") and opens(folder / "header", tmp_path / "key")
    for number, (header, key) in enumerate(((folder / "header", folder / "key"), (tmp_path / "header", tmp_path / "new-key"))):
        subprocess.run([cryptsetup, "luksDump", "--batch-mode", "--dump-volume-key", "--volume-key-file", tmp_path / f"vk{number}",
                        "--key-file", key, header], stdout=subprocess.DEVNULL, check=True)
    assert (tmp_path / "vk0").read_bytes() == (tmp_path / "vk1").read_bytes()
