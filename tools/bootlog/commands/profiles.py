# SPDX-License-Identifier: GPL-2.0-or-later
"""bootlog profiles: list profiles, or one profile's milestones."""

from ..profile_file import list_profiles, load_profile, read_profile
from ..status import PASS


def add_arguments(parser):
    parser.add_argument("--profiles", action="append", default=[], metavar="DIR")
    parser.add_argument("name", nargs="?")


def run(args):
    if args.name:
        for m in load_profile(args.name, args.profiles).milestones:
            print(show_milestone(m))
    else:
        for name in list_profiles(args.profiles):
            print(f"{name:24} {read_profile(name, args.profiles).get('summary', '')}")
    return PASS


def show_milestone(m):
    more = [f"{k} {v}" for k, v in m.keys.items()] + ([f"when {m.when}"] if m.when else [])
    return f"{m.id:12} {m.limit:5.0f} s  {m.says}" + (f" ({'; '.join(more)})" if more else "")
