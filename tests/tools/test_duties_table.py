# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/prom-init.md names each function of prom_init.c, and each word that it looks for on the command line."""

import re

import harness
import pytest

PAGE = harness.TOP / "docs/prom-init.md"


@pytest.mark.parametrize("release", ["6.12", pytest.param("6.1", marks=pytest.mark.all), pytest.param("7.2", marks=pytest.mark.all)])
def test_duties_table(release):
    source = (harness.deps(f"linux-{release}") / "arch/powerpc/kernel/prom_init.c").read_text()
    named = set(re.findall(r"`(\w+)(?:\(\))?`", PAGE.read_text()))
    functions = set(re.findall(r"^(?:static|unsigned long).*\b__init\b[^;=]*?\b(\w+)\(", source, re.M)) - {"__attribute__"}
    functions |= set(re.findall(r"__attribute__\(\(noreturn\)\) (\w+)\(", source))
    assert len(functions) > 50 and "early_cmdline_parse" in functions and "prom_panic" in functions
    assert not functions - named
    words = set(re.findall(r'prom_strstr\(prom_cmd_line, "([^"]+)"\)', source))
    assert words == {"iommu=", "mem=", "disable_radix", "radix_hcall_invalidate=on", "xive=off", "svm="}
    text = PAGE.read_text()
    assert all(f"`{word}" in text for word in words)
