# SPDX-License-Identifier: GPL-2.0-or-later
"""A TPM 2.0 for QEMU's tpm-emulator that keeps PCRs and answers what a test wants: banks, codes, nonsense, or nothing.

QEMU speaks swtpm's protocol (QEMU backends/tpm/tpm_ioctl.h): a control socket, over which it hands in the socket of the commands."""

import contextlib
import hashlib
import select
import socket
import struct
import threading

# Commands of the control channel: bytes of the argument, and what the answer holds behind the result 0
GET_CAPABILITY, SET_DATAFD = 0x01, 0x10
CONTROL = {0x02: (4, b""), 0x03: (0, b""), 0x04: (0, bytes(4)), 0x05: (4, b""), 0x09: (0, b""), 0x0b: (4, b""), 0x0e: (0, b""),
           SET_DATAFD: (0, b""), 0x11: (4, struct.pack(">III", 4096, 4096, 4096))}
CAPABILITIES = 0x348f   # init, shutdown, established flag, locality, its reset, stop, data socket, buffer size

STARTUP, SELF_TEST, GET_CAPABILITIES, GET_RANDOM, EXTEND, CHANGE_AUTH = 0x144, 0x143, 0x17a, 0x17b, 0x182, 0x129
ALGORITHMS = {"sha1": 0x4, "sha256": 0xb, "sha384": 0xc, "sha512": 0xd, "sm3_256": 0x12}


def reply(code=0, body=b""):
    return struct.pack(">HII", 0x8001, 10 + len(body), code) + body


def selection(banks):
    """The answer to GetCapability(PCRS): all PCRs of these banks."""
    entries = b"".join(struct.pack(">HB", ALGORITHMS[bank], 3) + b"\xff\xff\xff" for bank in banks)
    return reply(0, struct.pack(">BII", 0, 5, len(banks)) + entries)


class Tpm:
    """A control socket at path. answers: by command, a reply, or a function of how often it came before; None is silence."""

    def __init__(self, path, banks=("sha256",), answers=()):
        self.answers = {GET_CAPABILITIES: selection(banks), GET_RANDOM: reply(0, struct.pack(">H", 20) + bytes(range(20))),
                        **dict(answers)}
        self.seen, self.path = [], path
        self.pcrs = {bank: {} for bank in ALGORITHMS}       # as hexadecimal text; none of what was never extended
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    @property
    def options(self):
        return ["--vtpm", self.path]

    def close(self):
        self.ended.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)    # wakes accept()
        self.thread.join()
        self.listener.close()

    def serve(self):
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            control = stack.enter_context(self.listener.accept()[0])
            data = None
            while not self.ended.is_set():
                ready, _, _ = select.select([control, *([data] if data else [])], [], [], 0.2)
                if control in ready:
                    message, descriptors, _, _ = socket.recv_fds(control, 4096, 1)
                    if not message:     # QEMU may still wait for an answer: a TPM that is stuck does not hang up
                        self.ended.wait()
                        return
                    if descriptors:
                        data = stack.enter_context(socket.socket(fileno=descriptors[0]))
                    control.sendall(self.controlled(message))
                elif data in ready:
                    self.command(data)

    def controlled(self, message):
        number, = struct.unpack_from(">I", message)
        if number == GET_CAPABILITY:
            return struct.pack(">Q", CAPABILITIES)
        size, answer = CONTROL[number]
        assert len(message) == 4 + size
        return bytes(4) + answer

    def command(self, data):
        message = data.recv(4096)
        if not message:
            raise OSError("closed")
        number, = struct.unpack_from(">I", message, 6)
        answer = self.answers.get(number, reply())
        if callable(answer):
            answer = answer(self.seen.count(number))
        self.seen.append(number)
        if number == EXTEND:
            self.extend(message)
        if answer is not None:
            data.sendall(answer)

    def extend(self, message):
        """PCR_Extend of one register, with an empty password: TPML_DIGEST_VALUES is at 27."""
        pcr, = struct.unpack_from(">I", message, 10)
        count, at = *struct.unpack_from(">I", message, 27), 31
        for _ in range(count):
            number, = struct.unpack_from(">H", message, at)
            bank = next(name for name, value in ALGORITHMS.items() if value == number)
            size = hashlib.new(bank).digest_size
            value = bytes.fromhex(self.pcrs[bank].get(pcr, "00" * size)) + message[at + 2:at + 2 + size]
            self.pcrs[bank][pcr] = hashlib.new(bank, value).hexdigest()
            at += 2 + size
        assert at == len(message)
