"""A person changed the operator in Chaport (S7)."""

from itertools import pairwise

import pytest

from tests.statuses.steps import (
    GRACE,
    LEASE,
    LUNCH,
    OFFLINE,
    ONLINE,
    POLL,
    SLOWLY,
    TRAINING,
    path_of,
    polls,
    polls_for,
    sent,
    settled,
    shown,
)
from tests.world import World, only

RESPECT = 'status.manual_change = "respect"'


@pytest.mark.parametrize("word", ["offline", "away", "busy"])
async def test_override(world: World, word: str) -> None:
    """S7: Deskie's status is written again by the next poll, and what was found and expected is told."""
    _, jon = world.pair("Ann")
    await settled(world)
    world.chaport.operator_sets(jon, word)
    await polls(world)
    assert shown(world) == ["online"]
    found = "invisible" if word == "away" else word
    assert only(world.events("status.manual")) == {
        "event": "status.manual",
        "log_level": "info",
        "operator": "ann@acme.example",
        "agents": ["ann@acme.example"],
        "found": found,
        "expected": "online",
        "reason": "somebody changed it in Chaport; it is set again",
    }
    changed = world.events("status.changed")[-1]
    assert (changed["from"], changed["to"]) == (found, "online")
    assert changed["reason"] == "somebody changed it in Chaport; it is set again"


async def test_override_of_an_operator_without_an_agent_online(world: World) -> None:
    """S7: who goes online by hand while the agent is away is taken offline again, without another wait."""
    ann, jon = world.pair("Ann")
    await settled(world)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world, GRACE // 15 + 1)
    world.wait(10)
    world.chaport.operator_sets(jon, "online")
    await polls(world, every=5)
    assert shown(world) == ["offline"]


async def test_respect(world: World) -> None:
    """S7: the person's status is left, without a lease, until the verdict changes; restarts do not forget it."""
    ann, jon = world.pair("Ann")
    await settled(world, SLOWLY, RESPECT)
    world.chaport.operator_sets(jon, "away")
    await polls_for(world, 2 * LEASE)
    await world.start()
    await polls_for(world, 2 * LEASE)
    assert (shown(world), sent(world)) == (["away"], [])
    told = only(world.events("status.manual"))
    assert (told["found"], told["expected"]) == ("invisible", "online")
    assert told["reason"] == "somebody changed it in Chaport; it stays so until its agents' status changes"
    world.deskie.set_status(ann, OFFLINE)
    await polls_for(world, GRACE + 240)
    assert shown(world) == ["offline"]
    world.deskie.set_status(ann, ONLINE)
    await polls(world)
    assert shown(world) == ["online"]
    assert len(world.events("status.manual")) == 1


@pytest.mark.parametrize("pause", [1, 5, 60])
async def test_respect_ends_with_the_verdict_however_soon_it_changes(world: World, pause: int) -> None:
    """S7: who is left alone is left alone for this verdict only: the agent goes, and so does the operator."""
    ann, jon = world.pair("Ann")
    await settled(world, RESPECT)
    world.chaport.operator_sets(jon, "away")
    await polls(world, pause)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world, GRACE // 15 + 1)
    assert shown(world) == ["offline"]


@pytest.mark.parametrize("status", [OFFLINE, TRAINING], ids=["offline", "invisible"])
async def test_respect_takes_the_agents_next_word_for_what_it_is(world: World, status: int) -> None:
    """S7, S2: a write that follows the agent is no answer to the person, and its reason says so."""
    ann, jon = world.pair("Ann")
    await settled(world, RESPECT, "status.offline_grace = 0", f'status.map.{TRAINING} = "invisible"')
    world.chaport.operator_sets(jon, "busy")
    await polls(world)
    world.deskie.set_status(ann, status)
    await polls(world)
    last = world.events("status.changed")[-1]
    why = "its agents left, and the grace is over" if status == OFFLINE else "its agents count as invisible"
    assert (last["from"], last["reason"]) == ("busy", why)
    assert len(world.events("status.manual")) == 1


async def test_respect_ends_with_its_policy(world: World) -> None:
    """S7: an administrator who goes over to override gets what Deskie says."""
    _, jon = world.pair("Ann")
    await settled(world, RESPECT)
    world.chaport.operator_sets(jon, "away")
    await polls(world)
    await world.start('status.manual_change = "override"')
    await polls(world)
    assert shown(world) == ["online"]


async def test_a_change_between_two_polls_with_a_new_verdict(world: World) -> None:
    """S7: the verdict changed as well, so Deskie's is written also under respect."""
    ann, jon = world.pair("Ann")
    await settled(world, RESPECT, f'status.map.{TRAINING} = "invisible"')
    world.chaport.operator_sets(jon, "offline")
    world.deskie.set_status(ann, TRAINING)
    await polls(world)
    assert shown(world) == ["away"]


@pytest.mark.parametrize("policy", ["override", "respect"])
async def test_a_person_who_sets_what_deskie_says_changes_nothing(world: World, policy: str) -> None:
    """S7: the status is the one last written; a lease begins, or goes on, and nothing is said."""
    _, jon = world.pair("Ann")
    await settled(world, SLOWLY, f'status.manual_change = "{policy}"')
    world.chaport.operator_sets(jon, "online")
    await polls_for(world, 2 * LEASE)
    assert world.events("status.manual") == []
    await world.stop()
    world.wait(LEASE)
    assert shown(world) == ["offline"]


@pytest.mark.parametrize("policy", ["override", "respect"])
async def test_the_end_of_a_lease_is_nobodys_doing(world: World, policy: str) -> None:
    """S7: what reads otherwise after the lease is over was not changed by a person."""
    world.pair("Ann")
    await settled(world, f'status.manual_change = "{policy}"')
    await world.stop()
    world.wait(2 * LEASE)
    await world.start()
    await world.statuses()
    assert shown(world) == ["online"]
    assert world.events("status.manual") == []


@pytest.mark.parametrize("policy", ["override", "respect"])
async def test_keep_leaves_a_persons_change(world: World, policy: str) -> None:
    """S2, S7: under keep a person may do as they like, and then Deskie goes on."""
    ann, jon = world.pair("Ann")
    await settled(world, SLOWLY, f'status.manual_change = "{policy}"', f'status.map.{LUNCH} = "keep"')
    world.deskie.set_status(ann, LUNCH)
    await polls(world)
    world.chaport.operator_sets(jon, "offline")
    await polls_for(world, 2 * LEASE)
    assert shown(world) == ["offline"]
    world.deskie.set_status(ann, ONLINE)
    await polls(world)
    assert shown(world) == ["online"]


async def test_contested(world: World) -> None:
    """S7: after five overrides in ten minutes one warning, and from then on at most one write a minute."""
    _, jon = world.pair("Ann")
    await settled(world)
    written = []
    for poll in range(40):
        world.chaport.operator_sets(jon, "offline")
        await polls(world)
        if shown(world) == ["online"]:
            written.append(poll)
    assert written[:6] == [0, 1, 2, 3, 4, 8]
    assert {later - earlier for earlier, later in pairwise(written[5:])} == {60 // POLL}
    assert only(world.events("status.contested")) == {
        "event": "status.contested",
        "log_level": "warning",
        "operator": "ann@acme.example",
        "agents": ["ann@acme.example"],
        "overrides": 5,
    }


async def test_overrides_far_apart_are_no_contest(world: World) -> None:
    """S7: four in ten minutes are somebody who does not know the daemon yet."""
    _, jon = world.pair("Ann")
    await settled(world)
    for _ in range(8):
        world.chaport.operator_sets(jon, "offline")
        await polls(world, every=45)
        assert shown(world) == ["online"]
        await polls(world, 3, every=45)
    assert world.events("status.contested") == []


async def test_a_slow_contest_is_told_once(world: World) -> None:
    """S7: a rival that acts every other minute is one contest, and one warning; a later one is another."""
    _, jon = world.pair("Ann")
    await settled(world)
    for _ in range(10):
        world.chaport.operator_sets(jon, "offline")
        await polls(world, every=45)
        await polls(world, 2, every=45)
    assert len(world.events("status.contested")) == 1
    await polls_for(world, 660)
    for _ in range(5):
        world.chaport.operator_sets(jon, "offline")
        await polls(world)
    assert len(world.events("status.contested")) == 2


async def test_the_contest_is_each_operators_own(world: World) -> None:
    """S7: another operator is written as always."""
    _, jon = world.pair("Ann")
    bob, _ = world.pair("Bob", OFFLINE)
    await settled(world)
    for _ in range(8):
        world.chaport.operator_sets(jon, "offline")
        await polls(world)
    world.deskie.set_status(bob, ONLINE)
    await polls(world)
    assert shown(world)[1] == "online"


async def test_a_change_that_cannot_be_undone_is_told_once(world: World) -> None:
    """S7, P4: while Chaport refuses the write, neither the change nor a contest is told with each poll."""
    _, jon = world.pair("Ann")
    await settled(world)
    world.chaport.operator_sets(jon, "offline")
    world.sandbox.faults.add("error", side="chaport", path=path_of(jon), times=None, status=403)
    await polls(world, 20)
    assert len(world.events("status.manual")) == 1
