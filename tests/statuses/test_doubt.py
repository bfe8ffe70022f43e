"""No answer is not an empty answer (S8)."""

from typing import Any

import pytest

from chaport_sync.core.statuses.pairing import Doubt, doubt, implausible
from chaport_sync.sandbox.faults import Kind
from chaport_sync.sandbox.requests import Side
from tests.statuses.steps import (
    GRACE,
    HOLD,
    LEASE,
    OFFLINE,
    ONLINE,
    SLOWLY,
    polls,
    polls_for,
    sent,
    settled,
    shown,
    until_good,
)
from tests.world import World, only

LISTS: dict[Side, str] = {"deskie": "staff.json", "chaport": "/operators$"}
#: ways in which a list is not read; each lasts until it is cleared
FAILURES: list[Any] = [
    pytest.param("error", {"status": 500}, id="500"),
    pytest.param("error", {"status": 401}, id="401"),
    pytest.param("error", {"status": 403}, id="403"),
    pytest.param("error", {"status": 404}, id="404"),
    pytest.param("error", {"status": 200, "body": {"error": "incorrect_token"}}, id="an error in a good answer"),
    pytest.param("error", {"status": 200, "body": "null"}, id="null"),
    pytest.param("error", {"status": 200, "body": {"result": None, "total_count": 9}}, id="no list"),
    pytest.param("too_many", {}, id="429"),
    pytest.param("html", {"status": 200}, id="HTML"),
    pytest.param("truncated", {}, id="half a JSON"),
    pytest.param("reset_before", {}, id="reset"),
    pytest.param("hang", {}, id="time-out"),
]
MANY = {f"p{number}" for number in range(10)}


@pytest.mark.parametrize(
    ("present", "before", "wrong"),
    [
        pytest.param({"p1"}, set(), "", id="the first list"),
        pytest.param(set(), set(), "it has no operators; add them there", id="the first list, empty"),
        pytest.param(set(), {"p1"}, "it has no operators, but 1 was paired before", id="empty"),
        pytest.param({"p1", "p2"}, {"p1", "p2", "p3", "p4"}, "", id="two of four"),
        pytest.param({"p1"}, {"p1", "p2", "p3"}, "", id="two of three, fewer than 3"),
        pytest.param({"new"}, {"p1", "p2"}, "", id="two of two, fewer than 3"),
        pytest.param({"p1"}, {"p1", "p2", "p3", "p4"}, "3 of 4 paired operators vanished", id="three of four"),
        pytest.param({"p1", "p2", "p3"}, {f"p{n}" for n in range(1, 7)}, "", id="exactly half"),
        pytest.param(MANY - {f"p{n}" for n in range(5)}, MANY, "", id="five of ten"),
        pytest.param(MANY - {f"p{n}" for n in range(6)}, MANY, "6 of 10 paired operators vanished", id="six of ten"),
        pytest.param({f"q{n}" for n in range(99)}, MANY, "10 of 10 paired operators vanished", id="many others"),
    ],
)
def test_implausible(present: set[str], before: set[str], wrong: str) -> None:
    """S8: nobody at all, or more than half and at least 3 of the paired ones gone; with the numbers."""
    assert implausible("operators", present, before) == wrong


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(None, 100.0, Doubt(100, 100), id="the first time"),
        pytest.param(Doubt(10, 70), 100.0, Doubt(10, 100), id="going on"),
        pytest.param(Doubt(10, 55), 100.0, Doubt(10, 100), id="three polls later"),
        pytest.param(Doubt(10, 54), 100.0, Doubt(100, 100), id="more than three polls later"),
        pytest.param(Doubt(10, 101), 100.0, Doubt(100, 100), id="stepped back"),
    ],
)
def test_doubt(before: Doubt | None, now: float, expected: Doubt) -> None:
    """S8: the wait counts only while the implausible answer keeps coming."""
    assert doubt(before, 15, now) == expected


@pytest.mark.parametrize(("kind", "parts"), FAILURES)
@pytest.mark.parametrize("side", ["deskie", "chaport"])
async def test_a_failed_poll_changes_nothing(world: World, side: Side, kind: Kind, parts: dict[str, Any]) -> None:
    """S8: no timer starts, none is cleared, nobody goes offline or online."""
    ann, _ = world.pair("Ann")
    bob, _ = world.pair("Bob")
    cay, _ = world.pair("Cay", OFFLINE)
    await settled(world)
    world.deskie.set_status(bob, OFFLINE)
    await polls(world)
    before = {state.operator_id: state.unavailable_since for state in world.app.store.statuses.operators().values()}
    world.sandbox.faults.add(kind, side=side, path=LISTS[side], times=None, **parts)
    for agent, status in ((ann, OFFLINE), (bob, ONLINE), (cay, ONLINE)):
        world.deskie.set_status(agent, status)
    for _ in range(6):
        assert not (await polls(world)).good
    after = {state.operator_id: state.unavailable_since for state in world.app.store.statuses.operators().values()}
    assert after == before
    assert shown(world) == ["online", "online", "offline"]
    assert world.events("status.grace_cancelled", "status.manual") == []
    assert len(world.events("status.grace_started")) == 1


@pytest.mark.parametrize(("kind", "parts"), [each for each in FAILURES if each.id != "no list"])
async def test_flow_a_list_is_none(world: World, kind: Kind, parts: dict[str, Any]) -> None:
    """S8: where the second page of agents is not read, the first one counts for nothing."""
    agents = [world.pair(f"agent{number}", OFFLINE)[0] for number in range(101)]
    await settled(world)
    for agent in agents:
        world.deskie.set_status(agent, ONLINE)
    world.sandbox.faults.add(kind, side="deskie", path=LISTS["deskie"], times=None, after=1, **parts)
    assert not (await polls(world)).good
    assert set(shown(world)) == {"offline"}


@pytest.mark.parametrize("side", ["deskie", "chaport"])
@pytest.mark.parametrize("first", [True, False], ids=["at once", "later"])
async def test_nothing_before_the_first_good_poll_of_both(world: World, side: Side, first: bool) -> None:  # noqa: FBT001
    """S8: after a start nothing is written, not even a renewal, until both lists were read."""
    world.pair("Ann")
    await settled(world)
    if not first:
        await world.stop()
        world.wait(LEASE * 0.7)
    world.pair("Bob")
    world.sandbox.faults.outage(side)
    await world.start()
    await polls(world, 12)
    assert sent(world) == []
    world.sandbox.faults.recover(side)
    await until_good(world)
    assert shown(world) == ["online", "online"]


@pytest.mark.parametrize("shape", ["key", "count", "array", "object"])
async def test_an_empty_list_of_agents(world: World, shape: str) -> None:
    """S8: nobody at all is a failed poll in each of its shapes, told with the number, and changes nothing."""
    world.deskie.quirks.empty_list = shape  # type: ignore[assignment]
    world.pair("Ann")
    await settled(world)
    everybody, world.deskie.staff = world.deskie.staff, []
    for _ in range(GRACE // 15 + 4):
        assert not (await polls(world)).good
    assert shown(world) == ["online"]
    assert only(world.events("poll.refused")) == {
        "event": "poll.refused",
        "log_level": "warning",
        "flow": "statuses",
        "what": "agents",
        "error": "it has no agents, but 1 was paired before",
        "believed": False,
    }
    world.deskie.staff = everybody
    await polls(world, 10)
    assert only(world.events("poll.recovered"))["service"] == "Deskie"
    assert world.events("status.grace_started", "status.manual") == []


async def test_an_empty_list_of_operators(world: World) -> None:
    """S8: nothing is forgotten and nothing written."""
    ann, jon = world.pair("Ann")
    await settled(world)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world, 4)
    world.chaport.operators = []
    for _ in range(10):
        assert not (await polls(world)).good
    world.chaport.operators = [jon]
    world.deskie.set_status(ann, ONLINE)
    await polls(world, 10)
    assert only(world.events("poll.refused"))["what"] == "operators"
    assert len(world.events("status.grace_cancelled")) == 1
    assert shown(world) == ["online"]


@pytest.mark.parametrize(("vanish", "doubted"), [(2, False), (3, True)])
async def test_more_than_flow_vanished(world: World, vanish: int, doubted: bool) -> None:  # noqa: FBT001
    """S8: of four paired agents two may go, three may not."""
    for number in range(4):
        world.pair(f"agent{number}")
    await settled(world, SLOWLY)
    world.deskie.staff = world.deskie.staff[: len(world.deskie.staff) - vanish]
    assert (await polls(world)).good is not doubted
    await polls_for(world, LEASE + 240)
    expected = 4 if doubted else 4 - vanish
    assert shown(world).count("online") == expected


@pytest.mark.parametrize("empty", [True, False], ids=["empty", "most are gone"])
async def test_what_lasts_is_believed(world: World, empty: bool) -> None:  # noqa: FBT001
    """S8: after `status.hold` the list is believed, once and for all: the pairs are released, the leases run out."""
    for number in range(4):
        world.pair(f"agent{number}")
    await settled(world, SLOWLY)
    began = world.now()
    world.deskie.staff = [] if empty else world.deskie.staff[:1]
    while not (report := await polls(world)).good:
        assert world.now() - began <= HOLD + LEASE / 5 + 240
        assert set(shown(world)) == {"online"}
        world.sandbox.forget_requests()
    assert world.now() - began >= HOLD
    assert report.decisions == ()
    await polls_for(world, LEASE + 240)
    assert (set(shown(world)), sent(world)) == ({"offline"}, [])
    await polls(world, 10)
    assert [event["believed"] for event in world.events("poll.refused")] == [False, True]
    assert len(world.events("poll.failed")) == len(world.events("poll.recovered")) == 1


async def test_belief_starts_anew_when_the_list_was_whole_in_between(world: World) -> None:
    """S8: only an answer that has lasted is believed."""
    world.pair("Ann")
    await settled(world, SLOWLY)
    everybody = world.deskie.staff
    for _ in range(2):
        world.deskie.staff = []
        for _ in range(HOLD // 120 * 2 // 3):
            assert not (await polls(world)).good
        world.deskie.staff = everybody
        await until_good(world)
    assert shown(world) == ["online"]
