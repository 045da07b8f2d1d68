# SPDX-License-Identifier: GPL-2.0-or-later
"""Trees that a hostile host might hand to UV_ESM: attacks that worked against an earlier pefboot, and every kind of edit of every node.

Each ends in a number, or in the guest of the bundle: its command line, its files, nothing leaked. docs/security.md says what each attack was."""

import itertools

import pytest
from test_secure_overlay import boot_with, machine, refused, stopped, unharmed  # noqa: F401 (fixtures)

PHB = "pci@800000020000000"
CPU, VTY, NVRAM, DEVICE = "cpus/cpu@0", "vdevice/vty@71000000", "vdevice/nvram@71000001", f"{PHB}/device@1"

CHOSEN = 'c { bootargs = "init=/bin/sh"; linux,initrd-start = <0x2000000>; linux,initrd-end = <0x2001000>; }; };'

# What the host adds, who reads it in Linux, and where pefboot stops.
ATTACKS = {
    # drivers/of/fdt.c early_init_dt_scan_chosen(): the first name that matches without its address
    "chosen-with-address": ("E501", '&{/} { uv-evil,rename = "c/", "chosen@0"; ' + CHOSEN),
    "chosen-with-address-first": ("E501", '&{/} { uv-evil,first = "c/"; uv-evil,rename = "c/", "chosen@0"; ' + CHOSEN),
    "chosen-twice": ("E501", '&{/} { uv-evil,rename = "c/", "chosen"; ' + CHOSEN),
    # kernel/rtas.c rtas_initialize(): the first node of that name, at any depth
    "rtas-below-cpus": ("E501", '&{/cpus} { rtas { linux,rtas-base = <0x400000>; linux,rtas-entry = <0x400000>; rtas-size = <4096>; }; };'),
    "rtas-below-a-device": ("E501", f'&{{/{DEVICE}}} {{ rtas {{ linux,rtas-base = <0x400000>; rtas-size = <4096>; }}; }};'),
    # drivers/of/fdt.c early_init_dt_scan_memory(): by type
    "memory-by-type": ("E501", '&{/} { buffer@0 { device_type = "memory"; reg = <0x2100 0 0 0x1000000>; }; };'),
    "memory-in-order": ("E501", '&{/} { memory@210000000000 { device_type = "memory"; reg = <0x2100 0 0 0x1000000>; }; };'),
    # mm/drmem.c: version 1 before version 2
    "dynamic-memory": ("E501", '&{/} { ibm,dynamic-reconfiguration-memory { ibm,lmb-size = <0 0x10000000>; '
                               'ibm,dynamic-memory = <1 0 0x10000000 0x80000001 0 0 8>; }; };'),
    "dynamic-memory-both": ("E501", '&{/} { ibm,dynamic-reconfiguration-memory { ibm,lmb-size = <0 0x10000000>; '
                                    'ibm,dynamic-memory = <1 1 0 0x80000001 0 0 8>; ibm,dynamic-memory-v2 = <0>; }; };'),
    # kernel/setup_64.c initialize_cache_info(): the first node of type cpu
    "cpu-elsewhere": ("E501", '&{/event-sources} { c { device_type = "cpu"; d-cache-block-size = <64>; }; };'),
    "cpus-with-address": ("E501", '&{/} { uv-evil,rename = "c/", "cpus@0"; c { #address-cells = <1>; #size-cells = <0>; }; };'),
    "memory-disabled": ("E501", '&{/memory@0} { status = "disabled"; };'),
    "no-address-cells": ("E501", '&{/} { uv-evil,delete = "#address-cells"; };'),
    "bridge-by-type": ("E501", '&{/} { p@0 { device_type = "pci"; #address-cells = <3>; #size-cells = <2>; '
                               'ranges = <0x2000000 0 0x80000000 0 0x1000000 0 0x1000000>; }; };'),
    "window-over-memory": ("E502", f'&{{/{PHB}}} {{ ranges = <0x2000000 0 0x80000000 0 0x1000000 0 0x1000000>; }};'),
    "vdevice-with-address": ("E501", '&{/} { uv-evil,rename = "v/", "vdevice@0"; v { device_type = "vdevice"; '
                                     'l-lan@71000003 { device_type = "network"; compatible = "IBM,l-lan"; reg = <0x71000003>; }; }; };'),
    "v-scsi": ("E501", '&{/vdevice} { v-scsi@71000002 { device_type = "vscsi"; compatible = "IBM,v-scsi"; reg = <0x71000002>; }; };'),
    "hot-plug-events": ("E501", "&{/event-sources} { hot-plug-events { interrupts = <0x1001 0>; }; };"),
    "linux-in-a-bridge": ("E501", f"&{{/{PHB}}} {{ linux,pci-domain = <7>; }};"),
    "iommu-off": ("E501", "&{/chosen} { linux,iommu-off; };"),
    # kernel/epapr_paravirt.c: patches these words over its own text
    "hcall-instructions": ("E501", '&{/} { hypervisor { compatible = "linux,kvm"; hcall-instructions = <0x4e800020 0x60000000>; }; };'),
    "kernel-dump": ("E501", "&{/rtas} { ibm,kernel-dump = <0 0 0 0>; };"),
    "secure-boot": ("E501", "&{/} { ibm,secure-boot = <2>; };"),
    "platform-facilities": ("E501", '&{/} { ibm,platform-facilities { ibm,random-v1 { compatible = "ibm,random"; }; }; };'),
    "update-nodes": ("E501", "&{/rtas} { ibm,update-nodes = <0x2030>; };"),
    "drc": ("E501", f"&{{/{PHB}}} {{ ibm,my-drc-index = <0x20000000>; }};"),
    "cpu-features": ("E501", f'&{{/{CPU[:4]}}} {{ ibm,powerpc-cpu-features {{ compatible = "ibm,powerpc-cpu-features"; }}; }};'),
    "memory-limit": ("E501", "&{/chosen} { linux,memory-limit = <0 0x8000000>; };"),
    "crash-dump": ("E501", "&{/chosen} { linux,elfcorehdr = <0 0x1000000 0 0x10000>; };"),
    "pool-of-the-host": ("E501", '&{/} { reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; '
                                 'p@1000000 { compatible = "restricted-dma-pool"; reg = <0 0x1000000 0 0x1000000>; }; }; };'),
    # In canonical form, and a lie
    "command-line": ("E508", '&{/chosen} { bootargs = "init=/bin/sh"; };'),
    "initrd": ("E502", "&{/chosen} { linux,initrd-start = <0x1000000>; };"),
    "more-memory": ("E510", "&{/memory@0} { reg = <0 0 0x1 0>; };"),
    "less-memory": ("E502", "&{/memory@0} { reg = <0 0 0 0x1000000>; };"),
    "cache-blocks": ("E501", f"&{{/{CPU}}} {{ d-cache-block-size = <64>; }};"),
    "cpu-version": ("E501", f"&{{/{CPU}}} {{ cpu-version = <0x0f000042>; }};"),
    "threads-of-another": ("E501", f"&{{/{CPU}}} {{ ibm,ppc-interrupt-server#s = <8>; }};"),
    "rtas-moved": ("E501", "&{/rtas} { linux,rtas-entry = <0x400000>; };"),
    "two-names-for-a-device": ("E501", f"&{{/{DEVICE}}} {{ reg = <0x0 0 0 0 0>; }};"),
    "device-on-another-bus": ("E501", f"&{{/{DEVICE}}} {{ reg = <0x10000 0 0 0 0>; }};"),
    "bridge-by-class-only": ("E501", f"&{{/{DEVICE}}} {{ class-code = <0x60400>; }};"),
    "map-to-nowhere": ("E501", f"&{{/{PHB}}} {{ interrupt-map = <0 0 0 1 7 0x1200 1>; }};"),
    "console-of-the-host": ("E501", '&{/chosen} { stdout-path = "/vdevice/vty@71000009"; };'),
}


# Those that the ultravisor itself does not let pass, unless they come when it has looked
REFUSED = ("no-address-cells", "more-memory")


def after_the_check(text):
    """The real ultravisor hands the tree back after UV_ESM, and the host may write it until then."""
    return text.replace(" {", " { uv-evil,after;", 1)


@pytest.mark.parametrize("name", ATTACKS)
def test_overlay_attack(boot_with, name):  # noqa: F811
    number, text = ATTACKS[name]
    stopped(boot_with(after_the_check(text) if name in REFUSED else text), number)


@pytest.mark.parametrize("name", REFUSED)
def test_overlay_that_is_refused(boot_with, name):  # noqa: F811
    refused(boot_with(ATTACKS[name][1]))


def test_overlay_claims_less_memory(boot_with):  # noqa: F811
    """A quarter of it is not in the tree: Linux uses none of that."""
    boot = boot_with("&{/memory@0} { reg = <0 0 0 0x30000000>; };", "--mem", "1G")
    unharmed(boot)
    assert boot.line(r"memory ends: (.*)$")[1].strip() == "00000000-2fffffff"


@pytest.mark.all
@pytest.mark.parametrize("name", ATTACKS)
def test_overlay_attack_after_the_check(boot_with, name):  # noqa: F811
    number, text = ATTACKS[name]
    stopped(boot_with(after_the_check(text)), number)


# Every node of the tree, and a property that it has to have.
NODES = {
    "": "compatible", "cpus": "#address-cells", CPU: "reg", "memory@0": "reg", "rtas": "rtas-size", "interrupt-controller": "compatible",
    "event-sources": "#interrupt-cells", "event-sources/epow-events": "interrupts", "vdevice": "compatible", VTY: "reg", NVRAM: "#bytes",
    PHB: "ranges", DEVICE: "vendor-id", "chosen": "bootargs",
}
EDITS = {
    "property": "surprise = <1>;",
    "child": "surprise { };",
    "repeated": 'surprise = <1>; uv-evil,rename = "surprise", "{property}";',
    "missing": 'uv-evil,delete = "{property}";',
    "last": 'uv-evil,last = "{property}";',
    "odd": "{property} = [01 02 03];",
}
HARMLESS = (("last", "event-sources/epow-events"),)     # its only property
MACHINES = {
    "7.2": ("--qemu", "7.2"), "7.2-4": ("--qemu", "7.2", "--smp", "4"), "10.0-bridge": ("--qemu", "10.0", "--bridge"),
    "11.1-4": ("--qemu", "11.1", "--smp", "4"), "11.1-power10": ("--qemu", "11.1", "--cpu", "POWER10"),
}


@pytest.mark.all
@pytest.mark.parametrize("where", MACHINES)
@pytest.mark.parametrize("edit,node", [pair for pair in itertools.product(EDITS, NODES) if pair not in HARMLESS])
def test_overlay_structure(boot_with, edit, node, where):  # noqa: F811
    boot = boot_with(f'&{{/{node}}} {{ {EDITS[edit].replace("{property}", NODES[node])} }};', *MACHINES[where])
    if "ultravisor: esm=abort phase=tree" in boot.console:      # what it looks at itself
        boot.line("pefboot: EXIT 405$")
    else:
        stopped(boot, "E501")


@pytest.mark.all
@pytest.mark.parametrize("where", MACHINES)
def test_overlay_of_nothing(boot_with, where):  # noqa: F811
    """The same machines with the tree as it is: they boot."""
    unharmed(boot_with('&{/chosen} { linux,pci-probe-only = <0>; };', *MACHINES[where]))
