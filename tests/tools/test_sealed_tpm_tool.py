# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/tpm: a TPM behind a tty that lasts as long as the command it is started for."""

import base64
import hashlib
import os
import select
import signal
import subprocess
import sys

import harness
import pytest
from test_qemu_line import names, wait_for

TOOL = harness.TOP / "tools/tpm"

GET_RANDOM = bytes.fromhex("80010000000c0000017b0008")
READ_PUBLIC = bytes.fromhex("80010000000e0000017381800001")

# Sends one command in pieces, and prints the reply, and whether more than one read() was needed.
TALK = """
import os, sys, time
tpm = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
for piece in sys.argv[2].split(","):
    os.write(tpm, bytes.fromhex(piece))
    time.sleep(0.1)
reply = os.read(tpm, 4096)
print(reply.hex(), int.from_bytes(reply[2:6], "big") == len(reply))
"""


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """The directory of a TPM with its key."""
    folder = tmp_path_factory.mktemp("machine") / "tpm"
    public = folder.parent / "public.pem"
    run("--state", folder, "--public", public)
    assert public.read_bytes() == (folder / "public.pem").read_bytes()
    return folder


def run(*args, **how):
    done = subprocess.run([TOOL, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=300, check=False, **how)
    assert done.returncode == 0, done.stderr
    return done.stdout


def talk(state, *pieces):
    reply, whole = run("--state", state, "--", sys.executable, "-c", TALK, "{tpm}", ",".join(map(bytes.hex, pieces))).split()
    assert whole == "True"
    return bytes.fromhex(reply)


def test_the_key_is_what_the_option_says(state):
    """Its Name is that of its public area, in which are its policy and, of the PEM file, its modulus."""
    option, path = run("--state", state, "--", "echo", "{uv.tpm}", "{tpm}").split()
    assert path.startswith("/dev/pts/") and option.startswith("uv.tpm=")
    handle, password, name, a, b = option.partition("=")[2].split(":")
    assert handle == "81800001" and len(bytes.fromhex(password)) >= 16
    reply = talk(state, READ_PUBLIC)
    assert reply[:2] == b"\x80\x01" and reply[6:10] == bytes(4)
    area = reply[12:12 + int.from_bytes(reply[10:12], "big")]
    assert name == "000b" + hashlib.sha256(area).hexdigest()
    policy = hashlib.sha256(bytes(32) + bytes.fromhex("00000171" + a + b)).digest()
    assert area[:4] == bytes.fromhex("0001000b") and policy in area
    der = base64.b64decode("".join((state / "public.pem").read_text().split("\n")[1:-2]))
    assert area[-256:] in der
    assert (state / "uv.tpm").stat().st_mode & 0o077 == 0
    assert run("--state", state, "--", "echo", "{uv.tpm}") == option + "\n", "another key"


def test_commands_in_pieces_are_put_together(state):
    reply = talk(state, GET_RANDOM[:1], GET_RANDOM[1:7], GET_RANDOM[7:])
    assert reply[:12] == bytes.fromhex("800100000014000000000008") and len(reply) == 20


@pytest.mark.parametrize("command", [
    GET_RANDOM[:9], GET_RANDOM[:11], GET_RANDOM + b"\0", bytes.fromhex("8001000000090000017b00"),
    bytes.fromhex("8001000010010000017b") + bytes(4086), bytes.fromhex("8001ffffffff0000017b"), b"x"],
    ids=["header", "short", "long", "9", "4097", "huge", "byte"])
def test_what_is_no_command_is_answered(state, command):
    """QEMU waits for an answer without end."""
    assert talk(state, command) == bytes.fromhex("80010000000a00000142")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_behind(tmp_path, number):
    folder = tmp_path / "tmp"
    folder.mkdir()
    with subprocess.Popen([TOOL, "--", "sh", "-c", "echo ready; exec sleep 100"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          env={**os.environ, "TMPDIR": str(folder)}, start_new_session=True) as process:
        assert select.select([process.stdout], [], [], 300)[0] and process.stdout.readline() == b"ready\n"
        assert len(names(process.pid)) == 3 and list(folder.iterdir())      # sleep, relay, TPM
        process.send_signal(number)
        assert process.wait(30) == -number
        wait_for(lambda: not names(process.pid))
    assert not list(folder.iterdir())


def test_status_and_complaints(tmp_path, state):
    for args, status, words in (
            ([], 2, "there has to be a --state"),
            (["--state", state, "--", "sh", "-c", "exit 7"], 7, ""),
            (["--state", state, "--", tmp_path / "none"], 127, f"{tmp_path}/none: No such file"),
            (["--state", "/dev/null", "--", "true"], 1, "/dev/null")):
        done = subprocess.run([TOOL, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=300, check=False)
        assert done.returncode == status and words in done.stderr and done.stderr.count("\n") == (words != "")


def test_a_state_that_is_none(tmp_path):
    (tmp_path / "tpm2-00.permall").write_bytes(b"x" * 100)
    done = subprocess.run([TOOL, "--state", tmp_path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=300, check=False)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "swtpm" in done.stderr, done.stderr
