"""Reads what a check does not need and a report does: a page of cases and what is in the newest, and events."""

from collections.abc import Awaitable, Callable
from math import inf
from typing import TypeVar

from chaport_sync.api.errors import ApiError
from chaport_sync.app import Clients

#: The cases whose messages are read.
CASES = 3

Found = TypeVar("Found")


async def read_deskie(clients: Clients, tell: Callable[[str], None]) -> None:
    """Read channels, the newest cases, and their messages; the recorder keeps what is answered."""
    tell("Reading the newest cases in Deskie")
    await _or_none(clients.deskie.channels())
    cases = await _or_none(clients.deskie.find_cases()) or ()
    for case in cases[:CASES]:
        await _or_none(clients.deskie.messages_since(case.id, inf))
    if cases:
        await _or_none(clients.deskie.status_set_by(cases[0].id, cases[0].status))
    if cases and cases[0].user_id:
        await _or_none(clients.deskie.user(cases[0].user_id))


async def read_chaport(clients: Clients, tell: Callable[[str], None]) -> None:
    """Read the newest chat and its list of events; the recorder keeps what is answered."""
    tell("Reading the newest chat in Chaport")
    visitors, _ = await _or_none(clients.chaport.visitors(1)) or ((), False)
    for visitor in visitors[:1]:
        if chat := await _or_none(clients.chaport.chat(visitor.id)):
            await _or_none(clients.chaport.with_all_events(chat))


async def _or_none(answer: Awaitable[Found]) -> Found | None:
    """Return what is read, None if that fails: a report says what was answered instead."""
    try:
        return await answer
    except ApiError:
        return None
