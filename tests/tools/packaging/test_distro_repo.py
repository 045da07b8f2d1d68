# SPDX-License-Identifier: GPL-2.0-or-later
"""make repo: apt, with folders of its own, takes packages from it, upgrades by the metapackage, and believes no other."""

import os
import re
import subprocess

import harness
import pytest

LINUX_BUILD = harness.program(harness.TOP / "linux/build")
VERSIONS = {"6.12.117": "6.12.117-1+pefboot1", "6.12.120": "6.12.120-1+pefboot1"}


def package(folder, name, version, arch, depends=""):
    """A Debian package with one file."""
    tree = folder / "tree"
    for path in ("DEBIAN", f"usr/share/{name}"):
        (tree / path).mkdir(parents=True)
    (tree / f"usr/share/{name}/version").write_text(version)
    (tree / "DEBIAN/control").write_text(f"Package: {name}\nVersion: {version}\nArchitecture: {arch}\nMaintainer: nobody <a@b.invalid>\n"
                                         + (f"Depends: {depends}\n" if depends else "") + "Description: of a test\n")
    made = folder / f"{name}_{version}_{arch}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree, made], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["rm", "-r", tree], check=True)
    return made


def kernel(folder, release):
    """What linux/build --deb leaves, but for what is in it: the paths."""
    folder.mkdir()
    for kind in ("image", "headers"):
        package(folder, f"linux-{kind}-{release}-pefboot", VERSIONS[release], "ppc64el")
    LINUX_BUILD.metapackages(folder, VERSIONS[release])
    return sorted(folder.glob("*.deb"))


class Apt:
    """apt of a ppc64el machine that has nothing but this repository, and what it has installed."""

    def __init__(self, root, repository):
        self.root, self.status, self.pool = root, root / "status", repository / "pool"
        for name in ("state/lists/partial", "cache/archives/partial"):
            (root / name).mkdir(parents=True)
        self.status.touch()
        (root / "sources.list").write_text(f"deb [signed-by={repository}/pefboot.asc] file:{repository} pefboot main\n")
        (root / "apt.conf").write_text(f"""
            Dir::Etc::main "/dev/null"; Dir::Etc::parts "/dev/null"; Dir::Etc::preferences "/dev/null"; Dir::Etc::preferencesparts "/dev/null";
            Dir::Etc::sourcelist "{root}/sources.list"; Dir::Etc::sourceparts "/dev/null"; Dir::State "{root}/state";
            Dir::State::status "{self.status}"; Dir::Cache "{root}/cache"; APT::Architecture "ppc64el"; APT::Architectures {{ "ppc64el"; }};
            APT::Sandbox::User ""; APT::Update::Error-Mode "any"; Acquire::Languages "none";""")

    def __call__(self, *words):
        done = subprocess.run(["apt-get", "-y", *words], env={**os.environ, "APT_CONFIG": str(self.root / "apt.conf")}, cwd=self.root,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        return done.returncode, done.stdout

    def installs(self, *words):
        """{package: version} that it would install, which from then on it has."""
        status, said = self("-s", *words)
        assert status == 0, said
        found = dict(re.findall(r"^Inst (\S+) (?:\[\S+\] )?\((\S+) ", said, re.M))
        with open(self.status, "a", encoding="ascii") as file:
            for name, version in found.items():
                control = subprocess.run(["dpkg-deb", "-f", next(self.pool.glob(f"{name}_{version}_*.deb"))], stdout=subprocess.PIPE, text=True,
                                         check=True).stdout
                file.write(control + "Status: install ok installed\n\n")
        return found


def repo(output, *debs, **env):
    done = subprocess.run([harness.TOP / "tools/repo", "--output", output, *debs], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**os.environ, **env}, check=False)
    assert done.returncode == 0, done.stdout
    return output


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """One with a kernel of before, and pefboot's packages."""
    folder = tmp_path_factory.mktemp("first")
    own = [package(folder, "pefboot", "0.1", "all"), package(folder, "pefboot-guest", "0.1", "ppc64el", "pefboot (= 0.1)"),
           package(folder, "pefboot-bundle", "0.1", "amd64")]
    repo(folder / "repo", *own, *kernel(folder / "old", "6.12.117"))
    return folder


@pytest.fixture
def repository(first, tmp_path):
    """The same, for one test."""
    for name in ("repo", "repo.key", "old"):
        subprocess.run(["cp", "-a", first / name, tmp_path / name], check=True)
    return tmp_path / "repo"


def test_distro_repo_upgrades(tmp_path, repository):
    """From the metapackage to a kernel, and with a newer one in the repository to that, beside the one before."""
    apt = Apt(tmp_path / "apt", repository)
    assert apt("update")[0] == 0
    old, new = VERSIONS.values()
    assert apt.installs("install", "linux-image-pefboot", "pefboot-guest") == {
        "pefboot": "0.1", "pefboot-guest": "0.1", "linux-image-pefboot": old, "linux-image-6.12.117-pefboot": old}
    assert apt.installs("dist-upgrade") == {}
    repo(repository, *kernel(tmp_path / "new", "6.12.120"))
    assert apt("update")[0] == 0
    assert apt.installs("dist-upgrade") == {"linux-image-pefboot": new, "linux-image-6.12.120-pefboot": new}
    status, said = apt("download", "linux-image-6.12.117-pefboot")
    assert status == 0, said
    assert len(list(apt.root.glob("*.deb"))) == 1


def spoil(path, old, new):
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))


def test_distro_repo_is_signed(tmp_path, repository):
    """A changed list, one that another key has signed, a changed package."""
    deb = next((repository / "pool").glob("pefboot_*"))
    apt = Apt(tmp_path / "apt", repository)
    assert apt("update")[0] == 0
    deb.write_bytes(deb.read_bytes()[:-1] + b"x")
    status, said = apt("download", "pefboot")
    assert status != 0 and "Hash Sum mismatch" in said
    spoil(repository / "dists/pefboot/InRelease", b"Label: pefboot", b"Label: pefboat")
    status, said = apt("update")
    assert status != 0 and "BADSIG" in said
    subprocess.run(["mv", tmp_path / "repo.key", tmp_path / "kept"], check=True)
    before = (repository / "pefboot.asc").read_bytes()
    repo(repository, *(tmp_path / "old").glob("linux-image-pefboot_*"))
    (repository / "pefboot.asc").write_bytes(before)
    status, said = Apt(tmp_path / "apt2", repository)("update")
    assert status != 0 and "NO_PUBKEY" in said


def test_distro_repo_keeps_its_key(tmp_path, repository):
    """Only its owner reads it, and the next packages have the same."""
    before = (repository / "pefboot.asc").read_bytes()
    assert (tmp_path / "repo.key/secret.asc").stat().st_mode & 0o777 == 0o600 and (tmp_path / "repo.key").stat().st_mode & 0o777 == 0o700
    repo(repository, package(tmp_path, "pefboot", "0.2", "all"))
    assert (repository / "pefboot.asc").read_bytes() == before
    assert not [path for path in repository.rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()]


@pytest.mark.parametrize("name", ("www/pefboot/", ".", "www//pefboot/."))
def test_distro_repo_key_lies_beside(tmp_path, name):
    """However the folder is written, it has nothing private and everybody reads it, as a web server must."""
    deb, here = package(tmp_path, "pefboot", "0.1", "all"), tmp_path / "here"
    here.mkdir()
    done = subprocess.run(["sh", "-c", 'umask 022; exec "$@"', "sh", harness.TOP / "tools/repo", "--output", name, deb], cwd=here,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    folder = (here / name).resolve()
    assert not [path for path in folder.rglob("*") if "key" in path.name or "secret" in path.name]
    assert (folder.parent / (folder.name + ".key") / "secret.asc").stat().st_mode & 0o777 == 0o600
    closed = {path for path in (here, *here.rglob("*")) if path.is_dir() and path.stat().st_mode & 0o777 != 0o755}
    assert closed <= {folder.parent / (folder.name + ".key")}


def test_distro_repo_metapackages(tmp_path):
    """Of each flavour, with the version of what it depends on; what else a system has for it is recommended."""
    for name in ("linux-image-6.12.117-pefboot", "linux-image-6.12.117-pefboot-64k", "linux-headers-6.12.117-pefboot-64k", "linux-libc-dev"):
        (tmp_path / f"{name}_6.12.117-1+pefboot1_ppc64el.deb").touch()
    LINUX_BUILD.metapackages(tmp_path, VERSIONS["6.12.117"])
    found = {}
    for path in tmp_path.glob("*.deb"):
        if path.stat().st_size:
            fields = subprocess.run(["dpkg-deb", "-f", path, "Package", "Depends", "Recommends"], stdout=subprocess.PIPE, text=True, check=True).stdout
            name, needs, wants = re.fullmatch(r"Package: (.*)\nDepends: (.*)\nRecommends: (.*)\n", fields).groups()
            found[name] = needs
            assert ("initramfs-tools" in wants) == ("image" in name) and ("gcc" in wants) == ("headers" in name)
    assert found == {f"linux-{kind}-pefboot{flavour}": f"linux-{kind}-6.12.117-pefboot{flavour} (= 6.12.117-1+pefboot1)"
                     for kind, flavour in (("image", ""), ("image", "-64k"), ("headers", "-64k"))}
