# SPDX-License-Identifier: GPL-2.0-or-later
"""A hypervisor that is not QEMU: KVM-HV, of a Linux that is itself a guest of QEMU's and has QEMU in its initramfs."""

import re
import shlex
import subprocess

import disks
import hang
import harness
import pytest
import secure

# A host's CPU, kernel, and the QEMU that runs on it. Debian's kernel has pages of 64 KiB in 6.1 and of 4 KiB in 6.12.
HOSTS = [("POWER9", "6.1", "7.2"), ("POWER9", "6.12", "10.0"), ("POWER10", "6.1", "10.0"), ("POWER10", "6.12", "7.2")]
LINUX = "console=hvc0 panic=-1 report"

# What QEMU runs on the host, in this order: options of tools/qemu
RUNS = {
    "kernel": ["--smp", "2", "--kernel", "/vmlinux", "--initrd", "/initrd.gz", "--append", LINUX,
               "--disk", "/normal.elf,ro=on", "--rng"],
    "bundle": ["--disk", "/normal.elf"],
    "demands": ["--disk", "/secure.elf"],
    "required": ["--kernel", "/vmlinux", "--append", LINUX + " pefboot.secure=required"],
    "vof": ["--firmware", "vof", "--kernel", "/normal.elf"],
    "ultravisor": ["--firmware", "/ultravisor.bin", "--ultravisor", "--kernel", "/vmlinux", "--append", LINUX],
}


# What QEMU has on and KVM of these kernels has not
KERNEL_CAPS = {"6.1": [], "6.12": ["cap-hpt-max-page-size=4k"]}
QEMU_CAPS = {"7.2": [], "10.0": ["cap-dawr1=off"]}


def script(args, caps):
    """A line of shell that runs QEMU on the host."""
    machine = ["--machine", ",".join(caps)] if caps else []
    known = [] if "--firmware" in args else ["--firmware", "/pefboot.bin"]
    return shlex.join(harness.tool("qemu").command(
        ["--qemu", "/bin/qemu-system-ppc64", "--accel", "kvm", "--cpu", "host", "--mem", "512M", "--no-reboot",
         *machine, *known, *args, "--", "-L", "/usr/share/qemu"])) + "\n"


def host_initramfs(folder, version, qemu):
    """QEMU, what it boots, and a script for each run."""
    kernel, initrd = secure.kernel(), harness.initramfs("none")
    for name, words in (("normal", " pefboot.secure=auto"), ("secure", "")):
        disks.bundle(folder / f"{name}.elf", kernel.read_bytes(), initrd.read_bytes(), LINUX + words)
    files = {"vmlinux": kernel, "initrd.gz": initrd, "init": secure.INIT / "kvm",
             "usr/share/qemu/vof.bin": harness.deps("vof.bin"), "normal.elf": folder / "normal.elf", "secure.elf": folder / "secure.elf",
             **{name: harness.BUILD / name for name in ("pefboot.bin", "ultravisor.bin")}}
    for number, (name, args) in enumerate(RUNS.items()):
        (folder / name).write_text(script(args, KERNEL_CAPS[version] + QEMU_CAPS[qemu]))
        files[f"runs/{number}-{name}"] = folder / name
    path = folder / "host.cpio.gz"
    subprocess.run([harness.TOP / "tools/initramfs", "--kernel", version, "--module", "kvm_hv", "--output", path,
                    "--program", f"qemu-system-ppc64={harness.deps('guest-qemu-' + qemu) / 'root'}",
                    *[word for name, file in files.items() for word in ("--add", f"{name}={file}")]], check=True)
    return path


class Host:
    """A host that has run its guests and powered off: what each printed, as a Boot."""

    def __init__(self, cpu, version, qemu, folder):
        self.cpu, path = cpu, harness.LOGS / f"kvm-{cpu}-{version}-{qemu}.log"
        argv = harness.tool("qemu").command(
            ["--cpu", cpu, "--smp", "2", "--machine", "cap-nested-hv=on", "--no-reboot", "--kernel", harness.kernel(version),
             "--initrd", host_initramfs(folder, version, qemu), "--append", f"console=hvc0 panic=-1 {harness.PATIENT}"])
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "wb") as log:
            hang.run(argv, log, "the host", cpu=4 * harness.BOOT_TIMEOUT, silent=harness.BOOT_SILENT)
        self.console = path.read_text(errors="replace").replace("\r", "")

    def guest(self, name):
        found = re.search(rf"^host: begin \d+-{name}\n(.*?)^host: end (\d+) (\S+)$", self.console, re.M | re.S)
        assert found, self.console[-4000:]
        return harness.Boot(found[1], int(found[2]), float(found[3]))


@pytest.fixture(scope="module", params=HOSTS, ids="-".join)
def host(request, tmp_path_factory):
    return Host(*request.param, tmp_path_factory.mktemp("host"))


def to_user_space(host, name, door):
    """A guest that booted as under QEMU, and whose kernel knows that KVM is below it."""
    boot = host.guest(name).judged("normal")
    assert boot.status == 0
    boot.line(f"1/7 entry door={door} ")
    boot.line(rf"Hardware name: .* {host.cpu} \(architected\) .* hv:linux,kvm ")
    return boot.report()


@pytest.mark.all
def test_kvm_kernel(host):
    """QEMU's -kernel, two CPUs, a disk and a random number generator."""
    report = to_user_space(host, "kernel", "bios")
    assert report["cpus"] == "2" and report["mmu"] == "radix" and report["rng_current"].startswith("virtio_rng")
    assert [words[0] for words in report.all("disk")] == ["vda"]


@pytest.mark.all
def test_kvm_bundle(host):
    """A bundle on a virtio disk, by our own driver; it does not insist on an ultravisor."""
    assert to_user_space(host, "bundle", "bios")["cmdline"] == LINUX + " pefboot.secure=auto"
    host.guest("bundle").line("3/7 load from=disk ")


@pytest.mark.all
def test_kvm_vof(host):
    """The same as QEMU's -kernel, entered by VOF."""
    assert to_user_space(host, "vof", "of")["cmdline"] == LINUX + " pefboot.secure=auto"


@pytest.mark.all
@pytest.mark.parametrize("name", ["demands", "required"])
def test_kvm_refuses(host, name):
    """KVM has no ultravisor: what demands one stops, by the ultracall's own answer."""
    boot = host.guest(name).judged("refused-no-ultravisor")
    assert boot.status == 0
    boot.line(r"FAIL 4/7 transition E401 .*UV_ESM -> U_FUNCTION")
    boot.line("hint: run under an ultravisor")


@pytest.mark.all
def test_kvm_ultravisor(host):
    """The miniature ultravisor says that KVM cannot run it."""
    boot = host.guest("ultravisor").judged("refused", "--expect", "E908")
    boot.line("hint: .*; KVM cannot run it$")
