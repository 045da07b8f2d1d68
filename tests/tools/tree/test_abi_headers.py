# SPDX-License-Identifier: GPL-2.0-or-later
"""Our numbers against the kernel's headers: a mistake that caller and monitor share passes every other test."""

import re

import harness

DEFINE = re.compile(r"^#define\s+(\w+)\s+\(?(-?(?:0x)?[0-9a-fA-F]+)(?:UL|L)?\)?\s*(?:/[*/].*)?$", re.M)


def numbers(*paths):
    found = {}
    for path in paths:
        for name, value in DEFINE.findall(path.read_text()):
            found[name] = int(value, 0)
    return found


def headers():
    folder = harness.deps("linux-6.12") / "arch/powerpc/include/asm"
    return numbers(folder / "hvcall.h", folder / "ultravisor-api.h")


def compare(names, least):
    ours = numbers(*(harness.TOP / "abi" / name for name in names))
    kernel = headers()
    common = sorted(set(ours) & set(kernel))
    assert len(common) >= least, f"only {len(common)} names in common"
    assert {name: ours[name] for name in common} == {name: kernel[name] for name in common}


def test_abi_hypercalls_are_the_kernels():
    compare(["papr.h", "hcalls.h", "nested.h"], 70)


def test_abi_ultracalls_are_the_kernels():
    compare(["pef.h"], 12)


def test_abi_ultracall_codes_are_the_hypervisors():
    """ultravisor-api.h defines U_* by H_*: the same number under both names, but for U_BAD_MODE, where
    the published ultravisor has -59 (uapi_uvcall.h) and nobody but itself uses it."""
    ours, kernel = numbers(harness.TOP / "abi/pef.h"), headers()
    codes = {name: value for name, value in ours.items() if re.fullmatch(r"U_\w+", name)}
    shared = {name for name in codes if "H_" + name[2:] in kernel} - {"U_BAD_MODE"}
    assert len(shared) >= 8
    assert {name: codes[name] for name in shared} == {name: kernel["H_" + name[2:]] for name in shared}
