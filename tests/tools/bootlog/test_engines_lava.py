# SPDX-License-Identifier: GPL-2.0-or-later
"""The jobs of docs/ci/lava by LAVA itself: its dispatcher without a server, for a device as the server's template makes it."""

import os
import re
import subprocess

import pytest
import ruamel.yaml

import harness
from bootlog.forms import read_console
from bootlog.judge import check
from bootlog.profile_file import load_profile
from bootlog.status import PASS

JOBS = harness.TOP / "docs/ci/lava"
FILES = {"pefboot.bin": lambda: harness.BUILD / "pefboot.bin", "pefboot-ultravisor.bin": lambda: harness.BUILD / "ultravisor.bin",
         "vmlinux": harness.small_kernel, "initrd.gz": lambda: harness.initramfs("none")}
DEVICE = """
import sys, jinja2, yaml
templates = jinja2.Environment(loader=jinja2.FileSystemLoader(sys.argv[1]), trim_blocks=True)
context = yaml.safe_load(open(sys.argv[2]))["context"]
print(templates.from_string("{% extends 'qemu.jinja2' %}").render(**context))
"""
REFUSED = ("report", "report pefboot.nonsense=1")
pytestmark = [pytest.mark.all, pytest.mark.xdist_group("engines")]


class Job:
    """A job that has ended: its records, and its verdict."""

    def __init__(self, name, folder, change):
        text = (JOBS / f"{name}.yaml").read_text()
        for file, path in FILES.items():
            text = text.replace(f"https://example.org/{file}", path().as_uri())
        assert "example.org" not in text
        if change:
            assert change[0] in text
            text = text.replace(*change)
        job, device, lava = folder / "job.yaml", folder / "device.yaml", harness.deps("lava")
        job.write_text(text)
        device.write_bytes(subprocess.run([lava / "python3", "-c", DEVICE, lava / "root/usr/share/lava-server/device-types", job],
                                          stdout=subprocess.PIPE, check=True).stdout)
        (folder / "dispatcher.yaml").write_text("dispatcher_ip: 127.0.0.1\n")
        done = harness.watched([lava / "lava-run", "--job-id", f"pefboot-{os.getpid()}", "--output-dir", folder / "out", "--device", device,
                                "--dispatcher", folder / "dispatcher.yaml", job], cwd=folder)
        self.log, self.status = done.stdout.encode(), done.returncode
        (harness.LOGS / f"lava-{folder.name}.yaml").write_bytes(self.log)
        yaml = ruamel.yaml.YAML(typ="safe")
        records = [yaml.load(line) for line in done.stdout.splitlines() if line.startswith("{")]
        self.results = [record["msg"] for record in records if record["lvl"] == "results"]
        self.verdict = self.results[-1]
        self.cases = {msg["case"]: msg["result"] for msg in self.results if msg["definition"].endswith("_pefboot")}

    def judged(self, profile):
        return check(read_console(self.log, "job").data, load_profile(profile)).status


@pytest.fixture
def job(tmp_path, skip):
    """job(name, change=(old, new)): run it to its end."""
    if os.geteuid():
        skip("not root")    # lava-run demands it
    harness.LOGS.mkdir(parents=True, exist_ok=True)
    return lambda name, change=None: Job(name, tmp_path, change)


def cases_of(name):
    """The names of a job's test cases."""
    return [case["name"] for action in ruamel.yaml.YAML(typ="safe").load(JOBS / f"{name}.yaml")["actions"] if "test" in action
            for script in action["test"]["interactive"] for case in script["script"]]


@pytest.mark.parametrize("name,profile", [("normal", "normal"), ("secure", "secure")])
def test_engines_lava(job, name, profile):
    done = job(name)
    assert done.status == 0 and done.verdict["result"] == "pass", done.log.decode()
    assert done.cases == dict.fromkeys(cases_of(name), "pass")
    assert done.judged(profile) == PASS


@pytest.mark.parametrize("name", ["normal", "secure"])
def test_engines_lava_refused(job, name):
    """A stop of pefboot is a failed test case, and a failed job whose fault is no one's but the job's."""
    done = job(name, REFUSED)
    assert done.status == 1
    assert done.cases == {"entry": "pass", "discover": "fail"}
    assert (done.verdict["result"], done.verdict["error_type"], done.verdict["error_msg"]) == ("fail", "Job", "pefboot stopped the boot")
    assert done.judged("refused") == PASS


def test_engines_lava_no_ultravisor(job):
    """A machine whose host left out the ultravisor is no secure VM."""
    done = job("secure", (FILES["pefboot-ultravisor.bin"]().as_uri(), FILES["pefboot.bin"]().as_uri()))
    assert done.cases == {"entry": "pass", "discover": "pass", "load": "pass", "transition": "fail"}
    assert (done.verdict["error_type"], done.verdict["error_msg"]) == ("Job", "no secure VM")


def test_engines_lava_verdict(job):
    """User space cannot write a verdict that the job takes for the ultravisor's: it does not know the word."""
    done = job("secure", ("uv.nonce=WORD", "uv.nonce=OTHER"))
    assert done.cases == {**dict.fromkeys(cases_of("secure"), "pass"), "verdict": "fail"}
    assert done.verdict["error_msg"] == "the verdict is none of a sound secure VM"


def test_engines_lava_shell(job):
    done = job("shell")
    assert done.status == 0 and done.verdict["result"] == "pass", done.log.decode()


def test_engines_lava_shell_refused(job):
    done = job("shell", ("console=hvc0", "console=hvc0 pefboot.nonsense=1"))
    assert (done.verdict["result"], done.verdict["error_type"]) == ("fail", "Job")
    assert re.search("failure message", done.verdict["error_msg"])
