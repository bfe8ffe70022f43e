"""What every flow works with."""

import random
from dataclasses import dataclass

from chaport_sync.api.chaport import Chaport
from chaport_sync.api.deskie import Deskie
from chaport_sync.clock import Clock
from chaport_sync.store import Store
from chaport_sync.sync.other_instance import OtherInstance


@dataclass(frozen=True, slots=True)
class Services:
    """Both services, the state file, and the clock.

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
