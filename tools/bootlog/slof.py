# SPDX-License-Identifier: GPL-2.0-or-later
"""What SLOF's numbers mean when it cannot boot (its slof/fs/boot.fs), and what to do."""

import re

SLOF_ERRORS = {
    3400: ("no device of the boot order could be booted", ""),
    3401: ("the boot was aborted; the rest of the line says why", ""),
    3402: ("an error of SLOF's own while it loaded: most often the file takes more memory than "
           "there is, or wants memory that is SLOF's own, as a bundle does",
           "Make the bundle a file for SLOF: pefboot-bundle slof (docs/booting.md)."),
    3403: ("what was loaded cannot be executed: no ELF file for this machine, or a cut one",
           "Load pefboot.elf, pefboot-loader.elf, a bundle or a vmlinux."),
    3404: ("the device has nothing that SLOF boots: no ELF file in a PReP partition, no "
           "bootinfo.txt",
           "SLOF starts pefboot-loader.elf from a PReP partition; the disk of a bundle is read by "
           "-bios pefboot.bin, or by -kernel pefboot.elf under SLOF."),
    3405: ("the boot order names a device that is not there",
           "Compare bootindex= and -boot with the devices that SLOF lists."),
    3406: ("what SLOF started came back with an error", ""),
    3407: ("nothing was loaded; the lines above say what was tried",
           "Give -kernel, or a disk that SLOF can boot."),
    3408: ("no memory where the executable wants to be", "Give the guest more memory (-m)."),
    3409: ("a word that SLOF does not know, in a boot script", ""),
    3420: ("the boot list could not be read", ""),
}


def explain_slof_number(number):
    """The entry for a person; "" if there is none."""
    found = SLOF_ERRORS.get(number)
    return found and f"E{number}, said by SLOF: " + "\n  ".join(filter(None, found)) or ""


def explain_slof_line(text):
    """(text, remedy) of a line in which SLOF says that it cannot boot; None if it is unknown."""
    m = re.search(r"E(34\d\d)", text)
    found = m and SLOF_ERRORS.get(int(m[1]))
    return found and (f"SLOF: {text.strip()}: {found[0]}", found[1])
