# SPDX-License-Identifier: GPL-2.0-or-later
"""Proof of identity by SSH: the owner attaches a host key to the blob, has its public half in known_hosts, and logs in to the guest
that it is for, and to no other. The client is OpenSSH, the server Debian's dropbear. With TLS: test_sealed_identity.py."""

import subprocess

import harness
import pytest
import sealed
import secure

pytestmark = pytest.mark.all

WORDS = f"console=hvc0 quiet panic=-1 {harness.PATIENT}"


@pytest.fixture(scope="module")
def owner(tmp_path_factory):
    """What the owner makes: a host key and whom to trust, a key to log in with."""
    folder = tmp_path_factory.mktemp("owner")
    for name in ("hostkey", "login"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", folder / name], check=True)
    (folder / "known_hosts").write_text("guest " + (folder / "hostkey.pub").read_text())
    (folder / "passwd").write_text("root::0:0:root:/root:/bin/sh\n")
    return folder


def initramfs(owner, path, files=(), programs=()):
    """dropbear, the guest's side of pefboot-guest, who may log in, and /init. files, programs: more, as sealed.initramfs() has them."""
    tree = harness.deps("guest-dropbear") / "root"
    return sealed.initramfs(path, {
        "init": secure.INIT / "host-key", "bin/dropbearconvert": tree / "usr/lib/dropbear/dropbearconvert",
        "etc/passwd": owner / "passwd", "root/.ssh/authorized_keys": owner / "login.pub", **dict(files)},
        {"dropbear": tree, "dropbearkey": tree, **dict(programs)})


@pytest.fixture(scope="module")
def initrd(owner):
    return initramfs(owner, owner / "initramfs.gz")


@pytest.fixture(scope="module")
def bundle(owner, initrd):
    """The owner's: sealed to the machine's key."""
    unsealed = sealed.create(owner / "bundle.elf", secure.kernel().read_bytes(), initrd.read_bytes(), WORDS)
    return sealed.seal(unsealed, owner / "sealed.elf", {"hostkey": (owner / "hostkey").read_bytes()})


def network(port):
    return sealed.network(port, 4422)


def ssh(owner, port, command, data=b""):
    """As the owner types it, with data on standard input: status, what the guest said, what the client said."""
    options = ["BatchMode=yes", "IdentitiesOnly=yes", "StrictHostKeyChecking=yes", "GlobalKnownHostsFile=/dev/null", "HostKeyAlias=guest",
               f"UserKnownHostsFile={owner}/known_hosts"]
    done = subprocess.run(["ssh", "-F", "none", "-i", owner / "login", "-p", str(port), *(word for item in options for word in ("-o", item)),
                           "root@127.0.0.1", command], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=harness.BOOT_TIMEOUT, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_sealed_host_key_is_accepted(qemu, owner, bundle):
    port = sealed.free_port()
    child = qemu.spawn("--firmware", "ultravisor", "--mem", "512M", "--machine-key", "--disk", f"{bundle},ro", *network(port))
    child.expect("7/7 handoff world=secure")
    child.expect("identity: key 0")
    child.expect("identity: ready")
    assert ssh(owner, port, "tr -d '\\0' </proc/device-tree/chosen/pefboot/world") == (0, "secure", "")
    ssh(owner, port, "poweroff -f")
    child.expect("verdict emulated=1 world=secure .* leaked=0 ")


def test_sealed_host_key_of_a_normal_vm_is_refused(qemu, owner, initrd):
    """The host starts the same kernel and initrd without an ultravisor: it has no key that the owner knows. The client says so, and gives no command."""
    port = sealed.free_port()
    child = qemu.spawn("--firmware", "pefboot", "--mem", "512M", "--kernel", secure.kernel(), "--initrd", initrd, "--append", WORDS, *network(port))
    child.expect("identity: key 3")
    child.expect("identity: ready")
    status, said, complaint = ssh(owner, port, "echo logged in")
    assert (status, said) == (255, "") and "REMOTE HOST IDENTIFICATION HAS CHANGED" in complaint, complaint
