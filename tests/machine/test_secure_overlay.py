# SPDX-License-Identifier: GPL-2.0-or-later
"""A hostile host edits the guest's tree at UV_ESM: a device tree overlay in, what becomes of the guest out.

The bundle, its digest and its kernel stay as they are. A test is a structure that the host adds, moves, renames or takes away:

    def test_overlay_...(boot_with):
        boot = boot_with('&{/chosen} { bootargs = "init=/bin/sh"; };')
        stopped(boot, "E508")           # or: unharmed(boot)

docs/ultravisor.md, "A hostile tree", has the edits that a merge cannot do."""

import hashlib
import re

import disks
import harness
import pytest
import secure

DATA = disks.random_bytes("disk of a host that edits the tree", 256 << 10)
WORDS = f"console=hvc0 quiet panic=-1 {harness.PATIENT} pefboot.pool=16M"


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """A bundle that boots Linux, which reads the disk with DATA and powers off: arguments of tools/qemu, and the option
    that holds its measured range against its digest."""
    folder = tmp_path_factory.mktemp("overlay")
    (folder / "data.img").write_bytes(DATA)
    initrd = secure.initramfs("none", "quick").read_bytes()
    data = disks.bundle(folder / "bundle.elf", secure.kernel().read_bytes(), initrd, WORDS)
    return ["--firmware", "ultravisor", "--mem", "256M", "--disk", f"{folder}/bundle.elf,ro", "--disk", f"{folder}/data.img,ro"], \
        f"uv.digest={disks.measured(data)}"


@pytest.fixture
def boot_with(qemu, machine, tmp_path):
    """Boot with an overlay: its text, without the two lines at its head. `words`: further uv.* options."""
    def boot(text, *args, words="", status=0):
        path = tmp_path / f"{len(qemu.logs)}.dtso"
        path.write_text(f"/dts-v1/;\n/plugin/;\n{text}\n")
        options, digest = machine
        return qemu(*options, "--evil", path, *args, "--", "-prom-env", f"uv={digest} {words}".rstrip(), status=status)
    return boot


def applied(boot, when="before"):
    """(fragments, edits) that the ultravisor says it applied."""
    found = boot.line(rf"ultravisor: evil=overlay when={when} fragments=(\d+) edits=(\d+) size=\d+$")
    return int(found[1]), int(found[2])


def stopped(boot, number):
    """The secure world stopped with this number, before Linux."""
    boot.line(rf"pefboot: FAIL {number[1]}/7 \w+ {number} ")
    boot.line(rf"pefboot: EXIT {number[1:]}$")
    assert "7/7 handoff" not in boot.console
    found = secure.verdict(boot.console)
    assert (found["world"], found["leaked"]) == ("secure", "0")


def refused(boot):
    """The ultravisor does not make a guest with such a tree secure."""
    boot.line("esm=abort phase=tree ")
    boot.line("pefboot: FAIL 4/7 transition E405 ")
    boot.line("pefboot: EXIT 405$")
    assert "7/7 handoff" not in boot.console


def unharmed(boot):
    """Linux booted with the bundle's command line and files, and what was private stayed so."""
    boot.line("5/7 verify world=secure .* kernel=match initrd=match cmdline=match")
    assert re.search(r"quick: (\w*)", boot.console)[1] == hashlib.md5(DATA).hexdigest()
    found = secure.verdict(boot.console)
    assert (found["world"], found["leaked"]) == ("secure", "0")


def test_overlay_node_that_nobody_knows(boot_with):
    boot = boot_with('&{/} { foo { bar = "baz"; }; };')
    assert applied(boot) == (1, 0)
    stopped(boot, "E501")


def test_overlay_that_says_the_same(boot_with):
    """What stops the others is what they say."""
    boot = boot_with('&{/memory@0} { device_type = "memory"; };')
    assert applied(boot) == (1, 0)
    unharmed(boot)


def test_overlay_without_cpus(boot_with):
    """The ultravisor itself demands them of the tree that it sees."""
    edit = 'uv-evil,delete = "cpus/"; };'
    refused(boot_with("&{/} { " + edit))
    boot = boot_with("&{/} { uv-evil,after; " + edit)
    assert applied(boot, "after") == (1, 1)
    stopped(boot, "E501")


def test_overlay_after_the_check(boot_with):
    """What the ultravisor demands of the tree is taken out of it when it has looked."""
    boot = boot_with('&{/} { uv-evil,after; uv-evil,delete = "rtas/"; };')
    assert applied(boot, "after") == (1, 1)
    assert "when=before" not in boot.console
    stopped(boot, "E501")


@pytest.mark.parametrize("text,says", [
    ('&{/none} { a; };', r"target-path: FDT_ERR_NOTFOUND"),
    ('&{/} { uv-evil,delete = "none/"; };', r"none/: FDT_ERR_NOTFOUND"),
    ('&{/} { uv-evil,nonsense; };', r"uv-evil,nonsense: FDT_ERR_BADVALUE"),
], ids=["path", "name", "edit"])
def test_overlay_that_cannot_be_applied(boot_with, text, says):
    boot_with(text).line(rf"ultravisor: FAIL E914 .*: {says}")


def test_overlay_one_token_for_two_calls(boot_with):
    """An ultravisor would take the number of a host bridge for an address of the guest's, where the contents of the NVRAM go: Linux asks
    for the configuration of a bridge that the host has made up, and the host writes to its memory."""
    boot = boot_with('&{/rtas} { ibm,get-config-addr-info2 = <0x2777>; nvram-fetch = <0x2777>; };')
    stopped(boot, "E501")
    boot.line("E501 .*: /rtas: one token for nvram-fetch and ibm,get-config-addr-info2$")


def test_overlay_moves_a_token(boot_with):
    """A tree may number the calls as it likes: the ultravisor knows them by that, as the published one does, and none is refused."""
    same, moved = (boot_with(text) for text in ('&{/memory@0} { device_type = "memory"; };', '&{/rtas} { nvram-fetch = <0x2777>; };'))
    unharmed(moved)
    assert secure.verdict(moved.console)["refused"] == secure.verdict(same.console)["refused"]


def test_overlay_window_call_that_is_another(boot_with):
    """A bridge names calls by token once more."""
    boot = boot_with('&{/pci@800000020000000} { ibm,ddw-applicable = <0x2012 0x2027 0x2028>; };')
    stopped(boot, "E501")
    boot.line("E501 .*: ibm,ddw-[*] of host bridge 0x800000020000000$")


@pytest.mark.parametrize("values", [
    "ibm,numa-lookup-index-table = <1 (-2990)>; ibm,numa-distance-table = [00 00 00 01 00];",
    "ibm,associativity-reference-points = <0x70000000>;",
    "ibm,max-associativity-domains = <4 0x200 0x200 0x200 0x200>;"], ids=["distance", "point", "nodes"])
def test_overlay_numa_tables(boot_with, values):
    """Linux writes to where the first of these says, bytes of the host's, before it has read its command line."""
    boot = boot_with(f"&{{/rtas}} {{ {values} }};")
    stopped(boot, "E501")
    boot.line("E501 .*: /rtas: NUMA tables$")


@pytest.mark.parametrize("vec5", ["19 00 00 00 00 a0 05" + 15 * " 00" + " 80 00 00 00 40", "1a 00 00 00 00 a0 05" + 15 * " 00" + " 80 00 40 00 00"],
                         ids=["hash", "without GTSE"])
def test_overlay_page_table_of_the_hosts(boot_with, vec5):
    """What Linux believes to have negotiated."""
    boot = boot_with(f"&{{/chosen}} {{ ibm,architecture-vec-5 = [{vec5}]; }};")
    stopped(boot, "E501")
    boot.line("E501 .*: /chosen: ibm,architecture-vec-5: no radix, or GTSE$")


def test_overlay_class_of_another_device(boot_with):
    """A driver for any device of that class would have it: NVMe here. Linux does not get the device."""
    boot = boot_with('&{/pci@800000020000000/device@1} { class-code = <0x010802>; };')
    boot.line("tree=refused")
    boot.line("5/7 verify world=secure .* kernel=match initrd=match cmdline=match")
    assert secure.verdict(boot.console)["leaked"] == "0"


def test_overlay_claims_memory_of_the_host(boot_with):
    """The tree says there is twice the memory. Whoever believes it runs on what the host reads and writes."""
    boot = boot_with('&{/memory@0} { reg = <0 0 0 0x80000000>; };', "--mem", "2G",
                     words="uv.evil=memory uv.fail=UV_UNSHARE_PAGE:0")
    unharmed(boot)
    found = boot.line(r"ultravisor: evil=memory range=0x40000000\+0x40000000 words=(\d+)$")
    assert int(found[1]) > 10000
