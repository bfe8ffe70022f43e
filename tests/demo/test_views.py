"""What the demo shows: pictures that fit their terminal, lines that tell the story, and a summary that is fair."""

import io
import re
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from chaport_sync.cli.demo.command import print_summary
from chaport_sync.cli.demo.live import LiveView
from chaport_sync.cli.demo.plain import PlainView
from chaport_sync.cli.demo.playback import View
from chaport_sync.sandbox import Sandbox
from chaport_sync.sandbox.story.play import Play
from chaport_sync.sandbox.story.script import ANSWER, ASK, END, EXPECTATIONS, FAIL, JOIN, LOSE, SCENES, Expectation
from chaport_sync.sandbox.story.stage import Stage
from tests.demo.performances import performance
from tests.virtual_time import VirtualTime
from tests.world import World

#: The seconds at which pictures are drawn.
DRAWN = {0, *(int(at) + 1 for at in (LOSE, ASK, JOIN, ANSWER, FAIL)), int(END)}


def telling(world: World, view: View) -> Callable[[Play], None]:
    """Tell a view what was logged since the last time."""
    told = 0

    def tell(play: Play) -> None:
        nonlocal told
        for entry in world.log[told:]:
            if entry["log_level"] != "debug":
                fields = {key: value for key, value in entry.items() if key != "log_level"}
                view.tell(play.stage.elapsed, {**fields, "level": entry["log_level"]})
        told = len(world.log)

    return tell


def terminal(width: int, height: int) -> Console:
    """A terminal without colours."""
    return Console(file=io.StringIO(), width=width, height=height, force_terminal=True, color_system=None)


def drawn(console: Console, view: LiveView, play: Play) -> str:
    """The picture at this moment, without what changes the look of the letters."""
    with console.capture() as capture:
        console.print(view.picture(play, console.height))
    return re.sub(r"\x1b\[[\d;]*m", "", capture.get())


async def test_the_demo(world: World, tmp_path: Path, time: VirtualTime) -> None:
    """With the daemon all of the story is seen, in pictures that fit and in lines that any terminal can print."""
    out = io.StringIO()
    plain = PlainView(out)
    consoles = [terminal(80, 24), terminal(120, 40)]
    views = [LiveView(console) for console in consoles]
    everybody: list[View] = [plain, *views]
    tells = [telling(world, view) for view in everybody]
    pictures: dict[int, list[str]] = {}

    def look(play: Play) -> None:
        for tell in tells:
            tell(play)
        plain.show(play)
        second = int(play.stage.elapsed)
        if second in DRAWN and second not in pictures:
            pictures[second] = [drawn(console, view, play) for console, view in zip(consoles, views, strict=True)]

    play = await performance(tmp_path, time, each=look)
    assert [(verdict.expectation.words, verdict.instead) for verdict in play.verdicts] == [
        (expectation.words, "") for expectation in EXPECTATIONS
    ]
    for small, large in pictures.values():
        assert_fits(small, 80, 24)
        assert_fits(large, 120, 40)
    assert_shows_the_story({second: small for second, (small, _) in pictures.items()})
    assert_shows_the_story({second: large for second, (_, large) in pictures.items()})
    assert_tells_the_story(out.getvalue())


def assert_fits(picture: str, width: int, height: int) -> None:
    """Check that a picture has no more rows and columns than its terminal."""
    rows = picture.splitlines()
    assert len(rows) <= height
    assert max(map(len, rows)) <= width
    assert "Log of the daemon" in picture


def assert_shows_the_story(pictures: dict[int, str]) -> None:
    """Check some pictures, by the second at which they were drawn."""
    lost = pictures[int(LOSE) + 1]
    assert re.search(r"Boris +Training .*Boris +● online +lease \d\d s +offline in [1-3] s", lost)
    assert re.search(r"Clara +Offline .*Clara +● online +lease \d\d s +offline in [4-6] s", lost)
    assert "waiting (pending)" in pictures[int(ASK) + 1]
    assert "customer Where is my order 1044?" in pictures[int(ASK) + 1]
    assert "Deskie case · open" in pictures[int(JOIN) + 1]
    assert "note     Ann: It left this morning." in pictures[int(ANSWER) + 1]
    assert "Deskie agents · down" in pictures[int(FAIL) + 1]
    assert "customer Thanks a lot!" in pictures[int(END)]


def assert_tells_the_story(printed: str) -> None:
    """Check that each scene is told once, the log between the scenes, in letters that any terminal has."""
    lines = printed.splitlines()
    assert printed.isascii()
    for words in {scene.words for scene in SCENES}:
        assert len([line for line in lines if line.endswith(words)]) == 1
    assert lines[0] == "0:00  Four people in both services, all of them offline. chaport-sync starts."
    assert "0:02      status.changed          ann  offline -> online  its agents count as online" in lines
    assert "0:22      delivery.sent           case 2001  customer  1 event" in lines
    assert not any("cycle" in line for line in lines)


def test_the_summary_says_what_was_seen_instead(time: VirtualTime) -> None:
    """Each expectation is a line, and what was missed has another."""
    expectations = (
        Expectation("Nothing is seen", 1, 1, lambda _: ""),
        Expectation("There is a case", 2, 4, lambda on: "" if on.case else "there is no case"),
    )
    play = Play(Stage(Sandbox(time.now)), SCENES, expectations)
    while not play.over:
        play.advance()
        time.advance(1)
    console = Console(file=io.StringIO(), width=80)
    with console.capture() as capture:
        print_summary(play.verdicts, console)
    assert [line.rstrip() for line in capture.get().splitlines()] == [
        "Expected                          Seen at  Result",
        "Nothing is seen                      0:01  ok",
        "There is a case                            MISSED",
        "  seen instead: there is no case",
        "1 of 2 expectations were missed.",
    ]
