# SPDX-License-Identifier: GPL-2.0-or-later
"""The forms in which engines keep a console: compressed, or a record a line. Out comes the console.

A record becomes one line, so the numbers of lines are those of the file wherever its records are
lines themselves (not in an asciinema recording)."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass, field

from .status import UsageError

SIZE_MAX = 1 << 28                  # of what a compressed file holds


@dataclass
class Console:
    data: bytes
    says: list = field(default_factory=list)    # what was done to get it, for the reader


def read_console(data, name):
    """The Console in the bytes of the file `name`."""
    console = Console(data)
    decompress(console, name)
    unwrap(console)
    if b"\n" not in console.data and console.data.count(b"\r") > 1:
        console.data = console.data.replace(b"\r", b"\n")
        console.says.append("no line ends in LF: each CR was taken as the end of a line")
    return console


# Compressed files, by their magic numbers

def decompress(console, name):
    for magic, kind, reader in PACKED:
        if console.data.startswith(magic):
            try:
                console.data = reader(console.data)
            except (OSError, EOFError, ValueError) as error:
                raise UsageError(f"{name}: a {kind} file that cannot be read: {error}") from error
            if len(console.data) > SIZE_MAX:
                raise UsageError(f"{name}: a {kind} file of more than {SIZE_MAX >> 20} MiB")
            console.says.append(f"read from a {kind} file")
            return


def read_gzip(data):
    import gzip                     # each of these where it is needed: starting is quick
    import io
    import zlib
    try:
        return gzip.GzipFile(fileobj=io.BytesIO(data)).read(SIZE_MAX + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from error


def read_xz(data):
    import io
    import lzma
    try:
        return lzma.LZMAFile(io.BytesIO(data)).read(SIZE_MAX + 1)
    except lzma.LZMAError as error:
        raise ValueError(str(error)) from error


def read_zstd(data):
    import tempfile
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        try:
            with subprocess.Popen(["zstd", "-dcq"], stdin=file, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL) as child:
                text = child.stdout.read(SIZE_MAX + 1)
        except FileNotFoundError as error:
            raise ValueError("it takes the program zstd, which is not installed") from error
    if child.returncode and len(text) <= SIZE_MAX:
        raise ValueError(f"zstd ended with status {child.returncode}")
    return text


PACKED = ((b"\x1f\x8b", "gzip", read_gzip), (b"\xfd7zXZ\0", "xz", read_xz),
          (b"\x28\xb5\x2f\xfd", "zstd", read_zstd))


# Records

def unwrap(console):
    first = console.data.lstrip().split(b"\n", 1)[0].strip()
    kind, reader = recognise(first) if first.startswith((b"{", b"- {")) else ("", None)
    if reader:
        read_records(console, kind, reader)
    elif first.startswith(b"{") and b'"stdout"' in console.data[:1 << 16]:
        read_old_asciinema(console)


def recognise(first):
    """(what it is, its reader) of a file that begins with a record."""
    if LAVA_HEAD.match(first):
        return "a log of LAVA", read_lava
    head = read_json(first) or {}
    if "log" in head and {"stream", "time"} & head.keys():
        return "a log of Docker (json-file)", read_docker
    if {"MESSAGE", "__CURSOR"} & head.keys():
        return "a journal (journalctl -o json)", read_journal
    if head.get("version") in (2, 3) and {"width", "term"} & head.keys():
        return "an asciinema recording", read_asciinema
    return "", None


def read_old_asciinema(console):
    """Version 1: one object, whose stdout is a list of [seconds, text]."""
    pairs = (read_json(console.data) or {}).get("stdout")
    if isinstance(pairs, list):
        console.data = b"".join(encode(pair[1]) for pair in pairs if isinstance(pair, list)
                                and len(pair) == 2 and isinstance(pair[1], str))
        console.says.append(f"an asciinema recording: {len(pairs)} records")


def read_records(console, kind, reader):
    """Each line a record: `reader` gives the console's text in it, or None for no text of it."""
    lines = console.data.split(b"\n")
    lines = lines if lines[-1].strip() else lines[:-1]
    texts = [reader(line.strip()) for line in lines]
    console.says.append(f"{kind}: {sum(text is not None for text in texts)} of {len(lines)} records "
                        "are the console's")
    if reader is read_asciinema:
        console.data = b"".join(text or b"" for text in texts)
    else:
        console.data = b"".join(join_parts(texts))


def join_parts(texts):
    """Lines from texts: one that does not end goes on in the next, and its own place stays empty."""
    begun, owed = b"", 0
    for text in texts:
        if text is not None and text.endswith(b"\n"):
            yield b"\n" * owed + begun + text
            begun, owed = b"", 0
        elif text is None and not begun:
            yield b"\n"
        else:
            begun, owed = begun + (text or b""), owed + 1
    yield begun


def read_json(text):
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def read_docker(line):
    text = (read_json(line) or {}).get("log")
    return encode(text) if isinstance(text, str) else None


def read_journal(line):
    """A MESSAGE that is not plain text is a list of bytes."""
    text = (read_json(line) or {}).get("MESSAGE")
    if isinstance(text, list):
        text = bytes(b & 255 for b in text if isinstance(b, int))
        return text + b"\n"
    return encode(text) + b"\n" if isinstance(text, str) else None


def read_asciinema(line):
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if isinstance(event, list) and len(event) == 3 and event[1] == "o" and isinstance(event[2], str):
        return encode(event[2])
    return None


def encode(text):
    return text.encode("utf-8", "replace")


# LAVA: YAML of one form: - {"dt": "...", "lvl": "target", "msg": "..."}

# What the machine says while LAVA awaits something, and while it does not: after the last prompt.
LAVA_LEVELS = ("target", "feedback")
LAVA_ITEM = re.compile(r'\s*"?(\w+)"?: *("(?:[^"\\]|\\.)*"|'
                       r"'(?:[^']|'')*'|[^,{}\[\]\"']*)\s*([,}])")
LAVA_HEAD = re.compile(rb'(?:- )?\{ *"?(?:dt|lvl|msg)"?:')
YAML_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.S)
YAML_LETTERS = {"0": "\0", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f",
                "r": "\r", "e": "\x1b", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029"}


def read_lava(line):
    """The message of a record, if the machine said it."""
    text = line.decode("utf-8", "replace")
    items, at = {}, text.find("{") + 1
    while True:
        m = LAVA_ITEM.match(text, at)
        if not m:
            break
        items[m[1]], at = m[2], m.end()
    if yaml_text(items.get("lvl", "")) not in LAVA_LEVELS or "msg" not in items:
        return None
    # lava_dispatcher/shell.py puts a backslash before each quote that the target writes
    return encode(yaml_text(items["msg"]).replace('\\"', '"')) + b"\n"


def yaml_text(value):
    if value.startswith('"'):
        return YAML_ESCAPE.sub(unescape, value[1:-1])
    return value[1:-1].replace("''", "'") if value.startswith("'") else value.strip()


def unescape(m):
    code = m[1]
    if len(code) > 1:
        number = int(code[1:], 16)
        return chr(number) if number < 0x110000 else "?"
    return YAML_LETTERS.get(code, code)
