"""How soon lines are displayed and operators go online, by the number of busy chats, against what the pace allows."""

from collections.abc import Iterator
from functools import partial

from benchmarks.reading import RUN, SLOWEST, displayed
from benchmarks.row import Goal, Row
from benchmarks.worlds import in_a_world

CHATS, STATUS_SLOWEST = (5, 40, 80), 1.5


def rows(*, small: bool) -> Iterator[Row]:
    """Measure in virtual time, at Chaport's default pace: the 95th percentile in seconds."""
    for chats in (1,) if small else CHATS:
        found = in_a_world(partial(displayed, chats=chats, run=80.0 if small else RUN))
        busy = f"{chats} busy chats"
        yield Row(f"line → displayed, {busy}", found.percentile_95, "s", found.floor, "floor", Goal("ratio", SLOWEST))
        goal = Goal("ratio", STATUS_SLOWEST)
        yield Row(f"status → written, {busy}", found.online_95, "s", found.status_floor, "a poll", goal)
