# SPDX-License-Identifier: GPL-2.0-or-later
"""bootlog: read pefboot's boot logs.

    bootlog check --profile secure LOG|DIR|- ...   judge saved logs
    bootlog run --profile secure -- qemu-system-ppc64 ...   start a machine and judge it as it boots
    bootlog json LOG|-                             what the log says, for scripts
    bootlog report LOG -o FILE.html                draw it: timeline, memory, device tree, calls
    bootlog diff A B                               what differs between two boots
    bootlog explain E401 U_RETRY -5                what a number means
    bootlog profiles [NAME]                        what may be asked for

Exit status: 0 pass, 1 fail, 2 usage, 77 skip, 124 time-out.
"""

import argparse
import os
import sys
from importlib import import_module

from .status import USAGE, UsageError

COMMANDS = {                        # the modules of commands/
    "check": "judge saved logs",
    "run": "start a machine and judge it as it boots",
    "json": "what a log says, for scripts",
    "report": "draw a log: one HTML file",
    "diff": "what differs between two boots",
    "explain": "what an error number or return code means",
    "profiles": "list profiles, or one profile's milestones",
}


def main(argv=None):
    args = parse_arguments(sys.argv[1:] if argv is None else argv)
    try:
        return args.run(args)
    except UsageError as error:
        print(f"bootlog: {error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return USAGE


class Version(argparse.Action):
    """As argparse's own, but the tables are loaded only when it is asked for."""

    def __init__(self, option_strings, dest, **how):
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, **how)

    def __call__(self, parser, *_):
        print(f"bootlog {import_module('.tables', __package__).VERSION}")
        parser.exit()


def parse_arguments(argv):
    parser = argparse.ArgumentParser(prog="bootlog",
                                     description="Read pefboot's boot logs: docs/ci.md.")
    parser.add_argument("--version", action=Version, help="print the version of pefboot that this belongs to")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary)
        if argv[:1] == [name]:      # what the others need is not even loaded: starting is quick
            module = import_module(f".commands.{name}", __package__)
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
