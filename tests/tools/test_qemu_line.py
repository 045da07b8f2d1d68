# SPDX-License-Identifier: GPL-2.0-or-later
"""The command lines that tools/qemu makes. Whether QEMU takes them, the boots show."""

import base64
import pathlib
import re
import subprocess
import time

import harness
import pytest

TOOL = harness.TOP / "tools/qemu"
command = harness.tool("qemu").command


def after(argv, flag):
    return [argv[i + 1] for i, word in enumerate(argv) if word == flag]


def test_normal_guest():
    argv = command(["--firmware", "slof", "--mem", "64G", "--smp", "8"])
    assert after(argv, "-m") == ["65536M"]
    assert after(argv, "-object") == [f"memory-backend-ram,id=ram,size={64 << 30},reserve=off"]
    assert "cap-nested-hv" not in after(argv, "-M")[0]
    assert "-bios" not in argv and "-no-reboot" not in argv and "-nodefaults" in argv


def test_debugger_waits_at_reset():
    assert after(command(["--gdb"]), "-gdb") == ["tcp:localhost:1234"]
    argv = command(["--gdb", "/tmp/socket"])
    assert after(argv, "-gdb") == ["unix:/tmp/socket,server=on,wait=off"] and "-S" in argv
    assert "-S" not in command([]) and "-gdb" not in command([])


def test_memory_hints():
    """A small number alone is MiB, as for QEMU's -m."""
    assert after(command(["--mem", "1024"]), "-m") == after(command(["--mem", "1G"]), "-m") == ["1024M"]
    assert after(command(["--mem", str(1 << 30)]), "-m") == ["1024M"]
    assert after(command(["--firmware", "ultravisor", "--mem", "512"]), "-m") == ["1280M"]


def test_guest_firmware_lies_in_the_guests_memory(tmp_path):
    (tmp_path / "fw,1.bin").write_bytes(bytes(0x1234))
    argv = command(["--firmware", "ultravisor", "--mem", "512M", "--guest-firmware", tmp_path / "fw,1.bin"])
    assert f"loader,file={tmp_path}/fw,,1.bin,addr=0x10000000,force-raw=on" in after(argv, "-device")
    assert after(argv, "-prom-env") == ["uv=uv.firmware=0x10000000+4660", f"load-base={64 << 20}"]
    with pytest.raises(Exception, match="cannot read"):
        command(["--firmware", "ultravisor", "--guest-firmware", tmp_path / "none"])


def test_ultravisor_gets_twice_the_memory():
    argv = command(["--firmware", "ultravisor", "--mem", "512M"])
    assert after(argv, "-m") == ["1280M"]
    assert "cap-nested-hv=on,ic-mode=xics" in after(argv, "-M")[0]
    assert after(argv, "-bios")[0].endswith("/ultravisor.bin")
    assert "-no-reboot" in argv
    assert "-no-reboot" not in command(["--firmware", "ultravisor", "--reboot"])


@pytest.mark.parametrize("kind,legacy,modern", [
    ("legacy", "off", "on"), ("transitional", "off", "off"), ("modern", "on", "off")])
def test_transport(kind, legacy, modern):
    for device in (["--disk", f"x.img,transport={kind}"], ["--net", f"transport={kind}"],
                   ["--rng", f"transport={kind}"], ["--scsi", f"transport={kind}"]):
        last = after(command(device), "-device")[-1].split(",")
        assert f"disable-legacy={legacy}" in last and f"disable-modern={modern}" in last


def test_places():
    argv = command(["--phb", "2", "--bridge", "at=phb1", "--disk", "a.img,at=br0", "--net", "at=phb1"])
    devices = after(argv, "-device")
    assert devices[0] == "spapr-pci-host-bridge,index=1,id=phb1"
    assert devices[1] == "pci-bridge,bus=phb1.0,id=br0,chassis_nr=1"
    assert "bus=br0" in devices[2].split(",") and "bus=phb1.0" in devices[3].split(",")


def test_scsi_disks_share_a_controller():
    argv = command(["--disk", "a,bus=scsi", "--disk", "b,bus=scsi,block=4096,ro"])
    devices = after(argv, "-device")
    assert [device.split(",")[0] for device in devices] == ["virtio-scsi-pci", "scsi-hd", "scsi-hd"]
    assert "logical_block_size=4096" in devices[2]
    assert "readonly=on" in after(argv, "-drive")[1]


def test_raw_arguments_come_last():
    assert command(["--firmware", "vof", "--", "-d", "int"])[-2:] == ["-d", "int"]


@pytest.mark.parametrize("args,words", [
    (["--disk", "/dev/null,transport=new"], "give legacy, transitional or modern"),
    (["--disk", "/dev/null,bus=ide"], "give blk or scsi"),
    (["--mem", "lots"], "'lots' is no size"),
    (["--mem", "0"], "'0' is too little memory"),
    (["--mem", "384M"], "'384M' of memory: QEMU has multiples of 256 MiB here"),
    (["--mem", "100", "--firmware", "ultravisor"], "'100' of memory: QEMU has multiples of 128 MiB here"),
    (["--kernel", "/none/vmlinux"], "cannot read /none/vmlinux"),
])
def test_errors_are_one_line(args, words):
    done = subprocess.run([TOOL, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2 and words in done.stderr and done.stderr.count("\n") == 1


def test_timeout_ends_it_with_124(build):
    args = [TOOL, "--firmware", "slof", "--timeout", "1", "--", "-S"]
    done = subprocess.run(args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=60, check=False)
    assert done.returncode == 124 and "no end after 1 s" in done.stderr


@pytest.mark.parametrize("limit", [[], ["--timeout", "100"], ["--timeout", "100", "--ultravisor", "--tpm"]],
                         ids=["plain", "with-timeout", "with-tpm"])
def test_no_machine_is_left_behind(limit):
    """Whoever ends tools/qemu ends QEMU, and its TPM."""
    with subprocess.Popen([TOOL, "--firmware", "slof", *limit, "--", "-S"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, start_new_session=True) as process:
        wait_for(lambda: "qemu-system-ppc" in names(process.pid))
        process.terminate()
        process.wait(30)
        wait_for(lambda: not names(process.pid))


def names(session):
    """Names of the processes in a session: fields 2 and 6 of /proc/PID/stat, cut off at 15 letters."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue    # it has just ended
        if int(rest.split()[3]) == session and rest.split()[0] != "Z":
            found.append(name)
    return found


def wait_for(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "it did not come about within 30 s"
        time.sleep(0.1)


def overlay(folder, text):
    (folder / "evil.dtso").write_text(f"/dts-v1/;\n/plugin/;\n{text}\n")
    return ["--firmware", "ultravisor", "--mem", "512M", "--evil", folder / "evil.dtso"]


def test_overlay_lies_in_the_ultravisors_memory(tmp_path):
    argv = command(overlay(tmp_path, '&{/} { foo; };'))
    blob = re.search(r"loader,file=(.*),addr=0x2fc00000,force-raw=on", " ".join(after(argv, "-device")))[1]
    assert after(argv, "-prom-env") == [f"uv=uv.evil=overlay:0x2fc00000+{pathlib.Path(blob).stat().st_size}"]


@pytest.mark.parametrize("text,says", [
    ("&label { foo; };", "names a label"), ("/ { foo; };", "is no overlay"), ("&{/} {", "dtc refuses"),
])
def test_overlay_that_is_none(tmp_path, text, says):
    with pytest.raises(Exception, match=says):
        command(overlay(tmp_path, text))
    with pytest.raises(Exception, match="needs --firmware ultravisor"):
        command(["--evil", tmp_path / "evil.dtso"])


PKCS1 = bytes.fromhex("308204a302010002") + bytes(0x49f)
PKCS8 = bytes.fromhex("308204bd020100300d06092a864886f70d0101010500048204a7") + PKCS1


def pem(path, kind, data):
    path.write_text(f"-----BEGIN {kind}-----\n{base64.encodebytes(data).decode()}-----END {kind}-----\n")
    return path


@pytest.mark.parametrize("kind,data", [("RSA PRIVATE KEY", PKCS1), ("PRIVATE KEY", PKCS8)], ids=["pkcs1", "pkcs8"])
def test_machine_key_lies_in_the_ultravisors_memory(tmp_path, kind, data):
    argv = command(["--firmware", "ultravisor", "--mem", "512M", "--machine-key", pem(tmp_path / "key.pem", kind, data)])
    path = re.search(r"loader,file=(.*),addr=0x2fb00000,force-raw=on", " ".join(after(argv, "-device")))[1]
    assert pathlib.Path(path).read_bytes() == PKCS1 and pathlib.Path(path).stat().st_mode & 0o077 == 0
    assert after(argv, "-prom-env") == [f"uv=uv.key=0x2fb00000+{len(PKCS1)}"]


@pytest.mark.parametrize("kind,data", [
    ("PUBLIC KEY", PKCS1), ("ENCRYPTED PRIVATE KEY", PKCS8), ("PRIVATE KEY", PKCS1), ("RSA PRIVATE KEY", PKCS8)],
    ids=["public", "encrypted", "pkcs1", "pkcs8"])
def test_machine_key_that_is_none(tmp_path, kind, data):
    key = pem(tmp_path / "key.pem", kind, data)
    with pytest.raises(Exception, match="no RSA private key"):
        command(["--firmware", "ultravisor", "--machine-key", key])
    with pytest.raises(Exception, match="needs --firmware ultravisor"):
        command(["--machine-key", key])
    with pytest.raises(Exception, match="cannot read"):
        command(["--firmware", "ultravisor", "--machine-key", tmp_path / "none"])


def test_tpm_starts_first():
    argv = command(["--firmware", "ultravisor", "--tpm", "state", "--tpm-public", "machine.pem"])
    assert argv[0].endswith("/tools/tpm")
    assert argv[1:7] == ["--state", "state", "--public", "machine.pem", "--", "qemu-system-ppc64"]
    assert "spapr-tpm-proxy,host-path={tpm}" in after(argv, "-device") and after(argv, "-prom-env") == ["uv={uv.tpm}"]
    assert command(["--firmware", "ultravisor", "--tpm"])[1:3] == ["--", "qemu-system-ppc64"]
    for args, words in ((["--tpm"], "needs --firmware ultravisor"), (["--tpm-public", "x"], "needs --tpm")):
        with pytest.raises(Exception, match=words):
            command(args)
