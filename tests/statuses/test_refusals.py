"""One operator's failure, and a whole service's (P3, P4)."""

from itertools import pairwise

import pytest

from chaport_sync.sandbox.faults import Kind
from chaport_sync.sandbox.requests import Side
from tests.statuses.steps import (
    GRACE,
    LEASE,
    OFFLINE,
    ONLINE,
    POLL,
    SLOWLY,
    path_of,
    polls,
    polls_for,
    sent,
    settled,
    shown,
)
from tests.world import World, only


@pytest.mark.parametrize("status", [403, 404, 400, 409, 500])
async def test_one_operator_refused(world: World, status: int) -> None:
    """P3: who cannot be written stops nobody else, is told once, and is written as soon as that works again."""
    _, jon = world.pair("Ann")
    for name in ("Bob", "Cay", "Dan"):
        world.pair(name)
    world.sandbox.faults.add("error", side="chaport", path=path_of(jon), times=None, status=status)
    await settled(world, SLOWLY)
    assert shown(world) == ["offline", "online", "online", "online"]
    await polls_for(world, 2 * LEASE)
    assert shown(world) == ["offline", "online", "online", "online"]
    failed = only(world.events("poll.failed"))
    assert (failed["flow"], failed["operator"], failed["log_level"]) == ("statuses", "ann@acme.example", "warning")
    assert str(status) in failed["error"]
    world.sandbox.faults.clear()
    await polls_for(world, LEASE / 5 + 120)
    assert shown(world)[0] == "online"
    assert only(world.events("poll.recovered")) == {
        "event": "poll.recovered",
        "log_level": "info",
        "flow": "statuses",
        "operator": "ann@acme.example",
    }


@pytest.mark.parametrize("status", [403, 404])
async def test_several_operators_refused(world: World, status: int) -> None:
    """P3: also several that are refused stop nobody, in the very first cycle and in any later one."""
    for number in range(5):
        _, jon = world.pair(f"refused{number}")
        world.sandbox.faults.add("error", side="chaport", path=path_of(jon), times=None, status=status)
    agents = [world.pair(f"agent{number}", OFFLINE)[0] for number in range(3)]
    world.deskie.set_status(agents[0], ONLINE)
    await world.start()
    await world.statuses()
    assert shown(world)[5:] == ["online", "offline", "offline"]
    for number in (1, 2):
        await polls(world, 7)
        world.deskie.set_status(agents[number], ONLINE)
        await polls(world)
        assert shown(world)[5 + number] == "online"


@pytest.mark.parametrize("kind", ["hang", "reset_before", "html", "error"])
async def test_an_operator_that_never_answers_does_not_hold_the_others_up(world: World, kind: Kind) -> None:
    """P3, P2: a write that gets no usable answer is tried after the others' the next time."""
    for number in range(3):
        _, jon = world.pair(f"stuck{number}")
        world.sandbox.faults.add(kind, side="chaport", path=path_of(jon), times=None)
    ann, operator = world.pair("Ann")
    await settled(world, "status.poll = 30")
    await polls(world, 4)
    assert shown(world, operator) == ["online"]
    await polls_for(world, LEASE)
    assert shown(world, operator) == ["online"]
    world.deskie.set_status(ann, OFFLINE)
    await polls_for(world, GRACE + 60)
    assert shown(world, operator) == ["offline"]


async def test_a_token_that_may_not_write(world: World) -> None:
    """P4: where all operators are refused a cycle does not ask for each of them, which would starve the rest."""
    for number in range(60):
        world.pair(f"agent{number}")
    world.sandbox.faults.add("error", side="chaport", method="POST", times=None, status=403)
    await settled(world)
    await polls(world, 10)
    assert len(sent(world)) <= 125


@pytest.mark.parametrize("side", ["deskie", "chaport"])
@pytest.mark.parametrize("status", [401, 403])
async def test_refused_altogether(world: World, side: Side, status: int) -> None:
    """P4: 401, and 403 on a list, is said once, loudly, with what to do, and asked again every five minutes."""
    world.pair("Ann")
    await settled(world, SLOWLY)
    world.sandbox.faults.add("error", side=side, times=None, status=status)
    await polls_for(world, 1800)
    failed = only(world.events("poll.failed"))
    assert failed["log_level"] == "error"
    assert ("credentials" if status == 401 else "permission") in failed["error"]
    assert failed["service"] == side.capitalize()
    asked = [request.at.timestamp() for request in world.sandbox.requests_of(side)]
    assert 5 <= len(asked) <= 7
    assert min(later - earlier for earlier, later in pairwise(asked)) >= 300
    world.sandbox.faults.clear()
    await polls_for(world, 300 + 120)
    assert shown(world) == ["online"]
    assert only(world.events("poll.recovered"))["service"] == side.capitalize()


async def test_refused_altogether_after_another_failure(world: World) -> None:
    """P4: that a person must act is said although something else failed before."""
    world.pair("Ann")
    await settled(world)
    world.sandbox.faults.outage("deskie")
    await polls(world, 4)
    world.sandbox.faults.recover("deskie")
    world.deskie.api_key = "another"
    await polls(world, 12)
    assert [event["log_level"] for event in world.events("poll.failed")] == ["warning", "error"]


async def test_a_token_that_may_only_read(world: World) -> None:
    """P4: 401 for writes is said once, loudly, and not taken back by every list that can be read."""
    for name in ("Ann", "Bob", "Cay"):
        world.pair(name)
    world.sandbox.faults.add("error", side="chaport", method="POST", times=None, status=401)
    await settled(world, SLOWLY)
    await polls_for(world, 1800)
    assert only(world.events("poll.failed"))["log_level"] == "error"
    assert 5 <= len(sent(world)) <= 7
    assert world.events("poll.recovered") == []
    world.sandbox.faults.clear()
    await polls_for(world, 300 + 120)
    assert set(shown(world)) == {"online"}
    assert len(world.events("poll.recovered")) == 1


@pytest.mark.parametrize("side", ["deskie", "chaport"])
async def test_other_failures_back_off(world: World, side: Side) -> None:
    """P4: the pauses grow up to a fifth of the lease; failure and recovery are told once, with the count."""
    world.pair("Ann")
    await settled(world)
    world.sandbox.faults.outage(side)
    cycles = {round(world.now())}
    for _ in range(1800 // POLL):
        before = len(world.sandbox.requests_of(side))
        await polls(world)
        if len(world.sandbox.requests_of(side)) > before:
            cycles.add(round(world.now()))
    pauses = [later - earlier for earlier, later in pairwise(sorted(cycles))]
    assert max(pauses) <= LEASE / 5 + 2 * POLL
    assert sum(pauses[-5:]) / 5 > 3 * POLL
    world.sandbox.faults.recover(side)
    await polls(world, LEASE // 5 // POLL + 1)
    assert shown(world) == ["online"]
    assert only(world.events("poll.failed"))["log_level"] == "warning"
    assert only(world.events("poll.recovered"))["failures"] == len(cycles) - 1


async def test_after_an_outage_of_writes_everybody_is_written_soon(world: World) -> None:
    """P4, P2: what could not be written is tried at least every fifth of the lease."""
    agents = [world.pair(f"agent{number}", OFFLINE)[0] for number in range(4)]
    await settled(world, "status.poll = 30")
    world.sandbox.faults.add("error", side="chaport", method="POST", times=None, status=503)
    for agent in agents:
        world.deskie.set_status(agent, ONLINE)
    await polls_for(world, 1500)
    world.sandbox.faults.clear()
    await polls_for(world, LEASE / 5 + 30)
    assert set(shown(world)) == {"online"}


async def test_a_limit_that_is_reached_is_waited_out(world: World) -> None:
    """P4: `Retry-After` wins over our own pauses, and nobody's status changes meanwhile."""
    world.pair("Ann")
    await settled(world)
    world.sandbox.faults.add("too_many", side="chaport", path="/operators$", retry_after=110)
    await polls(world)
    asked = len(world.sandbox.requests_of("chaport"))
    await polls(world, 90 // POLL)
    assert len(world.sandbox.requests_of("chaport")) == asked
    await polls(world, 3)
    assert len(world.sandbox.requests_of("chaport")) > asked
    assert shown(world) == ["online"]
