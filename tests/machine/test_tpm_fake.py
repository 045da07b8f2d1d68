# SPDX-License-Identifier: GPL-2.0-or-later
"""With a TPM of ours (faketpm.py). One that is silent, lies or refuses: the number, a hint, and the boot goes on; with
pefboot.tpm=required it stops. One that works: a big-endian kernel reads the log, and what is changed changes its PCR only."""

import hashlib
import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import harness
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import disks  # noqa: E402 (neighbours)
import eventlog  # noqa: E402
import faketpm  # noqa: E402
import sealed  # noqa: E402

ALL = pytest.mark.all
FAILED, RETRY = 0x101, 0x922
LONG = faketpm.reply(0, bytes(600))
CUT = faketpm.reply(0, struct.pack(">BII", 0, 5, 9) + struct.pack(">HB", 0xb, 3) + b"\xff\xff\xff")

# name: number, what the line says, what the TPM answers instead
CASES = {
    "silent": (423, r"unit 0x71\d{6}", {faketpm.SELF_TEST: None}),
    "silent-late": (423, r"unit 0x71\d{6}", {faketpm.EXTEND: lambda before: faketpm.reply() if before < 5 else None}),
    "long": (424, "610 bytes", {faketpm.GET_CAPABILITIES: LONG}),
    "cut": (424, "banks", {faketpm.GET_CAPABILITIES: CUT}),
    "no-banks": (424, "no banks", {faketpm.GET_CAPABILITIES: faketpm.selection([])}),
    "foreign-bank": (424, "a bank of algorithm 0x12", {faketpm.GET_CAPABILITIES: faketpm.selection(["sha256", "sm3_256"])}),
    "short-random": (424, "20 bytes", {faketpm.GET_RANDOM: faketpm.reply(0, struct.pack(">H", 8) + bytes(8))}),
    "failure-mode": (425, "0x143 -> 0x101", {faketpm.SELF_TEST: faketpm.reply(FAILED)}),
    "no-startup": (425, "0x144 -> 0x101", {faketpm.STARTUP: faketpm.reply(FAILED)}),
    "no-extend": (425, "0x182 -> 0x922", {faketpm.EXTEND: lambda before: faketpm.reply(0 if before < 9 else RETRY)}),
    "no-lock": (425, "0x129 -> 0x922", {faketpm.CHANGE_AUTH: faketpm.reply(RETRY)}),
}
IN_CHECK = ("foreign-bank", "failure-mode")
HINTS = {423: "is stuck", 424: "use swtpm with SHA-1", 425: "look at the state", 426: "boot without the firmware"}


@pytest.fixture
def fake():
    """fake(banks, answers): such a TPM, with its options of tools/qemu."""
    made = []
    with tempfile.TemporaryDirectory(prefix="tpm-", dir="/tmp") as folder:      # a socket's path is short
        def start(**how):
            made.append(faketpm.Tpm(Path(folder) / f"socket{len(made)}", **how))
            return made[-1]
        yield start
        for tpm in made:
            tpm.close()


def noticed(boot, number, text):
    """One line has number, text and hint; the kernel got no log, and came up."""
    line = boot.line(rf"pefboot: notice: boot not measured: E{number} .*: {text}; (.*)")
    assert HINTS[number] in line[1]
    assert boot.report()["cpus"] == "1" and "pefboot: tpm=" not in boot.console
    boot.judged("normal")


@pytest.mark.parametrize("name", [pytest.param(name, marks=() if name in IN_CHECK else ALL) for name in CASES])
def test_tpm_error(name, qemu, fake):
    number, text, answers = CASES[name]
    noticed(qemu.small(*fake(answers=answers).options), number, text)


@ALL
@pytest.mark.parametrize("name", ["silent", "foreign-bank", "failure-mode"])
def test_tpm_error_required(name, qemu, fake):
    number, _, answers = CASES[name]
    boot = qemu("--kernel", harness.small_kernel(), "--append", "console=hvc0 pefboot.tpm=required", *fake(answers=answers).options)
    boot.judged("refused", "--expect", f"E{number}")
    assert HINTS[number] in boot.line("pefboot: hint: (.*)")[1]


def start_other_banks(qemu, fake, *words):
    """SLOF's log has other banks than the TPM says later."""
    def banks(before):
        return faketpm.selection(["sha256"] if before < 1 else ["sha1"])
    return qemu("--firmware", "slof", "--kernel", bundle_of_small(*words), *fake(answers={faketpm.GET_CAPABILITIES: banks}).options)


@ALL
def test_tpm_error_log(qemu, fake):
    noticed(start_other_banks(qemu, fake), 426, "banks 0x2, the TPM's are 0x1")


@ALL
def test_tpm_error_log_required(qemu, fake):
    boot = start_other_banks(qemu, fake, "pefboot.tpm=required")
    boot.judged("refused", "--expect", "E426")
    assert HINTS[426] in boot.line("pefboot: hint: (.*)")[1]


@ALL
def test_tpm_refused_required(qemu, fake):
    """Under an ultravisor there is no queue."""
    boot = qemu("--firmware", "ultravisor", "--kernel", harness.small_kernel(), "--append",
                "console=hvc0 pefboot.secure=off pefboot.tpm=required", *fake().options)
    boot.judged("refused", "--expect", "E422")
    assert "an ultravisor refuses it" in boot.line("pefboot: hint: (.*)")[1]


BANKS = ("sha1", "sha256", "sha384", "sha512")
PARTS = {"kernel": b"a", "initrd": bytes(range(256)) * 20, "cmdline": "console=hvc0 some words pefboot.secure=off"}


def start_bundle(qemu, tpm, folder, **parts):
    """A bundle of the kernel that prints the log: what it prints, and the PCRs that are predicted."""
    parts = {**PARTS, **parts}
    path = folder / "bundle.elf"
    disks.bundle(path, sealed.reader("log_reader") + parts["kernel"], parts["initrd"], parts["cmdline"])
    child = qemu.spawn("--disk", path, "--mem", "512M", *tpm.options)
    child.expect("log: end")
    log = bytes.fromhex("".join(re.findall(r"^log: ([0-9a-f]+)\r?$", child.before, re.M)))
    child.close(force=True)
    done = subprocess.run([harness.BUILD / "pefboot-bundle", "pcrs", path], stdout=subprocess.PIPE, text=True, check=True)
    return log, {tuple(name.split(":")): value for name, value in (line.split("=") for line in done.stdout.split())}


def test_tpm_big_endian(qemu, fake, tmp_path):
    """A big-endian kernel finds the log; replayed, it gives the TPM's PCRs, and these are as predicted."""
    tpm = fake(banks=BANKS)
    log, predicted = start_bundle(qemu, tpm, tmp_path)
    events, banks = eventlog.parse(log)
    assert tuple(banks) == BANKS
    for bank in banks:
        assert eventlog.replay(events, bank) == {pcr: tpm.pcrs[bank].get(pcr, "00" * hashlib.new(bank).digest_size) for pcr in range(10)}
    assert {(pcr, bank): tpm.pcrs[bank][int(pcr)] for pcr, bank in predicted} == predicted


CHANGES = {"kernel": (9, b"b"), "initrd": (9, PARTS["initrd"][:-1] + b"x"), "cmdline": (8, PARTS["cmdline"].replace("some", "same"))}


@pytest.mark.parametrize("part", CHANGES)
def test_tpm_changed_byte(part, qemu, fake, tmp_path):
    """A byte of one part changes its PCR and that of the manifest, in every bank, and no other."""
    good, bad = fake(banks=BANKS), fake(banks=BANKS)
    start_bundle(qemu, good, tmp_path)
    pcr, value = CHANGES[part]
    start_bundle(qemu, bad, tmp_path, **{part: value})
    for bank in BANKS:
        assert {number for number in good.pcrs[bank] if bad.pcrs[bank][number] != good.pcrs[bank][number]} == {4, pcr}


def bundle_of_small(*words):
    path = harness.MADE / f"tpm-small{len(words)}.elf"
    subprocess.run([harness.BUILD / "pefboot-bundle", "create", "--kernel", harness.small_kernel(), "--initrd", harness.initramfs("none"),
                    "--cmdline", f"console=hvc0 panic=-1 {harness.PATIENT} report pefboot.secure=off {' '.join(words)}".strip(), "-o", path],
                   check=True)
    return path
