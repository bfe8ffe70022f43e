"""When the cycles of the flows begin. APScheduler uses the wall clock; a timer of the monotonic clock corrects it.

No other module uses APScheduler.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

#: The pause between two cycles varies by this share, so that many daemons do not poll at the same moment.
JITTER = 0.1
#: A turn that is so late by the monotonic clock begins at once, whatever the wall clock says (seconds).
LATE = 0.5


class Schedule:
    """Begins a cycle of each flow once a poll, from `start` to `end`, also while the wall clock is set.

    Args:
        chance: The source of the jitter.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        # APScheduler would warn each time when a long cycle makes it skip a turn, which is intended here.
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._turns: list[_Turns] = []

    def every(self, poll: float, take_turn: Callable[[], Awaitable[None]]) -> None:
        """Call `take_turn` at once and then about every `poll` seconds."""
        turns = _Turns(poll, self._chance)
        turns.job = self._scheduler.add_job(
            take_turn,
            trigger=turns,
            next_run_time=datetime.now(UTC),
            coalesce=True,
            max_instances=2,  # the running turn and the next one, which waits if a cycle takes long
            misfire_grace_time=None,
        )
        self._turns.append(turns)

    def start(self) -> None:
        """Begin with the first turns."""
        for turns in self._turns:
            turns.expect(0.0)
        self._scheduler.start()

    def end(self) -> None:
        """Let no further turn begin."""
        for turns in self._turns:
            turns.expect(None)
        self._scheduler.remove_all_jobs()

    def close(self) -> None:
        """Cancel the turns that still run."""
        self._scheduler.shutdown(wait=False)


class _Turns(BaseTrigger):  # type: ignore[misc]  # without type information
    """The turns of one flow.

    The next turn is always counted from now, so a clock that is set forward skips none. If the clock is set back, the
    scheduler waits too long; the timer of the monotonic clock then begins the turn.
    """

    def __init__(self, poll: float, chance: random.Random) -> None:
        self._poll = poll
        self._chance = chance
        self._late: asyncio.TimerHandle | None = None
        self.job: Job | None = None

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:  # noqa: ARG002
        """Return the wall clock's time of the next turn."""
        pause = self._poll * (1 + self._chance.uniform(-JITTER, JITTER))
        self.expect(pause)
        return now + timedelta(seconds=pause)

    def expect(self, seconds: float | None) -> None:
        """Expect a turn in so many seconds of the monotonic clock; None expects no turn any more."""
        if self._late is not None:
            self._late.cancel()
        loop = asyncio.get_running_loop()
        self._late = None if seconds is None else loop.call_later(seconds + LATE, self._take_it)

    def _take_it(self) -> None:
        # Expected once more, because the clock may be set before the scheduler reads the time.
        self.expect(LATE)
        changes: dict[str, Any] = {"next_run_time": datetime.now(UTC)}
        if self.job is not None:
            self.job.modify(**changes)
