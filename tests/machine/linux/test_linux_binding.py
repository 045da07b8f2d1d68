# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/binding: a tree that keeps all the rules passes, and for each rule there is one that fails."""
import pathlib
import subprocess

import harness
import pytest

ROOT = pathlib.Path(__file__).parents[3]
BINDING = ROOT / "docs" / "binding"
TREE = (pathlib.Path(__file__).parent / "handoff.dts").read_text()

POOL = "reg = <0x0 0x20000000 0x0 0x4000000>;"
BROKEN = {
    # name: (what is replaced, by what, schema that must complain, words it must say)
    "flag-is-a-number": ("virtio,access-platform;", "virtio,access-platform = <1>;",
                         "access-platform", "virtio,access-platform"),
    "flag-is-text": ("virtio,access-platform;", 'virtio,access-platform = "yes";',
                     "access-platform", "virtio,access-platform"),
    "no-reserved-ranges": ("reserved-ranges", "x,reserved-ranges",
                           "handoff", "'reserved-ranges' is a required property"),
    "no-reserved-memory": ("reserved-memory {", "x-reserved-memory {",
                           "handoff", "'reserved-memory' is a required property"),
    "one-address-cell": ("""reserved-memory {
		#address-cells = <2>;""", """reserved-memory {
		#address-cells = <1>;""", "handoff", "2 was expected"),
    "one-size-cell": ("""		#size-cells = <2>;
		ranges;""", """		#size-cells = <1>;
		ranges;""", "handoff", "2 was expected"),
    "no-ranges": ("		ranges;", "", "handoff", "'ranges' is a required property"),
    "not-a-restricted-pool": ('"restricted-dma-pool"', '"shared-dma-pool"',
                              "handoff", "'restricted-dma-pool' was expected"),
    "pool-without-compatible": ('compatible = "restricted-dma-pool";', "",
                                "handoff", "'compatible' is a required property"),
    "pool-without-reg": (POOL, "", "handoff", "'reg' is a required property"),
    "pool-base-unaligned": (POOL, "reg = <0x0 0x20010000 0x0 0x4000000>;",
                            "handoff", "is not a multiple of"),
    "pool-size-unaligned": (POOL, "reg = <0x0 0x20000000 0x0 0x4010000>;",
                            "handoff", "is not a multiple of"),
    "pool-above-1g": (POOL, "reg = <0x0 0x40000000 0x0 0x4000000>;",
                      "handoff", "is greater than the maximum"),
    "pool-above-4g": (POOL, "reg = <0x1 0x20000000 0x0 0x4000000>;",
                      "handoff", "0 was expected"),
    "pool-of-4g": (POOL, "reg = <0x0 0x20000000 0x1 0x4000000>;", "handoff", "0 was expected"),
    "pool-empty": (POOL, "reg = <0x0 0x20000000 0x0 0x0>;",
                   "handoff", "is less than the minimum"),
    "pool-no-map": (POOL, POOL + "no-map;", "handoff", "no-map"),
    "pool-reusable": (POOL, POOL + "reusable;", "handoff", "reusable"),
    "pool-is-cma": (POOL, POOL + "linux,cma-default;", "handoff", "linux,cma-default"),
    "pool-is-default": (POOL, POOL + "linux,dma-default;", "handoff", "linux,dma-default"),
    "phb-without-pool": ("memory-region = <&pool>;", "",
                         "handoff", "'memory-region' is a required property"),
    "no-rtas": ("	rtas {", "	x-rtas {", "handoff", "'rtas' is a required property"),
    "no-rtas-base": ("linux,rtas-base = <0x2fff0000>;", "",
                     "handoff", "'linux,rtas-base' is a required property"),
    "no-rtas-entry": ("linux,rtas-entry = <0x2fff0000>;", "",
                      "handoff", "'linux,rtas-entry' is a required property"),
    "no-rtas-size": ("slof,rtas-size = <20>;", "",
                     "handoff", "'slof,rtas-size' is a required property"),
    "vlan-left": ("vty@71000000", "l-lan@71000000", "handoff", "l-lan@71000000"),
    "vscsi-left": ("vty@71000000", "v-scsi@71000000", "handoff", "v-scsi@71000000"),
}


BROKEN_DEVICE = """memory-region = <&pool>;

		ethernet@1,0 {
			reg = <0x800 0x0 0x0 0x0 0x0>;
			virtio,access-platform = <1>;
		};"""
BROKEN["flag-on-a-device"] = ("memory-region = <&pool>;", BROKEN_DEVICE,
                              "access-platform", "ethernet@1,0: virtio,access-platform")


def run(program, *arguments):
    if program.startswith("dt-"):
        program = harness.deps("dt-schema") / program
    done = subprocess.run([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=120, check=False)
    return done.stdout


def compile_tree(text, path):
    path.with_suffix(".dts").write_text(text)
    said = run("dtc", "-q", "-I", "dts", "-O", "dtb", "-o", path, path.with_suffix(".dts"))
    assert path.exists(), said
    return path


@pytest.fixture(scope="module")
def trees(tmp_path_factory):
    """{name: dtb} of the good tree and the broken ones."""
    directory = tmp_path_factory.mktemp("trees")
    made = {"good": compile_tree(TREE, directory / "good.dtb")}
    for name, (old, new, _, _) in BROKEN.items():
        assert TREE.count(old) == 1, f"{name}: the tree has {TREE.count(old)} of these"
        made[name] = compile_tree(TREE.replace(old, new), directory / f"{name}.dtb")
    return made


@pytest.fixture(scope="module")
def complaints(trees):
    """{schema: what dt-validate says with this schema of ours alone}, of all trees at once."""
    return {schema: run("dt-validate", "-s", BINDING, "-l", schema, *trees.values())
            for schema in ("access-platform", "handoff")}


def test_linux_binding_schemas_are_valid():
    for path in sorted(BINDING.rglob("*.yaml")):
        assert run("dt-doc-validate", "-u", BINDING, path) == "", path


@pytest.mark.parametrize("schema", ["access-platform", "handoff"])
def test_linux_binding_applies_to_the_root_node(trees, schema):
    """Or else that nothing is said would mean nothing."""
    said = run("dt-validate", "-s", BINDING, "-l", schema, "-M", trees["good"])
    assert "/: matched on schema(s)\n\thttp://devicetree.org/schemas/" in said
    assert f"/{schema}.yaml" in said


def test_linux_binding_good_tree_keeps_every_known_rule(trees):
    assert run("dt-validate", "-s", BINDING, trees["good"]) == ""


@pytest.mark.parametrize("name", BROKEN)
def test_linux_binding_broken_tree_fails(complaints, name):
    _, _, schema, words = BROKEN[name]
    said = [line for line in complaints[schema].splitlines() if f"/{name}.dtb: " in line]
    assert any(words in line for line in said), f"expected '{words}', got: {said}"


def test_linux_binding_is_that_of_the_patches():
    """One text: the file here is the one which each port of the series adds to the kernel."""
    text = (BINDING / "virtio" / "access-platform.yaml").read_text()
    ports = sorted((ROOT / "linux").rglob("*-dt-bindings-*.patch"))
    assert ports
    for path in ports:
        added = [line[1:] for line in path.read_text().split("+++ ")[1].splitlines()[1:]
                 if line.startswith("+")]
        assert added == text.splitlines(), path
