# SPDX-License-Identifier: GPL-2.0-or-later
"""Measured boot: a TPM works, its log is the one that Linux and tpm2_eventlog read, and replaying it gives the PCRs."""

import hashlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import harness
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import disks  # noqa: E402 (neighbours)
import eventlog  # noqa: E402
import grub  # noqa: E402
import kexec  # noqa: E402
import pefkernel  # noqa: E402

BANKS = ["sha1", "sha256", "sha384", "sha512"]
SEPARATOR = bytes(4)
CMDLINE = f"console=hvc0 panic=-1 {harness.PATIENT} report pefboot.secure=off"


@pytest.fixture
def vtpm(tmp_path):
    """vtpm(): a fresh TPM; returns the options of tools/qemu for it. It ends with its QEMU."""
    processes = []

    def start():
        state = Path(tempfile.mkdtemp(prefix="tpm-", dir="/tmp"))   # a socket's path is short
        command = [harness.deps("swtpm") / "swtpm", "socket", "--tpm2", "--tpmstate", f"dir={state}",
                   "--ctrl", f"type=unixio,path={state}/socket", "--terminate"]
        processes.append((subprocess.Popen(command), state))
        end = time.monotonic() + 30
        while not (state / "socket").exists():
            assert time.monotonic() < end and processes[-1][0].poll() is None, "swtpm does not start"
            time.sleep(0.05)
        return ["--vtpm", state / "socket"]
    yield start
    for process, state in processes:
        process.terminate()
        process.wait(10)
        subprocess.run(["rm", "-rf", state], check=True)


def measured(boot, tmp_path):
    """The events of a boot to the report: its log replays to the PCRs, and tpm2_eventlog reads what pefboot wrote."""
    log, pcrs = eventlog.of_report(boot.report())
    assert boot.report()["tpm"] == "device 2"
    events, banks = eventlog.parse(log)
    assert banks == BANKS == sorted(pcrs)
    for bank in banks:
        assert eventlog.replay(events, bank) == pcrs[bank]
    if "tpm=started" in boot.console:
        (tmp_path / "log").write_bytes(log)
        done = subprocess.run([harness.deps("tpm2-tools") / "tpm2", "eventlog", tmp_path / "log"], stdout=subprocess.PIPE,
                              text=True, check=True)
        assert done.stdout.count("EventNum") == len(events) + 1
    return events, pcrs


def digests(events, pcr):
    return [event.digests["sha256"] for event in events if event.pcr == pcr]


def sha256(data):
    return hashlib.sha256(data).digest()


def own_events(events, cmdline, initrd):
    """What is the same after each door: separators, command line, initrd."""
    assert [event.pcr for event in events if event.type == eventlog.SEPARATOR] == list(range(8))
    assert digests(events, 8)[-1] == sha256(cmdline.encode())
    assert digests(events, 9)[-1] == sha256(initrd)


def bios(qemu, vtpm, tmp_path, version, *args):
    boot = qemu.linux(*args, *vtpm(), version=version)
    events, _ = measured(boot, tmp_path)
    assert digests(events, 0) == [sha256((harness.BUILD / "pefboot.bin").read_bytes()), sha256(SEPARATOR)]
    own_events(events, boot.report()["cmdline"], harness.initramfs(version).read_bytes())
    return boot


def test_tpm_bios(qemu, vtpm, tmp_path):
    bios(qemu, vtpm, tmp_path, "6.12")


@pytest.mark.all
@pytest.mark.parametrize("release", ["7.2", "10.0"])
@pytest.mark.parametrize("version", ["6.1", "6.12"])
def test_tpm_bios_releases(release, version, qemu, vtpm, tmp_path):
    bios(qemu, vtpm, tmp_path, version, "--qemu", release)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """bundle(): a bundle of Debian's kernel, and the PCRs that are predicted for it."""
    path = tmp_path_factory.mktemp("tpm") / "bundle.elf"
    return make_bundle(path, harness.initramfs("6.12"))


def make_bundle(path, initrd, cmdline=CMDLINE, kernel=None):
    tool = harness.BUILD / "pefboot-bundle"
    subprocess.run([tool, "create", "--kernel", kernel or harness.kernel("6.12"), "--initrd", initrd, "--cmdline", cmdline, "-o", path],
                   check=True)
    return path


def predicted(path):
    """{(bank, PCR): value} of pefboot-bundle pcrs."""
    text = subprocess.run([harness.BUILD / "pefboot-bundle", "pcrs", path], stdout=subprocess.PIPE, text=True, check=True).stdout
    pairs = [line.split("=") for line in text.split()]
    return {(name.split(":")[1], int(name.split(":")[0])): value for name, value in pairs}


def as_predicted(path, pcrs):
    for (bank, pcr), value in predicted(path).items():
        assert pcrs[bank][pcr] == value, f"PCR {pcr} of {bank}"


@pytest.mark.all
@pytest.mark.parametrize("release", ["7.2", "10.0"])
def test_tpm_big_endian_linux(release, qemu, vtpm, tmp_path):
    """The TPM works, and its PCRs are those that are predicted. Linux finds the log, but reads its numbers, little-endian as the
    format has them, in its own byte order, and shows nothing (include/linux/tpm_eventlog.h struct tcg_pcr_event)."""
    vmlinux = pefkernel.kernel("--patches", "none", "--config", "big-endian", "--config", "tpm")
    path = make_bundle(tmp_path / "bundle.elf", pefkernel.own_initrd("ppc64"), kernel=vmlinux)
    boot = qemu("--qemu", release, "--disk", f"{path},ro", "--mem", "1G", *vtpm())
    report = boot.report()
    log, pcrs = eventlog.of_report(report)
    assert (report["machine"], report["tpm"], log) == ("ppc64", "device 2", b"")
    assert sorted(pcrs) == BANKS
    as_predicted(path, pcrs)
    boot.line(r"OF: reserved mem: .* tpm-log@")


@pytest.mark.all
@pytest.mark.parametrize("layout", ["whole", "mbr", "gpt"])
def test_tpm_bundle_of_a_disk(layout, bundle, qemu, vtpm, tmp_path):
    disk = tmp_path / "disk.img"
    extra = {"whole": [], "mbr": [eventlog.PARTITION_DATA], "gpt": [eventlog.GPT_EVENT]}
    data = bundle.read_bytes() + bytes(-bundle.stat().st_size % 512)
    size, last = len(data) + (4 << 20), 2048 + len(data) // 512 - 1
    make = {"whole": lambda: data, "mbr": lambda: disks.mbr([(disks.PREP, 2048, len(data) // 512)], {1 << 20: data}, size),
            "gpt": lambda: disks.gpt([(disks.PREP_GUID, 2048, last)], {1 << 20: data}, size)}
    disk.write_bytes(make[layout]())
    boot = qemu("--disk", disk, *vtpm())
    events, pcrs = measured(boot, tmp_path)
    as_predicted(bundle, pcrs)
    assert [event.type for event in events if event.pcr == 5] == [eventlog.SEPARATOR, *extra[layout]]
    if layout == "mbr":
        assert digests(events, 5)[1] == sha256(disk.read_bytes()[440:512])


@pytest.mark.all
@pytest.mark.parametrize("firmware", ["slof", "vof"])
def test_tpm_door(firmware, bundle, qemu, vtpm, tmp_path):
    boot = qemu("--firmware", firmware, "--kernel", bundle, *vtpm())
    events, pcrs = measured(boot, tmp_path)
    as_predicted(bundle, pcrs)
    assert boot.line(r"pefboot: tpm=" + {"slof": "continued", "vof": "started"}[firmware])
    own_events(events, CMDLINE, harness.initramfs("6.12").read_bytes())


def test_tpm_prediction_changes(bundle, tmp_path):
    """A byte of a part changes its PCR, and the manifest's, and no other."""
    changed = tmp_path / "initrd"
    changed.write_bytes(harness.initramfs("6.12").read_bytes() + b"\0")
    good = predicted(bundle)
    for other, pcr in ((make_bundle(tmp_path / "a", changed), 9),
                       (make_bundle(tmp_path / "b", harness.initramfs("6.12"), CMDLINE + " x"), 8)):
        now = predicted(other)
        assert {key for key in good if now[key] != good[key]} == {(bank, n) for bank in BANKS for n in (4, pcr)}


@pytest.mark.all
@pytest.mark.parametrize("release", ["", "-2.12", "-2.14"])
def test_tpm_grub(release, bundle, qemu, vtpm, tmp_path):
    """The log goes on from that of SLOF, whose disk is in PCRs 4 and 5, and of GRUB, where that measures."""
    boot = qemu("--firmware", "slof", "--disk", grub.disk(tmp_path / "disk.img", tmp_path, bundle, release=release), *vtpm())
    events, pcrs = measured(boot, tmp_path)
    if release:     # what it did, and what it read
        assert b"grub_cmd: linux /pefboot.elf" in [event.data.rstrip(b"\0") for event in events if event.pcr == 8]
        assert sha256(bundle.read_bytes()) in digests(events, 9)
    own_events(events, CMDLINE, harness.initramfs("6.12").read_bytes())
    assert [event.data for event in events if event.pcr == 4][-1] == b"bundle"
    if not release:
        assert all(pcrs["sha256"][pcr] == predicted(bundle)["sha256", pcr] for pcr in (8, 9))


@pytest.mark.all
@pytest.mark.parametrize("how", ["load", "file"])
def test_tpm_kexec(how, bundle, qemu, vtpm, tmp_path):
    """Entered again, pefboot leaves TPM and log alone: the second kernel reads what the first boot wrote."""
    first = kexec.initramfs(tmp_path / "first.cpio.gz", "none", next=bundle)
    boot = kexec.run(qemu, first, "small", f"how={how}", *vtpm())
    boot.line("1/7 entry door=kexec")
    events, _ = measured(boot, tmp_path)
    assert digests(events, 9)[-1] == sha256(first.read_bytes())
    assert boot.console.count("pefboot: tpm=") == 1


def test_tpm_required(qemu):
    """Without a TPM the word stops the boot."""
    boot = qemu("--kernel", harness.small_kernel(), "--append", "pefboot.tpm=required", timeout=60)
    boot.judged("refused", "--expect", "E421")


def test_tpm_none(qemu):
    """Without TPM and word nothing is said of one."""
    boot = qemu.small()
    assert "tpm" not in boot.console.split("Linux version")[0]


def test_tpm_under_the_ultravisor(qemu, vtpm):
    """A guest that stays normal there: one notice, at once; one that becomes secure: another one."""
    boot = qemu.small("--firmware", "ultravisor", *vtpm(), append="pefboot.secure=off")
    assert boot.line(r"pefboot: notice: boot not measured: E422 .*H_REG_CRQ -> H_FUNCTION")


@pytest.mark.all
def test_tpm_in_a_secure_guest(qemu, vtpm):
    boot = qemu.small("--firmware", "ultravisor", *vtpm(), append="pefboot.kernel=any")
    assert boot.line(r"pefboot: notice: boot not measured: E421 .*a secure guest gets none")
