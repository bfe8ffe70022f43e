"""`history`: each change of a status: when, from what to what, which agents, and why."""

import pytest

from chaport_sync.times import WrongTimeError, earliest
from tests.commands.asking import Asking
from tests.statuses.steps import OFFLINE, ONLINE, TRAINING, polls, polls_for, settled
from tests.world import World

QUICK = ("status.offline_grace = 0", "status.poll = 10")


async def test_ours_and_theirs(world: World, asking: Asking) -> None:
    """Who changed what, when and why: the daemon for the agents, or somebody by hand."""
    ann, jon = world.pair("Ann")
    await settled(world, *QUICK)
    world.chaport.operator_sets(jon, "away")
    await polls(world)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    told = [(each["from"], each["to"], each["by_hand"], each["rule"], each["reason"]) for each in asking.history()]
    by_hand = ("S7", "somebody changed it in Chaport; it is set again")
    assert told == [
        ("offline", "online", False, "S2", "its agents count as online"),
        ("online", "invisible", True, *by_hand),
        ("invisible", "online", False, *by_hand),
        ("online", "offline", False, "S4", "its agents left, and the grace is over"),
    ]
    agent = {"id": str(ann.id), "name": "Ann", "email": "ann@acme.example"}
    assert [each["agents"] for each in asking.history()] == [[agent]] * 4


async def test_why_an_agent_counts_as_it_does(world: World, asking: Asking) -> None:
    """S2: that an agent is disabled, or that nobody mapped its status, is told by the log, `history` and `explain`."""
    ann, _ = world.pair("Ann")
    bob, _ = world.pair("Bob")
    await settled(world, "status.poll = 10", "status.offline_grace = 20")
    world.deskie.disable_agent(ann)
    world.deskie.set_status(bob, TRAINING)
    await polls(world)
    causes = {"Ann": "the agent is disabled", "Bob": f"status {TRAINING} is not mapped"}
    for name, cause in causes.items():
        (told,) = asking.explain(name)["operators"]
        assert told["reason"] == f"its agents left; it goes offline when the grace is over ({cause})"
    await polls_for(world, 30)
    gone = {f"its agents left, and the grace is over ({cause})" for cause in causes.values()}
    assert {each["reason"] for each in asking.history() if each["to"] == "offline"} == gone
    assert {each["reason"] for each in world.events("status.changed") if each["to"] == "offline"} == gone


async def test_of_one(world: World, asking: Asking) -> None:
    """WHO is an agent or an operator; as CSV every entry is a row."""
    world.pair("Ann")
    bob, _ = world.pair("Bob")
    await settled(world, *QUICK)
    world.deskie.set_status(bob, OFFLINE)
    await polls(world)
    assert [each["to"] for each in asking.history("bob")] == ["online", "offline"]
    assert [(row["operator_email"], row["to"]) for row in asking.history_as_csv()] == [
        ("ann@acme.example", "online"),
        ("bob@acme.example", "online"),
        ("bob@acme.example", "offline"),
    ]


async def test_since(world: World, asking: Asking) -> None:
    """A duration before now, or a date."""
    ann, _ = world.pair("Ann")
    await settled(world, *QUICK)
    await polls_for(world, 3600)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    assert [each["to"] for each in asking.history(since="30min")] == ["offline"]
    assert len(asking.history(since="2h")) == 2
    assert len(asking.history(since="2026-01-01")) == 2
    assert asking.history(since="2030-01-01 08:00") == []


def test_what_is_no_time() -> None:
    """A wrong time is told with what would be right."""
    assert earliest("90min", 10_000.0) == 4600.0
    assert earliest("1w", 1_000_000.0) == 395_200.0
    with pytest.raises(WrongTimeError, match="give 30m, 12h, 7d, 4w, or a date"):
        earliest("soon", 0.0)


async def test_kept_for_a_while(world: World, asking: Asking) -> None:
    """P7: changes are kept `state.keep` days, also where no transcripts are read."""
    ann, _ = world.pair("Ann")
    await settled(world, "status.offline_grace = 0", "status.poll = 600", "status.lease = 86400", "state.keep = 2")
    world.deskie.set_status(ann, OFFLINE)
    await polls_for(world, 1.5 * 86400)
    assert [each["to"] for each in asking.history()] == ["online", "offline"]
    world.deskie.set_status(ann, ONLINE)
    await polls_for(world, 2 * 86400)
    assert [each["to"] for each in asking.history()] == ["online"]
