"""Deliberate faults by which one account concerns the others."""

import asyncio
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from chaport_sync.account import Account
from chaport_sync.api.request_queue import RequestQueue
from chaport_sync.configured import Source
from chaport_sync.fleet import Fleet
from tests.simulation.accounts import ENDS, OWN
from tests.simulation.deliberate import Sabotage

_queues: WeakKeyDictionary[asyncio.AbstractEventLoop, list[RequestQueue]] = WeakKeyDictionary()


def _noted(queue: RequestQueue, *arguments: Any, make: Callable[..., None] = RequestQueue.__init__) -> None:
    make(queue, *arguments)
    _queues.setdefault(asyncio.get_running_loop(), []).append(queue)


def _hold_all(_: RequestQueue, seconds: float, hold: Callable[..., None] = RequestQueue.hold) -> None:
    for queue in _queues[asyncio.get_running_loop()]:
        hold(queue, seconds)


def _end_all(fleet: Fleet, name: str, task: asyncio.Task[None]) -> None:
    del fleet.accounts[name], fleet._tasks[name]
    fleet._on_end("", task.exception())
    fleet.stop()


def _start_over(account: Account, source: Source) -> None:
    account.source = source
    account.reloading = True
    account._over.set()


ACCOUNTS = {
    "one-pause-for-all": Sabotage(
        OWN, [(RequestQueue, "__init__", _noted), (RequestQueue, "hold", _hold_all)], 5, "accounts"
    ),
    "one-ends-all": Sabotage(ENDS, [(Fleet, "_ended", _end_all)], 13, "accounts"),
    "reload-all": Sabotage(OWN, [(Account, "reload", _start_over)], 9, "accounts"),
}
