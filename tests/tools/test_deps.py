# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/deps on machines that lack something, and against archives that do.

apt is replaced by scripts that come first on PATH, so nothing here needs a network."""

import io
import os
import re
import shutil
import subprocess
import tarfile

import harness
import pytest

DEPS = harness.TOP / "tools/deps"

# An archive with two versions of one source package, of which only the older can be had.
APT_CACHE = """#!/bin/sh
printf 'Package: device-tree-compiler\\nVersion: 1.7.2-9\\n\\nPackage: device-tree-compiler\\nVersion: 1.7.2-2\\n'
printf '\\nPackage: device-tree-compiler\\nVersion: 1.7.20-1\\n\\nPackage: device-tree-compiler\\nVersion: 1.8.1-1\\n'
"""
APT_GET = """#!/bin/sh
echo "$@" >>{log}
case $* in
*=1.7.2-9) echo "E: Failed to fetch it  404  Not Found"; exit 100 ;;
*=1.7.2-2) sleep {delay}; cp {tar} device-tree-compiler_1.7.2.orig.tar.xz ;;
*update) ;;
*) echo "E: unexpected: $*"; exit 100 ;;
esac
"""


@pytest.fixture
def machine(tmp_path):
    """A machine of its own: commands in bin/ come before the real ones, the cache is empty."""
    (tmp_path / "bin").mkdir()

    class Machine:
        """Where its commands and its cache lie."""
        bin, cache = tmp_path / "bin", tmp_path / "cache/pefboot"
        log = tmp_path / "apt.log"
        path = f"{tmp_path}/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        environment = {"XDG_CACHE_HOME": str(tmp_path / "cache")}

        def command(self, name, text):
            (self.bin / name).write_text(text)
            (self.bin / name).chmod(0o755)

        def start(self, *args):
            env = {**os.environ, **self.environment, "PATH": self.path}
            return subprocess.Popen([DEPS, *args], env=env, text=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)

        def run(self, *args):
            process = self.start(*args)
            process.stdout_text, process.stderr_text = process.communicate(timeout=120)
            return process

        def archive(self, delay="0"):
            source = tmp_path / "source.tar.xz"
            with tarfile.open(source, "w:xz") as tar:
                info = tarfile.TarInfo("dtc-1.7.2/libfdt/libfdt.h")
                info.size = 5
                tar.addfile(info, io.BytesIO(b"hello"))
            self.command("apt-cache", APT_CACHE)
            self.command("apt-get", APT_GET.format(log=self.log, tar=source, delay=delay))

    return Machine()


def test_takes_the_newest_that_can_be_had(machine):
    machine.archive()
    done = machine.run("libfdt")
    assert done.returncode == 0, done.stderr_text
    assert done.stdout_text == f"{machine.cache}/libfdt_1.7.2-2\n"
    assert (machine.cache / "libfdt_1.7.2-2/libfdt/libfdt.h").read_text() == "hello"
    assert "404" in done.stderr_text and "taking device-tree-compiler 1.7.2-2 from trixie" in done.stderr_text
    asked = machine.log.read_text()
    assert "1.7.20" not in asked and "1.8" not in asked, "another series was tried"
    assert "1.7.2-2" in (machine.cache / "deps.log").read_text()


def test_asks_nobody_when_it_is_there(machine):
    machine.archive()
    machine.run("libfdt")
    machine.command("apt-get", "#!/bin/sh\nexit 9\n")
    done = machine.run("libfdt")
    assert (done.returncode, done.stderr_text) == (0, "")


def test_callers_at_once_fetch_once(machine):
    machine.archive(delay="1")
    callers = [machine.start("libfdt") for _ in range(3)]
    outputs = {caller.communicate(timeout=120)[0] for caller in callers}
    assert [caller.returncode for caller in callers] == [0, 0, 0]
    assert outputs == {f"{machine.cache}/libfdt_1.7.2-2\n"}
    assert machine.log.read_text().count("=1.7.2-2") == 1


def test_failure_leaves_nothing_behind(machine):
    machine.archive()
    machine.command("apt-get", "#!/bin/sh\necho 'E: Could not connect to the archive'; exit 100\n")
    done = machine.run("libfdt")
    assert done.returncode == 1 and done.stdout_text == ""
    assert "Could not connect to the archive" in done.stderr_text
    assert done.stderr_text.splitlines()[-1].startswith("deps: error: cannot fetch libfdt")
    assert not list(machine.cache.glob("libfdt*")) and not list(machine.cache.glob("tmp*"))


def test_without_apt(machine):
    """No Debian: everything but apt and dpkg is there."""
    for folder in ("/usr/bin", "/bin"):
        for name in os.listdir(folder):
            if not name.startswith(("apt", "dpkg")) and not (machine.bin / name).exists():
                (machine.bin / name).symlink_to(os.path.join(folder, name))
    machine.path = str(machine.bin)
    for args, words in ((["libfdt"], "fetch libfdt"), (["setup", "build"], "gcc-powerpc64-linux-gnu")):
        done = machine.run(*args)
        assert done.returncode == 1
        assert done.stderr_text.count("\n") == 1, done.stderr_text
        assert "no apt-get here" in done.stderr_text and words in done.stderr_text


def test_setup_without_root_names_the_one_line(machine):
    machine.command("dpkg-query", "#!/bin/sh\nexit 1\n")
    machine.command("id", "#!/bin/sh\necho 1000\n")
    machine.command("apt-get", f"#!/bin/sh\necho called >>{machine.log}\n")
    done = machine.run("setup", "run")
    assert done.returncode == 1
    assert done.stderr_text.count("\n") == 1
    line = done.stderr_text.split("run: ")[1]
    assert line.startswith("apt-get update && apt-get install")
    for package in ("make", "gcc-powerpc64-linux-gnu", "python3", "qemu-system-ppc"):
        assert package in line.split()
    assert not machine.log.exists(), "apt-get was called"


def test_setup_as_root_updates_if_it_must(machine):
    """The first install fails, as on a machine without package lists; after an update it works."""
    machine.command("dpkg-query", "#!/bin/sh\nexit 1\n")
    machine.command("id", "#!/bin/sh\necho 0\n")
    machine.command("apt-get", f"""#!/bin/sh
echo "$1" >>{machine.log}
[ "$1" = update ] || [ "$(grep -c update {machine.log})" -gt 0 ]
""")
    assert machine.run("setup", "build").returncode == 0
    assert machine.log.read_text().split() == ["install", "update", "install"]


def test_cache_that_cannot_be_written(machine):
    machine.environment = {"XDG_CACHE_HOME": "/proc/none"}
    done = machine.run("libfdt")
    assert done.returncode == 1
    assert "cannot write the cache" in done.stderr_text and "XDG_CACHE_HOME" in done.stderr_text


def test_unknown_name(machine):
    done = machine.run("libfoo")
    assert done.returncode == 1 and "unknown item 'libfoo'" in done.stderr_text


SOURCES = {
    "one-line": ("sources.list", "# deb http://no.example/ trixie main\n"
                 "deb [arch=amd64 signed-by=/keys/a.gpg] http://a.example/debian bookworm contrib main\n"),
    "one-line-plain": ("sources.list", "deb-src http://a.example/debian bookworm main\n"),
    "deb822": ("sources.list.d/debian.sources", "Types: deb\n# comment\nURIs: http://a.example/debian\n"
               "Suites: bookworm\n bookworm-updates\nComponents: main\nSigned-By: /keys/a.gpg\n"),
    "disabled-first": ("sources.list.d/debian.sources", "Types: deb\nURIs: http://no.example\nSuites: trixie\n"
                       "Components: main\nEnabled: no\n\nTypes: deb\nURIs: http://a.example/debian\n"
                       "Suites: sid\nComponents: main\n"),
    "others-first": ("sources.list", "deb http://b.example/debian-security bookworm-security main\n"
                     "deb http://c.example/node nodistro main\ndeb http://a.example/debian stable main\n"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_archive_is_this_machine_s(machine, tmp_path, name):
    """Whatever the form of the machine's sources, its archive is used, and its key."""
    file, text = SOURCES[name]
    (tmp_path / "etc/sources.list.d").mkdir(parents=True)
    (tmp_path / "etc" / file).write_text(text)
    (tmp_path / "apt.conf").write_text(f'Dir::Etc "{tmp_path}/etc";\n')
    machine.environment["APT_CONFIG"] = str(tmp_path / "apt.conf")
    machine.archive()
    done = machine.run("libfdt")
    assert done.returncode == 0, done.stderr_text
    used = next(machine.cache.glob("apt/*/sources.list")).read_text().strip()
    assert used.endswith("] http://a.example/debian trixie main")
    assert ("signed-by=/keys/a.gpg" in used) == ("/keys/a.gpg" in text)


@pytest.mark.parametrize("proxy, told", (("http://proxy.example:3128/", "http://proxy.example:3128/"), ("DIRECT", "none"), ("", "none")))
@pytest.mark.parametrize("item, program", (("debian-12", "debootstrap"), ("debian-sealed-12", "mmdebstrap")))
def test_proxy_is_this_machine_s(machine, tmp_path, item, program, proxy, told):
    """Programs that do not read apt's configuration are told of the proxy in it."""
    (tmp_path / "etc/sources.list.d").mkdir(parents=True)
    (tmp_path / "etc/sources.list").write_text("deb [signed-by=/keys/a.gpg] http://a.example/debian bookworm main\n")
    (tmp_path / "apt.conf").write_text(f'Dir::Etc "{tmp_path}/etc";\n' + (f'Acquire::http::Proxy "{proxy}";\n' if proxy else ""))
    machine.environment |= {"APT_CONFIG": str(tmp_path / "apt.conf"), "http_proxy": ""}
    machine.command("id", "#!/bin/sh\necho 0\n")
    machine.command(program, f'#!/bin/sh\necho "${{http_proxy:-none}}" >{machine.log}\n')
    machine.command("foreign", '#!/bin/sh\nexec "$@"\n')
    shutil.copy(DEPS, machine.bin / "deps")
    done = subprocess.run([machine.bin / "deps", item], env={**os.environ, **machine.environment, "PATH": machine.path},
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert machine.log.read_text() == told + "\n"


@pytest.mark.parametrize("fails, tried, said", (
    ("", ["bookworm bookworm-security"], ""),
    ("bookworm-security", ["bookworm bookworm-security", "bookworm"], "without security updates: the archive could not give them"),
    (None, ["bookworm"], "without security updates: this machine's apt has none for itself")))
def test_rootfs_has_security_updates(machine, tmp_path, fails, tried, said):
    """Where there are any; and is made without, and says so, where an archive is broken. Of a day, so that it can be renewed."""
    (tmp_path / "etc/sources.list.d").mkdir(parents=True)
    (tmp_path / "etc/sources.list").write_text("deb [signed-by=/keys/a.gpg] http://a.example/debian bookworm main\n" + (
        "" if fails is None else "deb [signed-by=/keys/a.gpg] http://a.example/debian-security bookworm-security main\n"))
    (tmp_path / "apt.conf").write_text(f'Dir::Etc "{tmp_path}/etc";\n')
    machine.environment |= {"APT_CONFIG": str(tmp_path / "apt.conf")}
    machine.command("id", "#!/bin/sh\necho 0\n")
    machine.command("mmdebstrap", "#!/bin/sh\nfor word; do case $word in deb*) set -- $word; echo \"$4\"; esac; done | xargs echo "
                    f">>{machine.log}\n! tail -n 1 {machine.log} | grep -q '{fails or 'nothing'}'\n")
    machine.command("foreign", '#!/bin/sh\nexec "$@"\n')
    shutil.copy(DEPS, machine.bin / "deps")
    done = subprocess.run([machine.bin / "deps", "debian-sealed-12"], env={**os.environ, **machine.environment, "PATH": machine.path},
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert machine.log.read_text().splitlines() == tried and said in done.stderr and ("without" in done.stderr) == bool(said)
    assert re.search(r"/debian-sealed-12_20\d{6}$", done.stdout)


def test_packages_groups_grow():
    def names(group):
        return set(subprocess.run([DEPS, "packages", group], stdout=subprocess.PIPE, text=True,
                                  check=True).stdout.split("\n"))
    assert names("build") < names("run") < names("check") < names("all")
    assert shutil.which("bash")
