# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's machine protocol: commands and answers in JSON, on a UNIX socket."""

import contextlib
import json
import socket
import time


class QmpError(Exception):
    """QEMU refused a command."""


class Qmp:
    """A connection; qmp("stop") sends a command. Waits for the socket of a QEMU that has just been started."""

    def __init__(self, path, ended=lambda: None, timeout=60):
        self.socket = socket.socket(socket.AF_UNIX)
        for attempt in range(1200):
            try:
                self.socket.connect(str(path))
                break
            except OSError:
                if ended() is not None or attempt == 1199:
                    self.socket.close()
                    raise
                time.sleep(0.05)
        self.socket.settimeout(timeout)
        self.stream = self.socket.makefile("rw")
        self.stream.readline()
        self("qmp_capabilities")

    def __call__(self, command, **arguments):
        """The answer to a command; events before it are passed over."""
        self.stream.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.stream.flush()
        while True:
            answer = json.loads(self.stream.readline())
            if "error" in answer:
                raise QmpError(answer["error"]["desc"])
            if "return" in answer:
                return answer["return"]

    def hmp(self, line):
        """The text of a command of the human monitor."""
        return self("human-monitor-command", **{"command-line": line})

    def dump(self, path, start, size):
        """Physical memory into a file, while the machine stands still."""
        self("stop")
        self("pmemsave", val=start, size=size, filename=str(path))
        return path

    def close(self):
        with contextlib.suppress(BrokenPipeError):     # a command that QEMU ended before it read
            self.stream.close()
        self.socket.close()
