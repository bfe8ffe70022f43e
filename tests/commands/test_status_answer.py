"""The first line of `status`: all is well, or the gravest that is not."""

from collections.abc import Callable

import pytest

from chaport_sync.core.settings_in_force import Rejection
from chaport_sync.core.skew import ClocksAhead
from chaport_sync.core.transcripts.read_back import Sighting
from chaport_sync.core.transcripts.turns import Lateness, Work
from chaport_sync.monitoring.monitor import Pulse
from tests.commands.asking import Asking
from tests.statuses.steps import GRACE, OFFLINE, TRAINING, polls, polls_for, settled
from tests.transcripts.stories import begin
from tests.world import World

#: What is not well, the least grave first, and how the first line begins then.
TROUBLES: dict[str, tuple[Callable[[World], None], str]] = {
    "late": (
        lambda world: world.app.store.marks.put(Lateness(500, 3), of=Work.DELIVERING),
        "Delivering to Deskie is 500 s late, and 3 visitors wait to be shown.",
    ),
    "clock": (
        lambda world: world.app.store.marks.put(ClocksAhead({"Chaport": 90.0})),
        "This machine's clock is 90 s ahead of Chaport's; let this machine keep time by NTP.",
    ),
    "rejected": (
        lambda world: world.app.store.marks.put(Rejection(world.now(), ("[status] polll: there is none",))),
        "The configuration was rejected at 09:0",
    ),
    "nobody online": (
        lambda world: _shown(world, "offline"),
        "THE CHAT IS OFF THE WEBSITE since 09:0",
    ),
    "another one": (
        lambda world: world.app.store.marks.put(Sighting(world.now(), "2001")),
        "Another chaport-sync works on the same accounts; stop one of the two, or lines are shown twice. ",
    ),
    "failing": (
        lambda world: Pulse(world.app.store, world.clock).note("statuses", ("Deskie: 503",), good=False),
        "Statuses have failed since 09:0",
    ),
}


def _shown(world: World, status: str) -> None:
    """Let the daemon record that Chaport shows every operator so."""
    for operator in world.chaport.operators:
        world.chaport.operator_sets(operator, status)


async def _well(world: World) -> None:
    for name in ("Ann", "Bob"):
        world.pair(name)
    world.pair("Cem", OFFLINE)
    await settled(world, 'status.manual_change = "respect"')
    Pulse(world.app.store, world.clock).note("statuses", (), good=True)


def _first(asking: Asking) -> str:
    return asking.status_for_people()[1].splitlines()[0]


async def test_all_is_well(world: World, asking: Asking) -> None:
    """P10: how many are online is said with it, and the same to programs."""
    await _well(world)
    assert _first(asking) == "All is well: 2 of 3 operators are online, so the chat is on the website."
    assert asking.status()["answer"] == _first(asking)


@pytest.mark.parametrize("what", TROUBLES)
async def test_what_is_not_well(world: World, asking: Asking, what: str) -> None:
    """P10: each by itself is said first."""
    await _well(world)
    trouble, words = TROUBLES[what]
    trouble(world)
    await polls(world)
    world.wait(1)
    assert _first(asking).startswith(words)


async def test_the_gravest_comes_first(world: World, asking: Asking) -> None:
    """P10: of several the one that does the most harm, and last of all that no daemon runs."""
    await _well(world)
    for trouble, words in TROUBLES.values():
        trouble(world)
        await polls(world)
        world.wait(1)
        assert _first(asking).startswith(words)
    await world.stop()
    assert _first(asking).startswith("THE DAEMON DOES NOT RUN: ")


async def test_why_a_flow_fails(world: World, asking: Asking) -> None:
    """P4: since when and why; and a flow that records nothing stands still, since its last sign of life."""
    await _well(world)
    Pulse(world.app.store, world.clock).note("statuses", ("Deskie: 503 (GET /staff.json)",), good=False)
    assert _first(asking) == f"Statuses have failed since {world.time.now():%H:%M:%S}: Deskie: 503 (GET /staff.json)"
    Pulse(world.app.store, world.clock).note("statuses", (), good=True)
    last = f"{world.time.now():%H:%M:%S}"
    world.wait(600)
    words = f"Statuses stand still: the daemon runs, but nothing has been recorded of them since {last}."
    assert _first(asking) == words


async def test_who_left_last(world: World, asking: Asking) -> None:
    """The chat off the website is the same fact in `status` and in `timeline`, in the same words."""
    ann, _ = world.pair("Ann")
    cem, _ = world.pair("Cem", OFFLINE)
    await settled(world, f'status.map.{TRAINING} = "invisible"')
    Pulse(world.app.store, world.clock).note("statuses", (), good=True)
    world.deskie.set_status(ann, OFFLINE)
    await polls_for(world, GRACE + 60)
    await polls(world, 2)
    # Whoever was invisible only did not leave the website.
    for status in (TRAINING, OFFLINE):
        world.deskie.set_status(cem, status)
        await polls_for(world, GRACE + 60)
    Pulse(world.app.store, world.clock).note("statuses", (), good=True)
    assert _first(asking) == asking.timeline_for_people()[0]
    assert _first(asking).endswith(": Ann left last (its agents left, and the grace is over).")
    assert asking.status_for_people()[0] == 0


async def test_nobody_is_paired(world: World, asking: Asking) -> None:
    """S3: then nobody can be online, and who asks is sent to where it is said why."""
    world.deskie.add_agent("Ann", "ann@acme.example", 1)
    world.chaport.add_operator("Bob", "bob@acme.example")
    await settled(world)
    Pulse(world.app.store, world.clock).note("statuses", (), good=True)
    assert _first(asking).startswith("No agent is paired with an operator, so nobody is set online; ")


async def test_parked(world: World, asking: Asking) -> None:
    """P3: that something does not stand in Deskie is said, with what to do, and without statuses no more is claimed."""
    world.deskie.quirks.reject_text = "order"
    story = await begin(world)
    pulse = Pulse(world.app.store, world.clock)
    pulse.note("transcripts", (), good=True)
    assert _first(asking) == (
        "All is well. Statuses are switched off ([status] enabled), so whether the chat is on the website is not known."
    )
    story.visitor_says("Where is my order?")
    await world.run(1200)
    pulse.note("transcripts", (), good=True)
    assert _first(asking) == "1 event is parked and does not stand in Deskie; `chaport-sync retry` sends it again."
