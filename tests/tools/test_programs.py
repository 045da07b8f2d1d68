# SPDX-License-Identifier: GPL-2.0-or-later
"""No test finds by luck what a fresh machine lacks: programs and Python modules are declared in tools/deps."""

import ast
import importlib.util
import os
import re
import subprocess
import sys

import harness
import programs
import pytest

TESTS = harness.TOP / "tests"
SOURCES = sorted(path for path in TESTS.rglob("*.py") if path.is_file())
GROUP = os.environ.get("PEFBOOT_TEST_PATH", "check").partition(":")[0]

FAKE = {        # package: (priority, depends, provides)
    "dash": ("required", "", ""), "git": ("optional", "perl, libc6 (>= 2.3) | libc6.1", ""), "libc6": ("optional", "", ""),
    "perl-base": ("optional", "", "perl (= 5.36)"), "lucky": ("optional", "", "")}


def test_dependencies_are_followed():
    packages = {name: {"Package": name, "Priority": priority, "Essential": "no", "Provides": provides, "Pre-Depends": "",
                       "Depends": depends} for name, (priority, depends, provides) in FAKE.items()}
    assert programs.closure(packages, ["git", "not-installed"]) == {"git", "perl-base", "libc6"}
    assert [name for name in packages if programs.is_minimal(packages[name])] == ["dash"]


def test_path_has_nothing_else(tmp_path):
    """A program that this machine happens to have is not found; what tools/deps fetches is not found by name."""
    (tmp_path / "lucky").write_text("#!/bin/sh\n")
    (tmp_path / "lucky").chmod(0o755)
    for name in [path.name for path in TESTS.glob("*.py")]:
        (tmp_path / name).symlink_to(TESTS / name)
    (tmp_path / "test_it.py").write_text(
        "import shutil\ndef test_it():\n    assert not shutil.which('lucky') and not shutil.which('dt-validate')\n"
        "    assert all(map(shutil.which, ['git', 'make', 'mke2fs', 'awk', 'powerpc64-linux-gnu-gcc']))\n")
    env = {**os.environ, "PATH": f"{tmp_path}:/usr/sbin:/usr/bin"}
    env.pop("PEFBOOT_TEST_PATH", None)
    done = subprocess.run([sys.executable, "-B", "-m", "pytest", "-p", "no:cacheprovider", "."], cwd=tmp_path, env=env,
                          stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_path_of_this_run():
    assert all(path.is_symlink() for path in harness.Path(os.environ["PATH"]).iterdir())


@pytest.mark.parametrize("path", SOURCES, ids=[str(path.relative_to(TESTS)) for path in SOURCES])
def test_no_program_by_its_place(path):
    """Only what runs in a guest is named by its place, and the Python that the Makefile names."""
    tree = ast.parse(path.read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, (ast.List, ast.Tuple)) and node.elts]
    first = [node.elts[0].value for node in calls if isinstance(node.elts[0], ast.Constant)]
    placed = {word for word in first if isinstance(word, str) and re.match(r"(/usr)?/s?bin/[\w-]+$", word)}
    assert placed <= {"/usr/bin/python3"}


def modules():
    """Modules that a test imports and that neither Python nor we bring: {name: file that imports it}."""
    ours = {path.stem for path in SOURCES} | {path.parent.name for path in harness.TOP.glob("tools/*/__init__.py")}
    found = {}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else \
                [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
            for name in names:
                found.setdefault(name if name.startswith("ruamel.") else name.partition(".")[0], path)
    return {name: path for name, path in found.items()
            if name.partition(".")[0] not in ours and name not in sys.stdlib_module_names}


def test_python_modules_are_declared():
    packages = programs.declared(GROUP)
    found = modules()
    assert {"pytest", "pexpect"} <= set(found)
    for name, path in found.items():
        spec = importlib.util.find_spec(name)
        assert spec, f"{path}: no module {name}"
        done = subprocess.run(["dpkg", "-S", spec.origin], stdout=subprocess.PIPE, text=True, check=False)
        owner = done.stdout.partition(":")[0]
        assert owner in packages, f"{path} imports {name} of {owner or 'no package'}, which tools/deps does not declare"
