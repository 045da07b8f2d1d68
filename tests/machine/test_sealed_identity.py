# SPDX-License-Identifier: GPL-2.0-or-later
"""Proof of identity without a quote: the owner attaches a TLS key to the blob, and only the guest that it is for can answer.

The owner is `openssl s_client`, which trusts one certificate. The answer is to a challenge: in TLS 1.3 the server signs both
sides' random numbers."""

import subprocess

import harness
import pytest
import sealed
import secure

CONFIG = "[req]\ndistinguished_name = name\n[name]\n"
WORDS = f"console=hvc0 quiet panic=-1 {harness.PATIENT}"


@pytest.fixture(scope="module")
def owner(tmp_path_factory):
    """What the owner makes: a key with its certificate, kept together, and the certificate to trust."""
    folder = tmp_path_factory.mktemp("owner")
    (folder / "openssl.cnf").write_text(CONFIG)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=guest",
                    "-config", folder / "openssl.cnf", "-days", "3650", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True,
                   stderr=subprocess.DEVNULL)
    (folder / "identity.pem").write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
    return folder


@pytest.fixture(scope="module")
def initrd(owner):
    """openssl, the guest's side of pefboot-guest, and /init."""
    return sealed.initramfs(owner / "initramfs.gz", {"init": secure.INIT / "identity", "etc/openssl.cnf": owner / "openssl.cnf"},
                            {"openssl": harness.deps("guest-openssl") / "root"})


@pytest.fixture(scope="module")
def bundle(owner, initrd):
    """The owner's: sealed to the machine's key."""
    unsealed = sealed.create(owner / "bundle.elf", secure.kernel().read_bytes(), initrd.read_bytes(), WORDS)
    return sealed.seal(unsealed, owner / "sealed.elf", {"identity": (owner / "identity.pem").read_bytes()})


def network(port):
    return sealed.network(port, 4433)


def challenge(owner, port):
    """What s_client thinks of who answers there: its status, what it said."""
    done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", owner / "cert.pem", "-verify_return_error",
                           "-brief"], input="GET / HTTP/1.0\r\n\r\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=harness.BOOT_TIMEOUT, check=False)
    return done.returncode, done.stdout


def test_sealed_identity_is_accepted(qemu, owner, bundle):
    port = sealed.free_port()
    child = qemu.spawn("--firmware", "ultravisor", "--mem", "512M", "--machine-key", "--disk", f"{bundle},ro", *network(port))
    child.expect("7/7 handoff world=secure")
    child.expect("identity: key 0")
    child.expect("identity: ready")
    status, said = challenge(owner, port)
    assert status == 0 and "Verification: OK" in said, said
    child.expect("identity: served")
    child.expect("verdict emulated=1 world=secure .* leaked=0 ")


def test_sealed_identity_of_a_normal_vm_is_refused(qemu, owner, initrd):
    """The host starts the same kernel and initrd without an ultravisor, and answers with a key of its own."""
    port = sealed.free_port()
    child = qemu.spawn("--firmware", "pefboot", "--mem", "512M", "--kernel", secure.kernel(), "--initrd", initrd, "--append", WORDS, *network(port))
    child.expect("identity: key 3")
    child.expect("identity: ready")
    status, said = challenge(owner, port)
    assert status != 0 and "verify error" in said, said


@pytest.mark.all
@pytest.mark.parametrize("what", ("cmdline", "key"))
def test_sealed_identity_of_another_guest_is_refused(qemu, owner, bundle, initrd, tmp_path, what):
    """Another command line with the same blob, or another machine's key: there is nobody to answer."""
    key = ["--machine-key"]
    if what == "cmdline":
        other = sealed.create(tmp_path / "other.elf", secure.kernel().read_bytes(), initrd.read_bytes(), WORDS + " init=/bin/sh")
        sealed.move_blob(bundle, other)
    else:
        other = bundle
        key.append(sealed.new_key(tmp_path / "other.pem"))
    port = sealed.free_port()
    done = qemu("--firmware", "ultravisor", "--mem", "512M", *key, "--disk", f"{other},ro", *network(port))
    done.line("pefboot: FAIL 4/7 transition E405 ")
    status, said = challenge(owner, port)
    assert status != 0, said
