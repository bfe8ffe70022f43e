"""Chaport's pace: statuses first, but not for ever (P5)."""

import asyncio
import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaport_sync.api.request_queue import Pace, Share
from tests.api.accounts import run
from tests.virtual_time import VirtualTime
from tests.world import DaemonClock

STATUS, DELIVERY, READING = Share


async def in_turn(pace: Pace, wanted: Iterable[Share]) -> list[Share]:
    """Return whose requests were sent, in their order, when all of them come at once."""
    sent: list[Share] = []

    async def one(share: Share) -> None:
        await pace.acquire(1, share)
        sent.append(share)

    await pace.acquire(1, STATUS)
    async with asyncio.timeout(10_000):
        await asyncio.gather(*map(one, wanted))
    return sent


async def keep_asking(pace: Pace, time: VirtualTime, share: Share, times: int, answer: float) -> list[float]:
    """Ask one request after the other, each after the answer to the one before; give when they were sent."""
    sent = []
    for _ in range(times):
        await pace.acquire(1, share)
        sent.append(time.elapsed)
        await asyncio.sleep(answer)
    return sent


async def test_every_fourth_turn_is_the_others(time: VirtualTime) -> None:
    """P5: a burst of statuses does not keep chats from being read; among the others deliveries go first."""
    wanted = [READING] * 2 + [DELIVERY] * 2 + [STATUS] * 9
    sent = await in_turn(Pace(2, DaemonClock(time)), wanted)
    three = [STATUS] * 3
    assert sent == [*three, DELIVERY, *three, DELIVERY, *three, READING, READING]


@pytest.mark.parametrize("answer", [0.0, 0.2, 0.45])
async def test_statuses_that_are_written_one_after_the_other(time: VirtualTime, answer: float) -> None:
    """P5: it makes no difference that never more than one status is in line."""
    pace = Pace(2, DaemonClock(time))
    statuses = asyncio.ensure_future(keep_asking(pace, time, STATUS, 300, answer))
    reading = asyncio.ensure_future(keep_asking(pace, time, READING, 300, answer))
    done, _ = await asyncio.wait([statuses, reading], return_when=asyncio.FIRST_COMPLETED)
    assert done == {statuses}
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    took = statuses.result()[-1]
    assert 300 / 2 * 4 / 3 - 2 <= took <= 300 / 2 * 4 / 3 + 2


async def test_a_status_waits_for_one_turn_at_most(time: VirtualTime) -> None:
    """P5: however many others are in line, a status that comes by itself goes first."""
    pace = Pace(2, DaemonClock(time))
    others = [asyncio.ensure_future(pace.acquire(1, READING)) for _ in range(40)]
    for _ in range(8):
        await asyncio.sleep(1.9)
        asked = time.elapsed
        await pace.acquire(1, STATUS)
        assert time.elapsed - asked <= 1.0
    await asyncio.gather(*others)


async def test_statuses_by_themselves_use_the_whole_pace(time: VirtualTime) -> None:
    """P5: a turn that nobody else wants is not kept for anybody."""
    assert await in_turn(Pace(2, DaemonClock(time)), [STATUS] * 41) == [STATUS] * 41
    assert time.elapsed == pytest.approx(20.5)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(Share), min_size=1, max_size=60))
def test_turns_are_shared(wanted: list[Share]) -> None:
    """P5: of any four turns one is the others' while some of them wait, and three are the statuses'; none is lost."""
    time = VirtualTime()
    sent = run(lambda: in_turn(Pace(2, DaemonClock(time)), wanted), time)
    assert time.elapsed <= len(wanted) / 2 + 1e-3
    assert sorted(sent) == sorted(wanted)
    assert [share for share in sent if share is not STATUS] == sorted(share for share in wanted if share is not STATUS)
    for place in range(len(sent) - 3):
        four, later = sent[place : place + 4], sent[place:]
        if any(share is not STATUS for share in later):
            assert any(share is not STATUS for share in four)
        if later.count(STATUS) >= 3:
            assert four.count(STATUS) >= 3


async def test_no_request_comes_early_after_a_stall(time: VirtualTime) -> None:
    """P5: whatever held everybody up, two requests are never closer to one another than the pace allows."""
    pace = Pace(1, DaemonClock(time))
    sent: list[float] = []

    async def one(share: Share) -> None:
        await pace.acquire(1, share)
        sent.append(time.elapsed)

    await one(STATUS)
    waiting = [asyncio.ensure_future(one(share)) for share in [STATUS] * 3 + [READING]]
    await asyncio.gather(*waiting[:3])
    time.advance(5)
    await one(STATUS)
    await asyncio.gather(*waiting)
    assert all(later - earlier >= 1 - 1e-6 for earlier, later in itertools.pairwise(sent))


async def test_whether_there_is_room(time: VirtualTime) -> None:
    """T7, P5: there is while a reading would be sent at once: not soon after a request, nor while one waits."""
    pace = Pace(2, DaemonClock(time))
    assert pace.has_room
    await pace.acquire(1, READING)
    assert not pace.has_room
    await asyncio.sleep(0.5)
    assert pace.has_room
    line = [asyncio.create_task(pace.acquire(1, READING)) for _ in range(2)]
    await asyncio.sleep(0)
    time.advance(0.5)
    assert not pace.has_room
    await asyncio.gather(*line)
