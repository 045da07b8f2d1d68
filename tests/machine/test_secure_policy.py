# SPDX-License-Identifier: GPL-2.0-or-later
"""What becomes of a guest for each policy and each answer of an ultravisor, or of none."""

import hashlib
import re

import disks
import harness
import pytest
import secure

NONE = "pefboot", ""            # stock QEMU: `sc 2` is a system call to the guest itself
OFF = "ultravisor", "uv.off"    # one that takes no ultracalls
UV = "ultravisor", ""

# what is there, words of the command line, error number, what FAIL says behind it
STOPS = {
    "none-required": (NONE, "pefboot.secure=required", 401, r"UV_ESM -> U_FUNCTION \(-2\)"),
    "off-required": (OFF, "pefboot.secure=required", 401, r"UV_ESM -> U_FUNCTION \(-2\)"),
    "small-pool": (UV, "pefboot.pool=8M", 602, "8192 KiB"),
    "no-room-for-pool": (UV, "pefboot.pool=300M", 601, "307200 KiB below"),
    "small-pool-of-a-normal-vm": (NONE, "pefboot.dma=pool pefboot.pool=8M", 602, "8192 KiB"),
    "share-refused": (UV, "uv.fail=UV_SHARE_PAGE:U_P2", 603, r"UV_SHARE_PAGE -> U_P2 \(-55\)"),
    "host-refuses-to-share": (UV, "uv.evil=noshare", 603, "UV_SHARE_PAGE -> "),
    "refused-by-number": (UV, "uv.fail=UV_ESM:-5@2", 405, r"UV_ESM -> U_RETRY \(-5\)"),
}
for policy in ("auto", "required"):
    for code, number in (("U_PERMISSION", -11), ("U_P2", -55), ("U_FUNCTION", -2), ("U_PARAMETER", -4)):
        STOPS[f"{code}-{policy}"] = (UV, f"pefboot.secure={policy} uv.fail=UV_ESM:{code}@2", 405,
                                     rf"UV_ESM -> {code} \({number}\)")

# the same, and the world at handoff
GOES_ON = {
    "none-auto": (NONE, "", "normal", "notice: no ultravisor"),
    "none-off": (NONE, "pefboot.secure=off", "normal", "mode=normal secure=off"),
    "off-auto": (OFF, "", "normal", "notice: no ultravisor"),
    "ultravisor-off": (UV, "pefboot.secure=off", "normal", "mode=normal secure=off"),
    "ultravisor-auto": (UV, "", "secure", "pool=0x[0-9a-f]+.0x4000000 flag=yes"),
    "ultravisor-required": (UV, "pefboot.secure=required", "secure", "flag=yes"),
    "small-pool-forced": (UV, "pefboot.pool=8M,force", "secure", "pool=0x[0-9a-f]+.0x800000 flag=yes"),
    "pool-of-a-normal-vm": (NONE, "pefboot.dma=pool", "normal", "flag=yes"),
    "scribbled": (UV, "uv.evil=scribble", "secure", "evil=scribble"),
    "no-answers-required": (UV, "pefboot.secure=required uv.codes=lost", "secure", "notice: .* no answer to UV_SHARE_PAGE"),
}


def start(there, words):
    firmware, more = there
    return secure.arguments(f"{words} {more}", "--mem", "256M", firmware=firmware)


@pytest.mark.parametrize("there,words,number,says", STOPS.values(), ids=STOPS)
def test_secure_policy_stops(qemu, there, words, number, says):
    boot = qemu(*start(there, words), timeout=harness.BOOT_TIMEOUT)
    boot.line(rf"pefboot: FAIL {number // 100}/7 \w+ E{number} .*: {says}")
    # After FAIL come hints and EXIT, and nothing that is ours: no kernel, no second reason
    own = [line.partition("pefboot: ")[2] for line in boot.lines if "pefboot: " in line]
    fail = next(i for i, line in enumerate(own) if line.startswith("FAIL"))
    assert [line.split()[0] for line in own[fail:]] == ["FAIL", "hint:", "EXIT"]
    assert own[-1] == f"EXIT {number}"
    assert "Linux version" not in boot.console
    if there != NONE:
        found = secure.verdict(boot.console)
        assert found["leaked"] == "0"
        assert found["world"] == ("secure" if number >= 500 else "normal")


@pytest.mark.parametrize("there,words,world,says", GOES_ON.values(), ids=GOES_ON)
def test_secure_policy_goes_on(qemu, there, words, world, says):
    child = qemu.spawn(*start(there, words))
    child.expect(says)
    child.expect(f"pefboot: 7/7 handoff world={world} ")
    child.expect("Linux version")


def test_secure_policy_without_answers(qemu, tmp_path):
    """As the published ultravisor, it does not say what came of a call: a bundle boots, and the log says what is not known."""
    data = disks.random_bytes("disk of a guest without answers", 256 << 10)
    (tmp_path / "data.img").write_bytes(data)
    disks.bundle(tmp_path / "bundle.elf", secure.kernel().read_bytes(), secure.initramfs("none", "quick").read_bytes(),
                 f"console=hvc0 quiet panic=-1 {harness.PATIENT} pefboot.pool=16M pefboot.secure=required")
    boot = qemu("--firmware", "ultravisor", "--mem", "256M", "--disk", f"{tmp_path}/bundle.elf,ro",
                "--disk", f"{tmp_path}/data.img,ro", "--", "-prom-env", "uv=uv.codes=lost")
    assert re.findall(r"pefboot: notice: (.*?)\r*$", boot.console, re.M) == [
        "the ultravisor gives no answer to UV_UNSHARE_PAGE, so memory is taken on the host's word",
        "the ultravisor gives no answer to UV_SHARE_PAGE, so devices may not reach the pool"]
    boot.line("5/7 verify world=secure .* kernel=match initrd=match cmdline=match")
    assert re.search(r"quick: (\w*)", boot.console)[1] == hashlib.md5(data).hexdigest()
    found = secure.verdict(boot.console)
    assert (found["world"], found["leaked"]) == ("secure", "0")
