"""A second daemon on the same accounts, forgotten on an old server: from a stream of its own and for some seeds."""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

from tests.simulation.machine import Machine
from tests.simulation.occasions import has_two_daemons
from tests.simulation.setting import Setting
from tests.simulation.trace import ALL, Trace


def second_daemon(machine: Machine, setting: Setting, trace: Trace) -> list[Coroutine[Any, Any, None]]:
    """Return the hours of a second daemon, in seeds in which there is one."""
    return [_run(machine, setting, trace)] if has_two_daemons(setting) else []


async def _run(machine: Machine, setting: Setting, trace: Trace) -> None:
    """Let it come, be started anew now and then, and go before the faults end."""
    chance, seconds = random.Random(f"second daemon {setting.seed}"), setting.seconds
    begin = chance.uniform(0.0, 0.4) * seconds
    starts = chance.randint(1, 3)
    await asyncio.sleep(begin)
    for _ in range(starts):
        life = machine.start_beside(elsewhere=True)
        await asyncio.sleep(chance.uniform(0.5, 0.9) * (seconds - begin) / starts)
        await machine.stop(life)
    trace.tell("the other daemon is gone", ALL)
