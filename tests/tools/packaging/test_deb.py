# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian packages: what users type, and what lies in them."""

import os
import re
import shutil
import subprocess

import harness
import pytest

CONTROL = (harness.TOP / "debian/control").read_text()
VERSION = re.match(r"pefboot \(([\d.]+)\)", (harness.TOP / "debian/changelog").read_text())[1]
PACKAGES = re.findall(r"^Package: (\S+)", CONTROL, re.M)


def test_version_is_that_of_the_images_and_the_manual():
    assert f'#define VERSION "{VERSION}"\n' in (harness.TOP / "lib/version.h").read_text()
    for page in (harness.TOP / "docs/man").iterdir():
        assert f'"pefboot {VERSION}"' in page.read_text(), page.name


def test_page_lists_the_packages():
    page = (harness.TOP / "docs/packaging.md").read_text()
    assert sorted(re.findall(r"^\| `(pefboot[\w-]*)` \|", page, re.M)) == sorted(PACKAGES)


def test_build_needs_what_deps_installs():
    """Build-Depends is the group that make deb installs, less what every build has, and the compiler of the tool."""
    named = set(re.findall(r"[a-z][\w.+-]+", re.search(r"^Build-Depends: (.*)$", CONTROL, re.M)[1]))
    group = subprocess.run([harness.TOP / "tools/deps", "packages", "package"], stdout=subprocess.PIPE, text=True,
                           check=True).stdout
    packages = {line.split()[1] for line in group.splitlines()}
    assert {name.replace("debhelper-compat", "debhelper") for name in named} <= packages


def contents(deb):
    lines = subprocess.run(["dpkg-deb", "-c", deb], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    return {line.split()[5].removeprefix(".") for line in lines if not line.endswith("/")}


@pytest.mark.all
def test_make_deb(tmp_path):
    """Built by Debian's tools, no error by lintian, and no file in two packages."""
    done = subprocess.run(["make", "-C", harness.TOP, f"O={tmp_path}/out", "deb"], stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, env={**os.environ, "MAKEFLAGS": ""}, timeout=900, check=False)
    assert done.returncode == 0, done.stdout
    assert not re.search(r"^E: ", done.stdout, re.M)
    found = {name: contents(next((tmp_path / "out/deb").glob(f"{name}_*.deb"))) for name in PACKAGES}
    assert "/usr/share/qemu/pefboot.bin" in found["pefboot"]
    assert "/usr/share/qemu/firmware/60-pefboot.json" in found["pefboot"]
    assert {"/usr/bin/pefboot-bundle", "/usr/bin/pefboot-svm-check", "/usr/share/man/man1/pefboot-svm-check.1.gz",
            "/usr/share/bash-completion/completions/pefboot-bundle", "/usr/share/zsh/vendor-completions/_pefboot-bundle"} <= found["pefboot-bundle"]
    assert "/usr/lib/kernel/install.d/95-pefboot.install" in found["pefboot-bundle"]
    assert {"/usr/bin/bootlog", "/usr/share/doc/pefboot/ci.md", "/usr/share/doc/pefboot/ci/lava/secure.yaml"} <= found["pefboot-bootlog"]
    assert {"/usr/bin/esmb-get-file", "/usr/lib/cryptsetup/scripts/decrypt_esm", "/usr/share/man/man1/esmb-get-file.1.gz",
            "/usr/sbin/update-pefboot", "/etc/kernel/postinst.d/zz-pefboot", "/etc/kernel/postrm.d/zz-pefboot",
            "/etc/initramfs/post-update.d/pefboot", "/etc/grub.d/09_pefboot", "/etc/pefboot.conf",
            "/usr/share/initramfs-tools/hooks/pefboot-guest", "/usr/lib/dracut/modules.d/98pefboot-guest/module-setup.sh",
            "/usr/lib/dracut/modules.d/98pefboot-guest/esm-keys.sh", "/usr/lib/pefboot/sealed-system"} <= found["pefboot-guest"]
    assert [path.name for path in (tmp_path / "out/deb").glob("pefboot-guest_*")] == [f"pefboot-guest_{VERSION}_ppc64el.deb"]
    # the guest has the tool for its own architecture, the desk for that of this machine
    tools = [path.name.rpartition("_")[2] for path in (tmp_path / "out/deb").glob("pefboot-bundle_*.deb")]
    assert "ppc64el.deb" in tools
    assert len(set().union(*found.values())) == sum(map(len, found.values()))


@pytest.mark.all
def test_source_package(tmp_path):
    """Of what git tracks, as a native package: lintian has nothing to say."""
    tree = tmp_path / f"pefboot-{VERSION}"
    for name in subprocess.run(["git", "-c", "safe.directory=*", "-C", harness.TOP, "ls-files"], stdout=subprocess.PIPE, text=True,
                               check=True).stdout.split():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(harness.TOP / name, tree / name)
    subprocess.run(["dpkg-source", "-b", tree], cwd=tmp_path, stdout=subprocess.DEVNULL, check=True)
    done = subprocess.run(["lintian", "-I", "--allow-root", tmp_path / f"pefboot_{VERSION}.dsc"], stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, check=False)
    assert done.stdout == ""
