# SPDX-License-Identifier: GPL-2.0-or-later
"""pefboot-bundle digest, seal, info and verify of sealed bundles; the judge of a blob is tests/esmblob.py."""

import datetime
import hashlib
import json
import os
import re
import stat
import subprocess
import sys
import time

import esmblob
import harness
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

sys.path.insert(0, str(harness.TOP / "tests/machine"))
import disks  # noqa: E402 (needs the path above)

CMDLINE = 'console=hvc0 root="a b"'
KERNEL = disks.spin_elf(0x30000)
INITRD = disks.random_bytes("initrd", 100001)
SECRET = b"\0\n\xff\r" * 16
PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER


def tool(*args, status=0, **how):
    """Standard output of the tool, or all that it says where another status is expected."""
    done = subprocess.run([harness.BUILD / "pefboot-bundle", *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, check=False, **how)
    assert done.returncode == status, (done.stdout + done.stderr).decode()
    return done.stdout.decode() if status == 0 else (done.stdout + done.stderr).decode()


def create(folder, name="bundle.elf", initrd=INITRD, cmdline=CMDLINE, room="64K"):
    (folder / "kernel").write_bytes(KERNEL)
    (folder / "initrd").write_bytes(initrd or b"")
    tool("create", "--kernel", folder / "kernel", *(["--initrd", folder / "initrd"] if initrd else []),
         *(["--cmdline", cmdline] if cmdline else []), *([f"--blob-room={room}"] if room else []), "-o", folder / name)
    return folder / name


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """{name: (private, public)}, as paths"""
    folder = tmp_path_factory.mktemp("keys")
    made = {name: esmblob.new_key(folder / name) for name in ("machine", "other", "owner")}
    return {**made, "large": esmblob.new_key(folder / "large", 4096), "small": esmblob.new_key(folder / "small", 1024)}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return create(tmp_path_factory.mktemp("bundle"))


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret"
    path.write_bytes(SECRET)
    return path


def seal(bundle, keys, out, *args, names=("machine",), **how):
    recipients = [word for name in names for word in ("--recipient", keys[name][1])]
    return tool("seal", *recipients, *args, "-o", out, bundle, **how)


def place(path):
    """Offset of the blob's place in the file, and its size."""
    found = json.loads(tool("info", "--json", path))["blob"]
    return 0x10000 + found["offset"], found["room"]


def blob_of(path):
    at, room = place(path)
    data = path.read_bytes()[at:at + room]
    return data[:int.from_bytes(data[4:8], "big")]


def with_blob(path, blob, out):
    """The bundle with another blob in its place."""
    at, room = place(path)
    data = path.read_bytes()
    out.write_bytes(data[:at] + blob.ljust(room, b"\0") + data[at + room:])
    return out


def opened(path, keys, name="machine", lockbox="lockbox-1"):
    return esmblob.Opened(blob_of(path), keys[name][0].read_bytes(), lockbox)


def expected(path):
    info, data = json.loads(tool("info", "--json", path)), path.read_bytes()
    end = info["kernel"]["offset"] + info["kernel"]["size"]
    return {"kernel": hashlib.sha512(data[0x10000:0x10000 + end]).hexdigest(), "initrd": hashlib.sha512(INITRD).hexdigest(),
            "bootargs": hashlib.sha512(CMDLINE.encode()).hexdigest(), "rtas": esmblob.RTAS.hex(), "kernel-size": end}


# ------------------------------------------------------------------------------------- digest

def test_sealed_digest(bundle):
    found = json.loads(tool("digest", "--json", bundle))
    assert found.pop("algorithm") == "SHA512"
    assert found == expected(bundle)
    assert dict(line.split() for line in tool("digest", bundle).splitlines()) == {name: str(value) for name, value in found.items()}


def test_sealed_digest_for_svm_tool(bundle, tmp_path):
    """What svm-tool measures: bytes of files, and what objcopy makes of the kernel; the same that digest prints."""
    text = tool("digest", "--svm-tool", tmp_path, bundle)
    words = dict(re.findall(r"(args|initramfs|kernel): (.*)", text))
    wanted = expected(bundle)
    assert hashlib.sha512(json.loads(words["args"]).encode()).hexdigest() == wanted["bootargs"]
    with open(json.loads(words["initramfs"]), "rb") as file:
        assert hashlib.sha512(file.read()).hexdigest() == wanted["initrd"]
    subprocess.run(["powerpc64-linux-gnu-objcopy", "-O", "binary", "-S", json.loads(words["kernel"]), tmp_path / "flat"], check=True)
    flat = (tmp_path / "flat").read_bytes()
    assert (hashlib.sha512(flat).hexdigest(), len(flat)) == (wanted["kernel"], wanted["kernel-size"])
    assert re.findall(r"^- (\w+):$", text, re.M) == ["origin", "recipient", "digest"]


@pytest.mark.parametrize("how,message", [({"room": None}, "create --blob-room"), ({"initrd": None}, "has no initrd"),
                                         ({"cmdline": None}, "has no cmdline")], ids=["version-1", "initrd", "cmdline"])
def test_sealed_cannot_be(tmp_path, keys, secret, how, message):
    """What no ultravisor that opens blobs would take."""
    path = create(tmp_path, **how)
    assert message in tool("digest", path, status=1)
    assert message in seal(path, keys, tmp_path / "out", status=1)
    assert not (tmp_path / "out").exists()


def test_sealed_digest_of_a_changed_bundle(bundle, tmp_path):
    data = bytearray(bundle.read_bytes())
    data[0x10000 + json.loads(tool("info", "--json", bundle))["initrd"]["offset"]] ^= 1
    (tmp_path / "changed").write_bytes(data)
    assert "its initrd differs from its digest in the manifest" in tool("digest", tmp_path / "changed", status=1)


# --------------------------------------------------------------------------------------- seal

def test_sealed_opens_by_the_independent_opener(bundle, keys, secret, tmp_path):
    path = tmp_path / "sealed.elf"
    text = seal(bundle, keys, path, "--file", f"rootd={secret}", "--file", f"A-1,x.y_+={secret}", names=("machine", "other"))
    for name, lockbox in (("machine", "lockbox-1"), ("other", "lockbox-2"), ("machine", "origin-lockbox")):
        blob = opened(path, keys, name, lockbox)
        assert blob.files == {"rootd": SECRET, "A-1,x.y_+": SECRET}
        assert blob.digests == expected(bundle)
        assert blob.lockboxes[lockbox]["fingerprint"] == hashlib.sha256(keys[name][1].read_bytes()).hexdigest()
        assert blob.lockboxes[lockbox]["comment"] == f"{name}.pub.pem"
    assert "the published ultravisor opens lockbox-1 only" in text
    assert f"blob     {blob.size} bytes" in text and f"room for {65536 - blob.files_size} more" in text


def test_sealed_for_an_origin(bundle, keys, secret, tmp_path):
    """The owner's own key opens a lockbox that no ultravisor looks at."""
    path = tmp_path / "sealed.elf"
    text = seal(bundle, keys, path, "--origin", keys["owner"][1], "--file", f"rootd={secret}")
    assert opened(path, keys, "owner", "origin-lockbox").files == {"rootd": SECRET}
    assert opened(path, keys).files == {"rootd": SECRET}
    assert "lockbox-1 only" not in text


def test_sealed_without_files(bundle, keys, tmp_path):
    """Digests alone: a guest that is what its owner meant, and gets nothing else."""
    seal(bundle, keys, tmp_path / "sealed.elf")
    assert opened(tmp_path / "sealed.elf", keys).files == {}


def test_sealed_changes_only_its_place(bundle, keys, secret, tmp_path):
    """Also when what is sealed has been sealed before, for somebody else, with more."""
    first, second = tmp_path / "first.elf", tmp_path / "second.elf"
    (tmp_path / "long").write_bytes(bytes(30000))
    seal(bundle, keys, first, "--file", f"rootd={tmp_path / 'long'}")
    seal(first, keys, second, "--file", f"rootd={secret}", names=("other",))
    at, room = place(bundle)
    before = bundle.read_bytes()
    for path in first, second:
        after = path.read_bytes()
        assert after[:at] == before[:at] and after[at + room:] == before[at + room:]
        assert tool("digest", path) == tool("digest", bundle)
    assert not any(second.read_bytes()[at + len(blob_of(second)):at + room])
    assert opened(second, keys, "other").files == {"rootd": SECRET}
    with pytest.raises(ValueError):
        opened(second, keys, "machine")


def test_sealed_in_place(bundle, keys, secret, tmp_path):
    path = tmp_path / "bundle.elf"
    path.write_bytes(bundle.read_bytes())
    seal(path, keys, path, "--file", f"rootd={secret}")
    assert opened(path, keys).files == {"rootd": SECRET}


def test_sealed_to_standard_output(bundle, keys, secret, tmp_path):
    done = subprocess.run([harness.BUILD / "pefboot-bundle", "seal", "--recipient", keys["machine"][1], "--file", f"rootd={secret}",
                           "-o", "-", bundle], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
    (tmp_path / "sealed.elf").write_bytes(done.stdout)
    assert opened(tmp_path / "sealed.elf", keys).files == {"rootd": SECRET} and b"file rootd, 64 bytes" in done.stderr


def without_random(tree):
    """A blob's tree with zeros for what has to be random."""
    random = ("iv", "mac", "ciphertext", "encrypted-symkey")
    return {name: without_random(value) if isinstance(value, dict) else
            without_random(esmblob.unflatten(value)) if name == "files-fdt" else
            bytes(len(value)) if name in random else value for name, value in tree.items()}


def test_sealed_random_is_only_what_must_be(bundle, keys, secret, tmp_path):
    """Sealed twice: the same size and form; key, IVs and lockboxes differ, so nothing says that the files are the same."""
    blobs, values = [], []
    for name in "ab":
        seal(bundle, keys, tmp_path / name, "--file", f"x={secret}", "--file", f"y={secret}", names=("machine", "other"))
        blobs.append(blob_of(tmp_path / name))
        found = opened(tmp_path / name, keys)
        values += [found.key] + [box["encrypted-symkey"] for box in found.lockboxes.values()]
        values += [node[part] for node in found.sealed_files.values() for part in ("iv", "mac", "ciphertext")]
        values.append(esmblob.unflatten(blobs[-1])["digest"]["digests-fdt"]["iv"])
    assert len(blobs[0]) == len(blobs[1])
    assert without_random(esmblob.unflatten(blobs[0])) == without_random(esmblob.unflatten(blobs[1]))
    assert len(set(values)) == len(values) == 22


def test_sealed_files_of_64_kib_with_their_tree(bundle, keys, tmp_path):
    """The ultravisor copies them into a page of that size unchecked. Not a byte more."""
    path = tmp_path / "sealed.elf"
    (tmp_path / "a").write_bytes(bytes(30000))
    (tmp_path / "b").write_bytes(bytes(30000))
    wide = create(tmp_path, "wide.elf", room="128K")
    args = ["--file", f"a={tmp_path / 'a'}", "--file", f"b={tmp_path / 'b'}"]
    left = int(re.search(r"room for (\d+) more", seal(wide, keys, path, *args))[1])
    most, over = 30000 + left - left % 4, left % 4    # a tree grows by 4 bytes
    (tmp_path / "b").write_bytes(bytes(most))
    assert f"room for {over} more" in seal(wide, keys, path, *args)
    assert opened(path, keys).files_size == 65536 - over
    (tmp_path / "b").write_bytes(bytes(most + 1))
    assert f"are {65540 - over} bytes, 65536 at most: {4 - over} too many" in seal(wide, keys, tmp_path / "out", *args, status=1)
    (tmp_path / "b").write_bytes(bytes(most))
    assert re.search(r"a blob of \d+ bytes, and room for 65536: \d+ too many", seal(bundle, keys, tmp_path / "out", *args, status=1))
    (tmp_path / "b").write_bytes(bytes(65536))
    assert "more than the 65535 bytes" in seal(wide, keys, tmp_path / "out", *args, status=1)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["", "1a", "-a", "a" * 32, "a/b", "a b", "ä", ".x"])
def test_sealed_bad_name(bundle, keys, secret, tmp_path, name):
    assert "--file NAME=PATH" in seal(bundle, keys, tmp_path / "out", "--file", f"{name}={secret}", status=1)
    assert not (tmp_path / "out").exists()


def test_sealed_longest_name(bundle, keys, secret, tmp_path):
    seal(bundle, keys, tmp_path / "out", "--file", f"{'a' * 31}={secret}")
    assert list(opened(tmp_path / "out", keys).files) == ["a" * 31]


@pytest.mark.parametrize("args,message", [
    (["--file", "x"], "--file NAME=PATH"), (["--file", "x=none"], "none: No such file"), (["--file", "x=empty"], "empty is empty"),
    (["--file", "x=fd:99"], "fd:99: Bad file"), (["--file", "x=fd:"], "fd: is no descriptor"), (["--file", "x=fd:1x"], "is no descriptor"),
    (["--file", "x=secret", "--file", "x=secret"], "two files are called x"), (["--origin", "none"], "none: No such file")])
def test_sealed_bad_file(bundle, keys, secret, tmp_path, args, message):
    (tmp_path / "empty").touch()
    assert message in seal(bundle, keys, tmp_path / "out", *args, status=1, cwd=tmp_path)
    assert not (tmp_path / "out").exists()


# ------------------------------------------------------------------------------------ secrets

def test_sealed_secret_through_a_descriptor(bundle, keys, tmp_path):
    """Any bytes, from pipes: no secret needs to be in a file."""
    pipes = [os.pipe() for _ in range(2)]
    for content, (_, end) in zip((SECRET, b"x"), pipes):
        os.write(end, content)
        os.close(end)
    files = [word for name, (end, _) in zip("ab", pipes) for word in ("--file", f"{name}=fd:{end}")]
    seal(bundle, keys, tmp_path / "out", *files, "--file", "c=fd:0", pass_fds=[end for end, _ in pipes], input=b"standard input")
    assert opened(tmp_path / "out", keys).files == {"a": SECRET, "b": b"x", "c": b"standard input"}


def test_sealed_says_no_secret(bundle, keys, tmp_path):
    """Neither seal nor info nor verify, and not in the file."""
    word = b"a-secret-that-is-nowhere"
    path = tmp_path / "sealed.elf"
    text = seal(bundle, keys, path, "--file", "x=fd:0", input=word)
    text += tool("info", path) + tool("info", "--json", path) + tool("verify", path) + tool("verify", "--key", keys["machine"][0], path)
    assert word.decode() not in text and word not in path.read_bytes()
    assert opened(path, keys).key not in path.read_bytes() and opened(path, keys).key.hex() not in text
    digests = bytes.fromhex(expected(bundle)["kernel"])
    assert digests not in path.read_bytes()


def memory_of(pid):
    """What a process can write, as bytes."""
    found = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            start, end, mode = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if mode.startswith("rw"):
                memory.seek(int(start, 16))
                found.append(memory.read(int(end, 16) - int(start, 16)))
    return b"".join(found)


def wait_for(condition):
    for _ in range(500):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it does not happen")


def test_sealed_secrets_are_wiped_before_anything_is_written(bundle, keys, tmp_path):
    """The program waits for a reader of its output: its memory has the file's secret in it no more, nor the blob's key.
    Before, while it waits for its input, that memory is locked, and may not be dumped."""
    if os.geteuid() != 0:
        pytest.skip("not root")
    fifo, word = tmp_path / "out", b"a-secret-that-is-wiped" * 2
    os.mkfifo(fifo)
    done = subprocess.Popen([harness.BUILD / "pefboot-bundle", "seal", "--recipient", keys["machine"][1], "--file", "x=fd:0",
                             "-o", fifo, bundle], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path)
    wait_for(lambda: "VmLck:\t       0" not in open(f"/proc/{done.pid}/status").read())
    done.stdin.write(word)
    done.stdin.flush()
    wait_for(lambda: word in memory_of(done.pid))   # the test can see it while it is there
    assert stat.S_IMODE(os.stat(f"/proc/{done.pid}/mem").st_mode) and os.stat(f"/proc/{done.pid}/maps").st_uid == 0
    done.stdin.close()
    wait_for(lambda: "wait_for_partner" in open(f"/proc/{done.pid}/wchan").read() or "fifo" in open(f"/proc/{done.pid}/wchan").read())
    memory = memory_of(done.pid)
    (tmp_path / "sealed.elf").write_bytes(fifo.read_bytes())
    assert done.wait(10) == 0
    key = opened(tmp_path / "sealed.elf", keys).key
    assert opened(tmp_path / "sealed.elf", keys).files == {"x": word}
    assert blob_of(tmp_path / "sealed.elf") in memory
    assert word not in memory and word[:16] not in memory
    assert key not in memory and key[:16] not in memory
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "sealed.elf"]


# --------------------------------------------------------------------------------------- keys

def certificate(private):
    key = serialization.load_pem_private_key(private.read_bytes(), None)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "machine")])
    when = datetime.datetime(2026, 1, 1)
    return x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7).not_valid_before(
        when).not_valid_after(when + datetime.timedelta(days=1)).sign(key, hashes.SHA256()).public_bytes(PEM)


def pkcs1(private):
    key = serialization.load_pem_private_key(private.read_bytes(), None)
    return key.public_key().public_bytes(PEM, serialization.PublicFormat.PKCS1)


@pytest.mark.parametrize("make", [
    lambda private, public: certificate(private), lambda private, public: pkcs1(private),
    lambda private, public: public.read_bytes().rstrip(b"\n"), lambda private, public: public.read_bytes().replace(b"\n", b"\r\n"),
    lambda private, public: b"machine 7 of the third rack\n" + public.read_bytes()],
    ids=["certificate", "pkcs1", "no-newline", "crlf", "text-before"])
def test_sealed_forms_of_a_public_key(bundle, keys, secret, tmp_path, make):
    """The fingerprint is of the file's bytes, whatever they are."""
    content = make(*keys["machine"])
    (tmp_path / "key").write_bytes(content)
    tool("seal", "--recipient", tmp_path / "key", "--file", f"x={secret}", "-o", tmp_path / "out", bundle)
    blob = opened(tmp_path / "out", keys)
    assert blob.files == {"x": SECRET}
    assert blob.lockboxes["lockbox-1"]["fingerprint"] == hashlib.sha256(content).hexdigest()


def elliptic():
    return ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize("make,message", [
    (lambda private, public: private.read_bytes(), "is a private key"), (lambda private, public: b"", "is no PEM file"),
    (lambda private, public: public.read_bytes()[:200], "is no PEM file"), (lambda private, public: elliptic(), "no RSA public key"),
    (lambda private, public: public.read_bytes()[:60] + b"A" + public.read_bytes()[61:], "no RSA public key"),
    (lambda private, public: bytes(20000), "more than the 16383 bytes")],
    ids=["private", "empty", "cut", "elliptic", "changed", "large"])
def test_sealed_bad_public_key(bundle, keys, tmp_path, make, message):
    (tmp_path / "key").write_bytes(make(*keys["machine"]))
    assert message in tool("seal", "--recipient", tmp_path / "key", "-o", tmp_path / "out", bundle, status=1)
    assert not (tmp_path / "out").exists()


def test_sealed_key_cut_anywhere(bundle, keys, tmp_path):
    """A DER that ends too early, or with a length that says too much: refused, or read as the key that it is."""
    whole = serialization.load_pem_public_key(keys["machine"][1].read_bytes()).public_bytes(
        DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    path = tmp_path / "key"

    def pem(der):
        body = subprocess.run(["base64", "-w64"], input=der, stdout=subprocess.PIPE, check=True).stdout
        path.write_bytes(b"-----BEGIN PUBLIC KEY-----\n" + body + b"-----END PUBLIC KEY-----\n")

    for cut in [*range(0, 40, 3), 100, 200, len(whole) - 1]:
        pem(whole[:cut])
        assert "no RSA public key" in tool("seal", "--recipient", path, "-o", tmp_path / "out", bundle, status=1)
    for at in range(0, 40, 3):
        for value in (0, 0x80, 0x84, 0xff):
            pem(whole[:at] + bytes([value]) + whole[at + 1:])
            done = subprocess.run([harness.BUILD / "pefboot-bundle", "seal", "--recipient", path, "-o", tmp_path / "out", bundle],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            assert done.returncode in (0, 1)


def test_sealed_sizes_of_keys(bundle, keys, secret, tmp_path):
    """The first is the machine's, and its TPM has 2048 bits."""
    path, args = tmp_path / "out", ["--file", f"x={secret}"]
    seal(bundle, keys, path, *args, names=("machine", "large"))
    assert opened(path, keys, "large", "lockbox-2").files == {"x": SECRET}
    assert "the first recipient needs a key of 2048 bits" in seal(bundle, keys, path, *args, names=("large",), status=1)
    assert "no RSA public key of 2048 to 4096 bits" in seal(bundle, keys, path, *args, names=("small",), status=1)
    assert "is given twice" in seal(bundle, keys, path, *args, names=("machine", "machine"), status=1)


# ---------------------------------------------------------------------------- info and verify

def test_sealed_info(bundle, keys, secret, tmp_path):
    path = tmp_path / "sealed.elf"
    seal(bundle, keys, path, "--origin", keys["owner"][1], "--file", f"rootd={secret}", "--file", f"b={secret}")
    found = json.loads(tool("info", "--json", path))["blob"]
    print_of = {name: hashlib.sha256(keys[name][1].read_bytes()).hexdigest() for name in ("owner", "machine")}
    assert found["lockboxes"] == [
        {"name": "origin-lockbox", "sha256": print_of["owner"], "comment": "owner.pub.pem"},
        {"name": "lockbox-1", "sha256": print_of["machine"], "comment": "machine.pub.pem"}]
    assert found["files"] == [{"name": "rootd", "size": 64}, {"name": "b", "size": 64}]
    assert found["size"] == len(blob_of(path)) and found["files_size"] == esmblob.Opened(blob_of(path)).files_size
    text = tool("info", path)
    assert f'lockbox-1 sha256 {print_of["machine"]} "machine.pub.pem"' in text and "file rootd, 64 bytes" in text
    assert "lockboxes" not in json.loads(tool("info", "--json", bundle))["blob"]


def test_sealed_verify(bundle, keys, secret, tmp_path):
    path = tmp_path / "sealed.elf"
    seal(bundle, keys, path, "--file", f"rootd={secret}", "--origin", keys["owner"][1])
    assert "well formed; what it demands and holds cannot be told without a key" in tool("verify", path)
    for name, lockbox in (("machine", "lockbox-1"), ("owner", "origin-lockbox")):
        text = tool("verify", "--key", keys[name][0], path)
        assert re.findall(r"^blob +(.*)$", text, re.M) == [f"{lockbox} opens", "ok: digests are this bundle's, MACs are right"]
    assert "no lockbox opens with this key" in tool("verify", "--key", keys["other"][0], path, status=1)
    assert "is not sealed" in tool("verify", "--key", keys["machine"][0], bundle, status=1)
    assert "blob     none" in tool("verify", bundle)


def test_sealed_forms_of_a_private_key(bundle, keys, tmp_path):
    path = tmp_path / "sealed.elf"
    seal(bundle, keys, path, names=("machine", "large"))
    key = serialization.load_pem_private_key(keys["machine"][0].read_bytes(), None)
    form = serialization.PrivateFormat
    eight = key.private_bytes(PEM, form.PKCS8, serialization.NoEncryption())
    assert "blob     ok" in tool("verify", "--key", "fd:0", path, input=eight)
    assert "blob     lockbox-2 opens\n" in tool("verify", "--key", keys["large"][0], path)
    for how in form.PKCS8, form.TraditionalOpenSSL:
        closed = key.private_bytes(PEM, how, serialization.BestAvailableEncryption(b"x"))
        assert re.search("no private key that is not encrypted|no RSA private key|no PEM file", tool("verify", "--key", "fd:0", path, input=closed, status=1))
    assert "no private key that is not encrypted, but PUBLIC KEY" in tool("verify", "--key", keys["machine"][1], path, status=1)


def test_sealed_blob_of_another_bundle(bundle, keys, tmp_path):
    """It is well formed; only a key shows that it demands another kernel, initrd, or command line."""
    for what, how in (("initrd", {"initrd": INITRD[:-1]}), ("bootargs", {"cmdline": CMDLINE + " x"})):
        other = create(tmp_path, "other.elf", **how)
        seal(other, keys, tmp_path / "sealed.elf")
        mixed = with_blob(bundle, blob_of(tmp_path / "sealed.elf"), tmp_path / "mixed.elf")
        tool("verify", mixed)
        assert f"its digest {what} is not this bundle's" in tool("verify", "--key", keys["machine"][0], mixed, status=1)
    assert "its digest kernel is not this bundle's" in tool("verify", "--key", keys["machine"][0], mixed, status=1)


def test_sealed_by_others(bundle, keys, tmp_path):
    """A blob of the independent maker; and its digests, each changed, are noticed."""
    found, recipient = expected(bundle), keys["machine"][1].read_bytes()
    measured = (found["kernel-size"], bytes.fromhex(found["kernel"]))
    path = with_blob(bundle, esmblob.make([recipient], esmblob.digests(measured, INITRD, CMDLINE), {"x": SECRET}), tmp_path / "out")
    assert "blob     ok" in tool("verify", "--key", keys["machine"][0], path)
    for size, message in ((found["kernel-size"] + 1, "its kernel-size is"), (found["kernel-size"], "its digest rtas")):
        digests = esmblob.digests((size, measured[1]), INITRD, CMDLINE, rtas=bytes(64))
        with_blob(bundle, esmblob.make([recipient], digests), path)
        assert message in tool("verify", "--key", keys["machine"][0], path, status=1)


def broken(change):
    """A change of a blob's tree, before it is flattened."""
    def make(maker):
        tree = maker.tree()
        change(tree)
        return esmblob.flatten(tree)
    return make


def changed_files(change):
    def make(maker):
        tree, files = maker.tree(), maker.files_tree()
        change(files)
        tree["file"]["files-fdt"] = esmblob.flatten(files)
        return esmblob.flatten(tree)
    return make


def swap_names(files):
    files["files"] = {"a/b": files["files"]["x"]}


BROKEN = {
    "no lockbox-1": (broken(lambda t: t["lockboxes"].pop("lockbox-1")), "it has no lockbox-1"),
    "lockbox name": (broken(lambda t: t["lockboxes"].update({"lockbox-01": t["lockboxes"]["lockbox-1"]})), "a lockbox has a wrong name"),
    "lockbox size": (broken(lambda t: t["lockboxes"]["lockbox-1"].update({"encrypted-symkey": bytes(384)})), "not for a key of 2048 bits"),
    "lockboxes": (broken(lambda t: t["lockboxes"].update({f"lockbox-{n}": t["lockboxes"]["lockbox-1"] for n in range(2, 18)})),
                  "too many lockboxes"),
    "fingerprint": (broken(lambda t: t["lockboxes"]["lockbox-1"]["pubkey-fingerprint"].update({"hash": bytes(31)})), "the wrong size"),
    "algorithm": (broken(lambda t: t["digest"]["digests-fdt"].update({"algorithm": b"AES128-GCM\0"})), "not AES256-GCM"),
    "no digest": (broken(lambda t: t["digest"].clear()), "it has no digests"),
    "iv": (broken(lambda t: t["digest"]["digests-fdt"].update({"iv": bytes(12)})), "the wrong size"),
    "mac": (broken(lambda t: t["digest"]["digests-fdt"].update({"mac": bytes(15)})), "the wrong size"),
    "digests": (broken(lambda t: t["digest"]["digests-fdt"].update({"ciphertext": bytes(4097)})), "the wrong size"),
    "no comment": (broken(lambda t: t["digest"]["digests-fdt"].pop("untrusted-comment")), "too many properties, or too few"),
    "comment": (broken(lambda t: t["lockboxes"]["lockbox-1"].update({"untrusted-comment": b"a\nb\0"})), "or is no text"),
    "more": (broken(lambda t: t["digest"]["digests-fdt"].update({"more": b""})), "too many properties"),
    "another": (broken(lambda t: t.update({"compatible": b"ibm,esm2\0"})), "a tree is another one"),
    "version": (lambda maker: esmblob.flatten(maker.tree(), version=16), "a tree is broken"),
    "files version": (broken(lambda t: t["file"].update({"files-fdt": esmblob.flatten(
        {"compatible": b"ibm,esm-file\0", "files": {}}, version=2)})), "a tree is broken"),
    "node": (broken(lambda t: t.update({"more": {}})), "a tree is another one"),
    "files broken": (broken(lambda t: t["file"].update({"files-fdt": t["file"]["files-fdt"][:-1]})), "a tree is broken"),
    "files large": (broken(lambda t: t["file"].update({"files-fdt": t["file"]["files-fdt"].ljust(65537, b"\0")})), "more than 64 KiB"),
    "file name": (changed_files(swap_names), "a file has a wrong name"),
    "file empty": (changed_files(lambda t: t["files"]["x"].update({"ciphertext": b""})), "the wrong size"),
    "file large": (changed_files(lambda t: t["files"]["x"].update({"ciphertext": bytes(65536)})), "more than 64 KiB"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_sealed_malformed(bundle, keys, tmp_path, case):
    make, message = BROKEN[case]
    wide = create(tmp_path, room="128K")
    maker = esmblob.Maker([keys["machine"][1].read_bytes()], esmblob.digests(b"k", INITRD, CMDLINE), {"x": SECRET})
    path = with_blob(wide, make(maker), tmp_path / "out")
    assert f"malformed: {message}" in re.sub(r"malformed: .*(?=" + re.escape(message) + ")", "malformed: ", tool("verify", path, status=1))
    assert "malformed: " in tool("info", path) and "malformed" in json.loads(tool("info", "--json", path))["blob"]


def test_sealed_each_changed_bit(bundle, keys, secret, tmp_path):
    """verify --key sees it, or it is a bit that nothing protects; without a crash in either case."""
    path = tmp_path / "sealed.elf"
    seal(bundle, keys, path, "--file", f"rootd={secret}")
    at, _ = place(path)
    data, blob = path.read_bytes(), blob_of(path)
    tree = esmblob.unflatten(blob)
    free = set()
    for value in [tree["lockboxes"]["lockbox-1"]["pubkey-fingerprint"]["hash"], b"machine.pub.pem", b"rootd"]:
        for found in re.finditer(re.escape(value), blob):
            free.update(range(*found.span()))
    key, missed = keys["machine"][0].read_bytes(), []
    for bit in range(0, len(blob) * 8, 61):
        changed = bytearray(data)
        changed[at + bit // 8] ^= 1 << bit % 8
        (tmp_path / "changed").write_bytes(changed)
        done = subprocess.run([harness.BUILD / "pefboot-bundle", "verify", "--key", "fd:0", tmp_path / "changed"], input=key,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        assert done.returncode in (0, 1)
        missed += [bit // 8] * (done.returncode == 0)
    # versions and boot CPU in the headers of both trees, and what is zero between values, are not looked at
    for header in (0, blob.index(tree["file"]["files-fdt"])):
        free.update(range(header + 20, header + 32))
    assert [hex(byte) for byte in missed if byte not in free and blob[byte]] == []
    assert len(missed) < len(blob) * 8 / 61 / 4


# ------------------------------------------------------------------------ rollback, as docs/secrets.md says

def test_sealed_rollback_ends_with_a_new_volume_key(keys, tmp_path):
    """An old sealed bundle opens what it has sealed, for ever; so what it opens has to become worthless."""
    old, new = create(tmp_path, "old.elf", cmdline=CMDLINE), create(tmp_path, "new.elf", cmdline=CMDLINE + " fixed")
    first, second = os.urandom(64), os.urandom(64)
    seal(old, keys, tmp_path / "old.sealed", "--file", "rootd=fd:0", input=first)
    seal(new, keys, tmp_path / "same.sealed", "--file", "rootd=fd:0", input=first)
    assert opened(tmp_path / "old.sealed", keys).files == opened(tmp_path / "same.sealed", keys).files   # a host may still boot the old one
    seal(new, keys, tmp_path / "new.sealed", "--file", "rootd=fd:0", input=second)
    assert opened(tmp_path / "old.sealed", keys).files == {"rootd": first}
    assert opened(tmp_path / "new.sealed", keys).files == {"rootd": second}
    # and the new blob does not work for the old bundle
    mixed = with_blob(old, blob_of(tmp_path / "new.sealed"), tmp_path / "mixed")
    assert "its digest bootargs is not this bundle's" in tool("verify", "--key", keys["machine"][0], mixed, status=1)


@pytest.mark.parametrize("args", [["seal"], ["seal", "x"], ["seal", "--recipient", "k", "x"], ["seal", "-o", "o", "x"], ["digest"]])
def test_sealed_usage(args):
    assert "usage: pefboot-bundle" in tool(*args, status=2)
