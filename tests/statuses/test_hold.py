"""While the agents cannot be read, what was decided is held for a while (S8)."""

from typing import Any

import pytest

from chaport_sync.sandbox.faults import Kind
from tests.statuses.steps import (
    GRACE,
    HOLD,
    LEASE,
    LUNCH,
    OFFLINE,
    ONLINE,
    SLOWLY,
    TRAINING,
    moments,
    path_of,
    polls,
    polls_for,
    sent,
    settled,
    shown,
    until_good,
)
from tests.statuses.test_doubt import FAILURES
from tests.world import World, only


async def hold_out(world: World, seconds: float) -> list[float]:
    """Let the outage last, and return the moments of the renewals."""
    world.sandbox.forget_requests()
    await polls_for(world, seconds)
    return moments(world)


@pytest.mark.parametrize(("kind", "parts"), FAILURES)
async def test_held_whatever_the_reason(world: World, kind: Kind, parts: dict[str, Any]) -> None:
    """S8: online and invisible are renewed for `status.hold`, whatever keeps the agents from being read."""
    world.pair("Ann")
    world.pair("Bob", TRAINING)
    await settled(world, SLOWLY, "status.hold = 900", f'status.map.{TRAINING} = "invisible"')
    began = world.now()
    world.sandbox.faults.add(kind, side="deskie", path="staff.json", times=None, **parts)
    written = await hold_out(world, 900 + LEASE + 120)
    assert 900 - 0.6 * LEASE - 240 <= max(written) - began <= 900
    assert {body["status"] for body in sent(world)} == {"online", "away"}
    assert shown(world) == ["offline", "offline"]


@pytest.mark.parametrize("empty", [True, False], ids=["empty", "most are gone"])
async def test_held_while_the_list_is_doubted(world: World, empty: bool) -> None:  # noqa: FBT001
    """S8: an implausible list is no answer either."""
    for number in range(4):
        world.pair(f"agent{number}")
    await settled(world, SLOWLY)
    world.deskie.staff = [] if empty else world.deskie.staff[:1]
    for _ in range((HOLD - 120) // 120):
        await polls(world)
        assert set(shown(world)) == {"online"}


async def test_then_it_runs_out(world: World) -> None:
    """S8: after the hold nothing is written, and the last lease ends by itself; then Deskie comes back."""
    world.pair("Ann")
    await settled(world, SLOWLY)
    world.sandbox.faults.outage("deskie")
    await polls_for(world, HOLD - 120)
    assert shown(world) == ["online"]
    await polls_for(world, LEASE + 240)
    assert shown(world) == ["offline"]
    assert {body["status"] for body in sent(world)} == {"online"}
    world.sandbox.faults.recover("deskie")
    await until_good(world)
    assert shown(world) == ["online"]


async def test_it_is_told_once_with_its_end(world: World) -> None:
    """S8: one event an outage, with the moment until which statuses are held."""
    world.pair("Ann")
    await settled(world, SLOWLY)
    for number in (1, 2):
        good = world.now()
        world.sandbox.faults.outage("deskie")
        await polls_for(world, LEASE)
        told = world.events("status.held")
        assert len(told) == number
        assert told[-1]["until"] == pytest.approx(good + HOLD, abs=1)
        assert told[-1]["reason"].startswith("Deskie: 503 (GET /staff.json)")
        world.sandbox.faults.recover("deskie")
        await until_good(world)


async def test_offline_and_what_is_not_ours_are_not_held(world: World) -> None:
    """S8: only the statuses that we lent are renewed."""
    world.pair("Ann", OFFLINE)
    _, eve = world.pair("Eve", LUNCH)
    world.chaport.operator_sets(eve, "online")
    await settled(world, SLOWLY, f'status.map.{LUNCH} = "keep"')
    world.sandbox.faults.outage("deskie")
    assert await hold_out(world, HOLD) == []
    assert shown(world) == ["offline", "online"]


async def test_a_persons_change_is_left_meanwhile(world: World) -> None:
    """S8, S7: what a person sets while the agents cannot be read stays until they can."""
    _, jon = world.pair("Ann")
    await settled(world, SLOWLY)
    world.sandbox.faults.outage("deskie")
    await polls(world, 4)
    world.chaport.operator_sets(jon, "away")
    assert await hold_out(world, HOLD) == []
    assert shown(world) == ["away"]


async def test_the_wait_for_offline_goes_on_over_an_outage(world: World) -> None:
    """S8, S4: the operator is held while nobody knows, and goes offline after the second good poll."""
    ann, _ = world.pair("Ann")
    await settled(world, SLOWLY)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    world.sandbox.faults.outage("deskie")
    await polls_for(world, 2 * GRACE)
    assert shown(world) == ["online"]
    world.sandbox.faults.recover("deskie")
    while not (await polls(world)).good:
        assert shown(world) == ["online"]
    assert shown(world) == ["online"]
    await polls(world)
    assert shown(world) == ["offline"]


@pytest.mark.parametrize("error", [-3600.0, 7200.0], ids=["back", "ahead"])
async def test_held_by_a_clock_that_is_wrong(world: World, error: float) -> None:
    """S8, P2: a wall clock that is set meanwhile neither ends the hold nor prolongs it."""
    world.pair("Ann")
    await settled(world, SLOWLY)
    began = world.now()
    world.sandbox.faults.outage("deskie")
    await polls(world, 10)
    world.clock.error = error
    if error < 0:
        for _ in range((HOLD - 1320) // 120 + 4):
            await polls(world)
            assert shown(world) == ["online"]
    await polls_for(world, 2 * HOLD)
    assert shown(world) == ["offline"]
    assert max(moments(world), default=began) - began <= HOLD


async def test_no_hold(world: World) -> None:
    """S8: with a hold of 0 nothing is renewed once the agents cannot be read."""
    world.pair("Ann")
    await settled(world, SLOWLY, "status.hold = 0")
    world.sandbox.faults.outage("deskie")
    assert await hold_out(world, LEASE) == []
    assert world.events("status.held") == []


async def test_while_the_operators_cannot_be_read_nothing_is_held(world: World) -> None:
    """S8: without knowing what is, nothing is written; the outage is told once, and its end."""
    ann, _ = world.pair("Ann", ONLINE)
    await settled(world, SLOWLY)
    world.sandbox.faults.add("error", side="chaport", path="/operators$", times=None)
    assert await hold_out(world, LEASE) == []
    assert only(world.events("poll.failed"))["service"] == "Chaport"
    assert ann.status_id == ONLINE


async def test_offline_that_was_decided_but_lost_is_not_held_online(world: World) -> None:
    """S8: what was decided last is offline, so nothing is renewed, though Chaport never heard of it."""
    ann, jon = world.pair("Ann")
    await settled(world, "status.offline_grace = 0")
    world.deskie.set_status(ann, OFFLINE)
    world.sandbox.faults.add("html", side="chaport", path=path_of(jon), status=200)
    await polls(world)
    assert [body["status"] for body in sent(world)] == ["offline"]
    world.sandbox.faults.outage("deskie")
    assert await hold_out(world, HOLD) == []
