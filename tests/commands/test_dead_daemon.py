"""A daemon that is dead or stuck: said first, with what has come of it (S5, P10)."""

from dataclasses import replace
from pathlib import Path

import pytest

from chaport_sync.core.statuses.lease import LeaseInForce
from chaport_sync.monitoring.monitor import Pulse
from tests.commands.asking import Asking
from tests.statuses.steps import OFFLINE, polls, settled
from tests.transcripts.stories import begin
from tests.world import World, only

QUICK = ("status.poll = 10", "status.lease = 60")


async def _died(world: World, *lines: str) -> None:
    """Let the daemon be at work, and end it."""
    await settled(world, *QUICK, *lines)
    Pulse(world.app.store, world.clock).note("statuses", (), good=True)
    await world.stop()


async def test_while_a_lease_is_left(world: World, asking: Asking) -> None:
    """S5: what comes first is that it does not run, until when operators stay online, and what that means."""
    world.pair("Ann")
    await _died(world)
    world.wait(20)
    code, shown = asking.status_for_people()
    first = shown.splitlines()[0]
    assert first.startswith("THE DAEMON DOES NOT RUN: it was last at work at ")
    assert "1 operator stays online until its lease ends at " in first
    assert first.endswith(": then the chat is off the website.")
    assert (code, only(asking.status()["flows"])["state"]) == (1, "stale")
    assert asking.explain_for_people("ann").splitlines()[0] == first
    told = only(asking.explain("ann")["operators"])
    assert told["next"].startswith("Chaport ends online at ")
    assert told["next"].endswith("; nothing else happens until the daemon runs again")


async def test_with_the_lease_that_was_in_force(world: World, asking: Asking) -> None:
    """S5: a renewal without an answer may last as long as leases did last, and not only as long as configured."""
    world.pair("Ann")
    await settled(world, *QUICK)
    Pulse(world.app.store, world.clock).note("statuses", (), good=True)
    world.app.store.marks.put(LeaseInForce(200.0, 60.0, "there are many"))
    (state,) = world.app.store.statuses.operators().values()
    at = state.lease_until - 1
    sent = replace(state, attempted="online", attempted_at=at, attempted_until=state.lease_until)
    world.app.store.statuses.record_operators([sent])
    await world.stop()
    world.wait(at + 70 - world.now())
    assert "1 operator stays online" in asking.status_for_people()[1].splitlines()[0]


async def test_when_all_leases_are_over(world: World, asking: Asking) -> None:
    """S5: then the chat is off the website, since when, and nothing is called online any more."""
    world.pair("Ann")
    world.pair("Bob")
    await _died(world)
    world.wait(100)
    _, shown = asking.status_for_people()
    assert "2 operators went offline when their leases ended, the last at " in shown
    assert ": the chat is off the website." in shown.splitlines()[0]
    assert "2 paired; when it was last at work, 2 online." in shown
    told = only(asking.explain("ann")["operators"])
    assert told["next"].startswith("Chaport ended online at ")
    assert told["lines"][0].startswith("When the daemon was last at work, Chaport showed it online since ")


async def test_a_grace_that_nobody_ends(world: World, asking: Asking) -> None:
    """S4: what a dead daemon will not do is not promised."""
    ann, _ = world.pair("Ann")
    await settled(world, *QUICK)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    await world.stop()
    _, shown = asking.status_for_people()
    assert "left" not in shown.replace("its lease", "")
    assert "goes offline at" not in only(asking.explain("ann")["operators"])["next"]


async def test_a_chat(world: World, asking: Asking) -> None:
    """T7: a chat is not read and nothing of it delivered by a dead daemon."""
    story = await begin(world)
    story.visitor_says("Where is my order?")
    await world.run(60)
    await world.stop()
    lines = only(asking.explain(f"chat {story.chat.id}")["chats"])["lines"]
    assert "It is read again once the daemon runs again." in lines
    assert lines[-1].startswith("Next: nothing happens until the daemon runs again (")


async def test_a_daemon_that_hangs(world: World, asking: Asking) -> None:
    """P10: a process that runs and has not polled for long is not well, judged at the moment of asking."""
    world.pair("Ann")
    await settled(world, *QUICK)
    pulse = Pulse(world.app.store, world.clock)
    pulse.note("statuses", (), good=True)
    world.wait(60)
    assert (asking.status_for_people()[0], only(asking.status()["flows"])["state"]) == (0, "ok")
    world.wait(60)
    code, shown = asking.status_for_people()
    assert (code, only(asking.status()["flows"])["state"]) == (1, "stale")
    assert "THE DAEMON DOES NOT RUN" not in shown


async def test_where_locks_cannot_be_seen(
    world: World, asking: Asking, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """P10: in a container that does not tell, the last beat decides, and that it is not known is said."""
    monkeypatch.setattr("chaport_sync.store.lock.LOCKS", tmp_path / "nowhere")
    world.pair("Ann")
    await settled(world, *QUICK)
    Pulse(world.app.store, world.clock).note("statuses", (), good=True)
    world.wait(30)
    code, shown = asking.status_for_people()
    told = asking.status()
    assert (code, told["running"], told["at_work"]) == (0, None, True)
    assert "(whether a daemon runs on it cannot be seen here)" in shown
    world.wait(600)
    code, shown = asking.status_for_people()
    assert (code, asking.status()["at_work"]) == (1, False)
    assert shown.startswith("THE DAEMON DOES NOT RUN (this machine does not tell which files are in use): it was last")


async def test_one_that_fails_is_alive(
    world: World, asking: Asking, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """P10: who fails for long beats on, so that failing is not taken for being dead."""
    monkeypatch.setattr("chaport_sync.store.lock.LOCKS", tmp_path / "nowhere")
    await settled(world, *QUICK)
    pulse = Pulse(world.app.store, world.clock)
    for _ in range(60):
        pulse.note("statuses", ("Deskie: 503",), good=False)
        world.wait(10)
    told = asking.status()
    assert (told["at_work"], only(told["flows"])["state"], only(told["flows"])["failing_seconds"]) == (
        True,
        "failed",
        600,
    )


async def test_nothing_was_done_yet(world: World, asking: Asking) -> None:
    """A file that no daemon has worked on says so."""
    await settled(world, *QUICK)
    await world.stop()
    _, shown = asking.status_for_people()
    assert shown.startswith("THE DAEMON DOES NOT RUN: it has not finished a poll yet. It held no operator online.")
