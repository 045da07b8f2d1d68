# SPDX-License-Identifier: GPL-2.0-or-later
"""The programs that tests find by name: those of a fresh Debian, and of the packages that tools/deps declares.

What else lies on this machine's PATH is not seen, so a test that needs it fails here as it does on a fresh machine.
What tools/deps fetches is found through harness.deps(), never by name."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import harness

FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
FIELDS = ("Package", "Priority", "Essential", "db:Status-Status", "Provides", "Pre-Depends", "Depends")


def declared(group):
    """Names of the packages of a group of tools/deps."""
    text = subprocess.run([harness.TOP / "tools/deps", "packages", group], stdout=subprocess.PIPE, text=True,
                          check=True).stdout
    return {line.split()[1] for line in text.splitlines()}


def installed():
    """{package: its fields}"""
    form = "\t".join(f"${{{field}}}" for field in FIELDS) + "\n"
    text = subprocess.run(["dpkg-query", "-W", "-f", form], stdout=subprocess.PIPE, text=True, check=True).stdout
    rows = [dict(zip(FIELDS, line.split("\t"))) for line in text.splitlines()]
    return {row["Package"]: row for row in rows if row["db:Status-Status"] == "installed"}


def names(relations):
    """[[alternative, ...], ...] of a Depends field."""
    return [[re.match(r"[^ :(]*", word.strip())[0] for word in group.split("|")]
            for group in relations.split(",") if group.strip()]


def is_minimal(row):
    """Is it in every Debian? Where packages are installed, apt is."""
    return row["Essential"] == "yes" or row["Priority"] == "required" or row["Package"] == "apt"


def closure(packages, wanted):
    """The wanted packages that are installed, and all that they depend on."""
    providers = {}
    for name, row in packages.items():
        for virtual in [name] + [group[0] for group in names(row["Provides"])]:
            providers.setdefault(virtual, []).append(name)
    found, queue = set(), [name for name in wanted if name in packages]
    while queue:
        name = queue.pop()
        if name in found:
            continue
        found.add(name)
        for group in names(packages[name]["Pre-Depends"] + "," + packages[name]["Depends"]):
            queue += next((providers[word] for word in group if word in providers), [])
    return found


def files(packages):
    """The files of packages, by the real path of the folder."""
    text = subprocess.run(["dpkg", "-L", *sorted(packages)], stdout=subprocess.PIPE, text=True, check=True).stdout
    folders = {}
    for path in filter(None, text.splitlines()):
        folder, _, name = path.rpartition("/")
        if folder not in folders:
            folders[folder] = os.path.realpath(folder)
        yield f"{folders[folder]}/{name}"


def programs(group):
    """{name: path} of what a group's packages, and a fresh Debian, bring."""
    packages = installed()
    owned = set(files(closure(packages, {name for name in packages if is_minimal(packages[name])} | declared(group))))
    found = {}
    for folder in map(os.path.realpath, filter(os.path.isdir, FOLDERS)):
        for name in os.listdir(folder):
            path = f"{folder}/{name}"
            if path in owned or os.path.realpath(path) in owned:     # the second: Debian's alternatives
                found.setdefault(name, path)
    return found


def folder_of(found):
    """A folder of links, made once for each set of programs."""
    key = hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()[:16]
    path = harness.BUILD / f"path-{key}"
    if not path.is_dir():
        harness.BUILD.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=harness.BUILD, prefix="path-new-"))
        for name, target in found.items():
            (scratch / name).symlink_to(target)
        scratch.chmod(0o755)
        try:
            scratch.rename(path)
        except OSError:     # another run was faster
            shutil.rmtree(scratch)
    return path


def restrict_path(group):
    """From here on this process and its children find declared programs only. Needs dpkg; without it, all stays."""
    variable = "PEFBOOT_TEST_PATH"
    if os.environ.get(variable, "").startswith(group + ":") or not shutil.which("dpkg-query"):
        return
    os.environ["PATH"] = str(folder_of(programs(group)))
    os.environ[variable] = group + ":" + os.environ["PATH"]
