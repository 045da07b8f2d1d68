# SPDX-License-Identifier: GPL-2.0-or-later
"""The ultravisor's dialogue with a TPM, compiled for this machine, with swtpm at the other end: no QEMU."""

import subprocess

import harness
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

SECRET = bytes(range(100, 132))
PUBLISHED = harness.TOP / "tests/host/data/esm/machine-key.pub.pem"


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tpm")
    subprocess.run([harness.TOP / "tools/tpm", "--state", folder], stdin=subprocess.DEVNULL, check=True, timeout=300)
    return folder


def sealed(public, secret=SECRET):
    """What a lockbox has for this key, in hexadecimal."""
    key = serialization.load_pem_public_key(public.read_bytes())
    return key.encrypt(secret, padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)).hex()


def opened(state, *lines):
    """What each of these lines of words for tpm-open says, of one TPM."""
    script = "".join(f"{harness.BUILD}/tpm-open '{{tpm}}' {option} {cipher} || :\n" for option, cipher in lines)
    done = subprocess.run([harness.TOP / "tools/tpm", "--state", state, "--", "sh", "-ec", script], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True, check=True, timeout=300)
    return done.stdout


def option(state, **changed):
    words = dict(zip(("handle", "password", "name", "a", "b"), (state / "uv.tpm").read_text().partition("=")[2].split(":")))
    return "uv.tpm=" + ":".join({**words, **changed}.values())


def test_it_opens_what_is_sealed_to_it(state):
    """More often than a TPM has sessions, some of which have failed: none is left in it."""
    good, bad = (option(state), sealed(state / "public.pem")), (option(state, password="00ff"), sealed(state / "public.pem"))
    said = opened(state, *[good, bad] * 5)
    assert said.count(SECRET.hex()) == 5 and said.count("tpm=RSA_Decrypt rc=0x9a2 name=TPM_RC_BAD_AUTH") == 5, said


def test_it_refuses(state):
    """Each step of the dialogue that can fail, with the words for it."""
    cipher = sealed(state / "public.pem")
    said = opened(state,
                  (option(state), sealed(PUBLISHED)),
                  (option(state, handle="81800002"), cipher),
                  (option(state, name="000b" + 64 * "0"), cipher),
                  (option(state, a=64 * "1"), cipher),
                  (option(state, b=64 * "1"), cipher),
                  (option(state), sealed(state / "public.pem", SECRET[:31])))
    lines = [line.partition("tpm=")[2] for line in said.splitlines() if "tpm=" in line]
    # swtpm has two codes for what is not sealed to it: its number is larger than the modulus, or its padding is wrong
    assert lines[0].startswith(("RSA_Decrypt rc=0x101 ", "RSA_Decrypt rc=0x1c4 ")) and "not encrypted to" in lines[0], said
    assert [line.partition(" hint=")[0] for line in lines[1:]] == [
        "ReadPublic rc=0x18b name=TPM_RC_HANDLE",
        'ReadPublic reply=refused why="another key than uv.tpm= names"', "PolicyOR rc=0x1c4 name=TPM_RC_VALUE",
        "RSA_Decrypt rc=0x99d name=TPM_RC_POLICY_FAIL", 'RSA_Decrypt reply=refused why="its parts do not fit"'], said
    assert said.count("does not open lockbox-1") == 6 and SECRET[:16].hex() not in said
