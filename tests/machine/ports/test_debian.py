# SPDX-License-Identifier: GPL-2.0-or-later
"""A fresh Debian, nothing installed but make: the two commands set up what they need and work.

Each runs in a copy of a minimal installation (tools/deps debian-NN), with an empty cache."""

import os
import shutil
import subprocess

import harness
import pytest

ENTER = """
for folder in proc dev sys; do mount --rbind /$folder {root}/$folder; done
exec chroot {root} /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root {command}
"""


def tracked():
    return subprocess.run(["git", "-c", "safe.directory=*", "-C", harness.TOP, "ls-files"], text=True,
                          stdout=subprocess.PIPE, check=True).stdout.split()


@pytest.fixture(params=["12", "13"])
def debian(request, tmp_path, skip):
    """debian(COMMAND): run it in the tree, on that release."""
    if os.geteuid():
        skip("not root", "a chroot is needed")
    if subprocess.run(["unshare", "-m", "mount", "--bind", "/proc", "/proc"], check=False,
                      stderr=subprocess.DEVNULL).returncode:
        skip("mounts are not permitted here", "a chroot is needed")
    root = tmp_path / "root"
    subprocess.run(["cp", "-a", harness.deps("debian-" + request.param), root], check=True)
    for name in ("resolv.conf", "hosts"):
        shutil.copy(f"/etc/{name}", root / "etc" / name)
    proxy = subprocess.run(["apt-config", "dump", "Acquire::http::Proxy"], stdout=subprocess.PIPE, check=True).stdout
    (root / "etc/apt/apt.conf.d/proxy").write_bytes(proxy)
    for name in tracked():
        (root / "src" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(harness.TOP / name, root / "src" / name)

    def run(command):
        done = subprocess.run(["unshare", "-m", "sh", "-ec", ENTER.format(root=root, command=command)], text=True,
                              errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=3600, check=False)
        assert done.returncode == 0, "\n".join(done.stdout.splitlines()[-60:])
        return done.stdout
    run("apt-get update -q")
    run("apt-get install -y -q --no-install-recommends make")
    yield run
    shutil.rmtree(root, ignore_errors=True)


@pytest.mark.all
def test_from_nothing(debian):
    out = debian("make -C /src")
    assert "warning:" not in out and "pefboot.bin" in out
    assert harness.Report(debian("make -C /src run"))["release"].startswith("6.12.")
    debian("/src/tools/deps setup check")
    out = debian("make -C /src check-host")
    assert "warning:" not in out
