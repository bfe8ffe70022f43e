"""When the flows take their turns: APScheduler goes by the wall clock, and is kept honest by the one that never steps.

It lives here only.
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

#: The share of a poll by which its moment varies, so that many daemons do not ask at once.
JITTER = 0.1
#: A turn that is later than this by the clock that never steps is taken whatever the wall clock says (seconds).
LATE = 0.5


class Schedule:
    """Lets each flow take its turn once a poll, from `start` to `end`, however the wall clock is set meanwhile."""

    def __init__(self) -> None:
        # APScheduler warns whenever a long cycle makes it skip a turn; that is what coalescing is for.
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._turns: list[_Turns] = []

    def every(self, poll: float, take_turn: Callable[[], Awaitable[None]]) -> None:
        """Let somebody take a turn at once and then every `poll` seconds, a little more or less."""
        turns = _Turns(poll)
        turns.job = self._scheduler.add_job(
            take_turn,
            trigger=turns,
            next_run_time=datetime.now(UTC),
            coalesce=True,
            max_instances=2,  # one that runs, and the next turn: it begins at once where a cycle takes long
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
        """Cut short the turns that still run."""
        self._scheduler.shutdown(wait=False)


class _Turns(BaseTrigger):  # type: ignore[misc]  # without type information
    """The turns of one flow.

    The next one is always counted from now. So a clock that was set forward has missed none; and where one that was set
    back makes the scheduler wait for a time long gone, the turn is taken all the same.
    """

    def __init__(self, poll: float) -> None:
        self._poll = poll
        self._late: asyncio.TimerHandle | None = None
        self.job: Job | None = None

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:  # noqa: ARG002
        """Return the wall clock's time of the next turn."""
        pause = self._poll * (1 + random.uniform(-JITTER, JITTER))  # noqa: S311 - jitter needs no secrecy
        self.expect(pause)
        return now + timedelta(seconds=pause)

    def expect(self, seconds: float | None) -> None:
        """Expect a turn in so many seconds of the clock that never steps, or none any more."""
        if self._late is not None:
            self._late.cancel()
        loop = asyncio.get_running_loop()
        self._late = None if seconds is None else loop.call_later(seconds + LATE, self._take_it)

    def _take_it(self) -> None:
        # Again later, should the clock be set between this word and the scheduler's look at the time.
        self.expect(LATE)
        changes: dict[str, Any] = {"next_run_time": datetime.now(UTC)}
        if self.job is not None:
            self.job.modify(**changes)
