"""Doing a few things at once, so that one slow answer does not delay all others."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")

#: So many requests of one flow may be under way at once.
AT_ONCE = 4


async def several(items: Iterable[Item], work: Callable[[Item], Awaitable[bool]]) -> None:
    """Work on the items, begun in their order, until `work` returns False or raises.

    Work that has begun is finished and never cancelled, because a cancelled request has an unclear outcome.
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
