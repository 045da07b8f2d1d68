# SPDX-License-Identifier: GPL-2.0-or-later
"""Our numbers (abi/) are the kernel's.

One header feeds firmware and miniature ultravisor, so a wrong number is invisible to their tests. Here
each constant of abi/ whose name Linux has, too, is evaluated by the compiler in both ways."""

import re
import subprocess

import harness
import pytest

# The folders abi/ and boot/ take names from; a name counts as Linux has it there.
HEADERS = (
    "arch/powerpc/include/asm/hvcall.h", "arch/powerpc/include/asm/ultravisor-api.h", "arch/powerpc/include/asm/reg.h",
    "arch/powerpc/include/uapi/asm/kvm_para.h", "include/uapi/linux/virtio_config.h", "include/uapi/linux/virtio_ring.h",
    "include/uapi/linux/virtio_pci.h", "include/uapi/linux/virtio_ids.h", "include/uapi/linux/virtio_blk.h",
    "include/uapi/linux/virtio_scsi.h", "include/uapi/linux/virtio_net.h", "include/uapi/linux/virtio_console.h",
    "include/uapi/linux/pci_regs.h", "include/scsi/scsi_proto.h", "include/linux/pci_ids.h",
)
OURS = ("papr", "pef", "power", "nested", "virtio", "pci", "scsi", "hcalls")

DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+([A-Z_][A-Z0-9_]*)(\([^)]*\))?[ \t]+((?:[^\n\\]|\\\n|\\.)+)", re.M)


def defines(path):
    """Macros of a header in order: name, arguments or None, text."""
    text = re.sub(r"/\*.*?\*/", " ", path.read_text(), flags=re.S)
    return [(name, args, re.sub(r"\\\n", " ", re.sub(r"//.*", "", value)).strip()) for name, args, value in DEFINE.findall(text)]


def evaluate(folder, name, prologue, names):
    """{name: value} as 64 bits, by a compiled program; names that are no integer constants are left out."""
    lines = [f'if (__builtin_constant_p({n}) && sizeof({n}) <= 8) printf("{n} %llx\\n", (unsigned long long)(long long)({n}));'
             for n in names]
    source = folder / f"{name}.c"
    source.write_text("#include <stdint.h>\n#include <stdio.h>\n" + prologue +
                      "\nint main(void) {\n" + "\n".join(lines) + "\nreturn 0; }\n")
    subprocess.run(["gcc", "-w", "-iquote", harness.TOP, source, "-o", folder / name], check=True)
    done = subprocess.run([folder / name], stdout=subprocess.PIPE, text=True, check=True)
    return {line.split()[0]: int(line.split()[1], 16) for line in done.stdout.splitlines()}


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Our values and Linux' values of the names that both have."""
    folder, linux = tmp_path_factory.mktemp("abi"), harness.deps("linux-6.12")
    ours = {}
    for header in OURS:
        path = harness.TOP / f"abi/{header}.h"
        if path.exists():
            ours.update({name: header for name, args, _ in defines(path) if not args})
    theirs = {}
    for header in HEADERS:
        if (linux / header).exists():
            for name, args, text in defines(linux / header):
                theirs.setdefault(name, f"#define {name}{args} {text}")	# 64-bit stands first
    # include/asm/asm-const.h, linux/const.h and linux/bits.h in short
    helpers = "#define ASM_CONST(x) x##UL\n#define __MASK(x) (1UL << (x))\n#define PPC_BIT(n) (1UL << (63 - (n)))\n"
    common = sorted(name for name in ours if name in theirs)
    included = "".join(f'#include "abi/{header}.h"\n' for header in sorted(set(ours.values())))
    return (evaluate(folder, "ours", included, common),
            evaluate(folder, "theirs", "\n".join(theirs.values()) + "\n" + helpers, common), ours)


def test_numbers_are_linux(both):
    ours, theirs, _ = both
    # Feature bits of virtio: Linux numbers them, here they are masks.
    masks = {name: 1 << value if name.startswith("VIRTIO_") and "_F_" in name else value for name, value in theirs.items()}
    assert {name: (hex(value), hex(masks[name])) for name, value in ours.items()
            if name in masks and masks[name] != value} == {}


def test_enough_was_compared(both):
    """If names stop matching, this test must not pass by comparing nothing."""
    ours, theirs, names = both
    compared = set(ours) & set(theirs)
    for prefix, least in (("H_", 30), ("UV_", 10), ("U_", 9), ("MSR_", 8), ("VIRTIO_", 20), ("PCI_", 10)):
        assert len([name for name in compared if name.startswith(prefix)]) >= least, (prefix, sorted(compared))
    assert len(compared) > len(names) / 3, f"{len(compared)} of {len(names)}"


def test_vector_5_is_prom_h():
    """Bytes and bits of option vector 5: in asm/prom.h they are one word, byte << 8 | bits."""
    linux = {name: text for name, args, text in defines(harness.deps("linux-6.12") / "arch/powerpc/include/asm/prom.h")
             if name.startswith("OV5_")}
    def feature(name):
        value = linux[name]
        number, bits = int(value, 0) >> 8, int(value, 0) & 0xff
        return number, bits
    text = (harness.TOP / "abi/papr.h").read_text()
    ours = {name: int(value, 0) for name, value in re.findall(r"#define (OV5_\w+)\s+(0x[0-9a-f]+|\d+)", text)}
    pairs = {"OV5_LPAR": "FEATURES", "OV5_SPLPAR": "FEATURES", "OV5_LARGE_PAGES": "FEATURES", "OV5_MSI": "FEATURES",
             "OV5_DRCONF_MEMORY": "FEATURES", "OV5_HP_EVT": "BIN_OPTS", "OV5_RESIZE_HPT": "BIN_OPTS"}
    names = {"OV5_DRCONF_MEMORY": "OV5_DRCONF_MEMORY", "OV5_DONATE": "OV5_DONATE_DEDICATE_CPU"}
    for name, byte in pairs.items():
        assert feature(names.get(name, name)) == (ours["OV5_" + byte], ours[name]), name
    assert feature("OV5_FORM1_AFFINITY") == (ours["OV5_AFFINITY"], ours["OV5_FORM1"])
    assert feature("OV5_FORM2_AFFINITY") == (ours["OV5_AFFINITY"], ours["OV5_FORM2"])
    assert feature("OV5_DRMEM_V2") == (ours["OV5_DRMEM"], ours["OV5_DRMEM_V2"])
    assert feature("OV5_XIVE_SUPPORT") == (ours["OV5_XIVE"], ours["OV5_MODE_MASK"])
    assert feature("OV5_XIVE_EXPLOIT") == (ours["OV5_XIVE"], ours["OV5_MODE_NEW"])
    assert feature("OV5_MMU_SUPPORT") == (ours["OV5_MMU"], ours["OV5_MODE_MASK"])
    assert feature("OV5_MMU_RADIX") == (ours["OV5_MMU"], ours["OV5_MODE_NEW"])
    assert feature("OV5_RADIX_GTSE") == (ours["OV5_RADIX_EXT"], ours["OV5_GTSE"])
