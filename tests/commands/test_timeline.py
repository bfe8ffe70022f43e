"""`timeline`: whether the chat is on the website, who was online when, and when nobody was, and why."""

import json
import re
import shutil
import time
from datetime import datetime

import pytest
from click.testing import CliRunner
from freezegun import freeze_time
from rich.cells import cell_len

from chaport_sync.cli.main import app
from chaport_sync.cli.people import UnknownError
from chaport_sync.cli.timeline_picture import axis
from chaport_sync.cli.times import WrongTimeError
from chaport_sync.core.statuses.history import AgentSeen
from tests.commands.asking import Asking
from tests.commands.recording import CAME, LEFT, at_work, note_poll, record
from tests.commands.test_printing import EVIL, on_a_terminal
from tests.commands.test_usage import typed
from tests.statuses.steps import OFFLINE, polls, settled
from tests.world import World

#: The columns at which a cell is one hour of 24, if the longest name is "the website" and the longest total 11 letters.
AN_HOUR_A_CELL = 48


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


async def test_the_picture(world: World, asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row for each operator, who was online longest first, and the website's; hours above; a cell is an hour here.

    Half an hour without anybody, and a minute, differ from an hour that is covered whole.
    """
    await at_work(world)
    record(world, "Ann", (22, "online"), (15.5, "offline"), (15, "online"), (14, "invisible"), (10, "offline"))
    record(world, "Bob", (14, "online"), (10 + 1 / 60, "offline"), (10, "online"), (8, "offline"))
    record(world, "Cem", (40, "online"), (39, "offline"))
    on_a_terminal(AN_HOUR_A_CELL, monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in asking.timeline_for_people()]
    start = next(place for place, line in enumerate(lines) if line.endswith(" online"))
    assert lines[start : start + 4] == [
        "               12    18    Mon   06       online",
        "Ann         ··██████▄█▒▒▒▒··········  7 h 30 min",
        "Bob         ··········███▆██········  5 h 59 min",
        "the website ··██████▄████▆██········ 13 h 29 min",
    ]
    assert "Never online: Cem." in lines


async def test_colours(world: World, asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """Online is green, invisible is yellow, and what was not covered whole is red in the website's row."""
    await at_work(world)
    record(world, "Ann", (30, "online"), (15.5, "offline"), (15, "online"), (10, "invisible"))
    on_a_terminal(AN_HOUR_A_CELL, monkeypatch)
    monkeypatch.delenv("NO_COLOR", raising=False)
    ann, website = (line for line in asking.timeline_for_people() if "█▄█" in re.sub(r"\x1b\[[0-9;]*m", "", line))
    assert "\x1b[32m████████\x1b[0m\x1b[32m▄\x1b[0m" in ann
    assert "\x1b[33m▒▒▒▒▒▒▒▒▒▒\x1b[0m" in ann
    assert "\x1b[32m████████\x1b[0m\x1b[1;31m▄\x1b[0m" in website


async def test_few_letters(world: World) -> None:
    """Where the encoding has no blocks, letters do, with the same meaning; hours of the week are in percent."""
    await at_work(world)
    record(world, "Zoe")
    record(world, "Ann", (30, "online"), (15.5, "offline"), (15, "online"), (10, "invisible"), (2, "offline"))
    with freeze_time(world.time.now()):
        shown = CliRunner(charset="latin-1").invoke(
            app, ["--config", str(world.folder / "config.toml"), "timeline", "--since", "2d"], catch_exceptions=False
        )
    shown.stdout_bytes.decode("ascii")
    lines = shown.stdout.splitlines()
    assert "# online  *+- in part  = invisible  . offline  a cell is 51 min 26 s, UTC" in lines
    assert only_line(lines, "the website ") == f"the website {'.' * 21}{'#' * 16}*+#####+{'=' * 9}.. 19 h 30 min"
    assert only_line(lines, "17 ").split() == ["17", "0%", "50%"]


@pytest.mark.parametrize(
    ("since", "marks"),
    [
        (20 * 60, "01:45 01:50 01:55 03:00"),
        (86400, "03 06 09 12 15 18 21 Sun"),
        (7 * 86400, "Tue 24 Thu 26 Sat 28"),
        (60 * 86400, "Wed 11 Wed 25 Wed 11"),
    ],
)
def test_the_axis(since: float, marks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Marks stand at full minutes, hours or days of this machine's clock, also where it jumps from 2 to 3."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        end = datetime(2026, 3, 29, 3, 3).timestamp()  # noqa: DTZ001 - as people there read it
        shown = axis(end - since, end, 40)
    time.tzset()
    assert (" ".join(shown.split()), len(shown)) == (marks, 40)


async def test_a_pipe(world: World, asking: Asking) -> None:
    """Without a terminal the picture is 80 columns wide, and no row ends in blanks."""
    await at_work(world)
    record(world, "Ann", (30, "online"))
    website = only_line(asking.timeline_for_people(), "the website ")
    assert (len(website), website[-8:]) == (80, " 24 h 0 min"[-8:])


def only_line(lines: list[str], begin: str) -> str:
    """Return the only line that begins so."""
    (line,) = (line for line in lines if line.startswith(begin))
    return line


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


async def test_many_absences(world: World, asking: Asking) -> None:
    """The last 30 are shown, and how many there are; JSON has all."""
    await at_work(world)
    record(world, "Ann", *((40 - each / 2, ("online", "offline")[each % 2]) for each in range(70)))
    lines = asking.timeline_for_people(since="39h")
    assert "These are the last 30 of 34; --json gives all of them." in lines
    assert only_line(lines, "03:30:00 ").split()[1] == "now"
    assert len(asking.timeline(since="39h")["absences"]) == 34


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


async def test_the_week(world: World, asking: Asking) -> None:
    """From two days on: how much of each hour of the week somebody was online; shorter windows have no week."""
    await at_work(world)
    record(world, "Zoe")
    record(world, "Ann", (47, "online"), (46.5, "offline"), (2, "online"), (1, "offline"))
    lines = asking.timeline_for_people(since="2d")
    start = lines.index("How much of each hour of the week somebody was online (UTC):")
    assert lines[start + 1 : start + 5] == [
        "      Mon   Tue   Wed   Thu   Fri   Sat   Sun",
        "07      █                                   ·",
        "10                                    ▄     ·",
        "█ is the whole hour, · nothing of it, blank: not known",
    ]
    assert not any(line.startswith("How much") for line in asking.timeline_for_people(since="47h"))


async def test_agents_who_share(world: World, asking: Asking) -> None:
    """Totals of agents are shown where they are not those of their operators."""
    await at_work(world)
    record(world, "Ann", (10, "online"), (8, "offline"))
    assert not any(line.startswith("By agent") for line in asking.timeline_for_people())
    record(world, "Desk", (10, "online"), (9, "invisible"), (8, "offline"), agent="Ann")
    lines = asking.timeline_for_people()
    start = lines.index("By agent, as the operators that the agent drove:")
    assert [re.split(r"  +", line) for line in lines[start + 1 : start + 3]] == [
        ["Agent", "Online", "Invisible"],
        ["Ann", "2 h 0 min", "0 s"],
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


async def test_names_of_any_kind(world: World, asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """P6: agents name themselves: nothing commands the terminal, and no row is longer than the others."""
    await at_work(world)
    names = [f"{EVIL[:-1]} one", "[red]two[/red]", "three" * 60, "李小龙" * 30, "שלום"]
    for name in names:
        record(world, name, (10, "online"))
    lines = asking.timeline_for_people()
    rows = [line for line in lines if line.endswith(" 10 h 0 min")]
    assert len(rows) == len(names) + 1
    assert {cell_len(row) for row in rows} == {80}
    assert any(row.startswith("[red]two[/red] ") for row in rows)
    assert all(character.isprintable() for line in lines for character in line)
    on_a_terminal(40, monkeypatch)
    asking.timeline_for_people()


async def test_hundreds_of_operators(world: World, asking: Asking) -> None:
    """The 30 who were online longest are drawn; the others are counted."""
    await at_work(world)
    for each in range(35):
        record(world, f"Agent {each}", (2 + each / 2, "online"))
    record(world, "Zoe")
    lines = asking.timeline_for_people()
    rows = [line.rstrip() for line in lines if re.match(r"Agent \d+ +[^a-z]+ ", line)]
    assert [row.partition(" ")[2].split()[0] for row in rows] == [str(each) for each in reversed(range(5, 35))]
    assert "5 more operators were online for less; --json gives all of them." in lines
    assert "Never online: Zoe." in lines
    assert len(asking.timeline()["operators"]) == 36


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
