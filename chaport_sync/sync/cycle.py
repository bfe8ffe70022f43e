"""What the daemon runs: flows, what they all work with, and the report of each of their cycles."""

import random
from dataclasses import dataclass
from typing import Protocol

from chaport_sync.api.chaport import Chaport
from chaport_sync.api.deskie import Deskie
from chaport_sync.clock import Clock
from chaport_sync.store import Store
from chaport_sync.sync.other_instance import OtherInstance


@dataclass(frozen=True, slots=True)
class Services:
    """What every flow works with: both services, the state file, and the clock.

    Attributes:
        chance: The random numbers for all jitter.
        others: Notices another daemon on the same accounts.
    """

    deskie: Deskie
    chaport: Chaport
    store: Store
    clock: Clock
    chance: random.Random
    others: OtherInstance


@dataclass(frozen=True, slots=True)
class Report:
    """What a cycle saw and did.

    Attributes:
        good: Whether the flow could read all that it decides from.
        well: Whether writing works too.
        errors: The errors of the cycle, for people.
        behind: The work that is too late, for people.
    """

    good: bool
    well: bool = False
    errors: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()


class Flow(Protocol):
    """One of the things that the daemon does: statuses, transcripts, replies; `poll` in seconds."""

    name: str
    poll: float

    async def cycle(self, *, hurry: bool = True) -> Report:
        """Run a cycle; with `hurry` it ends after about one poll, and the next one goes on.

        Raises:
            Stopping: The daemon is to stop.
            StoreError: The disk refused something.
        """
