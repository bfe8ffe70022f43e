"""The history has each change of an operator, also those that the daemon did not make (S5, S7)."""

from typing import Any

import pytest

from chaport_sync.core.statuses.history import RAN_OUT, UNANSWERED, StatusChange
from tests.statuses.steps import DAY, GRACE, HOLD, LEASE, LUNCH, OFFLINE, ONLINE, path_of, polls, polls_for, settled
from tests.world import World


def changes(world: World) -> list[StatusChange]:
    """Return the recorded changes but the first one, by which the operator came online."""
    return world.app.store.statuses.changes()[1:]


def lease_until(world: World) -> float:
    """Return until when the lease of the only operator runs."""
    (state,) = world.app.store.statuses.operators().values()
    return state.lease_until


def told(change: StatusChange) -> tuple[Any, ...]:
    """Return from what, to what, why and whether by hand."""
    return change.before, change.after, change.reason, change.by_hand


async def test_a_lease_that_ended_without_the_daemon(world: World) -> None:
    """S5: the next start records when the lease ended; then it puts the operator online again."""
    world.pair("Ann")
    await settled(world)
    until = lease_until(world)
    await world.stop()
    world.wait(LEASE * 3)
    await settled(world)
    ended, back = changes(world)
    assert told(ended) == ("online", "offline", RAN_OUT.words, False)
    assert ended.at == pytest.approx(until)
    assert (back.before, back.after) == ("offline", "online")
    assert [agent.name for agent in ended.agents] == ["Ann"]


async def test_a_lease_that_ended_without_deskie(world: World) -> None:
    """S8: what runs out after the hold is recorded with its own moment, though Deskie still cannot be read."""
    world.pair("Ann")
    await settled(world)
    world.sandbox.faults.outage("deskie")
    await polls_for(world, HOLD + 30)
    until = lease_until(world)
    await polls_for(world, LEASE + 30)
    (ended,) = changes(world)
    assert told(ended) == ("online", "offline", RAN_OUT.words, False)
    assert abs(ended.at - until) <= 1


async def test_an_operator_that_agents_leave_as_it_is(world: World) -> None:
    """S2, S7: with `keep` people set the operator in Chaport; the history has what they do, once."""
    ann, operator = world.pair("Ann")
    await settled(world, f'status.map.{LUNCH} = "keep"')
    world.deskie.set_status(ann, LUNCH)
    await polls(world)
    world.chaport.operator_sets(operator, "offline")
    await polls(world, 3)
    world.chaport.operator_sets(operator, "online")
    await polls(world, 3)
    assert [(each.before, each.after, each.by_hand) for each in changes(world)] == [
        ("online", "offline", True),
        ("offline", "online", True),
    ]


async def test_a_write_whose_answer_was_lost(world: World) -> None:
    """P1: it is the daemon's change, recorded when Chaport shows it, and once."""
    ann, operator = world.pair("Ann")
    await settled(world, "status.offline_grace = 0")
    world.sandbox.faults.add("reset_after", side="chaport", method="POST", path=path_of(operator), times=9)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world, 3)
    (change,) = changes(world)
    assert told(change) == ("online", "offline", UNANSWERED.words, False)


async def test_what_was_seen_and_the_history_agree(world: World) -> None:
    """The last change of an operator leads to the status in which it was last seen, and each begins where one ended."""
    ann, operator = world.pair("Ann")
    await settled(world)
    for status, word in ((OFFLINE, "away"), (ONLINE, "offline"), (OFFLINE, "online")):
        world.deskie.set_status(ann, status)
        await polls_for(world, GRACE + 45)
        world.chaport.operator_sets(operator, word)
        await polls(world, 2)
    await world.stop()
    world.wait(DAY)
    await settled(world)
    known = world.app.store.statuses.changes()
    assert [each.before for each in known[1:]] == [each.after for each in known[:-1]]
    (seen,) = world.app.store.statuses.operators_seen().values()
    assert known[-1].after == seen.status
