# SPDX-License-Identifier: GPL-2.0-or-later
"""labgrid: boot a machine with pefboot to its end, and keep what its console said. docs/ci.md tells what to watch."""

import enum

import attr
from labgrid import step, target_factory
from labgrid.strategy import Strategy, StrategyError


class Status(enum.Enum):
    unknown = 0
    off = 1
    ended = 2


@target_factory.reg_driver
@attr.s(eq=False)
class PefbootStrategy(Strategy):
    """Args:
        end (str): what the machine's last line looks like, to its end
        profile (str): the profile of bootlog that the boot is to pass
        seconds (int): how long a boot may take
    """
    bindings = {"qemu": "QEMUDriver"}

    end = attr.ib(validator=attr.validators.instance_of(str))
    profile = attr.ib(validator=attr.validators.instance_of(str))
    seconds = attr.ib(default=300, validator=attr.validators.instance_of(int))
    status = attr.ib(default=Status.unknown)
    console = attr.ib(default=b"")

    @step(args=["status"])
    def transition(self, status, *, step):
        if not isinstance(status, Status):
            status = Status[status]
        if status == self.status:
            step.skip("nothing to do")
        elif status == Status.off:
            self.target.activate(self.qemu)
            self.qemu.off()
        elif status == Status.ended:
            self.transition(Status.off)
            self.qemu.on()
            _, before, _, after = self.qemu.expect(self.end, timeout=self.seconds)
            self.console = before + after
        else:
            raise StrategyError(f"no way from {self.status} to {status}")
        self.status = status
