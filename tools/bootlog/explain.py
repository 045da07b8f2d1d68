# SPDX-License-Identifier: GPL-2.0-or-later
"""What a number means, and what to do about it."""

import re

from .slof import explain_slof_number
from .tables import CODES, ERRORS

# What a code means as the answer to UV_ESM.
ESM_CODES = {
    "U_FUNCTION": "there is no ultravisor, or it does not know the call",
    "U_PARAMETER": "the hypervisor refused to make this VM secure (H_SVM_INIT_ABORT), "
                   "or the device tree was rejected",
    "U_RETRY": "not enough secure memory for this guest, or the guest is secure already",
    "U_PERMISSION": "digests do not match, or the call came from a wrong privilege level",
    "U_P2": "kbase was rejected",
    "U_P3": "the address of the device tree was rejected",
    "U_STATE": "the transition had already begun",
    "U_BUSY": "the ultravisor is busy",
}

SLOT = 2048                         # bytes; Linux include/linux/swiotlb.h, IO_TLB_SHIFT
MIB = 1 << 20
POOL_WINDOW = 640 * MIB             # what fits below 1 GiB beside a kernel: docs/memory-map.md
ABOVE_WINDOW = 2048 * MIB           # a guest so large has room above 1 GiB for half of its memory
SWIOTLB_FULL = re.compile(r"\(sz: (\d+) bytes\), total (\d+) \(slots\), used (\d+)")


def explain_word(word):
    """An error number, a return code or its name, for a person; None or "" if it is unknown."""
    word = word.upper()
    if re.fullmatch(r"E?34\d\d", word):
        return explain_slof_number(int(word.lstrip("E")))
    if re.fullmatch(r"E?\d{3}", word):
        number = int(word.lstrip("E"))
        return number in ERRORS and explain_error(number)
    if re.fullmatch(r"-?\d+", word):
        return int(word) in CODES and explain_code(int(word))
    found = [value for value, names in CODES.items() if word in names]
    if not found:
        return None
    return explain_code(found[0]) + (f"\n  UV_ESM: {ESM_CODES[word]}" if word in ESM_CODES else "")


def explain_error(number):
    name, what, cause, remedy = ERRORS[number]
    return f"E{number} {name}: {what}\n  {cause}\n  {remedy}"


def explain_code(value):
    """Both names of a return code."""
    uv, hv = CODES.get(value, ("", ""))
    speakers = ((uv, "an ultravisor"), (hv, "a hypervisor"))
    names = [f"{name} from {who}" for name, who in speakers if name]
    return f"{value}: " + (", ".join(names) or "no name for it")


def explain_failure(event):
    """Cause and remedy of a FAIL line."""
    *_, cause, remedy = ERRORS.get(event.number, ("", "", "", ""))
    parts = [cause, remedy]
    if event.keys.get("call") == "UV_ESM" and event.keys["code"] in ESM_CODES:
        code = event.keys["code"]
        parts.insert(0, f"UV_ESM answered {code}: {ESM_CODES[code]}.")
    if "value" in event.keys:
        parts.append(explain_code(int(event.keys["value"])) + ".")
    return " ".join(part for part in parts if part)


def explain_swiotlb(text, memory):
    """
    (text, remedy) that name and size a pool that was full; None if the line has no figures.
    memory: of the guest, in bytes.
    """
    m = SWIOTLB_FULL.search(text)
    if not m:
        return None
    size, total, used = map(int, m.groups())
    pool, need, most = total * SLOT, 16 * MIB, POOL_WINDOW
    if memory >= ABOVE_WINDOW:
        most = memory // 2
    while need < 2 * pool:
        need *= 2
    scattered = pool - used * SLOT >= size
    larger = f"Give the guest a larger pool: pefboot.pool={min(need, most) // MIB}M."
    if min(need, most) > POOL_WINDOW:
        larger += (" It lies above the DMA window, out of reach of devices that use the IOMMU "
                   "(iommu_platform=on).")
    if pool >= most:
        larger = ("No larger pool fits (docs/memory-map.md). Let the devices ask for less at a "
                  "time: queue-size=, num-queues=.")
        if most == POOL_WINDOW:
            larger += " Or give the guest 2 GiB of memory (-m) and pefboot.pool=1024M."
    return (f"the pool was exhausted: {pool / MIB:g} MiB ({total} slots of 2 KiB), "
            f"{used} slots in use, {size} bytes found no place",
            larger + (" The slots in use leave room, but not in one piece: a request takes "
                      "consecutive slots." if scattered else ""))
