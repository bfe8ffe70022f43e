"""The shell's clocks and its one sleep (P8)."""

import asyncio
import threading
import time as real_time

import pytest

from chaport_sync.clock import Clock, Stopping, give_way
from tests.virtual_time import VirtualTime


async def test_sleeping(time: VirtualTime) -> None:
    """The sleep is the loop's, so that tests control it."""
    clock = Clock()
    await clock.sleep(1000)
    assert clock.monotonic() == time.elapsed == pytest.approx(1000)


@pytest.mark.parametrize("seconds", [0, -5])
async def test_no_time_is_no_sleep(time: VirtualTime, seconds: float) -> None:
    """A wait that is over already takes no time."""
    await Clock().sleep(seconds)
    assert time.elapsed == 0


async def test_stopping_ends_every_sleep_at_once(time: VirtualTime) -> None:
    """P8: who sleeps when the daemon is to stop wakes at once and is told why."""
    clock = Clock()
    sleeping = asyncio.gather(*(clock.sleep(1000 + more) for more in range(5)), return_exceptions=True)
    await asyncio.sleep(7)
    assert not clock.stopping
    clock.stop()
    assert {type(each) for each in await sleeping} == {Stopping}
    assert time.elapsed == pytest.approx(7)


@pytest.mark.parametrize("seconds", [1000, 0.001, 0, -1])
async def test_after_the_stop_nobody_sleeps(time: VirtualTime, seconds: float) -> None:
    """P8: now and from now on, however short the wait was to be."""
    clock = Clock()
    clock.stop()
    assert clock.stopping
    with pytest.raises(Stopping):
        await clock.sleep(seconds)
    assert time.elapsed == 0


async def test_a_sleep_can_be_cancelled() -> None:
    """P8: a cycle that is cancelled at the end of its grace does not go on."""
    sleeping = asyncio.ensure_future(Clock().sleep(1000))
    await asyncio.sleep(1)
    sleeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeping


async def test_a_long_computation_gives_way(time: VirtualTime) -> None:
    """T7: between two parts of it runs what was ready, and what had waited for a moment that came meanwhile."""
    ran: list[float] = []

    async def wait(seconds: float) -> None:
        await asyncio.sleep(seconds)
        ran.append(seconds)

    waiting = [asyncio.ensure_future(wait(seconds)) for seconds in (0, 0.01, 0.03, 9)]
    await asyncio.sleep(0)
    time.advance(0.04)
    await give_way()
    assert sorted(ran) == [0, 0.01, 0.03]
    waiting[-1].cancel()


def test_the_wall_clock() -> None:
    """Unix seconds."""
    assert abs(Clock().now() - real_time.time()) < 5


def test_work_beside_the_loop() -> None:
    """P10: who waits gets what the work raises; the work goes on when nobody waits for it any more."""
    go, done = threading.Event(), threading.Semaphore(0)

    def work() -> None:
        go.wait(10)
        done.release()
        raise ZeroDivisionError

    async def wait_twice() -> None:
        clock = Clock()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await clock.beside(work)
        go.set()
        with pytest.raises(ZeroDivisionError):
            await clock.beside(work)
        assert [done.acquire(timeout=10) for _ in range(2)] == [True, True]

    asyncio.run(wait_twice())
