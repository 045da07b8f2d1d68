# SPDX-License-Identifier: GPL-2.0-or-later
"""Profiles from TOML: found by name, laid over their base, checked strictly."""

import re
from pathlib import Path

from .parser import Watch
from .profile import NUMBERS, Forbid, Milestone, Profile
from .status import UsageError
from .tables import PROFILES, STEPS

try:
    import tomllib
except ImportError:                 # Python 3.9 and 3.10
    from . import toml as tomllib

LISTS = ("milestone", "forbid", "allow", "drop")
PROFILE_FIELDS = {"name", "summary", "base", "boots", "kernel", "ends", *LISTS}
MILESTONE_KINDS = ("step", "line", "pairs", "fail", "exit", "verdict", "banner")
MILESTONE_FIELDS = {"id", *MILESTONE_KINDS, "regex", "keys", "optional", "when", "limit", "after",
                    "says"}
FORBID_FIELDS = {"id", "text", "regex", "severity", "says", "remedy"}


def load_profile(name, folders=(), base=None):
    """The Profile of that name, ready for a Judge."""
    try:
        return build_profile(read_profile(name, folders, base), name)
    except (KeyError, TypeError, ValueError, AttributeError, re.error) as error:
        raise UsageError(f"profile {name}: {type(error).__name__}: {error}") from error


def list_profiles(folders):
    """The names of all profiles, ours and those in `folders`."""
    files = [f for folder in folders for f in Path(folder).glob("*.toml")]
    return sorted({f.stem for f in files} | set(PROFILES))


def read_profile(name, folders=(), base=None, seen=()):
    """The profile as one dictionary, its bases merged in."""
    if name in seen:
        raise UsageError(f"profile {name} is its own base")
    try:
        own = tomllib.loads(find_profile(name, folders))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"profile {name}: {error}") from error
    check_fields(own, PROFILE_FIELDS, f"profile {name}")
    below = base or own.get("base")
    if not below:
        return own
    return merge(read_profile(below, folders, None, (*seen, name)), own, name)


def find_profile(name, folders):
    """The text of a profile: a path, or the name of one in `folders` or of ours."""
    if name.endswith(".toml"):
        return Path(name).read_text()
    if not re.fullmatch(r"[\w.-]+", name):
        raise UsageError(f"{name}: not the name of a profile (a path must end in .toml)")
    for folder in map(Path, folders):
        if (folder / f"{name}.toml").is_file():
            return (folder / f"{name}.toml").read_text()
    if name in PROFILES:
        return PROFILES[name]
    raise UsageError(f"there is no profile {name}: bootlog profiles")


def check_fields(table, known, where):
    """A word that is misspelt must not weaken a check in silence."""
    if not isinstance(table, dict):
        raise UsageError(f"{where}: expected a table")
    for key in table:
        if key not in known:
            raise UsageError(f"{where}: unknown key {key}")


def merge(base, own, name):
    """`own` over `base`: an entry with a known id changes that entry, others are added."""
    out = {**base, **{k: v for k, v in own.items() if k not in LISTS}}
    out["allow"] = base.get("allow", []) + own.get("allow", [])
    for kind in ("milestone", "forbid"):
        out[kind] = [dict(e) for e in base.get(kind, []) if e.get("id") not in own.get("drop", [])]
        for entry in own.get(kind, []):
            merge_entry(out[kind], entry, name)
    return out


def merge_entry(entries, entry, name):
    ids = [e.get("id") for e in entries]
    if entry.get("id") in ids:
        old = entries[ids.index(entry["id"])]
        keys = {**old.get("keys", {}), **entry.get("keys", {})}
        old.update(entry, **({"keys": keys} if keys else {}))
    elif entry.get("after") is not None:
        if entry["after"] not in ids:
            raise UsageError(f"profile {name}: after = {entry['after']}: there is none")
        entries.insert(ids.index(entry["after"]) + 1, dict(entry))
    else:
        entries.append(dict(entry))


def build_profile(table, name):
    milestones = [build_milestone(m, name) for m in table.get("milestone", [])]
    forbids = [build_forbid(f, name) for f in table.get("forbid", [])]
    ends = table.get("ends", "exit")
    if not milestones:
        raise UsageError(f"profile {name} has no milestones: it would pass any log")
    if int(table.get("boots", 1)) < 1:
        raise UsageError(f"profile {name}: boots is 1 or more")
    if ends not in ("exit", "stop"):
        raise UsageError(f"profile {name}: ends is exit or stop")
    return Profile(table.get("name", Path(name).stem), table.get("summary", ""),
                   int(table.get("boots", 1)), bool(table.get("kernel", True)), ends, milestones,
                   forbids, [re.compile(a.encode()) for a in table.get("allow", [])])


def build_milestone(entry, name):
    where = f"profile {name}, milestone {entry.get('id')}"
    check_fields(entry, MILESTONE_FIELDS, where)
    kinds = [k for k in MILESTONE_KINDS if k in entry]
    if len(kinds) != 1:
        raise UsageError(f"{where}: exactly one of {', '.join(MILESTONE_KINDS)}")
    kind = kinds[0]
    m = Milestone(entry["id"], {"line": "watch", "pairs": "detail"}.get(kind, kind),
                  keys={k: str(v) for k, v in entry.get("keys", {}).items()},
                  optional=bool(entry.get("optional", False)), when=entry.get("when", ""),
                  limit=float(entry.get("limit", 60)), says=entry.get("says", entry["id"]))
    if m.when not in ("", "simulated"):
        raise UsageError(f"{where}: when is simulated or nothing")
    if kind == "step":
        m.name = known_step(entry["step"], name)
    elif kind == "pairs":
        m.name = entry["pairs"]
    elif kind == "line":
        m.name = "milestone:" + m.id
        m.watch = build_watch(m.name, entry["line"], entry)
    elif kind in ("fail", "exit"):
        m.numbers = entry[kind]
        if not re.fullmatch(NUMBERS, m.numbers):
            raise UsageError(f"{where}: {m.numbers}: write E401, E4xx or Exxx")
    return m


def known_step(step, name):
    if step not in STEPS:
        raise UsageError(f"profile {name}: there is no step {step}")
    return step


def build_forbid(entry, name):
    check_fields(entry, FORBID_FIELDS, f"profile {name}, forbid {entry.get('id')}")
    severity = entry.get("severity", "fail")
    if severity not in ("fail", "warn", "skip"):
        raise UsageError(f"profile {name}, forbid {entry['id']}: severity is fail, warn or skip")
    watch = build_watch("forbid:" + entry["id"], entry["text"], entry)
    watch.forbidden = True
    return Forbid(entry["id"], watch, severity, entry.get("says", entry["id"]), entry.get("remedy", ""))


def build_watch(id, text, entry):
    regex = re.compile(entry["regex"].encode()) if "regex" in entry else None
    return Watch(id, text.encode(), regex)
