# SPDX-License-Identifier: GPL-2.0-or-later
"""What an old bundle still opens, and how an owner ends that: the path of docs/secrets.md, "An old bundle still opens", walked by guests."""

import os
import re
import subprocess

import harness
import pytest
import sealed
import secure

pytestmark = pytest.mark.all

WORDS = f"console=hvc0 quiet panic=-1 {harness.PATIENT} report secret=vdb"
SECRET, GUEST = harness.TOP / "tests/guest/secret", harness.TOP / "guest/initramfs"


def initrd(path, script, **headers):
    """The programs of pefboot-guest, a script of the guest's, and the headers that it needs, by names in /etc."""
    files = {"bin/esmb-get-file": harness.BUILD / "esmb-get-file", "bin/decrypt_esm": GUEST / "decrypt_esm", "secret": SECRET / script,
             **{f"etc/{name}.header": folder / "header" for name, folder in headers.items()}}
    subprocess.run([harness.TOP / "tools/initramfs", "--kernel", "none", "--output", path, "--program",
                    f"cryptsetup={harness.deps('guest-cryptsetup')}/root",
                    *(word for name, file in files.items() for word in ("--add", f"{name}={file}"))], check=True)
    return path.read_bytes()


def bundle(folder, name, files, **what):
    """A sealed bundle of the owner's. files: {name in the blob: folder with its key}."""
    made = sealed.create(folder / f"{name}.unsealed", secure.kernel(config="crypt").read_bytes(), initrd(folder / f"{name}.initrd", **what), WORDS)
    return sealed.seal(made, folder / f"{name}.elf", {file: (where / "key").read_bytes() for file, where in files.items()})


def boot(qemu, bundle, *disks):
    done = qemu("--firmware", "ultravisor", "--mem", "512M", "--machine-key", "--disk", f"{bundle},ro", "--no-reboot",
                *(word for disk in disks for word in ("--disk", disk)))
    return re.findall(r"^report: (secret .*|moved .*)", done.console.replace("\r", ""), re.M)


def encrypted_disk(folder, file):
    subprocess.run([harness.TOP / "tools/encrypted-disk", "--file", file, "--folder", folder], check=True)
    return folder


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """The disk of the old key, the new one whose contents the host has made up, and a bundle of each of the three kinds."""
    folder = tmp_path_factory.mktemp("rollback")
    (folder / "kept").write_bytes(os.urandom(100_000))
    old, new = encrypted_disk(folder / "old", folder / "kept"), encrypted_disk(folder / "new", folder / "kept")
    (new / "disk.img").write_bytes(os.urandom((new / "disk.img").stat().st_size))
    bundles = [bundle(folder, "old-bundle", {"rootd": old}, script="secret", secret=old),
               bundle(folder, "moving", {"rootd": old, "rootd2": new}, script="move", root=old, root2=new),
               bundle(folder, "new-bundle", {"rootd": new}, script="secret", secret=new)]
    return folder, old / "disk.img", new / "disk.img", bundles


def opens(header, key):
    """Does this key open a header? By cryptsetup, on the owner's machine."""
    return subprocess.run([harness.deps("cryptsetup") / "cryptsetup", "open", "--test-passphrase", "--key-file", key, "--header", header,
                           header.parent / "disk.img"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def test_sealed_rollback_ends(qemu, moved):
    """Before: the old bundle reads the old disk, and nothing the new one. Moved: the new bundle reads the file, the old one gets its old key, and it is worth nothing."""
    folder, old_disk, new_disk, (old, moving, new) = moved
    file = f"secret file kept {subprocess.run(['md5sum', folder / 'kept'], stdout=subprocess.PIPE, text=True, check=True).stdout.split()[0]}"
    assert boot(qemu, old, f"{old_disk},ro")[-1] == file
    assert boot(qemu, moving, f"{old_disk},ro", new_disk) == ["moved 0"]
    assert boot(qemu, new, f"{new_disk},ro")[-1] == file
    key, unlocked, *found = boot(qemu, old, f"{new_disk},ro")
    assert key == "secret key 0" and unlocked.startswith("secret unlocked 0 ") and found == []
    assert boot(qemu, old, f"{old_disk},ro")[-1] == file, "an old copy of the disk is what the host keeps"


def test_sealed_rollback_keys(moved):
    """Each key opens its own header alone."""
    folder = moved[0]
    assert [opens(folder / header / "header", folder / key / "key") for header in ("old", "new") for key in ("old", "new")] == \
        [True, False, False, True]


def test_sealed_rollback_new_passphrase_is_not_enough(moved, tmp_path):
    """luksChangeKey: the old key opens no longer, but the header of the old initrd, and it is the same volume key."""
    folder, cryptsetup = moved[0] / "old", harness.deps("cryptsetup") / "cryptsetup"
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
