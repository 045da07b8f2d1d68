# SPDX-License-Identifier: GPL-2.0-or-later
"""The miniature ultravisor: what it gives a guest, what it keeps from QEMU, and how it refuses."""

import hashlib
import json
import os
import re
import socket
import subprocess
import time

import hang
import harness
import pytest

QEMUS = [pytest.param("7.2"), pytest.param("10.0"), pytest.param("11.1", marks=pytest.mark.all)]
VERDICT = re.compile(r"ultravisor: verdict (.*)")

conformance = harness.program(harness.TOP / "tests/guest/conformance/run")


def payload(qemu, *args, words="", **how):
    """Run the conformance payload."""
    before, after = conformance.arguments(words)
    return qemu(*before, *args, *after, **how)


def verdict(boot):
    """The verdict's keys; there must be one verdict."""
    found = VERDICT.findall(boot.console)
    assert len(found) == 1, f"{len(found)} verdicts"
    return dict(pair.split("=", 1) for pair in found[0].split())


@pytest.fixture(scope="module")
def pool_kernel():
    """The kernel that obeys the pool, built once into the cache."""
    done = subprocess.run([harness.TOP / "linux/build"], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.split()[-1]


@pytest.fixture
def disk(tmp_path):
    """A disk image and its digest."""
    content = b"".join(hashlib.sha512(b"%d" % number).digest() * 8 for number in range(8192))
    (tmp_path / "disk.img").write_bytes(content)
    return tmp_path / "disk.img", hashlib.md5(content).hexdigest()


# --- ultracalls, hypercalls, RTAS, text: every check of the payload ---

@pytest.mark.parametrize("cpu", ["POWER9", "POWER10"])
@pytest.mark.parametrize("release", QEMUS)
def test_ultravisor_conformance(qemu, release, cpu):
    boot = payload(qemu, "--qemu", release, "--cpu", cpu, "--smp", "2")
    assert not [line for line in boot.lines if line.startswith("not ok")]
    passed = [line for line in boot.lines if line.startswith("ok ")]
    assert len(passed) == int(boot.line(r"1\.\.(\d+)")[1]) >= 510
    found = verdict(boot)
    assert (found["world"], found["leaked"], found["shared"]) == ("secure", "0", "9")
    assert int(found["private"]) + int(found["shared"]) == (512 << 20) >> 16


@pytest.mark.parametrize("smp", ["1", "2"])
@pytest.mark.parametrize("release", QEMUS)
def test_ultravisor_devices_see_shared_memory_only(qemu, tmp_path, release, smp):
    """virtio-blk, both directions: private frames, shared ones, and those taken back."""
    path = tmp_path / "sectors.img"
    path.write_bytes(b"".join((b"SECT" + number.to_bytes(4, "big")).ljust(512, b".") for number in range(128)))
    boot = payload(qemu, "--qemu", release, "--smp", smp, "--disk", f"{path},transport=legacy")
    assert not [line for line in boot.lines if line.startswith("not ok")]
    assert len([line for line in boot.lines if re.match(r"ok \d+ - device: ", line)]) == 17
    disk = path.read_bytes()
    assert disk[65 * 512:65 * 512 + 8] == (0x77).to_bytes(8, "big")
    for sector, secret in ((64, 0x5050), (66, 0x6060)):
        assert disk[sector * 512:][:8] != secret.to_bytes(8, "big"), "private memory reached the disk"


def test_ultravisor_memory_seen_from_outside(qemu, tmp_path):
    """QMP reads what devices read: a shared frame, and of a private one nothing."""
    path = f"/tmp/pefboot-{os.getpid()}.qmp"
    before, after = conformance.arguments()
    child = qemu.spawn(*before, "--qmp", path, *after, "-no-shutdown")
    child.expect("verdict")
    time.sleep(0.5)
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(path)
        stream = link.makefile("rw")
        stream.readline()
        for command, arguments in (
                ("qmp_capabilities", {}), ("pmemsave", {"val": 0, "size": 512 << 20, "filename": str(tmp_path / "memory")})):
            stream.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
            stream.flush()
            while "return" not in json.loads(stream.readline()):
                pass
    os.unlink(path)
    memory = (tmp_path / "memory").read_bytes()
    assert memory[0x7010000:0x7010008] == b"shared!!"
    assert memory.find(b"secret!") < 0
    assert memory[0x7000000:0x7010000] == bytes(0x10000)


@pytest.mark.parametrize("release,smp,seconds", [
    ("7.2", "4", 5), ("10.0", "2", 5), pytest.param("7.2", "4", 600, marks=pytest.mark.all),
    pytest.param("10.0", "4", 600, marks=pytest.mark.all)])
def test_ultravisor_soak(qemu, release, smp, seconds):
    """CPUs share, take back and touch the same frames at random; all see what the model has."""
    seconds = harness.soak(seconds)
    before, after = conformance.arguments()
    boot = qemu("--qemu", release, "--smp", smp, *before, *after, "-prom-env", f"soak={seconds}", timeout=seconds + 170)
    found = boot.line(r"^ok \d+ - memory: (\d+) random operations in \d+ s, 0 frames wrong")
    assert int(found[1]) > 5 * seconds
    assert verdict(boot)["leaked"] == "0"


def test_ultravisor_other_cpus_of_a_secure_guest(qemu):
    """MSR[S] is of the CPU that called UV_ESM. One that ran before reaches nothing any more."""
    before, after = conformance.arguments()
    boot = qemu("--smp", "2", *before, *after, "-prom-env", "runner=1")
    boot.line(r"ultravisor: esm=stopped cpu=1$")
    boot.line(r"^ok \d+ - cpu: another one runs before UV_ESM")
    boot.line(r"^ok \d+ - cpu: and stands still in a secure guest")
    boot.line("# failed 0$")


def test_ultravisor_keeps_codes_to_itself(qemu):
    """As the published one does: the payload finds the number of the call in r3."""
    boot = payload(qemu, words="uv.codes=lost")
    boot.line(r"^not ok \d+ - .*: UV_SHARE_PAGE -> 61744, want 0")
    boot.line(r"^not ok \d+ - .*: UV_UNSHARE_PAGE -> 61748, want 0")
    boot.line(r"^ok \d+ - device|^ok \d+ - memory: ")


@pytest.mark.parametrize("words,ends", [("", True), ("uv.implicit=map", False)])
def test_ultravisor_frames_of_its_own(qemu, words, ends):
    """The first of the frames that UV_ESM shares for RTAS, written to at the end of all: the host would see it."""
    before, after = conformance.arguments(words)
    boot = qemu(*before, *after, "-prom-env", "touch=1", complaint="OS terminated: Aborting SVM" if ends else None)
    found = [line for line in boot.lines if re.search(r"ultravisor: FAIL E915 .*: 0x[0-9a-f]+0000, for RTAS, by cpu 0 at 0x", line)]
    assert bool(found) == ends
    assert ("# failed 0" in boot.console) != ends
    assert verdict(boot)["leaked"] == ("0" if ends else "1")


# --- words ---

@pytest.mark.parametrize("words,line", [
    ("uv.fail=UV_PAGE_IN:U_RETRY@1", r"not ok \d+ - call normal: sc 2 UV_PAGE_IN .* -> -5, want -11"),
    ("uv.fail=UV_ESMB_GET_FILE:-75@2", r"not ok \d+ - call normal: sc 1 UV_ESMB_GET_FILE .* -> -75, want -4"),
    ("uv.off", r"not ok \d+ - call normal: sc 2 UV_ESM .* -> -2, want -55"),
    ("uv.evil=noshare", r"not ok \d+ - call: UV_SHARE_PAGE -> -55, want 0"),
    ("uv.abort=start", r"esm=abort phase=start"), ("uv.abort=move", r"esm=abort phase=move"),
    ("uv.abort=digest", r"esm=abort phase=digest"), ("uv.evil=fdt", r'esm=abort phase=tree why="tree corrupt"'),
    ("uv.digest=16:" + "0" * 128, r'esm=abort phase=digest why="digest mismatch"'),
    ("uv.delay=UV_SHARE_PAGE:200000 uv.trace", r"uvcall=UV_SHARE_PAGE .* us=[2-9]\d{5}"),
    ("uv.evil=stage,initrd", r"evil=stage at=0x4001000"), ("uv.evil=stage,initrd", r"evil=initrd at=0x4100000"),
    ("uv.evil=bootargs", r"evil=bootargs at=0x30"), ("uv.evil=tree", r"evil=tree property=linux,initrd-start"),
    ("uv.nonce=Abc123", r"verdict .*nonce=Abc123"),
])
def test_ultravisor_word(qemu, words, line):
    boot = payload(qemu, words=words)
    boot.line(line)
    if "abort" in words or "digest" in words:
        assert verdict(boot)["world"] == "normal"
        boot.line(r"not ok \d+ - esm: entered at kbase \(-4\)")
        boot.line(r"^ok \d+ - esm: memory is intact after the abort")


def test_ultravisor_pefkernel_strict(qemu):
    """The same checks where every mfmsr is trapped, and more of them are."""
    boots = [payload(qemu, words=f"uv.trace uv.msr={mode}") for mode in ("fast", "strict")]
    trapped = [int(boot.line(r"exits=.* illegal=(\d+)")[1]) for boot in boots]
    assert not [line for boot in boots for line in boot.lines if line.startswith("not ok")]
    assert trapped[1] >= trapped[0] + 12


def test_ultravisor_full_table_ends_the_run(qemu, tmp_path):
    """Firmware whose six pages, executed one after the other, are full of sc 2."""
    page = bytes.fromhex("44000042") * 1023
    image = page[:0x100] + bytes.fromhex("48000f00") + page[:0x1000 - 0x104]     # b .+0xf00, to the second page
    image += (bytes.fromhex("48001000") + page) * 5                             # b .+0x1000
    (tmp_path / "full.bin").write_bytes(image)
    boot = qemu("--firmware", "ultravisor", "--mem", "512M", "--", "-device",
                f"loader,file={tmp_path / 'full.bin'},addr=0x8000000,force-raw=on",
                "-prom-env", f"uv=uv.firmware=0x8000000+{len(image)}")
    boot.line(r"ultravisor: FAIL E912 a table of the ultravisor is full: over 4096 replaced instructions")
    boot.line(r"ultravisor: EXIT 912")


def test_ultravisor_terminates_behind_the_point_of_no_return(qemu):
    boot = payload(qemu, words="uv.abort=commit", status=None)
    boot.line(r"FAIL E913 .*uv.abort=commit")
    boot.line(r"OS terminated: Cannot secure VM!")


def test_ultravisor_right_digest(qemu):
    """The payload's stub at kbase: lis r7; ori r7,r7; mtctr; bctr."""
    image = (harness.BUILD / "conformance.bin").read_bytes()
    at = image.index(bytes.fromhex("7ce903a64e800420")) - 8
    digest = hashlib.sha512(image[at:at + 16]).hexdigest()
    boot = payload(qemu, words=f"uv.digest=16:{digest} uv.forget=off")
    assert verdict(boot)["world"] == "secure"
    boot.line(r"^ok \d+ - esm: entered at kbase")


def test_ultravisor_scribble(qemu):
    """A host that writes over normal memory changes nothing for the guest; the verdict sees it."""
    boot = payload(qemu, words="uv.evil=scribble")
    assert not [line for line in boot.lines if line.startswith("not ok")]
    assert int(verdict(boot)["leaked"]) > 0


@pytest.mark.parametrize("args,error", [
    (["--machine", "cap-nested-hv=off"], "E901"), (["--machine", "ic-mode=xive"], "E903"),
    (["--smp", "65"], "E902"), (["--mem", "128M"], "E904"),
])
def test_ultravisor_names_what_is_missing(qemu, args, error):
    boot = qemu("--firmware", "ultravisor", *args)
    boot.line(rf"ultravisor: FAIL {error} ")
    boot.line(r"ultravisor: hint: \w")
    boot.line(rf"ultravisor: EXIT {error[1:]}")


@pytest.mark.parametrize("word", ["uv.nonsense", "uv.fail=UV_ESM", "uv.fail=UV_ESM:-4@0", "uv.abort=later", "uv.evil=",
                                  "uv.digest=16:00", "uv.forget=yes", "uv.msr=slow", "uv.nonce=a-b", "uv.firmware=0x8000000", "uv.off=2"])
def test_ultravisor_refuses_unknown_words(qemu, word):
    boot = payload(qemu, words=word)
    assert boot.line(r"FAIL E907 .*: (.*)")[1] == word


# --- Linux ---

@pytest.mark.parametrize("release,cpu,smp,mem,version", [
    ("7.2", "POWER9", "2", "512M", "6.12"), ("10.0", "POWER10", "4", "2G", "6.1"),
    pytest.param("11.1", "POWER10", "2", "2G", "6.12", marks=pytest.mark.all),
])
def test_ultravisor_linux_normal(qemu, disk, release, cpu, smp, mem, version):
    """Unmodified Debian kernels in a guest that stays normal: all its devices work."""
    boot = qemu.linux("--qemu", release, "--firmware", "ultravisor", "--cpu", cpu, "--smp", smp, "--mem", mem,
                      "--disk", disk[0], "--net", "--rng", version=version, append="pefboot.secure=off uv.nonce=n1")
    report = boot.report()
    assert report["release"].startswith(version + ".")
    assert (report["cpus"], report["mmu"], report["irq"]) == (smp, "radix", "xics")
    assert [words[3] for words in report.all("disk")] == [disk[1]]
    assert report["ping"] == "eth0 ok"
    assert report["rng_current"].startswith("virtio_rng")
    assert "uv." not in report["cmdline"], "the guest sees the ultravisor's words"
    found = verdict(boot)
    assert (found["emulated"], found["world"], found["nonce"]) == ("1", "normal", "n1")


def test_ultravisor_slof(qemu, disk):
    """Unmodified SLOF as the guest's firmware, loaded beside the image."""
    boot = qemu.linux("--firmware", "ultravisor", "--guest-firmware", "slof", "--smp", "2", "--mem", "1G", "--disk", disk[0])
    boot.line("Welcome to Open Firmware")
    assert [words[3] for words in boot.report().all("disk")] == [disk[1]]
    assert verdict(boot)["world"] == "normal"


@pytest.mark.parametrize("release,cpu,smp,mem", [
    ("7.2", "POWER9", "1", "512M"), ("7.2", "POWER10", "4", "2G"), ("10.0", "POWER9", "2", "512M"),
    ("10.0", "POWER10", "4", "512M"),
    pytest.param("10.0", "POWER9", "2", "6G", marks=pytest.mark.all),
    pytest.param("10.0", "POWER9", "2", "8G", marks=pytest.mark.all),
    pytest.param("11.1", "POWER9", "4", "512M", marks=pytest.mark.all),
])
def test_ultravisor_linux_secure(qemu, disk, pool_kernel, release, cpu, smp, mem):
    """The whole way: pefboot, UV_ESM, Linux with all its I/O through the shared pool, nothing leaked."""
    boot = qemu("--qemu", release, "--firmware", "ultravisor", "--cpu", cpu, "--smp", smp, "--mem", mem, "--kernel",
                pool_kernel, "--initrd", harness.initramfs("none"), "--disk", disk[0], "--net", "--rng",
                "--append", f"console=hvc0 panic=-1 {harness.PATIENT} report quiet pefboot.secure=required")
    report = boot.report()
    assert report["cpus"] == smp
    assert [words[3] for words in report.all("disk")] == [disk[1]]
    assert report["ping"] == "eth0 ok"
    found = verdict(boot)
    assert (found["world"], found["leaked"]) == ("secure", "0")
    assert int(found["shared"]) == 1024 + 7
    assert int(found["private"]) + int(found["shared"]) == harness.tool("qemu").size(mem) >> 16


@pytest.mark.all
@pytest.mark.parametrize("release", ["7.2", "10.0"])
def test_ultravisor_64_cpus(qemu, release):
    """As many CPUs as it takes. Debian's kernel, since the small one has 8; without the pool, so without a device."""
    boot = qemu.linux("--qemu", release, "--firmware", "ultravisor", "--smp", "64", "--mem", "2G", version="6.12",
                      append="pefboot.secure=required pefboot.kernel=any")
    assert boot.report()["cpus"] == "64"
    found = verdict(boot)
    assert (found["world"], found["leaked"]) == ("secure", "0")


def test_ultravisor_other_devices(qemu, disk, pool_kernel, tmp_path):
    """virtio-scsi, 9p and console of a secure guest. A console of QEMU 10.0.13 has queues of 1024 buffers of 64 KiB."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/there").write_text("from the host\n")
    child = qemu.spawn("--firmware", "ultravisor", "--smp", "2", "--mem", "512M", "--kernel", pool_kernel, "--initrd",
                       harness.initramfs("none"), "--disk", f"{disk[0]},bus=scsi", "--append", "console=hvc0 quiet pefboot.pool=192M",
                       "--", "-fsdev", f"local,id=files,path={tmp_path / 'shared'},security_model=none",
                       "-device", "virtio-9p-pci,fsdev=files,mount_tag=files", "-device", "virtio-serial-pci",
                       "-chardev", f"file,id=second,path={tmp_path / 'console'}", "-device", "virtconsole,chardev=second")
    child.expect("The console is yours")
    assert shell(child, f"md5sum /dev/sda | grep -q {disk[1]}") == 0
    assert shell(child, "mkdir /m; mount -t 9p -o trans=virtio files /m && grep -q host /m/there") == 0
    assert shell(child, "echo from the guest >/m/back") == 0
    assert shell(child, "echo second console >/dev/hvc1") == 0
    child.sendline("poweroff -f")
    child.expect("verdict .*world=secure .*leaked=0")
    child.expect(harness.pexpect.EOF)
    assert (tmp_path / "shared/back").read_text() == "from the guest\n"
    assert "second console" in (tmp_path / "console").read_text(errors="replace")


def test_ultravisor_private_io_fails(qemu, disk):
    """A kernel that knows nothing of pool and flag: the device sees zeros, no I/O ever completes."""
    child = qemu.spawn("--firmware", "ultravisor", "--mem", "512M", "--kernel", harness.kernel("6.12"), "--initrd",
                       harness.initramfs("6.12"), "--disk", disk[0], "--append",
                       "console=hvc0 report pefboot.kernel=any")
    child.expect("virtio_blk virtio0")
    assert child.expect(["report: disk", "report: end", harness.pexpect.TIMEOUT], timeout=15) == 2


def shell(child, line):
    child.sendline(f"{line}; echo DO''NE $?")
    child.expect(r"DONE (\d+)")
    return int(child.match[1])


def cpus_and_reboot(child, smp):
    child.expect("The console is yours", timeout=harness.BOOT_TIMEOUT)
    for cpu in range(1, int(smp)):
        assert shell(child, f"echo 0 >/sys/devices/system/cpu/cpu{cpu}/online") == 0
        assert shell(child, f"[ -f /sys/devices/system/cpu/cpu{cpu}/topology/core_id ]") == 1
        assert shell(child, f"echo 1 >/sys/devices/system/cpu/cpu{cpu}/online") == 0
    assert shell(child, f"[ $(grep -c ^processor /proc/cpuinfo) = {smp} ]") == 0
    child.sendline("reboot -f")
    child.expect("verdict")
    child.expect("The console is yours", timeout=harness.BOOT_TIMEOUT)
    child.sendline("poweroff -f")
    child.expect(harness.pexpect.EOF)


@pytest.mark.parametrize("smp,release", [("2", "7.2"), ("4", "10.0")])
def test_ultravisor_cpus_and_reboot(qemu, smp, release):
    """CPUs go and come, and the guest reboots itself: QEMU dies of a reset with a CPU in the guest.

    Linux has a deadlock of its own here, in 6.1 and 6.12 but not in 7.2: the CPU that goes holds the lock of an RCU node in
    swake_up_one_online() and waits until another has taken its last call, and that waits for the lock with
    interrupts off (seen once in 40 times on a busy machine: the lock's word and both CPUs' places). So a guest
    that stands still gets two more chances."""
    for chance in range(3):
        child = qemu.spawn("--qemu", release, "--firmware", "ultravisor", "--reboot", "--smp", smp, "--mem", "512M",
                           "--kernel", harness.kernel("6.12"), "--initrd", harness.initramfs("6.12"),
                           "--append", f"console=hvc0 quiet {harness.PATIENT} pefboot.secure=off", timeout=60)
        try:
            return cpus_and_reboot(child, smp)
        except (hang.Hang, harness.pexpect.TIMEOUT):
            child.close(force=True)
            if chance == 2:
                raise


def test_ultravisor_nmi(qemu):
    """QEMU's nmi reaches Linux."""
    path = f"/tmp/pefboot-{os.getpid()}.nmi"
    child = qemu.spawn("--firmware", "ultravisor", "--smp", "2", "--mem", "512M", "--qmp", path, "--kernel",
                       harness.kernel("6.12"), "--initrd", harness.initramfs("6.12"),
                       "--append", "console=hvc0 panic=1 pefboot.secure=off")
    child.expect("The console is yours")
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(path)
        stream = link.makefile("rw")
        stream.write('{"execute": "qmp_capabilities"}\n{"execute": "inject-nmi"}\n')
        stream.flush()
        child.expect("System Reset")
    child.expect("verdict")
