"""While nothing can be recorded in the cluster's database, what is held is renewed for a while (K4)."""

from contextlib import suppress

import pytest

from chaport_sync.store import Fenced, Store, StoreError
from tests.store.logs import marked
from tests.store.on_a_log import AWAY, either, find, kept_on_a_log, lose, way
from tests.world import World


@pytest.fixture
def world(world: World) -> World:
    """Both accounts, and a daemon whose state is kept in a log."""
    return kept_on_a_log(world)


async def polls(world: World, seconds: float) -> list[str]:
    """Let the status flow poll for so long, whatever the log says; return what the first operator was after each."""
    end, shown = world.time.elapsed + seconds, []
    while world.time.elapsed < end:
        with suppress(StoreError):
            await world.statuses()
        world.wait(15)
        shown.append(world.chaport.status_of(world.chaport.operators[0]))
    return shown


@either
async def test_who_is_online_stays_so_and_changes_wait(world: World, how: str) -> None:
    """K4: while the log is away for minutes, what is held is renewed; nothing else is sent; then all comes right."""
    world.pair()
    agent, other = world.pair("Bob", 2)
    await world.start("status.lease = 120", "transcripts.enabled = false")
    await polls(world, 60)
    lose(world, how)
    world.deskie.set_status(agent, 1)
    assert set(await polls(world, 300)) == {"online"}
    assert world.chaport.status_of(other) == "offline"
    find(world)
    await polls(world, 30)
    assert world.chaport.status_of(other) == "online"


async def test_the_hold_ends(world: World) -> None:
    """K4: whoever cannot record for longer than `hold` renews nothing more; when the log is back, all is as before."""
    _, operator = world.pair()
    await world.start("status.hold = 900", "transcripts.enabled = false")
    await polls(world, 60)
    lose(world, AWAY)
    assert set(await polls(world, 900)) == {"online"}
    before = len(world.writes("chaport"))
    shown = await polls(world, 600)
    assert len(world.writes("chaport")) == before
    assert shown[-1] == "offline"
    find(world)
    await polls(world, 30)
    assert world.chaport.status_of(operator) == "online"
    assert world.events("status.manual") == []


async def test_what_was_not_sent_is_not_ours(world: World) -> None:
    """S7, K4: what could not be recorded was not sent, so the same status is a person's if it is there later."""
    agent, operator = world.pair()
    await world.start('status.map.113808 = "invisible"', "transcripts.enabled = false")
    await polls(world, 60)
    way(world).loses_answers = True
    world.deskie.set_status(agent, 113808)
    assert await polls(world, 15) == ["online"]
    way(world).loses_answers = False
    world.chaport.operator_sets(operator, "away")
    await polls(world, 15)
    assert [(each.after, each.by_hand) for each in world.app.store.statuses.changes()] == [
        ("online", False),
        ("invisible", True),
    ]


async def test_another_worker_renews(world: World) -> None:
    """K2, K4: whoever was told that another worker writes for the account renews nothing any more."""
    world.pair()
    app = await world.start("transcripts.enabled = false")
    await polls(world, 60)
    assert world.changes is not None
    Store.on(world.changes)
    marked(app.store, "too late")
    with pytest.raises(Fenced):
        app.store.connection.sync()
    before = len(world.writes("chaport"))
    await polls(world, 600)
    assert len(world.writes("chaport")) == before
