# SPDX-License-Identifier: GPL-2.0-or-later
"""make install: what is installed works where it is, and for the wanted place."""

import json
import os
import re
import subprocess

import harness
import pytest

# docs/interop/firmware.json of QEMU 7.2: the rules for a descriptor of our kind
INTERFACES = {"bios", "openfirmware", "uboot", "uefi"}
MEMBERS = {"description", "interface-types", "mapping", "targets", "features", "tags"}


def make(*args):
    done = subprocess.run(["make", "--no-print-directory", "-C", harness.TOP, f"O={harness.BUILD}", *args], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "MAKEFLAGS": ""},
                          timeout=300, check=False)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A folder with a space in its name, into which PREFIX=/opt/pef was installed."""
    folder = tmp_path_factory.mktemp("a root")
    make("install", "install-guest", f"DESTDIR={folder}", "PREFIX=/opt/pef")
    return folder


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_nothing_outside_the_prefix(root):
    assert {name for name in files(root) if not name.startswith("opt/pef/")} == set()


@pytest.mark.parametrize("image,built", (("pefboot.bin", "pefboot.bin"), ("pefboot.elf", "pefboot.elf"),
                                         ("pefboot-loader.elf", "pefboot-loader.elf"),
                                         ("pefboot-ultravisor.bin", "ultravisor.bin")))
def test_images(root, build, image, built):
    assert (root / "opt/pef/share/qemu" / image).read_bytes() == (build / built).read_bytes()


def test_every_page_profile_and_patch(root):
    """What is added to the tree is installed, but for the pages of those who change pefboot."""
    have = files(root)
    for pattern, where in (("docs/*.md", "doc/pefboot"), ("tools/profiles/*.toml", "pefboot/profiles"),
                           ("docs/libvirt/*.xml", "doc/pefboot/examples"),
                           ("docs/ci/*.yaml", "doc/pefboot/ci"), ("docs/ci/lava/*", "doc/pefboot/ci/lava"), ("docs/ci/labgrid/*", "doc/pefboot/ci/labgrid")):
        wanted = [path.name for path in harness.TOP.glob(pattern) if path.name not in ("testing.md", "architecture.md")]
        assert wanted and {f"opt/pef/share/{where}/{name}" for name in wanted} <= have
    for pattern in ("linux/*/*.patch", "linux/*/*/*.patch", "linux/*/config", "linux/config*"):
        wanted = [path.relative_to(harness.TOP) for path in harness.TOP.glob(pattern)]
        assert wanted and {f"opt/pef/share/pefboot/{name}" for name in wanted} <= have


def test_links_of_pages(root):
    """What a page links to is installed, from where the page lies; headings are those of the page there."""
    dead, found = [], 0
    for page in root.rglob("*.md"):
        for link in re.findall(r"\]\(([^)]*)\)", page.read_text()):
            name, _, heading = link.partition("#")
            if re.match(r"https?:", link):
                continue
            found += 1
            target = (root / name[1:] if name.startswith("/") else page.parent / name) if name else page
            if not target.exists() or (heading and heading not in headings(target)):
                dead.append(f"{page.relative_to(root)}: {link}")
    assert found > 100 and dead == []


def headings(page):
    """Anchors as forges make them."""
    lines = re.findall(r"^#+ (.*)", page.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in lines}


def test_modes(root):
    """Everybody reads; only programs are executable."""
    for name in files(root):
        program = "/bin/" in name or (root / name).read_bytes()[:2] == b"#!"
        assert oct((root / name).stat().st_mode & 0o777) == ("0o755" if program else "0o644"), name


def test_table_of_the_page(root):
    """docs/packaging.md: each path it lists is there."""
    page = (harness.TOP / "docs/packaging.md").read_text()
    listed = re.findall(r"^\| `((?:share|bin|lib)/[^`]+)`", page, re.M)
    assert len(listed) >= 9
    assert [name for name in listed if not (root / "opt/pef" / name).exists()] == []


def test_paths_that_pages_and_domains_name(root):
    """What they say lies below /usr is there with PREFIX=/usr."""
    named = set()
    for file in [*(harness.TOP / "docs/man").iterdir(), *(harness.TOP / "docs/libvirt").iterdir()]:
        named |= set(re.findall(r"/usr/(share/[\w./-]+\w)", file.read_text().replace("\\-", "-")))
    assert len(named) >= 7
    assert [name for name in named if not (root / "opt/pef" / name).exists()] == []


def test_bootlog_alone(root):
    done = subprocess.run([root / "opt/pef/bin/bootlog", "profiles"], stdout=subprocess.PIPE, text=True, check=True, cwd="/")
    names = {line.split()[0] for line in done.stdout.splitlines()}
    assert {path.stem for path in (root / "opt/pef/share/pefboot/profiles").glob("*.toml")} <= names


def test_bundle_finds_the_firmware(root, tmp_path):
    """The installed program takes the installed pefboot.elf: the only one below this root."""
    bundle = tmp_path / "bundle.elf"
    subprocess.run([root / "opt/pef/bin/pefboot-bundle", "create", "--kernel", harness.kernel("6.12"), "-o", bundle],
                   check=True, cwd="/")
    info = subprocess.run([root / "opt/pef/bin/pefboot-bundle", "info", "--json", bundle], stdout=subprocess.PIPE,
                          check=True)
    size = json.loads(info.stdout)["image_size"]
    assert size == (root / "opt/pef/share/qemu/pefboot.bin").stat().st_size


def test_descriptor(root):
    """As management software reads it, and as QEMU 7.2 describes it."""
    file, = (root / "opt/pef/share/qemu/firmware").iterdir()
    assert re.fullmatch(r"\d\d-[\w-]+\.json", file.name)
    found = json.loads(file.read_text())
    assert found.keys() == MEMBERS
    assert isinstance(found["description"], str) and found["description"]
    assert found["interface-types"] and set(found["interface-types"]) <= INTERFACES
    assert found["mapping"] == {"device": "memory", "filename": "/opt/pef/share/qemu/pefboot.bin"}
    assert (root / found["mapping"]["filename"][1:]).is_file()
    assert found["features"] == [] and found["tags"] == []
    for target in found["targets"]:
        assert target.keys() == {"architecture", "machines"}
        assert all(isinstance(name, str) for name in target["machines"])


def test_descriptor_names_what_qemu_has(root):
    """Its architecture is that of a QEMU, and its glob matches machines of it, not the aliases."""
    found = json.loads(next((root / "opt/pef/share/qemu/firmware").iterdir()).read_text())
    target, = found["targets"]
    lines = subprocess.run([f"qemu-system-{target['architecture']}", "-M", "help"], stdout=subprocess.PIPE, text=True,
                           check=True).stdout.splitlines()
    machines = [line.split()[0] for line in lines if line.startswith("pseries")]
    patterns = [re.compile(glob.replace("*", ".*")) for glob in target["machines"]]
    matched = {name for name in machines if any(p.fullmatch(name) for p in patterns)}
    assert matched == {name for name in machines if name != "pseries"} and len(matched) > 5
