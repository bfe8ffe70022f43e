"""A disk that refuses for a while or takes its time, from a stream of its own and only for some seeds.

It befalls the calm before the faults: what goes wrong then is the disk's doing.
"""

import asyncio
import random

from tests.simulation.machine import Machine
from tests.simulation.setting import Setting
from tests.simulation.trace import ALL, Trace

#: No seed that was kept before disks failed leaves this remainder, none with occasions, and no host with a wrong clock.
EVERY, REMAINDER = 50, 22
#: A disk fails for so many leases.
LEASES = 2.2
#: Seconds that a slow disk takes at most.
SLOWEST = 900.0


class Disk:
    """The disk that the state file is on."""

    def __init__(self, machine: Machine, setting: Setting, trace: Trace) -> None:
        self._machine = machine
        self._setting = setting
        self._trace = trace
        self._chance = random.Random(f"disk {setting.seed}")

    async def fail(self) -> None:
        """Refuse, take long, and come right, in the seeds that it befalls."""
        if self._setting.seed % EVERY != REMAINDER:
            return
        for name in self._chance.sample(["refuses", "is slow"], 2):
            self._trace.tell(f"the disk {name}", ALL)
            takes = self._chance.uniform(1, SLOWEST) if name == "is slow" else 0.0
            self._machine.set_disk(refuses=name == "refuses", takes=takes)
            seconds = LEASES * self._setting.number("status.lease")
            if name == "refuses" and self._machine.state.ends_the_hold:
                seconds = min(seconds, self._setting.number("status.hold"))
            await asyncio.sleep(seconds)
            self._machine.set_disk(refuses=False, takes=0.0)
            self._trace.tell("the disk is well", ALL)
            await asyncio.sleep(self._chance.uniform(1, 200))
