"""Deskie's budget: units in any minute, a reserve, an order, a slow start, and what the answers say (P5)."""

import asyncio
from collections.abc import Iterable

import pytest

from chaport_sync.api.budget import Budget
from chaport_sync.api.errors import Missing
from chaport_sync.api.request_queue import Share
from chaport_sync.clock import Stopping
from tests.api.accounts import Account, answer, staff
from tests.virtual_time import VirtualTime
from tests.world import DaemonClock, World

#: Who was not served by then never will be (seconds).
EVER = 10_000


def budget(time: VirtualTime, units: int, *, reserve: bool = True) -> Budget:
    """Make a budget on virtual time."""
    return Budget(units, DaemonClock(time), reserve=reserve)


async def served(budget: Budget, time: VirtualTime, wanted: Iterable[tuple[int, Share]]) -> list[float]:
    """Return when each of the requests that come at once is served."""

    async def one(units: int, share: Share) -> float:
        await budget.acquire(units, share)
        return time.elapsed

    async with asyncio.timeout(EVER):
        return list(await asyncio.gather(*(one(units, share) for units, share in wanted)))


async def test_a_start_has_a_quarter_in_hand(time: VirtualTime) -> None:
    """P5: a start begins with at most a quarter, so that one that fails and repeats cannot use the minute up."""
    moments = await served(budget(time, 40), time, [(1, Share.STATUS)] * 40)
    assert moments[9] == 0.0 < moments[10]
    assert moments[-1] == pytest.approx(61, abs=2)


async def test_a_start_long_after_the_program_began(time: VirtualTime) -> None:
    """P5: the quarter counts from the first request, not from the first minute of the machine."""
    time.advance(5000)
    moments = await served(budget(time, 40), time, [(1, Share.STATUS)] * 11)
    assert moments[9] == 5000 < moments[10]


async def test_a_quarter_is_the_status_flows(time: VirtualTime) -> None:
    """P5: others never get more than three quarters of a minute, whatever is left of it."""
    pot = budget(time, 40)
    await served(pot, time, [(1, Share.STATUS)])
    time.advance(200)
    others = await served(pot, time, [(2, Share.DELIVERY)] * 10 + [(1, Share.READING)] * 20)
    assert sum(2 if place < 10 else 1 for place, at in enumerate(others) if at == others[0]) == 30
    assert min(at for at in others if at > others[0]) >= others[0] + 60


async def test_the_status_flow_finds_its_quarter(time: VirtualTime) -> None:
    """P5: when the others have used all that they may, a status is read at once."""
    pot = budget(time, 40)
    await served(pot, time, [(1, Share.STATUS)])
    time.advance(200)
    waiting = asyncio.ensure_future(served(pot, time, [(1, Share.READING)] * 60))
    await asyncio.sleep(0.5)
    before = time.elapsed
    assert await served(pot, time, [(1, Share.STATUS)] * 10) == [before] * 10
    await waiting


async def test_without_a_status_flow_nothing_is_reserved(time: VirtualTime) -> None:
    """P5: the quarter is reserved for a flow that runs."""
    pot = budget(time, 40, reserve=False)
    await served(pot, time, [(1, Share.READING)])
    time.advance(200)
    moments = await served(pot, time, [(1, Share.READING)] * 40)
    assert set(moments) == {moments[0]}


async def test_who_goes_first(time: VirtualTime) -> None:
    """P5: the status flow, then deliveries and case writes, then the rest, whoever came first; within each in order."""
    pot = budget(time, 4)
    await pot.acquire(1, Share.STATUS)
    reading, delivery, status = await asyncio.gather(
        served(pot, time, [(1, Share.READING)] * 5),
        served(pot, time, [(2, Share.DELIVERY)] * 5),
        served(pot, time, [(1, Share.STATUS)] * 5),
    )
    moments = [*status, *delivery, *reading]
    assert moments == sorted(moments)


@pytest.mark.parametrize("units", [1, 2, 3, 4])
async def test_small_budgets_do_not_lock_up(time: VirtualTime, units: int) -> None:
    """P5: with a budget of 1 a write that costs 2 goes alone; everybody is served in the end, urgent ones first."""
    wanted = [(2, Share.READING), (1, Share.READING), (2, Share.DELIVERY), (1, Share.STATUS), (2, Share.STATUS)] * 3
    moments = await served(budget(time, units), time, wanted)
    assert max(moments) <= 61 * len(wanted)
    spent = sorted(zip(moments, [cost for cost, _ in wanted], strict=True))
    for begin, cost in spent:
        assert sum(each for at, each in spent if begin <= at < begin + 60) <= max(units, cost)


@pytest.mark.parametrize(
    ("configured", "told", "limit"),
    [
        *[(0, None, 10), (0, 50, 25), (0, 20, 10), (0, 1, 1), (0, 1500, 750), (0, -5, 10)],
        *[(30, None, 30), (30, 50, 30), (30, 20, 20), (30, 30, 30), (1, 1500, 1), (30, 0, 30)],
    ],
)
async def test_the_limit(time: VirtualTime, configured: int, told: int | None, limit: int) -> None:
    """P5: 0 is 10 until the account says its limit, then half of it; an explicit budget is lowered by a lower limit."""
    pot = budget(time, configured)
    pot.tell(told, None, None)
    assert pot.limit == limit


async def test_the_limit_comes_from_the_answers(time: VirtualTime) -> None:
    """Deskie reference 1.1: `rate_limit_per_minute` with an underscore, on any answer, errors included; optional."""
    told = [answer(staff(1), rate_limit_per_minute="20"), answer(staff(1)), answer("", 404, rate_limit_per_minute="50")]
    account = Account(*told, time=time, units=0)
    await account.deskie.agents()
    assert (account.budget.limit, account.budget.told) == (10, 20)
    await account.deskie.agents()
    assert account.budget.told == 20
    with pytest.raises(Missing):
        await account.deskie.agents()
    assert (account.budget.limit, account.budget.told) == (25, 50)


async def test_calls_left_only_lower(time: VirtualTime) -> None:
    """P5: `api_calls_left` says that others use the account too; a large one allows nothing more."""
    pot = budget(time, 40)
    await pot.acquire(1, Share.STATUS)
    time.advance(200)
    pot.tell(None, 1_000_000, None)
    moments = await served(pot, time, [(1, Share.STATUS)] * 41)
    assert moments[-1] >= moments[0] + 60
    time.advance(200)
    pot.tell(None, 3, 20.0)
    moments = await served(pot, time, [(1, Share.STATUS)] * 4)
    assert moments[2] == moments[0]
    assert moments[3] == pytest.approx(moments[0] + 20)


async def test_no_calls_left_is_not_for_ever(time: VirtualTime) -> None:
    """P5: what the account says of a minute holds for a minute, whatever `retry_after` comes with a good answer."""
    pot = budget(time, 40)
    pot.tell(None, 0, 86_400.0)
    assert await served(pot, time, [(1, Share.STATUS)]) == [pytest.approx(61)]
    pot.tell(None, -3, None)
    assert (await served(pot, time, [(1, Share.STATUS)]))[0] == pytest.approx(122)


async def test_waiting_ends_at_once_when_the_clock_stops(time: VirtualTime) -> None:
    """P8: whoever waits for the budget is told to stop, has sent nothing, and does not stand in line any more."""
    account = Account(answer(staff(1)), time=time, units=1)
    waiting = asyncio.gather(*(account.deskie.agents() for _ in range(3)), return_exceptions=True)
    await asyncio.sleep(5)
    account.clock.stop()
    assert all(isinstance(each, Stopping) for each in await waiting)
    assert time.elapsed == pytest.approx(5)
    assert account.server.requests == []
    assert account.budget._waiting == {}


async def test_the_account_never_says_too_many(world: World) -> None:
    """P5: the daemon on a small account with a crowd in it keeps within the sandbox's limit by itself."""
    world.deskie.requests_per_minute = 20
    for name in ("Ann", "Bob", "Cid"):
        world.pair(name)
    await world.start("deskie.requests_per_minute = 20", "status.poll = 5")
    await world.run(300)
    requests = world.sandbox.requests_of("deskie")
    assert len(requests) > 50
    assert not [each for each in requests if each.status == 429]
