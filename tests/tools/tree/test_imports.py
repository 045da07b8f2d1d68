# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/imports: what it must refuse, and the picture that docs/architecture.md shows."""

import re
import subprocess

import harness
import pytest

imports = harness.tool("imports")

REFUSED = {
    "secure imports normal": ({"boot/secure/a.c": '#include "boot/normal/b.h"\n', "boot/normal/b.h": ""},
                              "boot/secure/a.c: boot/secure imports boot/normal"),
    "secure imports doors": ({"boot/secure/a.h": '#include "boot/doors/b.h"\n', "boot/doors/b.h": ""},
                             "boot/secure/a.h: boot/secure imports boot/doors"),
    "normal imports secure": ({"boot/normal/a.c": '#include "boot/secure/b.h"\n', "boot/secure/b.h": ""},
                              "boot/normal/a.c: boot/normal imports boot/secure"),
    "doors import secure": ({"boot/doors/a.S": '#include "boot/secure/b.h"\n', "boot/secure/b.h": ""},
                            "boot/doors/a.S: boot/doors imports boot/secure"),
    "main is imported": ({"boot/normal/a.c": '#include "boot/main.h"\n', "boot/main.h": ""},
                         "boot/normal/a.c: boot/normal imports boot"),
    "boot imports ultravisor": ({"boot/main.c": '#include "ultravisor/cpu/b.h"\n', "ultravisor/cpu/b.h": ""},
                                "boot/main.c: boot imports ultravisor/cpu"),
    "upwards": ({"lib/a.c": '#include "fdt/b.h"\n', "fdt/b.h": ""}, "lib/a.c: lib imports fdt"),
    "no folder": ({"lib/a.c": '#include "b.h"\n'}, 'lib/a.c: "b.h" does not name its folder'),
    "a circle of two": ({"lib/a.c": '#include "lib/b.h"\n', "lib/b.c": '#include "lib/a.h"\n'},
                        "a circle of files: lib/a lib/b"),
    "a circle of three": ({"lib/a.h": '#include "lib/b.h"\n', "lib/b.c": '#include "lib/c.h"\n',
                           "lib/c.S": '#include "lib/a.h"\n'}, "a circle of files: lib/a lib/b lib/c"),
    "defined elsewhere": ({"lib/a.h": "int f(int x);\n", "lib/a.c": "", "lib/b.c": "int f(int x)\n{\n}\n"},
                          "lib/a.h: f() is defined by another file"),
    "static": ({"lib/a.h": "void f(void (*g)(int x));\n", "lib/a.c": "static void f(void (*g)(int x))\n{\n}\n"},
               "lib/a.h: f() is defined by another file"),
    "another room": ({"boot/normal/normal.h": "int f(void);\n", "boot/doors/a.c": "int f(void)\n{\n}\n"},
                     "boot/normal/normal.h: f() is defined by another file"),
}

ALLOWED = {
    "boot/handover.h": "", "boot/normal/normal.h": "int f(void);\n",
    "boot/normal/f.c": '#include "boot/handover.h"\n#include "boot/normal/normal.h"\nint f(void)\n{\n}\n',
    "boot/secure/a.c": '#include "boot/handover.h"\n',
    "boot/doors/b.h": "_Noreturn void g(uint64_t at,\n\t\t void *tree);\nstatic inline int h(void) { return 0; }\n",
    "boot/doors/b.S": "\t.globl\tg\n", "lib/c.h": "int c(const char *s, ...) __attribute__((pure));\n#define X(y) y(z);\n",
    "lib/c.c": '#include "lib/c.h"\n', "lib/d.h": "struct s;\nextern int table[3];\nstruct s *d(struct s *s);\n",
    "lib/d.c": "struct s *d(struct s *s)\n{\n\treturn s;\n}\n",
}


def faults(root, files):
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    edges = imports.imports(root)
    return [*imports.room_faults(edges), *imports.circles(edges), *imports.header_faults(root)]


@pytest.mark.parametrize("files,fault", REFUSED.values(), ids=REFUSED)
def test_refused(tmp_path, files, fault):
    assert faults(tmp_path, files) == [fault]


def test_allowed(tmp_path):
    files = dict(ALLOWED)
    files["lib/c.c"] += "int c(const char *s, ...)\n{\n}\n"
    assert faults(tmp_path, files) == []


def test_here():
    done = subprocess.run([harness.TOP / "tools/imports"], stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_rooms_are_in_the_page():
    """docs/architecture.md has a row for each room, with what it may import."""
    page = (harness.TOP / "docs/architecture.md").read_text()
    rows = dict(re.findall(r"^\| `([\w/.]+)` \|.*\| ([^|]*) \|$", page, re.M))
    for room, allowed in imports.ROOMS.items():
        name = room + ".h" if room == "boot/handover" else room
        assert set(re.findall(r"[\w/.]+", rows[name].replace("handover.h", "boot/handover"))) - {"nothing"} == \
            set(allowed.split()), room


def test_picture():
    """docs/imports.svg is what Graphviz makes of --dot: it has each arrow that is drawn, and no other."""
    picture = {tuple(title.replace("&#45;", "-").replace("&gt;", ">").split("->"))
             for title in re.findall(r"<title>([^<]*&#45;&gt;[^<]*)</title>", (harness.TOP / "docs/imports.svg").read_text())}
    assert picture == set(imports.drawn(imports.imports(harness.TOP)))
