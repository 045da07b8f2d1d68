# SPDX-License-Identifier: GPL-2.0-or-later
"""LUKS2 headers as a host may write them to the disk that a guest gets: of its own volume key, and open to whatever key the guest has.
The format is that of cryptsetup's docs/on-disk-format-luks2.pdf."""

import hashlib
import os
import struct
import subprocess

import harness

TOOL = harness.tool("encrypted-disk")
DATA = 1 << 20
STRIPES = 4000


def cryptsetup(*words):
    return subprocess.run([harness.deps("cryptsetup-bin") / "cryptsetup", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)


def done(*words):
    ended = cryptsetup(*words)
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


def split(key):
    """The anti-forensic stripes of a key, with SHA-256."""
    def diffused(block):
        return b"".join(hashlib.sha256(struct.pack(">I", i) + block[32 * i:32 * i + 32]).digest() for i in range(len(block) // 32))

    def xor(one, two):
        return bytes(a ^ b for a, b in zip(one, two))
    stripes, state = [], bytes(len(key))
    for _ in range(STRIPES - 1):
        stripes.append(os.urandom(len(key)))
        state = diffused(xor(state, stripes[-1]))
    return b"".join(stripes) + xor(state, key)


def formatted(disk, folder, size=DATA + (16 << 20)):
    """A LUKS2 disk of the host's, the data behind the header: its volume key."""
    folder.mkdir(exist_ok=True)
    volume_key = os.urandom(64)
    for name, data in (("volume-key", volume_key), ("key", b"the host's")):
        (folder / name).write_bytes(data)
    with open(disk, "wb") as file:
        file.truncate(size)
    done("luksFormat", "--batch-mode", "--type", "luks2", "--luks2-metadata-size", str(TOOL.METADATA), "--luks2-keyslots-size", str(DATA - 2 * TOOL.METADATA),
         "--offset", str(DATA // 512), "--cipher", "aes-xts-plain64", "--key-size", "512", "--sector-size", "4096", "--volume-key-file",
         folder / "volume-key", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000", disk, folder / "key")
    return volume_key


def any_key_opens(disk, volume_key):
    """The key slot gets a cipher that is none: CVE-2025-59054."""
    area = {}

    def edit(text):
        area.update(text["keyslots"]["0"]["area"])
        text["keyslots"]["0"]["area"]["encryption"] = "cipher_null-ecb"
    TOOL.change_header(disk, edit)
    with open(disk, "r+b") as file:
        file.seek(int(area["offset"]))
        file.write(split(volume_key))


def no_cipher(disk):
    """The data are said to be encrypted by nothing."""
    TOOL.change_header(disk, lambda text: text["segments"]["0"].update(encryption="cipher_null-ecb"))


def reencryption(disk, folder):
    """The disk is said to be in the middle of being encrypted anew: CVE-2021-4122 was of this kind."""
    done("reencrypt", "--init-only", "--batch-mode", "--key-file", folder / "key", "--force-offline-reencrypt", "--pbkdf", "pbkdf2",
         "--pbkdf-force-iterations", "1000", disk)
    assert "online-reencrypt" in done("luksDump", disk)


def opened_by(disk, key):
    """Does cryptsetup open a disk by the header on it?"""
    return cryptsetup("open", "--test-passphrase", "--key-file", key, disk).returncode == 0
