# SPDX-License-Identifier: GPL-2.0-or-later
"""What went into the PCRs of the TPM."""

from ..measured import list_measured, say_tpm
from .markup import at_line, h, soft, table


def show_measured(view):
    boot = view.boot
    if not boot.tpm:
        return soft("Nothing was measured into a TPM.")
    rows = [(h(pcr), h(kind), h(digest), at_line(event.line))
            for pcr, kind, digest, event in list_measured(boot)]
    said = f"<p>{h(say_tpm(boot))}, {at_line(boot.tpm.line)}.</p>"
    return said + (table(("PCR", "event", "digest", "log"), rows, ("n", "c", "c", "")) if rows else
                   soft("The digests are in a log of <code>pefboot.log=info</code>."))
