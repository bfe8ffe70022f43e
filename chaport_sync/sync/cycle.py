"""What the daemon runs: flows, which work in cycles and return a report of each cycle."""

from dataclasses import dataclass
from typing import Protocol


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
