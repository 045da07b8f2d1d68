# SPDX-License-Identifier: GPL-2.0-or-later
"""pefboot-vm: the machine that it asks for, as a command and as a libvirt domain, from the tree and installed."""

import os
import re
import shlex
import shutil
import subprocess
import xml.etree.ElementTree as xml

import harness
import pytest

VM = harness.TOP / "tools/pefboot-vm"


@pytest.fixture(params=("tree", "installed"))
def vm(request, tmp_path, build):
    """Run it; the images of the tree, or those beside an installed one."""
    program, env = VM, {**os.environ, "PEFBOOT_BUILD": str(build)}
    if request.param == "installed":
        for source, place in ((VM, "bin/pefboot-vm"), (harness.TOP / "tools/qemu", "share/pefboot/qemu"),
                              (build / "ultravisor.bin", "share/qemu/pefboot-ultravisor.bin"),
                              (build / "pefboot.bin", "share/qemu/pefboot.bin")):
            (tmp_path / "u&r" / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, tmp_path / "u&r" / place)
        program, env = tmp_path / "u&r/bin/pefboot-vm", {**os.environ, "PEFBOOT_BUILD": "/nowhere", "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def call(*argv, status=0, **more):
        done = subprocess.run([program, *argv], env={**env, **more}, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == status, done.stderr
        return done.stdout if status == 0 else done.stderr
    (tmp_path / "debian.qcow2").write_bytes(b"")
    return call


def value(argv, flag):
    return [argv[i + 1] for i, word in enumerate(argv) if word == flag]


def test_distro_vm_command(vm):
    """Secure by default: the ultravisor with SLOF in it, twice the memory; of an image's content nothing is believed."""
    argv = shlex.split(vm("--disk", "debian.qcow2", "--ssh", "2222", "--print", "--", "-snapshot"))
    assert argv[0] == "qemu-system-ppc64" and argv[-1] == "-snapshot"
    assert {"cap-nested-hv=on", "ic-mode=xics"} <= set(value(argv, "-M")[0].split(",")) and value(argv, "-m") == ["4352M"]
    assert value(argv, "-bios")[0].endswith("ultravisor.bin") and value(argv, "-smp") == ["2"]
    assert any(text.startswith("loader,file=/usr/share/qemu/slof.bin,") for text in value(argv, "-device"))
    assert value(argv, "-drive")[0].startswith("file=debian.qcow2,format=qcow2,")
    assert value(argv, "-netdev") == ["user,id=net0,hostfwd=tcp:127.0.0.1:2222-:22"]
    argv = shlex.split(vm("--disk", "debian.qcow2,format=raw", "--start", "bundle", "--cpus", "4", "--memory", "1G", "--print"))
    assert value(argv, "-smp") == ["4"] and value(argv, "-m") == ["2304M"] and "loader,file" not in " ".join(argv)
    assert "format=raw" in value(argv, "-drive")[0]
    argv = shlex.split(vm("--disk", "debian.qcow2", "--normal", "--print"))
    assert value(argv, "-bios") == [] and "nested" not in value(argv, "-M")[0] and value(argv, "-m") == ["2048M"]
    argv = shlex.split(vm("--disk", "debian.qcow2", "--normal", "--start", "bundle", "--print"))
    assert value(argv, "-bios")[0].endswith("/pefboot.bin")


@pytest.mark.parametrize("how", ([], ["--normal"], ["--start", "bundle"], ["--normal", "--start", "bundle"]), ids=" ".join)
def test_distro_vm_domain(vm, tmp_path, how):
    """libvirt takes the domain, and it is the machine of the command."""
    text = vm("--disk", "debian.qcow2", "--libvirt", "--name", "a", *how)
    (tmp_path / "domain.xml").write_text(text)
    done = subprocess.run(["virt-xml-validate", tmp_path / "domain.xml", "domain"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    argv = shlex.split(vm("--disk", "debian.qcow2", "--print", *how))
    domain = xml.fromstring(text)
    assert f"{domain.find('memory').text}M" == value(argv, "-m")[0]
    assert [loader.text for loader in domain.iter("loader")] == value(argv, "-bios")
    assert domain.find(".//disk/source").get("file") == str(tmp_path / "debian.qcow2")
    assert domain.find(".//disk/driver").get("type") == "qcow2"
    more = [arg.get("value") for arg in domain.iter("{http://libvirt.org/schemas/domain/qemu/1.0}arg")]
    assert value(more, "-prom-env") == value(argv, "-prom-env")
    assert ("ic-mode=xics" in more) == ("nested-hv" in text) == ("--normal" not in how)


def test_distro_vm_domain_of_any_names(vm, tmp_path):
    """What the user names is text in the domain, not XML, and what QEMU is told is in it, too."""
    name, file = "a&b<c", "d&'\"<e>.img"
    (tmp_path / file).write_bytes(b"")
    text = vm("--disk", f"{file},format=vh&x,ro", "--libvirt", "--name", name, "--start", "bundle", "--", "-D", "<&>")
    domain = xml.fromstring(text)
    assert domain.find("name").text == name and domain.find(".//disk/source").get("file") == str(tmp_path / file)
    assert domain.find(".//disk/driver").get("type") == "vh&x" and domain.find(".//disk/readonly") is not None
    assert [arg.get("value") for arg in domain.iter("{http://libvirt.org/schemas/domain/qemu/1.0}arg")][-2:] == ["-D", "<&>"]


def test_distro_vm_commas(vm, tmp_path):
    """A name that is a file's is taken whole, for QEMU with its commas doubled; what follows are options."""
    for file in ("a,b.img", "a,b.qcow2"):
        (tmp_path / file).write_bytes(b"")
    (drive,) = value(shlex.split(vm("--disk", "a,b.img", "--print")), "-drive")
    assert drive.startswith("file=a,,b.img,format=raw,")
    (drive,) = value(shlex.split(vm("--disk", "a,b.qcow2,ro", "--print")), "-drive")
    assert drive.startswith("file=a,,b.qcow2,format=qcow2,") and drive.endswith(",readonly=on")
    domain = xml.fromstring(vm("--disk", "a,b.qcow2", "--libvirt"))
    assert domain.find(".//disk/source").get("file") == str(tmp_path / "a,b.qcow2")


def test_distro_vm_machine_key(vm, tmp_path):
    """What a sealed disk needs, as a command and as a domain: a copy of the key that only its owner reads, and where it is."""
    (tmp_path / "key.pem").write_bytes((harness.TOP / "tests/host/data/esm/machine-key.pem").read_bytes())
    how = ("--disk", "debian.qcow2", "--start", "bundle", "--machine-key", "key.pem")
    argv = shlex.split(vm(*how, "--print"))
    (loader,) = [text for text in value(argv, "-device") if text.startswith("loader,")]
    path = harness.Path(re.match("loader,file=(.*?),addr=", loader)[1])
    assert path.stat().st_mode & 0o777 == 0o600 and value(argv, "-prom-env")[0].startswith("uv=uv.key=")
    assert loader in vm(*how, "--libvirt")
    assert "--machine-key is for an ultravisor" in vm(*how, "--normal", status=2)


def test_distro_vm_usage(vm):
    assert "cannot read none.img" in vm("--disk", "none.img", status=2)
    assert "--disk" in vm(status=2)
    disk = ("--disk", "debian.qcow2")
    for words, said in ((("--memory", "0"), "'0' is too little memory"), (("--cpus", "0"), "'0' is no number of at least 1"),
                        (("--cpus", "-1"), "-1"), (("--ssh", "0"), "'0' is no number of at least 1")):
        for shown in ("--print", "--libvirt"):
            assert said in vm(*disk, *words, shown, status=2)
    assert "--ssh does not go with --libvirt" in vm(*disk, "--ssh", "2222", "--libvirt", status=2)
    assert "bus= does not go with --libvirt" in vm("--disk", "debian.qcow2,bus=scsi", "--libvirt", status=2)
    said = vm(*disk, status=127, PATH="/nowhere")
    assert said == "pefboot-vm: error: no qemu-system-ppc64: it is in Debian's package qemu-system-ppc\n"
    page = (harness.TOP / "docs/man/pefboot-vm.1").read_text().replace("\\-", "-")
    for text in (page.split(".SH \"EXIT STATUS\"\n")[1].split(".SH")[0], vm("--help").split("Exit status: ")[1].split("\n\n")[0]):
        assert "2 for wrong usage or a file that is missing, 127 where there is no QEMU." in " ".join(text.split())
    for option in re.findall(r"^  (--\w+)", vm("--help"), re.M):
        assert option in page, option


@pytest.mark.parametrize("start", ("grub", "bundle"))
def test_distro_vm_starts(build, tmp_path, start):
    """QEMU takes the command, without a warning."""
    (tmp_path / "empty.img").write_bytes(bytes(1 << 20))
    done = subprocess.run([VM, "--disk", tmp_path / "empty.img", "--start", start, "--memory", "512M", "--print"],
                          env={**os.environ, "PEFBOOT_BUILD": str(build)}, capture_output=True, text=True, check=True)
    argv = [*shlex.split(done.stdout), "-S", "-monitor", "none"]
    done = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        said = done.communicate(timeout=5)
    except subprocess.TimeoutExpired:
        done.kill()
        said = done.communicate()
    assert (done.returncode, said) == (-9, ("", ""))
