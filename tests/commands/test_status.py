"""`status` and `retry`: what the daemon knows, seen beside it."""

from pathlib import Path

import pytest

from chaport_sync.cli.retry import run_retry
from chaport_sync.core.health import Beat
from chaport_sync.core.settings_in_force import Rejection
from chaport_sync.core.skew import ClocksAhead
from chaport_sync.core.transcripts.read_back import Sighting
from chaport_sync.core.transcripts.turns import Lateness, Work
from chaport_sync.monitoring.monitor import Pulse
from chaport_sync.paths import UnreadableFileError
from chaport_sync.store import Store, StoreError, is_in_use
from chaport_sync.store.schema import MIGRATIONS
from chaport_sync.times import iso
from tests.commands.asking import Asking
from tests.core.statuses.operators import AS_ASKED
from tests.statuses.steps import OFFLINE, polls, settled
from tests.transcripts.stories import begin
from tests.world import World, only


async def test_operators_in_grace(world: World, asking: Asking) -> None:
    """S4: who is on the way to offline, with the time left; the rest is counted."""
    ann, _ = world.pair("Ann")
    world.pair("Bob")
    await settled(world, "status.poll = 10")
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    await polls(world, 2)
    told = {each["operator"]["email"]: each for each in asking.status()["operators"]}
    assert 0 < told["ann@acme.example"]["grace_seconds"] < 180
    assert told["bob@acme.example"]["grace_seconds"] is None
    assert told["bob@acme.example"]["lease_seconds"] > 300
    _, shown = asking.status_for_people()
    assert "2 paired: 2 online" in shown
    assert "ann@acme.example" in shown
    assert "bob@acme.example" not in shown


async def test_the_lease_in_force(world: World, asking: Asking) -> None:
    """S5: a lease that is longer than configured is told, with its reason; programs are told each."""
    for number in range(16):
        world.pair(f"agent{number}")
    await settled(world, "chaport.requests_per_second = 1", "status.lease = 60")
    why = "16 operators cannot be renewed faster at 1 request a second"
    assert asking.status()["lease"] == {"seconds": 64, "configured": 60, "reason": why}
    assert f"Leases: 64 s instead of 60 s, because {why}." in " ".join(asking.status_for_people()[1].split())
    await settled(world, "status.lease = 64")
    assert asking.status()["lease"] == {"seconds": 64, "configured": 64, "reason": ""}
    assert "Leases" not in asking.status_for_people()[1]


async def test_flows(world: World, asking: Asking) -> None:
    """P4: how each flow gets on, and since when one fails and why; a flow that is off is not listed."""
    await settled(world, "transcripts.enabled = false")
    assert [flow["flow"] for flow in asking.status()["flows"]] == ["statuses"]
    pulse = Pulse(world.app.store, world.clock)
    pulse.note("statuses", (), good=True)
    assert only(asking.status()["flows"])["good_seconds_ago"] == 0
    code, shown = asking.status_for_people()
    assert "ok" in shown
    assert code == 0
    world.wait(60)
    pulse.note("statuses", ("Deskie: 503 (GET /staff.json)",), good=False)
    world.wait(30)
    pulse.note("statuses", ("Deskie: waiting after a failure",), good=False)
    flow = only(asking.status()["flows"])
    assert (flow["failing_seconds"], flow["good_seconds_ago"]) == (30, 90)
    code, shown = asking.status_for_people()
    assert code == 1
    assert "for 30 s: " in shown


async def test_another_instance(world: World, asking: Asking) -> None:
    """A second daemon on the same accounts is told of, with what to do, while the one that noticed it runs."""
    await settled(world)
    assert asking.status()["other_instance"] is None
    assert "another chaport-sync" not in asking.status_for_people()[1]
    world.app.store.marks.put(Sighting(world.now(), "2001"))
    assert asking.status()["other_instance"] == {"at": iso(world.now()), "case": "2001"}
    shown = " ".join(asking.status_for_people()[1].split())
    assert "Noticed in case 2001 at 09:" in shown
    assert "another chaport-sync works on the same accounts; stop one of the two" in shown
    await world.stop()
    assert "another chaport-sync" not in asking.status_for_people()[1]


async def test_the_daemon_runs_or_not(world: World, asking: Asking) -> None:
    """It is said whether a daemon uses the file; asking takes no lock and leaves nothing behind."""
    await world.start()
    assert asking.status()["running"]
    await world.stop()
    assert not asking.status()["running"]
    assert {each.name for each in world.folder.iterdir()} <= {"state.db", "state.db.lock", "config.toml"}


async def test_a_configuration_that_was_rejected(world: World, asking: Asking) -> None:
    """P8: while the daemon goes by the old configuration, it is said that the new one was rejected, when, and why."""
    await world.start("status.enabled = false")
    await world.transcripts()
    assert asking.status()["config_rejected"] is None
    world.app.store.marks.put(Rejection(world.now(), ("[status] polll: unknown key",)))
    assert asking.status()["config_rejected"]["problems"] == ["[status] polll: unknown key"]
    shown = asking.status_for_people()[1]
    assert "The configuration was rejected at " in shown
    assert "[status] polll: unknown key" in shown


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (Work.READING, "Reading in Chaport is 1 min 35 s late: 12 visitors wait to be read."),
        (Work.DELIVERING, "Delivering is 1 min 35 s late: 12 visitors wait to be shown."),
    ],
)
async def test_how_late_it_is(world: World, asking: Asking, work: Work, words: str) -> None:
    """T7, P9: how late reading or delivering is, and how many wait, if it is late at all."""
    app = await world.start()
    assert asking.status()[work] == {"late_seconds": 0, "visitors_waiting": 0}
    assert " late: " not in asking.status_for_people()[1]
    app.store.marks.put(Lateness(95.4, 12), of=work)
    assert asking.status()[work] == {"late_seconds": 95, "visitors_waiting": 12}
    assert words in asking.status_for_people()[1]


def test_whose_lock_it_is(tmp_path: Path) -> None:
    """P7: only the lock of this very file counts."""
    store = Store.open(tmp_path / "a.db")
    Store.open(tmp_path / "b.db").close()
    assert [is_in_use(tmp_path / name) for name in ("a.db", "b.db", "c.db")] == [True, False, False]
    store.close()
    assert not is_in_use(tmp_path / "a.db")


async def test_what_the_daemon_goes_by(world: World, asking: Asking) -> None:
    """What is shown are the rules that the daemon was started with, whatever the file says while it is edited."""
    ann, _ = world.pair("Ann")
    await settled(world, "status.poll = 10", "status.offline_grace = 600", "transcripts.enabled = false")
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    (world.folder / "config.toml").write_text(f'[state]\npath = "{world.folder}/state.db"\n[status]\nnot_yet =')
    with pytest.raises(UnreadableFileError, match="not valid TOML"):
        asking.status()
    (world.folder / "config.toml").write_text(f'[state]\npath = "{world.folder}/state.db"\n[status]\nnot_yet = 1')
    told = asking.status()
    assert [flow["flow"] for flow in told["flows"]] == ["statuses"]
    assert only(told["operators"])["grace_seconds"] > 500


async def test_a_file_without_the_rules(world: World, asking: Asking) -> None:
    """P7: what a version wrote that did not write down its rules has to be updated by the daemon first."""
    app = await world.start()
    app.store.connection._sqlite.execute("DELETE FROM meta WHERE key = 'RulesInForce'")
    with pytest.raises(StoreError, match="is of an older version; start the daemon once"):
        asking.status()


async def test_an_older_file_is_left_to_the_daemon(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """P7: a command beside the daemon does not migrate its file."""
    await world.start()
    monkeypatch.setattr("chaport_sync.store.file.MIGRATIONS", (*MIGRATIONS, ""))
    with pytest.raises(StoreError, match="is of an older version; start the daemon once"):
        run_retry(world.folder / "config.toml", as_json=False)


async def test_how_often_all_is_well_is_written(world: World) -> None:
    """Each writing waits for the disk: that nothing changed is written down now and then only."""
    app = await world.start()
    pulse = Pulse(app.store, world.clock)
    written: list[float | None] = []
    for _ in range(10):
        pulse.note("statuses", (), good=True)
        written.append(app.store.marks.get(Beat, "statuses").good_at)
        world.wait(4)
    assert len(set(written)) == 4
    assert app.store.marks.get(Beat, "transcripts") == Beat()


async def test_many_operators_in_motion(world: World, asking: Asking) -> None:
    """A long table tells nobody anything: the first are shown, and JSON has all of them."""
    agents = [world.pair(f"agent{number}")[0] for number in range(35)]
    await settled(world)
    for agent in agents:
        world.deskie.set_status(agent, OFFLINE)
    await polls(world)
    _, shown = asking.status_for_people()
    assert shown.count("it goes offline when the grace is over") == 30
    assert "5 more are in motion; --json gives all of them." in shown
    assert len(asking.status()["operators"]) == 35


async def test_right_after_a_write(world: World, asking: Asking) -> None:
    """S6: what was written is shown at once, and not what the poll found before it; since then it is so."""
    ann, _ = world.pair("Ann")
    world.pair("Bob")
    await world.start("transcripts.enabled = false", "status.offline_grace = 0", "status.poll = 10")
    await world.statuses()
    _, shown = asking.status_for_people()
    assert "2 paired: 2 online." in shown
    assert "Why it is not plainly so" not in shown
    told = only(asking.explain("ann")["operators"])
    assert (told["chaport_status"], told["rule"], told["reason"]) == ("online", *AS_ASKED)
    assert told["since"] == iso(world.now())
    world.wait(10)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world, 2)
    since = iso(world.now())
    assert only(asking.explain("ann")["operators"])["chaport_status"] == "offline"
    await polls(world, 3)
    assert only(asking.explain("ann")["operators"])["since"] <= since


async def test_what_is_held_back(world: World, asking: Asking) -> None:
    """T3: what only a bot has said is not waiting, however long it is remembered."""
    story = await begin(world)
    story.bot_says("How can I help?")
    await world.run(60)
    assert asking.status()["deliveries"] == {"waiting": 0, "held": 1, "parked": 0}
    assert (
        "Deliveries: 0 events wait, 1 is held back while only a bot has spoken, 0 are parked."
        in (asking.status_for_people()[1])
    )
    assert "0 lines are shown, 1 is held back." in only(asking.explain("mary")["chats"])["lines"]
    story.visitor_says("Hello")
    await world.run(60)
    assert asking.status()["deliveries"] == {"waiting": 0, "held": 0, "parked": 0}


async def test_a_clock_that_differs(world: World, asking: Asking) -> None:
    """A wrong clock of this machine is said, with what to do, to people and to programs."""
    world.pair("Ann")
    await settled(world)
    Pulse(world.app.store, world.clock).note("statuses", (), good=True)
    world.app.store.marks.put(ClocksAhead({"Chaport": -3600.4}))
    shown = asking.status_for_people()[1]
    assert "This machine's clock is 3600 s behind Chaport's; let this machine keep time by NTP." in shown
    assert asking.status()["clocks_ahead_seconds"] == {"chaport": -3600}
