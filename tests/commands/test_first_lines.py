"""README's table "When something looks odd": the first line of each command that it names is the answer."""

import asyncio
import io
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

import pytest

from chaport_sync.cli import check
from chaport_sync.cli.exits import readable_exits
from chaport_sync.cli.main import app
from chaport_sync.core.transcripts.read_back import Sighting
from chaport_sync.doctor.examination import examine
from chaport_sync.monitoring.monitor import Pulse
from tests.commands.asking import Asking
from tests.daemon.running import running
from tests.docs.pages import ROOT, text
from tests.statuses.steps import GRACE, LUNCH, OFFLINE, polls, polls_for, settled
from tests.transcripts.stories import begin
from tests.world import World

Story = Callable[[World, Asking], Awaitable[str]]
STATUS = "systemctl status chaport-sync"


async def _nobody_is_online(world: World, asking: Asking) -> str:
    ann, _ = world.pair("Ann")
    await settled(world)
    world.deskie.set_status(ann, OFFLINE)
    await polls_for(world, GRACE + 60)
    await polls(world, 2)
    return asking.timeline_for_people()[0]


async def _a_status_is_not_mapped(world: World, asking: Asking) -> str:
    world.pair("Ann", LUNCH)
    await settled(world)
    return asking.explain_for_people("ann@acme.example").splitlines()[0]


async def _deskie_rejects_a_text(world: World, asking: Asking) -> str:
    world.deskie.quirks.reject_text = "order"
    story = await begin(world)
    story.visitor_says("Hello")
    await world.run(60)
    story.visitor_says("Where is my order?")
    await world.run(1200)
    return asking.explain_for_people("Mary").splitlines()[0]


async def _a_bot_answers(world: World, asking: Asking) -> str:
    story = await begin(world)
    story.bot_says("How can I help?")
    story.visitor_says("Where is my order?")
    await world.run(60)
    return asking.explain_for_people("case 2001").splitlines()[0]


async def _another_one_writes(world: World, asking: Asking) -> str:
    world.pair("Ann")
    await settled(world)
    Pulse(world.app.store, world.clock).note("statuses", (), good=True)
    world.app.store.marks.put(Sighting(world.now(), "2001"))
    return asking.status_for_people()[1].splitlines()[0]


async def _it_cannot_read_deskie(world: World, _: Asking) -> str:
    world.pair("Ann")
    world.sandbox.faults.add("error", side="deskie", times=None, status=401)
    async with running(world) as manager:
        await asyncio.sleep(60)
        return [line.removeprefix("STATUS=") for line in manager.told if line.startswith("STATUS=")][-1]


#: By the command in the row: how what it names comes about, and how the first line begins.
STORIES: dict[str, tuple[Story, str]] = {
    "chaport-sync timeline": (
        _nobody_is_online,
        "THE CHAT IS OFF THE WEBSITE since TIME: Ann left last (its agents left, and the grace is over).",
    ),
    "chaport-sync explain ann@acme.example": (
        _a_status_is_not_mapped,
        "Ann is offline in Chaport because Ann is in Lunch (120273), which counts as offline, because [status.map] ",
    ),
    "chaport-sync explain Mary": (
        _deskie_rejects_a_text,
        "The chat of Mary is in case 2001, which is open: nobody has answered; 1 line is shown, 1 is parked (400 ",
    ),
    "chaport-sync explain case 2001": (
        _a_bot_answers,
        "The chat of Mary is in case 2001, which is pending: a bot answers, and no person has taken part; 2 lines ",
    ),
    "chaport-sync status": (
        _another_one_writes,
        "Another chaport-sync works on the same accounts; stop one of the two, or lines are shown twice. It was ",
    ),
    STATUS: (_it_cannot_read_deskie, "statuses failing (Deskie: 401 "),
}
#: These commands ask the accounts themselves; a test of each is below.
CHECKS = {"chaport-sync check", "chaport-sync check --offline"}


def _commands() -> set[str]:
    """Return the commands that the rows of the table name."""
    table = (
        text(ROOT / "README.md").partition("## When something looks odd")[2].partition("\n\n")[2].partition("\n\n")[0]
    )
    codes = [code for line in table.splitlines() for code in re.findall(r"`([^`]+)`", line)]
    return {code for code in codes if code.startswith(("chaport-sync", "systemctl"))}


def test_each_row_is_tried() -> None:
    """Whoever adds a row with a command says here what its first line answers."""
    assert _commands() == STORIES.keys() | CHECKS


@pytest.mark.parametrize("command", STORIES)
async def test_the_first_line_is_the_answer(world: World, asking: Asking, command: str) -> None:
    """What somebody sees who types what the row says: what is so, why, and what comes next or is to be done."""
    story, answer = STORIES[command]
    assert re.sub(r"\d\d:\d\d:\d\d", "TIME", await story(world, asking)).startswith(answer)


@pytest.fixture
def checked(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., list[str]]:
    """What runs `check` on the world's accounts and returns the lines that are printed, of errors too."""
    monkeypatch.setattr(check, "examine", partial(examine, over=world.sandbox.transport()))
    monkeypatch.setenv("CHAPORT_SYNC_DESKIE__API_KEY", world.deskie.api_key)
    monkeypatch.setenv("CHAPORT_SYNC_CHAPORT__TOKEN", world.chaport.token)
    world.pair("Ann")
    world.settings()

    def run(*words: str) -> list[str]:
        errors = io.StringIO()
        with suppress(SystemExit), readable_exits(errors):
            app(["--config", str(world.folder / "config.toml"), *words], standalone_mode=False)
        return (capsys.readouterr().out + errors.getvalue()).splitlines()

    return run


def test_check(world: World, checked: Callable[..., list[str]]) -> None:
    """A flow fails because a key was revoked: `check` says so first, for whom, and what to do."""
    world.deskie.api_key = "another"
    assert checked("check")[0].startswith("1 thing failed, ")
    assert ". Deskie: 401 " in checked("check")[0]


def test_check_offline(world: World, checked: Callable[..., list[str]]) -> None:
    """A reload fails because of a key that there is not: its error comes first, and is short with `--quiet` too."""
    path = world.folder / "config.toml"
    path.write_text(f"{path.read_text()}\n[status]\npolll = 5\n")
    for words in (("check", "--offline"), ("check", "--offline", "--quiet")):
        (line,) = checked(*words)
        assert "the configuration cannot be used: " in line
        assert "[status] polll: " in line
