# SPDX-License-Identifier: GPL-2.0-or-later
"""When a machine gets to an address: a breakpoint by QEMU's gdb server, and the time base, which is the count of
instructions (-icount)."""

import re
import socket
import tempfile
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
        """Send a packet; the answer, which of "c" and "s" is the next stop."""
        data = packet.encode()
        self.socket.sendall(b"$%s#%02x" % (data, sum(data) % 256))
        while self.stream.read(1) != b"$":
            pass
        answer = b""
        while (byte := self.stream.read(1)) != b"#":
            answer += byte
        self.stream.read(2)
        self.socket.sendall(b"+")
        return answer.decode()

    def close(self):
        self.stream.close()
        self.socket.close()


def count(machine):
    high, low = re.search(r"\bTB (\d+) (\d+)", machine.hmp("info registers")).groups()    # both decimal
    return round((int(high) << 32 | int(low)) * 1000 / figures.TIMEBASE)


def arrivals(address, times, *args, firmware, after=""):
    """Instructions from reset to each of the first arrivals at an address, from when the console has a text."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        with audit.Machine("--icount", *args, "--", "-S", "-gdb", f"unix:{folder}/gdb,server=on,wait=off",
                           firmware=firmware) as machine:
            gdb = Gdb(f"{folder}/gdb")
            while len(found) < times:
                if gdb(f"Z0,{address:x},4") != "OK" or not gdb("c").startswith("T05"):
                    raise figures.Failed(f"no stop at {address:#x}")
                if after in machine.console():
                    found.append(count(machine))
                gdb(f"z0,{address:x},4")
                gdb("s")
            gdb.close()
    return found
