"""The server's own word on when to come back: it wins, and it holds for the whole account (P4)."""

from email.utils import formatdate

import httpx
import pytest

from chaport_sync.api.errors import Executed, Throttled, Unavailable
from chaport_sync.api.request_queue import Share
from chaport_sync.api.responses import LONGEST_WAIT, retry_after
from chaport_sync.sandbox.chaport.records import Operator
from tests.api.accounts import Account, answer, staff
from tests.virtual_time import START, VirtualTime
from tests.world import World

NOW = START.timestamp()
GOOD = answer(staff(1) | {"case": {"case_id": 7}, "message": {"message_id": 9}, "result": []})


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"retry_after": "12"}, 12.0, id="Deskie's spelling"),
        pytest.param({"Retry-After": "12"}, 12.0, id="HTTP's spelling"),
        pytest.param({"retry_after": "12", "Retry-After": "99"}, 12.0, id="both"),
        pytest.param({"retry_after": "soon", "Retry-After": "99"}, 99.0, id="one of them unreadable"),
        pytest.param({"Retry-After": formatdate(NOW + 90, usegmt=True)}, 90.0, id="an HTTP date"),
        pytest.param({"Retry-After": formatdate(NOW + 90).replace("-0000", "+0000")}, 90.0, id="another date"),
        pytest.param({"Retry-After": formatdate(NOW + 90)}, 90.0, id="a date without a zone is UTC"),
        pytest.param({"Retry-After": formatdate(NOW - 90, usegmt=True)}, 0.0, id="a date gone by"),
        pytest.param({"Retry-After": "-5"}, 0.0, id="negative"),
        pytest.param({"Retry-After": "9" * 15}, LONGEST_WAIT, id="for ever"),
        pytest.param({"Retry-After": "9" * 5000}, None, id="no number"),
        pytest.param({"Retry-After": "1 Jan 99999999999999999999 00:00:00 GMT"}, None, id="no date"),
        pytest.param({"Retry-After": ""}, None, id="empty"),
        pytest.param({}, None, id="absent"),
    ],
)
def test_its_forms(headers: dict[str, str], seconds: float | None) -> None:
    """P4: seconds or an HTTP date, in either spelling; nobody waits longer than an hour for one answer."""
    assert retry_after(httpx.Headers(headers), NOW) == seconds


@pytest.mark.parametrize("status", [429, 503])
async def test_it_wins_over_the_backoff(time: VirtualTime, status: int) -> None:
    """P4: a second attempt comes when the server said, not earlier and not much later."""
    account = Account(answer("", status, retry_after="25"), GOOD, time=time)
    await account.deskie.agents()
    assert account.server.times[1] - account.server.times[0] == pytest.approx(25, abs=0.01)


@pytest.mark.parametrize("status", [429, 503])
async def test_a_long_one_is_the_callers_business(time: VirtualTime, status: int) -> None:
    """P4: nobody waits within a request for longer than a request may take; the error carries the seconds."""
    account = Account(answer("", status, retry_after="600"), time=time)
    with pytest.raises(Throttled if status == 429 else Unavailable) as raised:
        await account.deskie.agents()
    assert raised.value.retry_after == 600
    assert time.elapsed < 1
    assert len(account.server.requests) == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_it_holds_for_the_whole_account(time: VirtualTime, status: int) -> None:
    """P4: while one request is told to wait, no other is sent to that account, by either flow; then all are."""
    account = Account(answer("", status, retry_after="600"), GOOD, time=time)
    with pytest.raises((Throttled, Unavailable)):
        await account.deskie.add_note("7", "Hello")
    time.advance(100)
    for call in (account.deskie.agents, lambda: account.deskie.add_note("7", "Hello")):
        with pytest.raises(Throttled) as raised:
            await call()
        assert raised.value.retry_after == pytest.approx(500)
        assert raised.value.executed is Executed.NO
    assert len(account.server.requests) == 1
    await account.chaport.operators(Share.STATUS)
    time.advance(501)
    await account.deskie.agents()
    assert len(account.server.requests) == 3


async def test_a_short_hold_is_waited_for(time: VirtualTime) -> None:
    """P4: what may be sent within half a minute is sent then, by itself."""
    account = Account(answer("", 429, retry_after="600"), GOOD, time=time)
    with pytest.raises(Throttled):
        await account.deskie.case("7")
    time.advance(580)
    await account.deskie.agents()
    assert account.server.times[-1] == pytest.approx(600, abs=0.01)


async def test_a_later_word_does_not_shorten_an_earlier_one(time: VirtualTime) -> None:
    """P4: of two words on when to come back the later moment counts."""
    account = Account(GOOD, time=time)
    account.budget.hold(100)
    account.budget.hold(5)
    time.advance(50)
    with pytest.raises(Throttled) as raised:
        await account.deskie.agents()
    assert raised.value.retry_after == pytest.approx(50)


async def test_an_hour_is_too_long_for_renewals(world: World) -> None:
    """P2, P4: where Chaport wants to be left alone for an hour, the status flow asks after a fifth of the lease."""
    _, operator = world.pair()
    await world.start("status.lease = 600", "status.poll = 15")
    await world.statuses()
    await world.statuses()
    world.sandbox.faults.add("too_many", side="chaport", retry_after=3600)
    world.sandbox.forget_requests()
    await world.run(3600, each=lambda: _online(world, operator))
    (first, second, *_) = world.sandbox.requests_of("chaport")
    assert 120 <= (second.at - first.at).total_seconds() <= 150
    # Whoever else wants something from Chaport does as it was told.
    assert not [each for each in world.sandbox.requests_of("chaport") if "visitors" in each.path]


def _online(world: World, operator: Operator) -> None:
    assert world.chaport.status_of(operator) == "online"


async def test_an_hour_is_too_long_for_the_agents(world: World) -> None:
    """S8, P4: what Deskie once wanted for itself does not use up the half hour for which statuses are held."""
    _, operator = world.pair()
    await world.start("status.lease = 600", "status.poll = 15")
    await world.statuses()
    await world.statuses()
    world.sandbox.faults.add("too_many", side="deskie", retry_after=3600)
    await world.run(3600, each=lambda: _online(world, operator))


async def test_the_other_flow_goes_on(world: World) -> None:
    """P4, S8: a delivery is told to wait for ten minutes; the status flow knows at once and renews what it holds."""
    _, operator = world.pair()
    app = await world.start("status.lease = 100", "status.poll = 15")
    await world.statuses()
    await world.statuses()
    world.sandbox.faults.add("too_many", side="deskie", method="GET", path="cases", times=None, retry_after=600)
    with pytest.raises(Throttled):
        await app.clients.deskie.find_cases(custom_id="v")
    world.sandbox.forget_requests()
    polls = 0

    def look() -> None:
        nonlocal polls
        polls += 1
        assert world.chaport.status_of(operator) == "online"

    await world.run(300, each=look)
    assert polls > 10
    assert len(world.writes("chaport")) >= 4
    assert world.sandbox.requests_of("deskie") == []
