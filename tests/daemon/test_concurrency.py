"""Few things at once (`sync/concurrency.py`)."""

import asyncio

import pytest

from chaport_sync.sync.concurrency import AT_ONCE, several
from tests.virtual_time import VirtualTime


async def test_few_at_once_and_in_order(time: VirtualTime) -> None:
    """Items begin in their order, and never more than a few at once."""
    begun: list[int] = []
    under_way, most = 0, 0

    async def work(item: int) -> bool:
        nonlocal under_way, most
        begun.append(item)
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(1)
        under_way -= 1
        return True

    await several(range(10), work)
    assert begun == list(range(10))
    assert most == AT_ONCE
    assert time.elapsed == 3


async def test_it_ends_between_two_items(time: VirtualTime) -> None:
    """After a False nothing new begins, and what is under way is finished."""
    finished: list[int] = []

    async def work(item: int) -> bool:
        await asyncio.sleep(1 + item)
        finished.append(item)
        return item != 0

    await several(range(10), work)
    assert finished == [0, 1, 2, 3]
    assert time.elapsed == 4


async def test_an_error_is_raised_after_the_others_finished(time: VirtualTime) -> None:
    """An error ends it too, and cuts no other item off."""
    finished: list[int] = []

    async def work(item: int) -> bool:
        if item == 0:
            raise ValueError("first")
        await asyncio.sleep(5)
        finished.append(item)
        return True

    with pytest.raises(ValueError, match="first"):
        await several(range(10), work)
    assert finished == [1, 2, 3]
    assert time.elapsed == 5
