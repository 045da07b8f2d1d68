# SPDX-License-Identifier: GPL-2.0-or-later
"""When a machine gets to an address: a breakpoint by QEMU's gdb server, and the time base, which is the count of
instructions (-icount)."""

import os
import re
import socket
import time

import figures  # also says where the tests' modules are
import audit


class Gdb:
    """The remote protocol of gdb: "$data#sum", each packet acknowledged."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(300)
        for _ in range(100):
            try:
                self.socket.connect(path)
                break
            except OSError:
                time.sleep(0.1)
        self.stream = self.socket.makefile("rb")

    def __call__(self, packet):
        """Send a packet; the answer, which of "c" and "s" is the next stop; "" if the machine has ended."""
        data = packet.encode()
        self.socket.sendall(b"$%s#%02x" % (data, sum(data) % 256))
        try:
            while (byte := self.stream.read(1)) != b"$":
                if not byte:
                    return ""
            answer = b""
            while (byte := self.stream.read(1)) != b"#":
                answer += byte
            self.stream.read(2)
            self.socket.sendall(b"+")
        except ConnectionError:
            return ""
        return answer.decode()

    def close(self):
        self.stream.close()
        self.socket.close()


class Machine(audit.Machine):
    """A machine that stands at its reset until it is told how far to go."""

    def __init__(self, *args, firmware):
        super().__init__("--icount", *args, firmware=firmware)
        self.argv += ["-S", "-gdb", f"unix:{self.folder.name}/gdb,server=on,wait=off"]
        self.gdb = None

    def __enter__(self):
        super().__enter__()
        self.gdb = Gdb(os.path.join(self.folder.name, "gdb"))
        return self

    def __exit__(self, *what):
        if self.gdb:
            self.gdb.close()
        super().__exit__(*what)

    def next(self, address):
        """Go on to an address, and stop after its instruction; the count of those before it, None at the end."""
        if self.gdb(f"Z0,{address:x},4") != "OK":
            raise figures.Failed(f"no breakpoint at {address:#x}")
        if not self.gdb("c").startswith("T05"):
            return None
        high, low = re.search(r"\bTB (\d+) (\d+)", self.hmp("info registers")).groups()    # both decimal
        self.gdb(f"z0,{address:x},4")
        self.gdb("s")
        return round((int(high) << 32 | int(low)) * 1000 / figures.TIMEBASE)

    def reach(self, address, after=""):
        """The same, of what comes when the console has a text."""
        while (found := self.next(address)) is not None:
            if after in self.console():
                return found
        raise figures.Failed(f"no stop at {address:#x}; the console's end:\n{self.console()[-1500:]}")

    def register(self, number):
        return int(self.hmp(f"print/x $r{number}"), 16)

    def finish(self, pause=None):
        """Go on to the end; the console. At each stop at the address pause, the host does all I/O that it has been given."""
        while pause and self.next(pause) is not None:
            pass
        if not pause:
            self.gdb("c")
        self.process.wait(300)
        return self.console()


def arrivals(address, times, *args, firmware, after=""):
    """Instructions from reset to each of the first arrivals at an address, from when the console has a text."""
    with Machine(*args, firmware=firmware) as machine:
        return [machine.reach(address, after) for _ in range(times)]
