# SPDX-License-Identifier: GPL-2.0-or-later
"""The key that opens a blob is in the machine's TPM, as on hardware: QEMU's spapr-tpm-proxy, and swtpm."""

import subprocess

import harness
import pytest
import sealed
from test_sealed_blob import SECRET, check_given, guest, kernel     # pylint: disable=unused-import


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """The state of a machine's TPM."""
    folder = tmp_path_factory.mktemp("tpm") / "machine"
    subprocess.run([harness.TOP / "tools/tpm", "--state", folder], stdin=subprocess.DEVNULL, check=True, timeout=300)
    return folder


@pytest.mark.parametrize("version", ["own", "10.0"])
def test_sealed_to_the_tpm(qemu, guest, machine, version):
    """A guest reads the file that is sealed to the public key of its machine's TPM."""
    child = qemu.spawn(*guest("uv.trace", opener=["--qemu", version, "--tpm", machine], key=machine / "public.pem"))
    child.expect("ultravisor: emulated=1 ")
    child.expect(r"ultravisor: key=tpm handle=0x81800001 name=000b[0-9a-f]{64}\s")
    assert child.expect(["esm=match rtas=yes kernel=yes initrd=yes bootargs=yes", "tpm=|esm=abort|7/7 handoff"]) == 0
    check_given(child)


def test_sealed_bundle_opened_by_the_tpm(qemu, machine, tmp_path):
    """What pefboot-bundle seals to the public key that tools/tpm prints."""
    files = {"rootd": SECRET, "data": b"\0\n"}
    bundle = sealed.seal(sealed.create(tmp_path / "bundle.elf", sealed.reader()), tmp_path / "sealed.elf", files, machine / "public.pem")
    child = qemu.spawn("--firmware", "ultravisor", "--mem", "256M", "--tpm", machine, "--disk", f"{bundle},ro")
    child.expect("5/7 verify world=secure .* kernel=match initrd=match cmdline=match sha512=")
    child.expect("reader: end")
    said = sealed.said(qemu.logs[-1].read_text().replace("\r", ""))
    assert {name: said[name] for name in files} == {name: (0, len(data), sealed.fnv(data)) for name, data in files.items()}


def test_sealed_to_another_tpm(qemu, guest, machine):
    """This one refuses, and the guest stays normal."""
    done = qemu(*guest(opener=["--tpm", machine]))
    done.line(r"ultravisor: tpm=RSA_Decrypt rc=0x(101|1c4) name=TPM_RC_\w+ hint=")
    done.line(r'ultravisor: esm=abort phase=digest why="the machine\'s TPM does not open lockbox-1"$')
    done.line(r"pefboot: FAIL 4/7 transition E4\d\d ")
    assert SECRET[:64].decode() not in done.console


def test_sealed_without_a_tpm(qemu, guest, machine):
    """QEMU has no spapr-tpm-proxy: the ultravisor says so."""
    done = qemu(*guest((machine / "uv.tpm").read_text(), opener=[], key=machine / "public.pem"))
    done.line(r'ultravisor: tpm=ReadPublic hcall=H_TPM_COMM rc=-2 hint="QEMU has no -device spapr-tpm-proxy"')
    done.line(r"pefboot: FAIL 4/7 transition E4\d\d ")
