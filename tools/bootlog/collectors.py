# SPDX-License-Identifier: GPL-2.0-or-later
"""What those who record consoles add at the end, when the machine is gone: each by its own words.

None of it can be taken for success. A guest that prints a line of this list after a verdict of its own
gains nothing over one that prints nothing more."""

import re

# Before a line: GitHub's and GitLab's time stamps.
STAMP = rb"(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z(?: \d\d[OE][ +])? ?)?"
DATE = rb"(?:\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ?[+-]\d\d:?\d\d)"
# A shell's prompt, with the word that ends a session, or with what LAVA types to end a machine.
PROMPT = rb"(?:[\w.-]+@[\w.-]+:)?(?:[~/][\w./~-]*|(?:ba)?sh-\d+\.\d+)? ?[$#]"
LAST_WORD = rb"(?: ?(?:exit|logout|poweroff|/sbin/poweroff|poweroff -f))?"

LINES = (
    rb"(?:" + PROMPT + rb" ?)?" + LAST_WORD,
    rb"Script done on " + DATE + rb'(?: \[COMMAND_EXIT_CODE="\d+"\])?',                 # script
    rb"\[-- (?:Console (?:up|down)|MARK|\S+ (?:attached|detached)) -- " + DATE + rb"\]",  # conserver
    rb"##\[(?:group|endgroup|section|command|debug)\][^\n]*|Post job cleanup\.",        # GitHub, Azure
    rb"(?:Start c|C)leaning up orphan processes\.?|Cleaning up task key",
    rb"Terminate orphan process: pid \(\d+\) \(\S+\)",
    rb"(?:section_(?:start|end):\d+:[\w.-]+?)+(?:Cleaning up [\w ]+|Uploading artifacts[\w .]*)?"  # GitLab
    rb"(?:Job succeeded)?|Job succeeded",
    rb"\[Pipeline\] (?://? ?[\w ]+|[{}]|[\w ]+)|Finished: (?:SUCCESS|UNSTABLE)",        # Jenkins
    rb"Terminating\.\.\.|Skipping tty reset\.\.\.|Thanks for using picocom",            # picocom
    rb"\[screen is terminating\]|\[(?:exited|detached)[^]\n]*\]",                       # screen, tmux
    rb"(?:Shared c|C)onnection to \S+ closed\.|Connection closed by foreign host\.",    # ssh, telnet
    rb"qemu-system-\w+: terminating on signal \d+(?: from pid \d+ \([^)\n]*\))?",
)
KNOWN = re.compile(STAMP + rb"(?:" + rb"|".join(LINES) + rb")\s*")


def is_collectors(line):
    """Is `line`, without controls, one that a recorder of consoles writes after the machine's last?"""
    return KNOWN.fullmatch(line.strip()) is not None
