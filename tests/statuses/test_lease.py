"""A status is lent for a while and renewed in time (S5)."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaport_sync.core.model import Operator, Verdict
from chaport_sync.core.statuses.lease import Kind, OperatorState, PresenceRules, Write, renew_at
from chaport_sync.core.statuses.mapping import Asked
from chaport_sync.core.statuses.presence import decide
from tests.statuses.steps import (
    DAY,
    GRACE,
    LEASE,
    LUNCH,
    OFFLINE,
    SLOWLY,
    TRAINING,
    moments,
    path_of,
    polls,
    polls_for,
    sent,
    settled,
    shown,
)
from tests.world import World

NOW = 1_800_000_000.0
JON = Operator("op", last_status="online")
HELD = OperatorState("op", Verdict.ONLINE, written="online", written_at=NOW, lease_until=NOW + LEASE)
RULES = PresenceRules()


@given(st.text(min_size=1), st.floats(1, 1e6))
def test_a_renewal_falls_into_the_middle_of_the_lease(operator_id: str, lease: float) -> None:
    """S5: at 40 to 60 % of the lease."""
    state = replace(HELD, operator_id=operator_id, lease_until=NOW + lease)
    assert 0.4 * lease <= renew_at(state) - NOW + 1e-5
    assert renew_at(state) - NOW <= 0.6 * lease


@pytest.mark.parametrize("status", ["online", "invisible"])
@pytest.mark.parametrize(
    ("seconds", "due"),
    [
        pytest.param(-1, False, id="one second early"),
        pytest.param(0, True, id="exactly"),
        pytest.param(1, True, id="late"),
    ],
)
def test_when_a_renewal_is_due(status: str, seconds: float, due: bool) -> None:  # noqa: FBT001
    """S5: online and invisible are renewed with the whole lease, not before their moment."""
    state = replace(HELD, written=status)
    now = renew_at(state) + seconds
    found = decide(replace(JON, last_status=status), Asked(Verdict(status)), state, RULES, now, confirmed=True)
    assert found.write == (Write(status, LEASE, Kind.RENEWAL) if due else None)


async def test_a_lease_is_kept_up(world: World) -> None:
    """S5: online never lapses, hour after hour, and each renewal comes at 40 to 60 % of the lease."""
    world.pair("Ann")
    world.pair("Bob", TRAINING)
    await settled(world, f'status.map.{TRAINING} = "invisible"')
    await polls_for(world, 4 * LEASE)
    for operator, word in zip(world.chaport.operators, ("online", "away"), strict=True):
        times = moments(world, operator)
        gaps = [later - earlier for earlier, later in pairwise(times)]
        assert min(gaps) >= 0.4 * LEASE
        assert max(gaps) <= 0.6 * LEASE + 16
        assert all(body == {"status": word, "ttl": LEASE} for body in sent(world, operator))
        assert shown(world, operator) == [word]
    assert len(world.events("status.changed")) == 2


async def test_renewals_are_spread_by_operator(world: World) -> None:
    """S5: operators that came online together are not renewed together."""
    for number in range(40):
        world.pair(f"agent{number}")
    await settled(world)
    await polls(world, LEASE // 15)
    polls_with_renewals = {time // 15 for time in moments(world)}
    assert len(polls_with_renewals) >= 5
    assert max(sum(time // 15 == poll for time in moments(world)) for poll in polls_with_renewals) <= 15


async def test_changes_go_before_renewals(world: World) -> None:
    """S5: who has just come does not wait for those whose lease is renewed, not even when there is no time for both."""
    for number in range(40):
        world.pair(f"agent{number}")
    ann, jon = world.pair("Ann", OFFLINE)
    await settled(world, "chaport.requests_per_second = 1")
    await polls(world, 2, every=0)
    world.wait(LEASE * 0.65)
    world.deskie.set_status(ann, 1)
    world.sandbox.forget_requests()
    await world.statuses()
    writes = [path for _, path in world.writes("chaport")]
    assert writes[0].endswith(f"/{jon.id}/status")
    assert 2 <= len(writes) <= 16
    while len(world.writes("chaport")) < 41:
        await polls(world, every=1)
    assert len({path for _, path in world.writes("chaport")}) == 41


async def test_a_lease_begins_for_whoever_is_online_already(world: World) -> None:
    """S5: an operator that a person set online is written once, so that the daemon's end would take it offline."""
    _, jon = world.pair("Ann")
    world.chaport.operator_sets(jon, "online")
    await world.start()
    await world.statuses()
    assert sent(world) == [{"status": "online", "ttl": LEASE}]
    assert world.events("status.changed") == []
    await polls(world, 10)
    assert len(sent(world)) == 1
    await world.stop()
    world.wait(LEASE)
    assert shown(world) == ["offline"]


async def test_keep_renews_a_lease_of_ours(world: World) -> None:
    """S5: at lunch the operator stays what it was."""
    ann, _ = world.pair("Ann")
    await settled(world, SLOWLY, f'status.map.{LUNCH} = "keep"')
    world.deskie.set_status(ann, LUNCH)
    await polls_for(world, 3 * LEASE)
    assert shown(world) == ["online"]
    assert len(sent(world)) >= 4


async def test_keep_begins_no_lease(world: World) -> None:
    """S5, S2: what a person set is left alone under keep, for ever."""
    _, jon = world.pair("Ann", LUNCH)
    world.chaport.operator_sets(jon, "online")
    await settled(world, SLOWLY, f'status.map.{LUNCH} = "keep"')
    await polls_for(world, 3 * LEASE)
    assert (shown(world), sent(world)) == (["online"], [])


async def test_offline_is_written_for_a_day_and_left(world: World) -> None:
    """S5: offline costs nothing while it reads offline, not even after its day."""
    ann, _ = world.pair("Ann")
    await settled(world)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world, GRACE // 15 + 1)
    assert sent(world)[-1] == {"status": "offline", "ttl": DAY}
    world.sandbox.forget_requests()
    await polls(world, DAY // 900 + 8, every=900)
    await polls(world, 4)
    assert sent(world) == []


async def test_a_dead_daemon_leaves_nobody_online(world: World) -> None:
    """S5, P8: at its end nothing is written; within one lease everybody is offline."""
    world.pair("Ann")
    world.pair("Bob", TRAINING)
    await settled(world, f'status.map.{TRAINING} = "invisible"')
    await polls(world, 30)
    before = len(sent(world))
    await world.stop()
    assert shown(world) == ["online", "away"]
    world.wait(LEASE)
    assert shown(world) == ["offline", "offline"]
    assert len(sent(world)) == before


async def test_a_lost_renewal_is_sent_again(world: World) -> None:
    """S5, S6, P2: a renewal of which no answer came is not taken for done; the operator stays online."""
    _, jon = world.pair("Ann")
    await settled(world)
    while not sent(world):
        world.sandbox.faults.clear()
        world.sandbox.faults.add("reset_before", side="chaport", method="POST", path=path_of(jon), times=None)
        await polls(world)
    world.sandbox.faults.clear()
    for _ in range(LEASE // 15):
        await polls(world)
        assert shown(world) == ["online"]
    assert world.events("status.manual") == []


async def test_a_renewal_whose_outcome_is_unclear_stays_due(world: World) -> None:
    """S5: it is tried again at the next poll and not at the middle of what is left of the lease."""
    _, jon = world.pair("Ann")
    await settled(world)
    world.sandbox.faults.add("html", side="chaport", path=path_of(jon), status=200)
    while not sent(world):
        await polls(world)
    await polls(world)
    first, second = moments(world)
    assert round(second - first) == 15


async def test_a_lost_beginning_is_sent_again(world: World) -> None:
    """S5, S6: a lease that was never lent is not relied on: who was online already does not outlive the daemon."""
    _, jon = world.pair("Ann")
    world.chaport.operator_sets(jon, "online")
    world.sandbox.faults.add("reset_before", side="chaport", method="POST", path=path_of(jon), times=4)
    await world.start()
    await world.statuses()
    assert jon.lease_until is None
    await polls(world)
    assert jon.lease_until is not None


@pytest.mark.parametrize("back", [LEASE / 20, LEASE / 3, 3600.0], ids=["a little", "as long as since", "an hour"])
async def test_a_clock_that_is_stepped_back_lets_nobody_lapse(world: World, back: float) -> None:
    """S5: a lease ends when Chaport ends it, whatever our clock says since."""
    world.pair("Ann")
    await settled(world)
    begun = world.time.now().timestamp()
    await polls_for(world, LEASE * 0.35)
    world.clock.error = -back
    for _ in range(2 * LEASE // 15):
        await polls(world)
        assert shown(world) == ["online"]
    gaps = [later - earlier for earlier, later in pairwise([begun, *moments(world)])]
    assert max(gaps) <= 0.6 * LEASE + 31


async def test_a_change_of_the_lease_by_configuration(world: World) -> None:
    """S5: a lease written under an older configuration is renewed by its own length."""
    _, jon = world.pair("Ann")
    await settled(world, "status.lease = 120")
    await world.start("status.lease = 3600")
    for _ in range(40):
        await polls(world)
        assert shown(world) == ["online"]
    assert {body["ttl"] for body in sent(world, jon)} == {3600}
