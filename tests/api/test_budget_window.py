"""In any 60 seconds at most the budget: whoever asks, whenever, whatever fails (P5)."""

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaport_sync.api.budget import RESERVED, Budget
from chaport_sync.api.errors import ApiError
from chaport_sync.api.request_queue import Pace, Share
from tests.api.accounts import Account, Reply, answer, run, staff
from tests.virtual_time import VirtualTime
from tests.world import DaemonClock


@dataclass(frozen=True)
class Wish:
    """A request that comes at a moment."""

    at: float
    units: int
    share: Share


wishes = st.lists(
    st.builds(
        Wish,
        at=st.one_of(st.floats(0, 300), st.sampled_from([0.0, 60.0, 61.0, 122.0])),
        units=st.sampled_from([1, 2]),
        share=st.sampled_from(Share),
    ),
    min_size=1,
    max_size=40,
)
Spent = list[tuple[float, Wish]]


def spend(pot: Budget | Pace, time: VirtualTime, wanted: list[Wish]) -> Spent:
    """Return when each wish was granted."""
    spent: Spent = []

    async def one(wish: Wish) -> None:
        await asyncio.sleep(wish.at)
        await pot.acquire(wish.units, wish.share)
        spent.append((time.elapsed, wish))

    async def everybody() -> None:
        async with asyncio.timeout(10_000):
            await asyncio.gather(*map(one, wanted))

    run(everybody, time)
    return spent


def fullest(spent: list[tuple[float, int]], length: float) -> int:
    """Return the most units in any stretch of time; the fullest ones begin with a request."""
    return max((sum(units for at, units in spent if begin <= at < begin + length) for begin, _ in spent), default=0)


@settings(max_examples=60, deadline=None)
@given(limit=st.integers(1, 30), wanted=wishes, reserve=st.booleans())
def test_no_minute_holds_more_than_the_limit(limit: int, wanted: list[Wish], reserve: bool) -> None:  # noqa: FBT001
    """P5: in any 60 seconds at most the limit (a write that alone costs more goes alone); all are served."""
    time = VirtualTime()
    spent = spend(Budget(limit, DaemonClock(time), reserve=reserve), time, wanted)
    assert len(spent) == len(wanted)
    cost = max(wish.units for wish in wanted)
    assert fullest([(at, wish.units) for at, wish in spent], 60) <= max(limit, cost)


@settings(max_examples=60, deadline=None)
@given(limit=st.integers(2, 30), wanted=wishes)
def test_no_minute_gives_others_more_than_three_quarters(limit: int, wanted: list[Wish]) -> None:
    """P5: at least a quarter is reserved for the status flow, in any 60 seconds."""
    time = VirtualTime()
    spent = spend(Budget(limit, DaemonClock(time)), time, wanted)
    others = [(at, wish.units) for at, wish in spent if wish.share is not Share.STATUS]
    cost = max((units for _, units in others), default=0)
    assert fullest(others, 60) <= max(int(limit * (1 - RESERVED)), cost)


@settings(max_examples=40, deadline=None)
@given(limit=st.integers(4, 40), wanted=wishes)
def test_a_start_is_slow(limit: int, wanted: list[Wish]) -> None:
    """P5: a quarter in hand, and the rest of the first minute's budget evenly over it."""
    time = VirtualTime()
    spent = sorted((at, wish.units) for at, wish in spend(Budget(limit, DaemonClock(time)), time, wanted))
    begin, used = min(wish.at for wish in wanted), 0
    for at, units in spent:
        used += units
        if at < begin + 60:
            assert used <= max(2, limit * (0.25 + 0.75 * (at - begin) / 60)) + 1e-6


class Counting(deque[tuple[float, int]]):
    """The uses in a window, and how often one of them was looked at."""

    looks = 0

    def __iter__(self) -> Iterator[tuple[float, int]]:
        """Count each use that is given out."""
        for each in super().__iter__():
            self.looks += 1
            yield each

    def __getitem__(self, place: Any) -> Any:
        """Count it too."""
        self.looks += 1
        return super().__getitem__(place)


@pytest.mark.parametrize("limit", [100, 3_000])
def test_what_a_request_costs_does_not_grow_with_the_window(limit: int) -> None:
    """P5: however many units a minute has, a request looks at the few uses that make room for it."""
    time = VirtualTime()
    budget, requests = Budget(limit, DaemonClock(time)), 3 * limit
    windows = budget._used, budget._used_by_others
    for window in windows:
        window.uses = Counting()

    async def ask() -> None:
        for _ in range(requests):
            await budget.acquire(1, Share.DELIVERY)

    run(ask, time)
    assert time.elapsed > 120
    assert sum(window.uses.looks for window in windows if isinstance(window.uses, Counting)) < 12 * requests


@settings(max_examples=40, deadline=None)
@given(per_second=st.sampled_from([1, 2, 2.5, 7]), wanted=wishes)
def test_the_pace_is_never_exceeded(per_second: float, wanted: list[Wish]) -> None:
    """P5: requests to Chaport keep their distance, a read like a write, and nobody waits longer than needed."""
    time = VirtualTime()
    moments = sorted(at for at, _ in spend(Pace(per_second, DaemonClock(time)), time, wanted))
    gaps = [other - one for one, other in pairwise(moments)]
    assert all(gap >= 1 / per_second - 1e-5 for gap in gaps)
    last = max(wish.at for wish in wanted)
    assert moments[-1] <= last + len(wanted) / per_second + 1e-3


@settings(max_examples=20, deadline=None)
@given(
    limit=st.integers(2, 30),
    replies=st.lists(st.sampled_from(["good", "500", "429", "reset", "refused", "404"]), min_size=1, max_size=40),
)
def test_failures_and_retries_count(limit: int, replies: list[str]) -> None:
    """P5: what is really sent, whatever becomes of it, keeps within the limit in any 60 seconds."""
    time = VirtualTime()
    made: dict[str, Reply] = {
        "good": answer(staff(1) | {"message": {"message_id": 1}}),
        "reset": httpx.ReadError("reset"),
    }
    made |= {"500": answer("", 500), "429": answer("", 429), "404": answer("", 404)}
    account = Account(*(made.get(each, httpx.ConnectError("refused")) for each in replies), time=time, units=limit)

    async def keep_asking(write: bool) -> None:  # noqa: FBT001
        for _ in range(8):
            try:
                await (account.deskie.add_note("7", "Hello") if write else account.deskie.agents())
            except ApiError:
                await asyncio.sleep(1)

    async def everybody() -> None:
        await asyncio.gather(keep_asking(write=True), keep_asking(write=False), keep_asking(write=False))

    run(everybody, time)
    costs = [1 if each.method == "GET" else 2 for each in account.server.requests]
    assert len(costs) >= 24
    assert fullest(list(zip(account.server.times, costs, strict=True)), 60) <= limit
