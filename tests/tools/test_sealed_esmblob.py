# SPDX-License-Identifier: GPL-2.0-or-later
"""The tests' own maker of ESM blobs: what it makes it opens, and what was changed it refuses."""

import re
import subprocess

import esmblob
import pytest

FILES = {"rootd": b"\0\n\xff" * 21 + b"\n", "ssh_host.key": bytes(range(256)) * 8}


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    return [tuple(path.read_bytes() for path in esmblob.new_key(folder / name)) for name in ("machine", "other")]


@pytest.fixture(scope="module")
def blob(keys):
    return esmblob.make([(keys[0][1], "machine"), (keys[1][1], "other")], esmblob.digests(b"kernel", b"initrd", "a b"), FILES)


def test_sealed_maker_and_opener(keys, blob):
    for (private, _), lockbox in zip(keys, ("lockbox-1", "lockbox-2")):
        opened = esmblob.Opened(blob, private, lockbox)
        assert opened.files == FILES and opened.digests["kernel-size"] == 6
        assert opened.digests["rtas"].startswith("18969863") and opened.digests["rtas"].endswith("7f48")
        assert opened.size == len(blob)
    assert esmblob.Opened(blob, keys[0][0], "origin-lockbox").key == opened.key
    with pytest.raises(ValueError):
        esmblob.Opened(blob, keys[1][0])


def test_sealed_maker_as_dtc_sees_it(blob):
    text = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts"], input=blob, stdout=subprocess.PIPE, check=True).stdout.decode()
    assert re.findall(r"(\S+) {", text)[:4] == ["/", "lockboxes", "origin-lockbox", "pubkey-fingerprint"]
    again = subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb"], input=text.encode(), stdout=subprocess.PIPE, check=True).stdout
    assert esmblob.unflatten(again) == esmblob.unflatten(blob)


def test_sealed_opener_sees_each_changed_bit(keys, blob):
    """But those of what nothing protects: comments, and fingerprints; other lockboxes can no longer be opened."""
    free = set()
    values = [b"machine", b"other"]
    for node in esmblob.unflatten(blob)["lockboxes"].values():
        values += [node["encrypted-symkey"], node["pubkey-fingerprint"]["hash"]]
    for value in values:
        for found in re.finditer(re.escape(value), blob):
            free.update(range(*found.span()))
    key, seen = esmblob.Opened(blob, keys[0][0]).key, 0
    for at in range(len(blob)):
        changed = bytearray(blob)
        changed[at] ^= 1
        try:
            opened = esmblob.Opened(bytes(changed))
            opened.key = key
            tree = esmblob.unflatten(bytes(changed))
            opened.read_digests(opened.decrypt(tree["digest"]["digests-fdt"]))
            found = {name: opened.decrypt(node) for name, node in opened.sealed_files.items()}
        except (ValueError, IndexError, esmblob.struct.error):
            seen += 1
            continue
        # the name of a file is bound to nothing: who can write the blob can swap two
        assert at in free or (set(found) != set(FILES) and list(found.values()) == list(FILES.values())), hex(at)
    assert seen > 1000
