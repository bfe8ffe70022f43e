"""How `timeline` looks: rows of blocks or letters, an axis, the hours of the week, totals, long tables (P6)."""

import re
import time
from datetime import datetime

import pytest
from click.testing import CliRunner
from freezegun import freeze_time
from rich.cells import cell_len

from chaport_sync.cli.main import app
from chaport_sync.cli.timeline_picture import axis
from tests.commands.asking import Asking
from tests.commands.recording import at_work, only_line, record
from tests.commands.test_printing import EVIL, on_a_terminal
from tests.world import World

#: The columns at which a cell is one hour of 24, if the longest name is "the website" and the longest total 11 letters.
AN_HOUR_A_CELL = 48


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


async def test_many_absences(world: World, asking: Asking) -> None:
    """The last 30 are shown, and how many there are; JSON has all."""
    await at_work(world)
    record(world, "Ann", *((40 - each / 2, ("online", "offline")[each % 2]) for each in range(70)))
    lines = asking.timeline_for_people(since="39h")
    assert "These are the last 30 of 34; --json gives all of them." in lines
    assert only_line(lines, "03:30:00 ").split()[1] == "now"
    assert len(asking.timeline(since="39h")["absences"]) == 34
