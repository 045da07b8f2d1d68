# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/encrypted-disk against cryptsetup and another AES, and the programs that tools/initramfs brings for it."""

import gzip
import hashlib
import os
import subprocess

import harness
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SECTOR, UNIT = 4096, 512
EXT4_MAGIC = 0x438, b"\x53\xef"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(folder with disk.img, header and key; the file that the disk holds)"""
    folder, file = tmp_path_factory.mktemp("disk"), tmp_path_factory.mktemp("file") / "a file.bin"
    file.write_bytes(os.urandom(100_001))
    subprocess.run([harness.TOP / "tools/encrypted-disk", "--file", file, "--folder", folder], check=True)
    return folder, file


def cryptsetup(*args):
    return subprocess.run([harness.deps("cryptsetup-bin") / "cryptsetup", *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)


def opens(folder, key):
    return cryptsetup("open", "--test-passphrase", "--key-file", key, "--header", folder / "header", folder / "disk.img").returncode == 0


def test_sealed_disk_s_key_opens_its_header(made, tmp_path):
    folder, _ = made
    assert opens(folder, folder / "key")
    key = bytearray((folder / "key").read_bytes())
    key[63] ^= 1
    (tmp_path / "key").write_bytes(key)
    assert not opens(folder, tmp_path / "key")
    assert {oct((folder / name).stat().st_mode & 0o777) for name in ("key", "header", "disk.img")} == {"0o600"}


def test_sealed_disk_is_what_dm_crypt_reads(made, tmp_path):
    """aes-xts-plain64 of the header's volume key: ext4 with the file, by another implementation."""
    folder, file = made
    done = cryptsetup("luksDump", "--batch-mode", "--dump-volume-key", "--volume-key-file", tmp_path / "vk", "--key-file", folder / "key",
                      folder / "header")
    assert done.returncode == 0 and "xts-plain64" in done.stdout, done.stdout
    key, disk = (tmp_path / "vk").read_bytes(), (folder / "disk.img").read_bytes()
    plain = b"".join(Cipher(algorithms.AES(key), modes.XTS((at // UNIT).to_bytes(16, "little"))).decryptor().update(disk[at:at + SECTOR])
                     for at in range(0, len(disk), SECTOR))
    assert plain[EXT4_MAGIC[0]:][:2] == EXT4_MAGIC[1] and disk[EXT4_MAGIC[0]:][:2] != EXT4_MAGIC[1]
    (tmp_path / "plain").write_bytes(plain)
    found = subprocess.run(["debugfs", "-R", f'cat "/{file.name}"', tmp_path / "plain"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                           check=True).stdout
    assert hashlib.sha256(found).digest() == hashlib.sha256(file.read_bytes()).digest()


def test_sealed_programs_come_with_their_libraries(tmp_path):
    """Each library that a program or a library needs is in the archive, and the loader."""
    output = tmp_path / "initramfs"
    subprocess.run([harness.TOP / "tools/initramfs", "--kernel", "none", "--output", output, "--program",
                    f"cryptsetup={harness.deps('guest-cryptsetup')}/root"], check=True)
    data, at, files = gzip.decompress(output.read_bytes()), 0, {}
    while "TRAILER!!!" not in files:
        field = [int(data[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in range(13)]
        start = at + 110 + field[11] + -(110 + field[11]) % 4
        files[data[at + 110:at + 109 + field[11]].decode()] = data[start:start + field[6]]
        at = start + field[6] + -field[6] % 4
    assert {"bin/cryptsetup", "lib64/ld64.so.2"} <= set(files)
    libraries = {os.path.basename(name) for name in files if name.startswith("lib/powerpc64le-linux-gnu/")}
    assert {"libc.so.6", "libcrypto.so.3"} <= libraries
    for name, content in files.items():
        if content[:4] == b"\x7fELF" and name != "bin/busybox":
            (tmp_path / "elf").write_bytes(content)
            needed = subprocess.run(["readelf", "-dW", tmp_path / "elf"], stdout=subprocess.PIPE, text=True, check=True).stdout
            wanted = {line.split("[")[1].rstrip("]") for line in needed.splitlines() if "(NEEDED)" in line}
            assert wanted <= libraries | {"ld64.so.2"}, name
