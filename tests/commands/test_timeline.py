"""`timeline`: whether the chat is on the website, who was online when, and when nobody was, and why."""

import json
import re
import shutil

import pytest

from chaport_sync.cli.people import UnknownError
from chaport_sync.core.statuses.history import AgentSeen
from chaport_sync.times import WrongTimeError
from tests.commands.asking import Asking
from tests.commands.recording import CAME, LEFT, at_work, note_poll, only_line, record
from tests.commands.test_usage import typed
from tests.statuses.steps import OFFLINE, polls, settled
from tests.world import World


async def test_the_first_line_while_somebody_is_online(world: World, asking: Asking) -> None:
    """It says who is online, and since when somebody is."""
    await at_work(world)
    record(world, "Zoe")
    record(world, "Ann", (3, "online"))
    assert asking.timeline_for_people()[0] == "The chat is on the website since 06:00:00: Ann is online."
    for name in ("Bob", "Cem", "Deniz", "Elif"):
        record(world, name, (2, "online"))
    told = "The chat is on the website since 06:00:00: Ann, Bob, Cem and 2 more are online."
    assert asking.timeline_for_people()[0] == asking.timeline()["answer"] == told
    assert asking.timeline_for_people(since="1h")[0].startswith("The chat is on the website at least since 08:00:00: ")


async def test_the_first_line_while_nobody_is_online(world: World, asking: Asking) -> None:
    """S4: a true story: it says since when nobody is, who left last and why."""
    ann, _ = world.pair("Ann")
    await settled(world, "status.offline_grace = 0", "status.poll = 10")
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    note_poll(world)
    world.wait(5)
    first = asking.timeline_for_people()[0]
    assert first == f"THE CHAT IS OFF THE WEBSITE since 09:00:20: Ann left last ({LEFT})."


async def test_somebody_who_left_by_hand(world: World, asking: Asking) -> None:
    """S7: that a person did it in Chaport is said; who is invisible is not online."""
    await at_work(world)
    record(world, "Ann", (3, "online"), (1, "invisible"), by_hand=True)
    told = f"THE CHAT IS OFF THE WEBSITE since 08:00:00: Ann left last (by hand; {CAME})."
    assert asking.timeline_for_people()[0] == told


async def test_no_daemon(world: World, asking: Asking) -> None:
    """S5: that no daemon runs comes first, in the words of `status`; then what is known until now."""
    world.pair("Ann")
    await settled(world, "status.poll = 10", "status.lease = 60")
    note_poll(world)
    await world.stop()
    world.wait(200)
    first, second, *_ = asking.timeline_for_people()
    assert first == asking.status_for_people()[1].splitlines()[0]
    assert first.startswith("THE DAEMON DOES NOT RUN: ")
    assert second.startswith("THE CHAT IS OFF THE WEBSITE since 09:01:")
    assert second.endswith(": Ann left last (its lease is over, and Chaport has not been read since).")


async def test_a_daemon_that_stands_still(world: World, asking: Asking) -> None:
    """P10: if nothing has been recorded for longer than a few polls take, that comes before what may be over."""
    await at_work(world)
    record(world, "Ann", (3, "online"))
    world.wait(1800)
    first, second, *_ = asking.timeline_for_people()
    assert first == "NOTHING HAS BEEN RECORDED OF STATUSES SINCE 09:00:00; this is what was known then."
    assert second.endswith(": Ann is online.")
    assert asking.timeline()["last_poll"] == "2026-11-02T09:00:00+00:00"


async def test_when_nobody_was_online(world: World, asking: Asking) -> None:
    """Each time: from when to when, how long, who left last and why, and who came back; the last one may still last."""
    await at_work(world)
    record(world, "Ann", (40, "online"), (15.5, "offline"), (15, "online"), (4, "offline"))
    record(world, "Bob", (14.5, "online"), (10, "offline"))
    lines = asking.timeline_for_people()
    start = lines.index("Nobody was online 2 times, 4 h 30 min in all:")
    assert [re.split(r"  +", line) for line in lines[start + 1 : start + 4]] == [
        ["From (UTC)", "To", "How long", "Left last, and why", "Back first"],
        ["2026-11-01 17:30:00", "18:00:00", "30 min", f"Ann: {LEFT}", "Ann"],
        ["05:00:00", "now", "4 h", f"Ann: {LEFT}"],
    ]
    told = asking.timeline()["absences"]
    ann = {"id": "op-Ann", "name": "Ann", "email": "ann@acme.example"}
    left = [{"operator": ann, "reason": LEFT, "by_hand": False}]
    assert told == [
        {"start": "2026-11-01T17:30:00+00:00", "end": "2026-11-01T18:00:00+00:00", "left": left, "back": [ann]},
        {"start": "2026-11-02T05:00:00+00:00", "end": None, "left": left, "back": []},
    ]


async def test_what_began_before(world: World, asking: Asking) -> None:
    """Of a time without anybody that began before the window it is said that it did, and not who left."""
    await at_work(world)
    record(world, "Ann", (40, "online"), (30, "offline"), (15, "online"))
    lines = asking.timeline_for_people()
    assert "2026-11-01 09:00:00  18:00:00  9 h       it began before     Ann" in lines


async def test_somebody_all_the_time(world: World, asking: Asking) -> None:
    """That there was no time without anybody is said."""
    await at_work(world)
    record(world, "Ann", (30, "online"))
    assert "Somebody was online all the time." in asking.timeline_for_people()


async def test_json(world: World, asking: Asking) -> None:
    """Programs get the window, all rows with their stretches and seconds, and who drove an operator."""
    await at_work(world)
    record(world, "Zoe")
    record(world, "Ann", (3, "online"), (1, "offline"))
    told = asking.timeline(since="4h")
    assert (told["start"], told["end"]) == ("2026-11-02T05:00:00+00:00", "2026-11-02T09:00:00+00:00")
    assert told["recorded_since"] == "2026-10-24T09:00:00+00:00"
    ann, zoe = told["operators"]
    assert (ann["seconds"], zoe["seconds"]) == ({"offline": 7200, "online": 7200}, {"offline": 14400})
    assert ann["spans"][1] == {
        "start": "2026-11-02T06:00:00+00:00",
        "end": "2026-11-02T08:00:00+00:00",
        "status": "online",
        "agents": [{"id": "agent-Ann", "name": "Ann", "email": ""}],
        "reason": CAME,
        "by_hand": False,
    }
    assert [each["agent"]["id"] for each in told["agents"]] == ["agent-Ann", "agent-Zoe"]
    assert told["website"]["seconds"] == {"offline": 7200, "online": 7200}
    assert told["coverage"] == [
        {"weekday": 0, "hour": hour, "online_seconds": online, "known_seconds": 3600}
        for hour, online in ((5, 0), (6, 3600), (7, 3600), (8, 0))
    ]


@pytest.mark.parametrize("who", ["bob", "Bob", "bob@acme.example", "agent-Bob"])
async def test_of_one(world: World, asking: Asking, who: str) -> None:
    """WHO is an agent or an operator, also one who is gone; the website's row is that of all."""
    await at_work(world)
    record(world, "Ann", (10, "online"))
    record(world, "Bob", (9, "online"), (8, "offline"), gone=True)
    told = asking.timeline(who)
    assert [each["operator"]["name"] for each in told["operators"]] == ["Bob"]
    assert told["website"]["seconds"]["online"] == 36000
    assert told["answer"].endswith("Ann is online.")
    lines = asking.timeline_for_people(who)
    assert only_line(lines, "Bob ").endswith(" 1 h 0 min")
    assert not any(line.startswith("Ann ") for line in lines)


async def test_who_is_asked_for_is_drawn(world: World, asking: Asking) -> None:
    """Whoever is asked for has a row, also if never online."""
    await at_work(world)
    record(world, "Ann", (10, "online"))
    record(world, "Zoe")
    assert only_line(asking.timeline_for_people("zoe"), "Zoe ").endswith(" 0 s")


async def test_an_agent_without_an_operator(world: World, asking: Asking) -> None:
    """Whoever has no operator has no row, and this is said; the website's is there."""
    await at_work(world)
    record(world, "Ann", (10, "online"))
    world.app.store.statuses.record_seen([AgentSeen("7", "Cem")], ())
    lines = asking.timeline_for_people("cem")
    assert "In this time cem has no operator of which anything is recorded." in lines
    assert only_line(lines, "the website ").endswith(" 10 h 0 min")


async def test_nobody_of_this_name(world: World, asking: Asking) -> None:
    """The nearest names are told, as `history` does."""
    await at_work(world)
    record(world, "Ann", (10, "online"))
    with pytest.raises(UnknownError, match="the nearest are ann"):
        asking.timeline("anm")


@pytest.mark.parametrize(
    ("since", "told"),
    [("soon", "is no time: give 30m, 12h"), ("2030-01-01", "is not in the past"), ("0h", "is not in the past")],
)
async def test_wrong_times(world: World, asking: Asking, since: str, told: str) -> None:
    """What is no time, or leaves no time to show, is told with what would be right."""
    await at_work(world)
    for ask in (asking.timeline, asking.chats):
        with pytest.raises(WrongTimeError, match=told):
            ask(since=since)


async def test_longer_than_what_is_kept(world: World, asking: Asking) -> None:
    """P7: a window is cut to what is kept, or recorded, and a sentence says so; who never changed tells no more."""
    await at_work(world, "state.keep = 2")
    record(world, "Zoe")
    record(world, "Ann", (10, "online"))
    lines = asking.timeline_for_people(since="4w")
    assert "The records begin at 2026-10-31 09:00:00; they are kept 2 days ([state] keep)." in lines
    assert asking.timeline(since="999999w")["start"] == "2026-10-31T09:00:00+00:00"
    assert not any(line.startswith("The records begin") for line in asking.timeline_for_people(since="2d"))


async def test_an_empty_state_file(world: World, asking: Asking) -> None:
    """Before the first good poll nothing is known, and nothing is drawn."""
    await at_work(world)
    lines = asking.timeline_for_people()
    assert (lines[0], len(lines)) == ("Nothing is recorded of operators yet.", 2)
    told = asking.timeline()
    assert (told["recorded_since"], told["operators"], told["absences"], told["coverage"]) == (None, [], [], [])


async def test_statuses_that_are_switched_off(world: World, asking: Asking) -> None:
    """What was recorded before they were switched off tells nothing of now."""
    await at_work(world)
    record(world, "Ann", (10, "online"))
    await world.start("status.enabled = false", "transcripts.enabled = true")
    lines = asking.timeline_for_people()
    assert lines[0].startswith("Statuses are switched off ([status] enabled)")
    assert len(lines) == 2


async def test_several_accounts(world: World) -> None:
    """Each account is told under its name, in JSON too; one in which nobody has this name is left out."""
    await at_work(world)
    record(world, "Ann", (10, "online"))
    await world.stop()
    (world.folder / "accounts.d").mkdir()
    (world.folder / "states").mkdir()
    for name in ("acme", "beta"):
        (world.folder / "accounts.d" / f"{name}.toml").touch()
        shutil.copy(world.folder / "state.db", world.folder / "states" / f"{name}.db")
    shared = f'[accounts]\ndirectory = "accounts.d"\n[state]\npath = "{world.folder}/states"\n'
    (world.folder / "config.toml").write_text(shared)
    for command, key in (("timeline", "website"), ("chats", "outcomes")):
        shown = typed(world, command)
        assert (shown.exit_code, [line for line in shown.stdout.splitlines() if line in ("acme:", "beta:")]) == (
            0,
            ["acme:", "beta:"],
        )
        told = json.loads(typed(world, command, "--json").stdout)["accounts"]
        assert {name: key in each for name, each in told.items()} == {"acme": True, "beta": True}
        assert key in json.loads(typed(world, command, "--json", "--account", "beta").stdout)
