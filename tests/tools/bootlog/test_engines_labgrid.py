# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of docs/ci/labgrid, used by labgrid itself, in the folder that docs/ci.md describes."""

import os
import re
import shutil
import socket
import subprocess
import time
import xml.etree.ElementTree

import pytest

import harness

pytestmark = [pytest.mark.all, pytest.mark.xdist_group("engines")]


@pytest.fixture
def place(tmp_path):
    """A folder with what the environments name."""
    folder = tmp_path / "place"
    shutil.copytree(harness.TOP / "docs/ci/labgrid", folder)
    for name, path in {"pefboot.bin": harness.BUILD / "pefboot.bin", "pefboot-ultravisor.bin": harness.BUILD / "ultravisor.bin",
                       "bootlog.pyz": harness.BOOTLOG, "vmlinux": harness.small_kernel(), "initrd.gz": harness.initramfs("none")}.items():
        (folder / name).symlink_to(path)
    return folder


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def boot(folder, environment, *options, labgrid="labgrid-0.4"):
    """What a user types there; its console is that of the page."""
    return harness.watched([harness.deps(labgrid) / "pytest", "-q", "--lg-env", environment, *options, "test_boot.py"], cwd=folder)


def judged(folder, profile):
    return subprocess.run([harness.BOOTLOG, "check", "--profile", profile, folder / "console.log"], check=False).returncode


@pytest.mark.parametrize("labgrid", ["labgrid-0.4", "labgrid-26"])
@pytest.mark.parametrize("name", ["normal", "secure"])
def test_engines_labgrid(place, name, labgrid):
    done = boot(place, f"{name}.yaml", labgrid=labgrid)
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout
    assert judged(place, name) == 0


@pytest.mark.parametrize("name", ["normal", "secure"])
def test_engines_labgrid_refused(place, name):
    change(place / f"{name}.yaml", "report", "report pefboot.nonsense=1")
    done = boot(place, f"{name}.yaml")
    assert done.returncode == 1 and "E211" in done.stdout, done.stdout
    assert judged(place, "refused") == 0


def test_engines_labgrid_traps(place):
    """What the page warns of: without -no-shutdown the end of the test breaks, and labgrid's own log goes on from run to run."""
    for _ in range(2):
        assert boot(place, "normal.yaml", "--lg-log", "logs").returncode == 0
    (log,) = (place / "logs").iterdir()
    assert log.read_bytes().count(b"=== Log starts here ===") == log.read_bytes().count(b"pefboot: 1/7 entry") == 2
    change(place / "normal.yaml", " -no-shutdown\n", "\n")
    done = boot(place, "normal.yaml")
    assert done.returncode == 1 and "1 passed, 1 error" in done.stdout, done.stdout


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def coordinator(tmp_path):
    """labgrid's coordinator with two places: the environment of its clients."""
    labgrid, port = harness.deps("labgrid-26"), free_port()
    env = {**os.environ, "LG_COORDINATOR": f"127.0.0.1:{port}", "LG_USERNAME": "ci", "LG_HOSTNAME": "here",
           "PATH": f"{labgrid}:{os.environ['PATH']}"}
    (tmp_path / "coordinator").mkdir()

    def client(*words):
        return subprocess.run([labgrid / "labgrid-client", *words], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
    with open(harness.LOGS / "labgrid-coordinator.log", "wb") as log:
        process = subprocess.Popen([labgrid / "labgrid-coordinator", "-l", f"127.0.0.1:{port}"], cwd=tmp_path / "coordinator",
                                   stdout=log, stderr=log)
        try:
            while client("places").returncode:
                assert process.poll() is None, "the coordinator ended"
                time.sleep(0.5)
            for name in ("left", "right"):
                for words in (("create",), ("set-tags", "kind=pefboot")):
                    done = client("-p", name, *words)
                    assert done.returncode == 0, done.stdout
            yield env
        finally:
            process.terminate()
            process.wait()


def test_engines_labgrid_places(place, coordinator):
    """Eight boots over two places, and one result."""
    done = harness.watched([place / "run-boots", "8", "secure.yaml"], cwd=place, env=coordinator, timeout=600)
    assert done.returncode == 0 and "PASS secure: 8 of 8 logs passed" in done.stdout, done.stdout
    tree = xml.etree.ElementTree.parse(place / "boots.xml").getroot()
    assert len(tree.findall("testsuite")) == 8 and not tree.findall(".//failure")
    took = {re.search(r"(left|right)", path.read_text())[1] for path in (place / "boots").glob("*.out")}
    assert took == {"left", "right"}
