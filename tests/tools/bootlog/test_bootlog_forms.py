# SPDX-License-Identifier: GPL-2.0-or-later
"""One program in three forms: the package in a checkout, the file the build makes, that file installed."""

import ast
import os
import re
import shutil
import subprocess
import sys
import zipfile

import corpus
import pytest
from bootlog import tables
from harness import BOOTLOG, BUILD, TOP

PACKAGE = TOP / "tools/bootlog"
LOGS = [str(corpus.DATA / f"recorded-{name}.log") for name in ("secure", "kexec", "refused-esm")]
OUTPUTS = [word for form in ("text", "tap", "ktap", "junit", "github", "json", "html") for word in ("-o", form)]
COMMANDS = [["check", "--profile", profile, *OUTPUTS, log] for profile, log in zip(("secure", "kexec", "secure"), LOGS)]
COMMANDS += [[command, log] for command in ("json", "report") for log in LOGS]
COMMANDS += [["diff", *LOGS[:2]], ["profiles"], ["profiles", "kexec"], ["explain", "E302", "U_RETRY", "-11", "E999"],
             ["--help"], ["check", "--profile", "nonsense", LOGS[0]], ["run", "--quiet", "--", "cat", LOGS[1]]]


@pytest.fixture(scope="module")
def forms(tmp_path_factory):
    """(what to type, where) of each form; the copy lies alone in its folder."""
    root, folder = tmp_path_factory.mktemp("a root"), tmp_path_factory.mktemp("alone")
    subprocess.run(["make", "-s", "-C", TOP, f"O={BUILD}", "install-bootlog", f"DESTDIR={root}", "PREFIX=/opt/pef"],
                   check=True, env={**os.environ, "MAKEFLAGS": ""}, timeout=300)
    shutil.copy(BOOTLOG, folder)
    return {"source": (["/usr/bin/python3", "-B", "-m", "bootlog"], TOP / "tools"),
            "installed": ([root / "opt/pef/bin/bootlog"], root),
            "copied": ([folder / "bootlog.pyz"], folder)}


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:3]).replace(str(corpus.DATA) + "/", ""))
def test_the_same_in_all_forms(forms, words):
    """Status and output, byte by byte."""
    done = {name: subprocess.run([*command, *words], cwd=folder, capture_output=True, timeout=60, check=False)
            for name, (command, folder) in forms.items()}
    said = {name: (run.returncode, run.stdout, run.stderr) for name, run in done.items()}
    assert b"Traceback" not in said["source"][2] and (said["source"][1] or said["source"][0] == 2)
    assert said["installed"] == said["source"]
    assert said["copied"] == said["source"]


def test_one_copied_file_is_enough(forms):
    """Alone in a folder the tool has its profiles and explanations, and leaves nothing there."""
    command, folder = forms["copied"]

    def run(*args, log=b""):
        return subprocess.run([*command, *args], input=log, cwd=folder, capture_output=True, timeout=60, check=False)
    names = {p.stem for p in (TOP / "tools" / "profiles").glob("*.toml")}
    assert {line.split()[0] for line in run("profiles").stdout.decode().splitlines()} == names
    assert run("check", "--profile", "secure", "-", log=corpus.SECURE).returncode == 0
    assert b"vmlinux" in run("explain", "E302").stdout
    assert [path.name for path in folder.iterdir()] == ["bootlog.pyz"]


def test_the_copied_file_is_a_library(forms):
    """What docs/ci.md says for test programs."""
    command, folder = forms["copied"]
    page = (TOP / "docs/ci.md").read_text()
    text = re.search(r"```python\n(.*?)```", page, re.S)[1]
    (folder / "console.log").write_bytes(corpus.NORMAL)
    try:
        subprocess.run(["/usr/bin/python3", "-B", "-c", text], cwd=folder, check=True, timeout=60)
    finally:
        (folder / "console.log").unlink()


def test_the_built_tables_are_those_of_the_sources():
    built = {}
    exec(zipfile.ZipFile(BOOTLOG).read("bootlog/tables.py"), built)     # pylint: disable=exec-used
    names = {name for name in vars(tables) if name.isupper()}
    assert names == {name for name in built if name.isupper()} >= {"ERRORS", "CODES", "PROFILES", "STEPS"}
    for name in names:
        assert built[name] == getattr(tables, name), name


def test_the_built_file_holds_the_whole_package():
    held = set(zipfile.ZipFile(BOOTLOG).namelist())
    source = {path.relative_to(TOP / "tools").as_posix() for path in PACKAGE.rglob("*")
              if path.is_file() and path.suffix != ".pyc"}
    assert held == source - {"bootlog/sources.py"} | {"__main__.py"}
    assert BOOTLOG.read_bytes().startswith(b"#!/usr/bin/python3\n")


def imports(path):
    """The modules of the package that a module imports, at its top or within a function."""
    name = module(path)
    base = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            start = ".".join([*base[:len(base) - node.level + 1], *(node.module or "").split(".")]).strip(".")
            deeper = {f"{start}.{alias.name}" for alias in node.names}
            found |= deeper & set(MODULES) or {start}
    return found


def module(path):
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def test_imports_have_no_circles():
    graph = {name: imports(path) for name, path in MODULES.items()}
    assert {"bootlog.parser", "bootlog.explain"} <= graph["bootlog.judge"]
    assert {"bootlog.outputs"} <= graph["bootlog.commands.judging"]
    while True:
        leaves = {name for name, needs in graph.items() if not needs & graph.keys()}
        if not leaves:
            break
        graph = {name: needs for name, needs in graph.items() if name not in leaves}
    assert graph == {}


def test_nothing_imports_the_commands():
    """The library is of use without them."""
    for name, path in MODULES.items():
        if not name.startswith(("bootlog.commands", "bootlog.__main__")):
            assert [other for other in imports(path) if ".commands" in other or "__main__" in other] == [], name


def test_only_the_standard_library_is_needed():
    for path in MODULES.values():
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else \
                [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
            for name in names:
                assert name.split(".")[0] in sys.stdlib_module_names, (path, name)
