"""What may befall one of several accounts: each begins with its block and ends with it."""

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any, Protocol

import httpx

from chaport_sync.api.content import LARGEST
from chaport_sync.sandbox.faults import Kind
from chaport_sync.store import StoreError
from tests.simulation.hostile import DEEP, MOST, Vast
from tests.simulation.state_file import StateFile
from tests.simulation.watched_account import WatchedAccount

#: An answer of a service that is not what it seems.
NONSENSE: tuple[Any, ...] = ([], {}, 17, [None], {"result": {"a": []}}, [[{"staff": 1}]], "not <JSON>")
#: Another grace (seconds) than any seed has, so that an account whose configuration is read again starts over.
OTHER_GRACE = 123


class Host(Protocol):
    """The daemon's configuration, and a reload."""

    configured: dict[str, WatchedAccount]
    rejected: dict[str, tuple[str, ...]]

    def reload(self) -> None:
        """Let the daemon read what is configured now, if it runs."""


Trouble = Callable[[Host, WatchedAccount, random.Random], AbstractContextManager[None]]


@contextmanager
def _struck(
    kind: Kind, _: Host, account: WatchedAccount, chance: random.Random, **choices: tuple[Any, ...]
) -> Iterator[None]:
    """Each request is struck."""
    parts = {name: chance.choice(values) for name, values in choices.items()}
    rule = account.world.sandbox.faults.add(kind, times=None, **parts)
    yield
    rule.left = 0


@contextmanager
def _vast_answers(_: Host, account: WatchedAccount, chance: random.Random) -> Iterator[None]:
    """Answers are inflated to 64 MB, are too deep, or are as large as the daemon reads."""

    async def instead(response: httpx.Response) -> httpx.Response:
        kind, headers = chance.choice(["vast", "deep", "large"]), {"content-type": "application/json"}
        if kind == "deep":
            return httpx.Response(200, headers=headers, content=DEEP)
        if kind == "vast":
            coded = headers | {"content-encoding": "gzip"}
            return httpx.Response(200, headers=coded, stream=Vast(MOST, lambda _: None))
        body = await response.aread()
        return httpx.Response(response.status_code, headers=headers, content=body.ljust(LARGEST))

    account.way.instead = instead
    yield
    account.way.instead = None


@contextmanager
def _full_disk(_: Host, account: WatchedAccount, __: random.Random) -> Iterator[None]:
    account.disk_is_full = True
    yield
    account.disk_is_full = False


@contextmanager
def _damaged_state(host: Host, account: WatchedAccount, chance: random.Random) -> Iterator[None]:
    """Something writes over the state file; whoever reads it again from the beginning cannot use it."""
    size = account.path.stat().st_size if account.path.exists() else 4096
    with account.path.open("r+b" if account.path.exists() else "wb") as file:
        file.write(chance.randbytes(size))
    with _started_over(host, account, chance):
        yield
        StateFile(account.path).replace(None)


@contextmanager
def _lost_state(host: Host, account: WatchedAccount, chance: random.Random) -> Iterator[None]:
    StateFile(account.path).replace(None)
    yield
    with _started_over(host, account, chance):
        pass


@contextmanager
def _rejected(host: Host, account: WatchedAccount, _: random.Random) -> Iterator[None]:
    """Its configuration has a mistake."""
    del host.configured[account.name]
    host.rejected[account.name] = ("beta.toml: [status] lease: must be at least 120",)
    host.reload()
    yield
    del host.rejected[account.name]
    host.configured[account.name] = account
    host.reload()


@contextmanager
def _started_over(host: Host, account: WatchedAccount, _: random.Random) -> Iterator[None]:
    """Its configuration is another one for a while."""
    grace = int(account.company.setting.number("status.offline_grace"))
    account.change(OTHER_GRACE)
    host.reload()
    yield
    account.change(grace)
    host.reload()


@contextmanager
def _removed(host: Host, account: WatchedAccount, _: random.Random) -> Iterator[None]:
    del host.configured[account.name]
    host.reload()
    yield
    host.configured[account.name] = account
    host.reload()


@contextmanager
def _defect(_: Host, account: WatchedAccount, __: random.Random) -> Iterator[None]:
    """Each cycle ends with an exception that nobody expects."""
    account.has_a_defect = True
    yield
    account.has_a_defect = False


@contextmanager
def _cannot_start(error: Exception, host: Host, account: WatchedAccount, chance: random.Random) -> Iterator[None]:
    """What is to be started by a reload raises something instead."""
    account.cannot_start = error
    with _started_over(host, account, chance):
        yield
        account.cannot_start = None


@contextmanager
def _cannot_come_back(host: Host, account: WatchedAccount, chance: random.Random) -> Iterator[None]:
    """It is removed, and raises something when it is added again."""
    with _removed(host, account, chance):
        yield
        account.cannot_start = ZeroDivisionError()
    account.cannot_start = None
    host.reload()


TROUBLES: dict[str, Trouble] = {
    "its services hang": partial(_struck, "hang"),
    "its services answer HTML": partial(_struck, "html", status=(200, 502)),
    "its services answer nonsense": partial(_struck, "error", status=(200,), body=NONSENSE),
    "its services answer as much as they can": _vast_answers,
    "its keys are refused": partial(_struck, "error", status=(401, 403), body=({},)),
    "its services want to be left alone": partial(_struck, "too_many", retry_after=(None, 1, 100)),
    "its disk is full": _full_disk,
    "its state file is damaged": _damaged_state,
    "its state file is lost": _lost_state,
    "its configuration is rejected": _rejected,
    "its configuration is changed": _started_over,
    "it is removed": _removed,
    "its flows have a defect": _defect,
    "it cannot start over": partial(_cannot_start, StoreError("the state file is damaged")),
    "a defect keeps it from starting over": partial(_cannot_start, ZeroDivisionError()),
    "a defect keeps it from coming back": _cannot_come_back,
}
