# SPDX-License-Identifier: GPL-2.0-or-later
"""ESM blobs, made and opened by the format of open-power/svm-tools: shares no code with pefboot-bundle or the ultravisor.

    /usr/bin/python3 -m esmblob make --recipient KEY.PEM [--file NAME=PATH] --measured FILE --initrd FILE --bootargs TEXT BLOB
    /usr/bin/python3 -m esmblob open --key PRIVATE.PEM BLOB

A tree is {"property": bytes, ..., "node": {...}}, in the order of the file. Tests that want a broken blob change a tree
(Maker.tree()) or bytes; what is read is held to the format byte by byte (Opened)."""

import argparse
import hashlib
import os
import re
import struct
import sys
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC, HEADER = 0xd00dfeed, struct.Struct(">10I")
BEGIN_NODE, END_NODE, PROP, NOP, END = 1, 2, 3, 4, 9
ALGORITHM = b"AES256-GCM\0"
FILES_MAX = 0x10000
DIGESTS_MAX = 4096
NAME = re.compile(r"[A-Za-z][0-9A-Za-z,._+-]{0,30}")
# SHA-512 of 7c641b78 3c600000 6063f000 44000022 4e800020, the RTAS that QEMU's SLOF and pefboot put into memory
RTAS = hashlib.sha512(bytes.fromhex("7c641b783c6000006063f000440000224e800020")).digest()


def pad(data, to=4):
    return data + bytes(-len(data) % to)


# ------------------------------------------------------------------------------- flattened trees

def flatten(tree, version=17):
    """A tree as a flattened one: header, no reservations, structure, strings."""
    names, strings = {}, bytearray()

    def offset(name):
        if name not in names:
            names[name] = len(strings)
            strings.extend(name.encode() + b"\0")
        return names[name]

    def node(name, content):
        out = struct.pack(">I", BEGIN_NODE) + pad(name.encode() + b"\0")
        for key, value in content.items():
            if not isinstance(value, dict):
                out += struct.pack(">3I", PROP, len(value), offset(key)) + pad(bytes(value))
        for key, value in content.items():
            if isinstance(value, dict):
                out += node(key, value)
        return out + struct.pack(">I", END_NODE)

    body = node("", tree) + struct.pack(">I", END)
    start = HEADER.size + 16
    return HEADER.pack(MAGIC, start + len(body) + len(strings), start, start + len(body), HEADER.size, version, 16, 0,
                       len(strings), len(body)) + bytes(16) + body + bytes(strings)


def unflatten(data, padding=True):
    """A flattened tree as one; refuses what is not exactly one of version 17 in packed form. svm-tool leaves something in
    the PADDING, which is zeros otherwise."""
    magic, total, at, strings, reservations, version, compatible, cpu, strings_size, size = HEADER.unpack_from(data)
    if (magic, version, compatible, cpu) != (MAGIC, 17, 16, 0):
        raise ValueError(f"header {magic:#x}, version {version}, {compatible}, CPU {cpu}")
    if reservations not in (40, 48) or (at, strings, total) != (reservations + 16, at + size, strings + strings_size):
        raise ValueError("blocks overlap, or are not packed")
    if total > len(data) or size % 4:
        raise ValueError("sizes are wrong")
    if any(data[40:at]):
        raise ValueError("it reserves memory")
    end, names = at + size, data[strings:total]
    seen = set()

    def word():
        nonlocal at
        at += 4
        return struct.unpack_from(">I", data, at - 4)[0]

    def text(block, where):
        stop = block.index(b"\0", where)
        return block[where:stop].decode("ascii"), stop

    def skip_padding(to):
        nonlocal at
        if padding and any(data[at:to]):
            raise ValueError("padding is not zero")
        at = to

    def node():
        nonlocal at
        content = {}
        while True:
            token = word()
            if token == END_NODE:
                return content
            if token == BEGIN_NODE:
                name, stop = text(data, at)
                at = stop + 1
                skip_padding(at + -at % 4)
                value = node()
            elif token == PROP:
                length, where = word(), word()
                name, stop = text(names, where)
                seen.update(range(where, stop + 1))
                value = bytes(data[at:at + length])
                at += length
                skip_padding(at + -at % 4)
            else:
                raise ValueError(f"token {token} at {at - 4:#x}")
            if name in content or at > end:
                raise ValueError(f"{name} comes twice, or runs over the end")
            content[name] = value

    if word() != BEGIN_NODE or word() != 0:
        raise ValueError("no root")
    tree = node()
    if word() != END or at != end:
        raise ValueError("something follows the root")
    if len(seen) != len(names):
        raise ValueError("strings that nobody uses")
    return tree


# ------------------------------------------------------------------------------------- making

def public_key(pem):
    """The RSA key of a PEM file: public key or certificate."""
    if b"CERTIFICATE" in pem:
        from cryptography import x509
        return x509.load_pem_x509_certificate(pem).public_key()
    return serialization.load_pem_public_key(pem)


def new_key(path, bits=2048):
    """Make PATH.pem (PKCS#1) and PATH.pub.pem; returns both, as paths."""
    key = rsa.generate_private_key(65537, bits)
    private, public = Path(f"{path}.pem"), Path(f"{path}.pub.pem")
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL,
                                          serialization.NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
    return private, public


def oaep():
    return padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


def digests(measured, initrd, bootargs, rtas=RTAS):
    """The flattened tree of digests: of bytes, or as they are given, 64 bytes and a size (measured: a pair)."""
    size, kernel = measured if isinstance(measured, tuple) else (len(measured), hashlib.sha512(measured).digest())
    return flatten({"compatible": b"ibm,esm\0", "digests": {
        "algorithm": b"SHA512\0", "rtas": rtas, "kernel": kernel, "kernel-size": struct.pack(">I", size),
        "initrd": hashlib.sha512(initrd).digest(), "bootargs": hashlib.sha512(bootargs.encode()).digest()}})


class Maker:
    """A blob in the making; each step may be done otherwise by a test that wants a bad one."""

    def __init__(self, recipients, digests_tree, files=None, key=None):
        """RECIPIENTS: (PEM, comment) each, the first for lockbox-1 and the origin; FILES: {name: bytes}; KEY: 32 bytes."""
        self.key = key or os.urandom(32)
        self.recipients = [item if isinstance(item, tuple) else (item, "") for item in recipients]
        self.digests, self.files = digests_tree, files or {}

    def encrypted(self, data):
        """What a sealed thing is: properties of a node."""
        iv = os.urandom(16)
        sealed = AESGCM(self.key).encrypt(iv, data, None)
        return {"algorithm": ALGORITHM, "untrusted-comment": b"\0", "iv": iv, "mac": sealed[-16:], "ciphertext": sealed[:-16]}

    def lockbox(self, pem, comment):
        return {"untrusted-comment": comment.encode() + b"\0", "encrypted-symkey": public_key(pem).encrypt(self.key, oaep()),
                "pubkey-fingerprint": {"algorithm": b"SHA256\0", "hash": hashlib.sha256(pem).digest()}}

    def files_tree(self):
        return {"compatible": b"ibm,esm-file\0", "files": {name: self.encrypted(data) for name, data in self.files.items()}}

    def tree(self):
        boxes = {"origin-lockbox": self.lockbox(*self.recipients[0])}
        boxes.update({f"lockbox-{n}": self.lockbox(*item) for n, item in enumerate(self.recipients, 1)})
        return {"compatible": b"ibm,esm\0", "lockboxes": boxes, "digest": {"digests-fdt": self.encrypted(self.digests)},
                "file": {"files-fdt": flatten(self.files_tree())} if self.files else {}}


def make(recipients, digests_tree, files=None, key=None):
    """A sound blob."""
    return flatten(Maker(recipients, digests_tree, files, key).tree())


def newc(name, data=b""):
    """One entry of a cpio archive."""
    header = b"070701" + b"".join(b"%08X" % word for word in (1, 0o100644 if data else 0o40755, 0, 0, 1, 0, len(data), 0, 0, 0, 0,
                                                             len(name) + 1, 0))
    return pad(header + name.encode() + b"\0") + pad(data)


def archive(blob, name="opt/ibm/pef/blob"):
    """As svm-tool has it attached: in front of an initrd."""
    folders = [newc(folder) for folder in (".", "opt", "opt/ibm", "opt/ibm/pef")]
    return pad(b"".join(folders) + newc(name, blob) + newc("TRAILER!!!"), 512)


# ------------------------------------------------------------------------------------ opening

class Opened:
    """A blob, held to the format; with a private key (PEM) what is in it, through the lockbox of that name."""

    def __init__(self, data, private=None, lockbox="lockbox-1"):
        self.size = HEADER.unpack_from(data)[1]
        tree = unflatten(data)
        exactly(tree, {"compatible", "lockboxes", "digest", "file"})
        same(tree["compatible"], b"ibm,esm\0")
        self.lockboxes = {name: self.read_lockbox(box) for name, box in tree["lockboxes"].items()}
        same(set(self.lockboxes), {"origin-lockbox"} | {f"lockbox-{n}" for n in range(1, len(self.lockboxes))})
        exactly(tree["digest"], {"digests-fdt"})
        self.check_sealed(tree["digest"]["digests-fdt"], DIGESTS_MAX)
        self.sealed_files, self.files_size = self.read_files(tree["file"])
        self.key = self.digests = self.files = None
        if private:
            key = serialization.load_pem_private_key(private, None)
            self.key = key.decrypt(self.lockboxes[lockbox]["encrypted-symkey"], oaep())
            same(len(self.key), 32)
            self.digests = self.read_digests(self.decrypt(tree["digest"]["digests-fdt"]))
            self.files = {name: self.decrypt(node) for name, node in self.sealed_files.items()}

    @staticmethod
    def read_lockbox(box):
        exactly(box, {"untrusted-comment", "encrypted-symkey", "pubkey-fingerprint"})
        finger = box["pubkey-fingerprint"]
        exactly(finger, {"algorithm", "hash"})
        same((finger["algorithm"], len(finger["hash"])), (b"SHA256\0", 32))
        same(len(box["encrypted-symkey"]) in (256, 384, 512), True)
        return {"comment": comment(box), "encrypted-symkey": box["encrypted-symkey"], "fingerprint": finger["hash"].hex()}

    @staticmethod
    def check_sealed(node, most):
        exactly(node, {"algorithm", "untrusted-comment", "iv", "mac", "ciphertext"})
        same((node["algorithm"], len(node["iv"]), len(node["mac"])), (ALGORITHM, 16, 16))
        same(0 < len(node["ciphertext"]) <= most, True)
        comment(node)

    def read_files(self, node):
        if not node:
            return {}, 0
        exactly(node, {"files-fdt"})
        data = node["files-fdt"]
        same(HEADER.unpack_from(data)[1], len(data))
        same(len(data) <= FILES_MAX, True)
        tree = unflatten(data)
        exactly(tree, {"compatible", "files"})
        same(tree["compatible"], b"ibm,esm-file\0")
        for name, sealed in tree["files"].items():
            same(bool(NAME.fullmatch(name)), True)
            self.check_sealed(sealed, 0xffff)
        return tree["files"], len(data)

    def decrypt(self, node):
        try:
            return AESGCM(self.key).decrypt(node["iv"], node["ciphertext"] + node["mac"], None)
        except InvalidTag:
            raise ValueError("a MAC is wrong") from None

    @staticmethod
    def read_digests(data):
        tree = unflatten(data)
        exactly(tree, {"compatible", "digests"})
        same((tree["compatible"], HEADER.unpack_from(data)[1]), (b"ibm,esm\0", len(data)))
        found = tree["digests"]
        exactly(found, {"algorithm", "rtas", "kernel", "initrd", "bootargs", "kernel-size"})
        same((found.pop("algorithm"), len(found["kernel-size"])), (b"SHA512\0", 4))
        size = struct.unpack(">I", found.pop("kernel-size"))[0]
        same({len(value) for value in found.values()}, {64})
        return {**{name: value.hex() for name, value in found.items()}, "kernel-size": size}


def comment(node):
    text = node["untrusted-comment"]
    same((text[-1:], b"\n" in text, text.count(b"\0")), (b"\0", False, 1))
    return text[:-1].decode()


def exactly(node, names):
    if not isinstance(node, dict) or set(node) != names:
        raise ValueError(f"{sorted(node)}, expected {sorted(names)}")


def same(found, wanted):
    if found != wanted:
        raise ValueError(f"{found!r}, expected {wanted!r}")


# ------------------------------------------------------------------------------- command line

def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("make")
    command.add_argument("--recipient", action="append", required=True, type=Path)
    command.add_argument("--file", action="append", default=[], metavar="NAME=PATH")
    command.add_argument("--measured", required=True, type=Path)
    command.add_argument("--initrd", required=True, type=Path)
    command.add_argument("--bootargs", required=True)
    command.add_argument("blob", type=Path)
    command = commands.add_parser("open")
    command.add_argument("--key", type=Path)
    command.add_argument("--lockbox", default="lockbox-1")
    command.add_argument("blob", type=Path)
    args = parser.parse_args()
    if args.command == "make":
        files = {name: Path(path).read_bytes() for name, path in (item.split("=", 1) for item in args.file)}
        args.blob.write_bytes(make([(path.read_bytes(), path.name) for path in args.recipient],
                                   digests(args.measured.read_bytes(), args.initrd.read_bytes(), args.bootargs), files))
        return 0
    blob = Opened(args.blob.read_bytes(), args.key.read_bytes() if args.key else None, args.lockbox)
    for name, box in blob.lockboxes.items():
        print(name, box["fingerprint"], box["comment"])
    for name, value in (blob.digests or {}).items():
        print(name, value)
    for name, sealed in blob.sealed_files.items():
        print("file", name, len(sealed["ciphertext"]), (blob.files or {}).get(name, ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
