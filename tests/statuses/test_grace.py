"""Offline comes late (S4)."""

from dataclasses import replace

import pytest

from chaport_sync.core.health import gap
from chaport_sync.core.model import Operator, Verdict
from chaport_sync.core.statuses.lease import Kind, OperatorState, PresenceRules, Write
from chaport_sync.core.statuses.mapping import Asked
from chaport_sync.core.statuses.presence import Notice, decide
from tests.core.statuses.operators import GRACE_OVER, IN_GRACE, UNCONFIRMED, decision
from tests.statuses.steps import (
    DAY,
    GRACE,
    LUNCH,
    OFFLINE,
    ONLINE,
    TRAINING,
    WITHOUT_CHATS,
    polls,
    sent,
    settled,
    shown,
)
from tests.world import World, only

NOW = 1_800_000_000.0
JON = Operator("op", last_status="online", real_status="online")
HELD = OperatorState("op", Verdict.ONLINE, written="online", written_at=NOW - 100, lease_until=NOW + 500)
LEAVING = replace(HELD, verdict=Verdict.OFFLINE)
RULES = PresenceRules()


@pytest.mark.parametrize(
    ("since", "confirmed", "why", "goes"),
    [
        pytest.param(NOW - 179, True, IN_GRACE, False, id="one second early"),
        pytest.param(NOW - 180, True, GRACE_OVER, True, id="exactly"),
        pytest.param(NOW - 181, True, GRACE_OVER, True, id="late"),
        pytest.param(NOW - 181, False, UNCONFIRMED, False, id="late, unconfirmed"),
        pytest.param(NOW - 179, False, IN_GRACE, False, id="early, unconfirmed"),
    ],
)
def test_the_end_of_the_grace(since: float, confirmed: bool, why: tuple[str, str], goes: bool) -> None:  # noqa: FBT001
    """S4: offline is written when `offline_grace` has passed since the first poll without an agent, for a day."""
    state = replace(LEAVING, unavailable_since=since)
    early = why == IN_GRACE
    assert decide(JON, Asked(Verdict.OFFLINE), state, RULES, NOW, confirmed=confirmed) == decision(
        JON,
        state,
        Verdict.OFFLINE,
        why,
        write=Write("offline", DAY, Kind.CHANGE) if goes else None,
        until=since + GRACE if early else None,
    )


def test_the_clock_starts_at_the_first_poll_without_an_agent() -> None:
    """S4: the moment is stored, told with its end, and nothing is written yet."""
    assert decide(JON, Asked(Verdict.OFFLINE), HELD, RULES, NOW, confirmed=True) == decision(
        JON,
        replace(LEAVING, unavailable_since=NOW),
        Verdict.OFFLINE,
        IN_GRACE,
        notices=(Notice.GRACE_STARTED,),
        until=NOW + GRACE,
    )


@pytest.mark.parametrize("verdict", [Verdict.ONLINE, Verdict.INVISIBLE, Verdict.KEEP])
def test_whoever_is_available_clears_it(verdict: Verdict) -> None:
    """S4: online, invisible and keep are available."""
    found = decide(JON, Asked(verdict), replace(LEAVING, unavailable_since=NOW - 100), RULES, NOW, confirmed=True)
    assert (found.state.unavailable_since, found.notices) == (None, (Notice.GRACE_CANCELLED,))


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        pytest.param(NOW + 1, NOW, id="in the future"),
        pytest.param(NOW, NOW, id="now"),
        pytest.param(NOW - 1, NOW - 1, id="in the past"),
    ],
)
def test_a_start_in_the_future_is_no_start(since: float, expected: float) -> None:
    """S4: a clock that was stepped back restarts the wait."""
    found = decide(JON, Asked(Verdict.OFFLINE), replace(LEAVING, unavailable_since=since), RULES, NOW, confirmed=True)
    assert (found.state.unavailable_since, found.until) == (expected, expected + GRACE)


@pytest.mark.parametrize(
    ("last_good", "took", "expected"),
    [
        pytest.param(None, 0, True, id="after a start"),
        pytest.param(NOW - 45, 0, False, id="three polls"),
        pytest.param(NOW - 46, 0, True, id="more than three polls"),
        pytest.param(NOW + 1, 0, True, id="stepped back"),
        pytest.param(NOW, 0, False, id="at once"),
        pytest.param(NOW - 75, 30, False, id="three polls and a slow answer"),
        pytest.param(NOW - 76, 30, True, id="more than that"),
    ],
)
def test_gap(last_good: float | None, took: float, expected: bool) -> None:  # noqa: FBT001
    """S4: more than three polls without a good one are a gap, the time that this one itself took not counted."""
    assert gap(last_good, 15, NOW, took) is expected


async def test_offline_waits_for_the_grace(world: World) -> None:
    """S4, P2: the operator stays as it is for the grace, and goes offline within one poll after it."""
    ann, _ = world.pair("Ann")
    await settled(world)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    began = world.now()
    await polls(world, GRACE // 15 - 1)
    assert shown(world) == ["online"]
    await polls(world)
    assert shown(world) == ["offline"]
    started = only(world.events("status.grace_started"))
    assert started["until"] == pytest.approx(began + GRACE, abs=1)
    assert sent(world)[-1] == {"status": "offline", "ttl": DAY}


async def test_whoever_comes_back_in_time_was_never_away(world: World) -> None:
    """S4: nothing is written, and the next absence waits the whole grace again."""
    ann, _ = world.pair("Ann")
    await settled(world)
    for _ in range(3):
        world.deskie.set_status(ann, OFFLINE)
        await polls(world, GRACE // 15)
        world.deskie.set_status(ann, ONLINE)
        await polls(world)
    assert {body["status"] for body in sent(world)} <= {"online"}
    assert len(world.events("status.grace_started")) == len(world.events("status.grace_cancelled")) == 3


async def test_it_is_not_restarted_between_unavailable_statuses(world: World) -> None:
    """S4: going from offline to without chats, or being disabled, does not start the wait anew."""
    ann, _ = world.pair("Ann")
    await settled(world)
    for _ in range(2):
        for status in (OFFLINE, WITHOUT_CHATS):
            world.deskie.set_status(ann, status)
            await polls(world, 3)
    world.deskie.disable_agent(ann)
    await polls(world)
    assert shown(world) == ["offline"]
    assert len(world.events("status.grace_started")) == 1


@pytest.mark.parametrize("status", [ONLINE, TRAINING, LUNCH], ids=["online", "invisible", "keep"])
async def test_any_available_status_cancels_it(world: World, status: int) -> None:
    """S4: the wait is cleared by a good poll that finds the agent online, invisible or to be kept."""
    ann, _ = world.pair("Ann")
    await settled(world, f'status.map.{TRAINING} = "invisible"', f'status.map.{LUNCH} = "keep"')
    world.deskie.set_status(ann, OFFLINE)
    await polls(world, 8)
    world.deskie.set_status(ann, status)
    await polls(world)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world, GRACE // 15)
    assert shown(world) == ["away" if status == TRAINING else "online"]
    await polls(world)
    assert shown(world) == ["offline"]


@pytest.mark.parametrize("status", [ONLINE, TRAINING], ids=["online", "invisible"])
async def test_coming_is_told_at_once(world: World, status: int) -> None:
    """S4: online and invisible are written by the first poll that sees them, also the very first."""
    ann, _ = world.pair("Ann", status)
    bob, _ = world.pair("Bob", OFFLINE)
    expected = "online" if status == ONLINE else "away"
    await world.start(f'status.map.{TRAINING} = "invisible"')
    await world.statuses()
    assert shown(world) == [expected, "offline"]
    world.deskie.set_status(bob, status)
    world.deskie.set_status(ann, ONLINE)
    await polls(world)
    assert shown(world) == ["online", expected]


async def test_no_grace(world: World) -> None:
    """S4: with a grace of 0 offline is written at once, and no wait is spoken of."""
    ann, _ = world.pair("Ann")
    await settled(world, "status.offline_grace = 0")
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    assert shown(world) == ["offline"]
    assert world.events("status.grace_started") == []
