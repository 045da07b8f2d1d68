# SPDX-License-Identifier: GPL-2.0-or-later
"""bootlog runs wherever CI does: Python 3.9 and later, whose library lacks what later ones have."""

import ast
import subprocess
import tomllib

import pytest

import corpus
import harness
from bootlog import toml
from harness import BOOTLOG, TOP

SOURCES = sorted((TOP / "tools/bootlog").rglob("*.py"))

# What the library of Python 3.9 has not, of what is tempting; the rest is seen by running it.
LATER = {"tomllib", "pairwise", "bit_count", "UTC", "StrEnum", "TaskGroup", "Self", "TypeAlias", "ParamSpec", "EllipsisType",
         "batched", "file_digest", "hexdigest_file", "stdlib_module_names", "orig_argv"}
LATER_WORDS = {"zip": {"strict"}, "dataclass": {"slots", "kw_only"}, "field": {"kw_only"}, "bisect_left": {"key"}, "bisect": {"key"}}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(TOP / "tools").as_posix())
def test_written_for_python_3_9(path):
    """Its grammar (`match`, parentheses around `with`), and the names and words that came later."""
    tree = ast.parse(path.read_text(), feature_version=(3, 9))
    future = any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)
    guarded = {id(node) for attempt in ast.walk(tree) if isinstance(attempt, ast.Try) for node in attempt.body}
    for node in ast.walk(tree):
        assert not isinstance(node, (ast.Match, ast.TryStar)), (path, node.lineno)
        if isinstance(node, (ast.Import, ast.ImportFrom)) and id(node) not in guarded:
            assert not {alias.name for alias in node.names} & LATER, (path, node.lineno)
        if isinstance(node, ast.Attribute):
            assert node.attr not in LATER, (path, node.lineno)
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            assert not {word.arg for word in node.keywords} & LATER_WORDS.get(name, set()), (path, node.lineno)
        if isinstance(node, (ast.AnnAssign, ast.arg)) and node.annotation is not None and "|" in ast.unparse(node.annotation):
            assert future, f"{path}:{node.lineno}: X | None without `from __future__ import annotations`"


@pytest.mark.all
@pytest.mark.parametrize("release", ["3.9", "3.13"])
@pytest.mark.parametrize("words", [["check", "--profile", "secure", "-o", "text", "-o", "junit", "-o", "json", "-o", "html", "-o", "tap"],
                                   ["report"], ["json"]], ids=lambda words: words[0])
def test_the_same_by_other_releases(release, words):
    """The built file, run by another Python, says what it says by this one."""
    python = harness.deps("python-" + release) / "python3"
    assert subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout.startswith(f"Python {release}.")

    def said(*command):
        done = subprocess.run([*command, BOOTLOG, *words, corpus.DATA / "recorded-secure.log"], capture_output=True, timeout=120, check=False)
        return done.returncode, done.stdout, done.stderr
    assert said(python, "-B") == said("/usr/bin/python3") and said(python, "-B")[0] == 0


@pytest.mark.all
def test_own_profile_by_an_old_release(tmp_path):
    """Profiles are TOML, which Python 3.9 cannot read by itself."""
    (tmp_path / "mine.toml").write_text('base = "secure"\nallow = ["known harmless"]\n[[milestone]]\nid = "patch"\nkeys = { "pool.size" = ">=64M" }\n')
    done = subprocess.run([harness.deps("python-3.9") / "python3", "-B", BOOTLOG, "check", "--profile", tmp_path / "mine.toml", "-"],
                          input=corpus.inside(corpus.SECURE, b"BUG: known harmless\n"), capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


GOOD = [*((TOP / "tools/profiles").glob("*.toml"))]
TEXTS = ["", "a = 1", "a.b.c = 0x1F # x\na.b.d = [1, 2.5, 'x', [\n# y\n\"\\u00e9\\t\\\"\",\n],]\n", "[t]\nx = { a = 1, 'b c' = { d = true } }\n[t.u]\ny = 1e3\n",
         "[[m]]\nid = 'a'\n[m.sub]\nz = 1\n[[m]]\nid = 'b'\n[[m.n]]\nq = 0o17\n", 'k = "a\\\\d # no comment"\r\nj = 1_000\r\n', "e = []\nf = {}\ng = +inf\n",
         '"quoted key".\'x\' = false\n[a . "b"]\nc = 0b11\n', "[a.b]\nc=1\n[a]\nd=2\n"]
BAD = ["a", "a =", "a = 1 2", "a = 'x", "a = [1", "a = { b = 1, }", "[a", "[[a]", "a = 1\na = 2", "[a]\n[a]", "a = 01", "a = .5", "a = \"\\q\"", "= 1",
       "a = 1\n[a]\n", "a = [1]\n[[a]]\n", "a = {b=1}\na.c = 2\n", "a = yes", "a b = 1", 'a = "x\ny"', "[a]\nb.c = 1\n[a.b]\n"]


@pytest.mark.parametrize("text", [path.read_text() for path in GOOD] + TEXTS, ids=lambda text: text.split("\n")[0][:20])
def test_own_reader_reads_what_the_library_reads(text):
    assert toml.loads(text) == tomllib.loads(text)


@pytest.mark.parametrize("text", BAD)
def test_own_reader_refuses_what_the_library_refuses(text):
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(text)
    with pytest.raises(toml.TOMLDecodeError, match=r"\(line \d+\)"):
        toml.loads(text)


@pytest.mark.parametrize("text", ['a = """x"""', "a = 1979-05-27", "a = '''\nx'''"])
def test_own_reader_says_what_it_cannot_read(text):
    with pytest.raises(toml.TOMLDecodeError):
        toml.loads(text)


def test_an_older_python_is_told(tmp_path):
    """Not by a traceback: what it starts with is in the grammar of any Python."""
    start = harness.tool("bootlog-pyz").START
    assert ast.parse(start, feature_version=(3, 0))
    script = start.replace("sys.version_info", "OLD").replace("import sys\n", "import sys\nOLD = (3, 8, 19)\n", 1)
    (tmp_path / "start.py").write_text(script)
    done = subprocess.run(["/usr/bin/python3", tmp_path / "start.py"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (2, "bootlog: Python 3.9 or newer is needed, this is 3.8\n")
