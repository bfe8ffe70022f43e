"""Doing several things at once, few of them: one slow answer shall not keep all others waiting."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")

#: So many requests of one flow may be under way at once.
AT_ONCE = 4


async def several(items: Iterable[Item], work: Callable[[Item], Awaitable[bool]]) -> None:
    """Work on each item, beginning in their order, until `work` gives False for one of them or raises.

    What is under way then is finished first, never cancelled: a request that is cut off has an unclear outcome.
    """
    waiting = iter(items)
    going_on = True

    async def worker() -> None:
        nonlocal going_on
        for item in waiting:
            try:
                going_on = await work(item) and going_on
            except BaseException:
                going_on = False
                raise
            if not going_on:
                return

    done = await asyncio.gather(*(worker() for _ in range(AT_ONCE)), return_exceptions=True)
    for outcome in done:
        if isinstance(outcome, BaseException):
            raise outcome
