# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/image --base, and tools/foreign --apart below it: the system is one whose host may have changed it, and its programs run on the
machine of its owner, who makes the image as root or not. Nothing there changes, or is seen."""

import io
import os
import subprocess
import tarfile
import time

import harness
import pytest

pytestmark = pytest.mark.all     # qemu-user-static

KEY = harness.TOP / "tests/host/data/esm/machine-key.pub.pem"
# In the place of a program that is run in the chroot. The way out of one is known: to go into another one, and upwards
PASSWD = r"""#!/usr/bin/perl
mkdir "/x"; chroot "/x"; chdir ".." for 1 .. 50; chroot ".";
opendir(my $folder, "/"); print "seen: ", join(" ", sort grep { !/^\.+$/ } readdir $folder), "\n";
opendir($folder, "/proc"); print "processes: ", scalar(grep { /^\d+$/ } readdir $folder), "\n";
print "private: ", (-e "%s" ? "yes" : "no"), "\n";
print "core_pattern: ", (open(my $file, ">", "/proc/sys/kernel/core_pattern") ? "open" : "closed"), "\n";
open(my $net, "<", "/proc/net/dev"); my @lines = <$net>; print "network: ", @lines - 2, "\n";
if (!fork) { sleep 600; open(my $late, ">", "/work/late"); exit }
exit 1;
"""


def apart(folder, script):
    """What a shell says there, and its status."""
    done = subprocess.run([harness.TOP / "tools/foreign", "--apart", "sh", "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr, done.returncode


def test_sealed_image_apart(tmp_path):
    """Root in there is somebody whom nobody else is; the folder is its own; when it ends all ends; its status is that of the command."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/file").write_text("text")
    (tmp_path / "folder/link").symlink_to(tmp_path / "beside")
    (tmp_path / "beside").write_text("not given")
    os.chmod(tmp_path / "folder/file", 0o600)
    said, status = apart(tmp_path / "folder", "id -u; cat file; cat link; echo more >new; sleep 600 & exit 7")
    assert (status, said) == (7, "0\ntextcat: link: No such file or directory\n")
    owners = {path.lstat().st_uid for path in ((tmp_path / "folder"), *(tmp_path / "folder").iterdir())}
    assert len(owners) == 1 and not owners & {0, os.getuid()} and (tmp_path / "beside").stat().st_uid == os.getuid()
    assert (tmp_path / "folder/new").read_text() == "more\n"
    said, _ = apart(tmp_path / "folder", "ls -d / /home /root /etc/shadow /run; tail -n +3 /proc/net/dev | wc -l")
    assert said.count("No such file or directory") == 4 and said.startswith("/\n1\n"), said


def hostile(folder, **members):
    """The root of a Debian, with other members: a text for a program, a path for a link."""
    path = folder / "system.tar"
    with tarfile.open(harness.deps("debian-sealed-12") / "root.tar") as system, tarfile.open(path, "w") as tar:
        for entry in system:
            if not any(f"{entry.name}/".startswith(f"./{name}/") for name in members):
                tar.addfile(entry, system.extractfile(entry) if entry.isreg() else None)
        for name, content in members.items():
            entry = tarfile.TarInfo("./" + name)
            if isinstance(content, str):
                entry.size, entry.mode = len(content), 0o755
                tar.addfile(entry, io.BytesIO(content.encode()))
            else:
                entry.type, entry.linkname = tarfile.SYMTYPE, str(content)
                tar.addfile(entry)
    return path


def image(folder, base, step="settings"):
    """What the tool says of this step, which fails."""
    (folder / "packages").mkdir()
    for name in ("pefboot", "pefboot-bundle", "pefboot-guest", "linux-image-1-pefboot"):
        tree = folder / name
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / "DEBIAN/control").write_text(f"Package: {name}\nVersion: 1\nArchitecture: ppc64el\nMaintainer: nobody <a@b.invalid>\nDescription: x\n")
        subprocess.run(["dpkg-deb", "-Znone", "--root-owner-group", "--build", tree, folder / "packages"], check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run([harness.TOP / "tools/image", "--packages", folder / "packages", "--recipient", KEY, "--base", base, "--output", folder / "out"],
                          capture_output=True, text=True, check=False, env={**os.environ, "PEFBOOT_BUILD": str(harness.BUILD)})
    assert done.returncode == 1 and not (folder / "out").exists() and not list(folder.glob(".pefboot-image-*")), done.stderr
    assert done.stderr.startswith(f"pefboot-image: error: {step}\n"), done.stderr
    return done.stderr


def test_sealed_image_base_that_breaks_out(tmp_path):
    """Programs of the system see what image needs, and change nothing."""
    begun = time.monotonic()
    said = image(tmp_path, hostile(tmp_path, **{"usr/bin/passwd": PASSWD % tmp_path}))
    found = dict(line.strip().split(": ", 1) for line in said.splitlines() if line.startswith("  ") and ": " in line)
    assert set(found["seen"].split()) <= {"bin", "dev", "etc", "lib", "lib64", "proc", "sbin", "tmp", "usr", "work"}, "out of the chroot, and no further"
    assert int(found["processes"]) < 12 and found["private"] == "no" and found["core_pattern"] == "closed" and found["network"] == "1"
    assert time.monotonic() - begun < 300, "what it leaves behind ends with it"


@pytest.mark.parametrize("name,step", [("etc/fstab", "settings"), ("usr/sbin/policy-rc.d", "settings"), ("etc/ssh", "settings"),
                                       ("pefboot-image", "kernel, and its initrd")])
def test_sealed_image_base_with_links(tmp_path, name, step):
    """To what is the owner's: they lead to the same place of the system itself, where nothing is. The last one goes."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/ssh_host_ed25519_key").write_text("mine")
    target = tmp_path / "mine" if name in ("etc/ssh", "pefboot-image") else tmp_path / "mine/file"
    before = sorted(os.listdir(tmp_path / "mine"))
    image(tmp_path, hostile(tmp_path, **{name: target}), step)
    assert sorted(os.listdir(tmp_path / "mine")) == before and (tmp_path / "mine/ssh_host_ed25519_key").read_text() == "mine"
