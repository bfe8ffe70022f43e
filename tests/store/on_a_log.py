"""A daemon whose state is kept in a log, and the loss of that log or of the account."""

from contextlib import closing

import pytest

from chaport_sync.core.transcripts.chats import Start
from chaport_sync.store import Store
from tests.store.logs import MemoryLog, Way
from tests.world import World

#: The log cannot be reached; it can, but the lease of the account may be over.
AWAY, NOT_HELD = "away", "not held"
either = pytest.mark.parametrize("how", [AWAY, NOT_HELD])


def kept_on_a_log(world: World) -> World:
    """Keep the daemon's state in a log; each of its ends is a death.

    It was started before: in the first second of all, nothing is kept yet.
    """
    world.changes = MemoryLog("acme")
    with closing(Store.on(world.changes)) as store:
        store.marks.put(Start(first=world.now()))
    return world


def way(world: World) -> Way:
    """Return the daemon's way to the log."""
    assert world.way is not None
    return world.way


def lose(world: World, how: str) -> None:
    """Let the account be lost in one of two ways."""
    way(world).refuses, way(world).holds = how == AWAY, how == AWAY


def find(world: World) -> None:
    """Let all be well again."""
    way(world).refuses, way(world).holds = False, True
