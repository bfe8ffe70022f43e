"""What a shell offers for WHO: names, addresses and numbers of the state file, and nothing that a shell would obey."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import BashComplete

from chaport_sync.cli.completion import fitting
from chaport_sync.cli.main import app
from tests.statuses.steps import settled
from tests.transcripts.stories import begin
from tests.world import World


def offered(*words: str) -> list[str]:
    """Return what bash offers for the last of these words."""
    *before, begun = words
    complete = BashComplete(app, {}, "chaport-sync", "_CHAPORT_SYNC_COMPLETE")
    return [item.value for item in complete.get_completions(before, begun)]


def config(world: World) -> str:
    """Return the configuration by which commands find a world's state file."""
    return str(world.folder / "config.toml")


@pytest.mark.parametrize(
    ("typed", "begun", "words"),
    [
        ([], "", ["Ann", "Anna", "ann@acme.example"]),
        ([], "ann", ["Ann", "Anna", "ann@acme.example"]),
        (["anna"], "", ["Berg", "Weber"]),
        (["Anna"], "we", ["Weber"]),
        (["Anna", "Weber"], "", []),
        (["Berg"], "", []),
    ],
)
def test_word_by_word(typed: list[str], begun: str, words: list[str]) -> None:
    """A name is completed word by word, however it is typed: a shell takes a blank for the end of a word."""
    assert fitting(["Ann", "Anna Weber", "Anna Berg", "ann@acme.example", ""], typed, begun) == words


@pytest.mark.parametrize(
    "name", ["$(reboot)", "`reboot`", ";reboot", "a;b", "a>b", "*", "~root", "--config", "a,b", "O'Brien", "\x1b[2J"]
)
def test_nothing_that_a_shell_would_obey(name: str) -> None:
    """P6: visitors type their names; none puts anything on an administrator's command line but a plain word."""
    assert fitting([name, f"Mary {name}"], [], "") == ["Mary"]
    assert fitting([f"Mary {name}"], ["Mary"], "") == []


async def test_whoever_can_be_explained(world: World) -> None:
    """`explain` knows agents, operators, visitors, cases and chats."""
    story = await begin(world, "status.enabled = true")
    story.visitor_says("Where is my order?")
    await world.run(60)
    at = ("--config", config(world), "explain")
    assert {"Ann", "ann@acme.example", "Mary", "mary@mail.example", "case", "chat"} <= set(offered(*at, ""))
    assert offered(*at, "ma") == ["Mary", "mary@mail.example"]
    assert offered(*at, "case", "") == [str(world.case().id)]
    assert offered(*at, "chat", "") == [str(story.chat.id)]
    assert offered("explain", "--config", config(world), "mar") == ["Mary", "mary@mail.example"]


@pytest.mark.parametrize("command", ["history", "timeline"])
async def test_whoever_has_a_history(world: World, command: str) -> None:
    """`history` and `timeline` know agents and operators only."""
    story = await begin(world, "status.enabled = true")
    story.visitor_says("Where is my order?")
    await world.run(60)
    assert {"Ann", "ann@acme.example"} <= set(offered(command, "--config", config(world), ""))
    assert offered(command, "--config", config(world), "m") == []
    assert offered(command, "--config", config(world), "case", "") == []


async def test_several_accounts(world: World) -> None:
    """The people of all accounts are offered, or of the one that is named; an account that has no state has nobody."""
    world.pair("Ann")
    await settled(world)
    await world.stop()
    (world.folder / "accounts.d").mkdir()
    for name in ("acme", "new"):
        (world.folder / "accounts.d" / f"{name}.toml").touch()
    (world.folder / "states").mkdir()
    shutil.copy(world.folder / "state.db", world.folder / "states" / "acme.db")
    shared = world.folder / "shared.toml"
    shared.write_text(f'[accounts]\ndirectory = "accounts.d"\n[state]\npath = "{world.folder}/states"\n')
    assert offered("explain", "--config", str(shared), "an") == ["Ann", "ann@acme.example"]
    assert offered("explain", "--config", str(shared), "--account", "acme", "an") == ["Ann", "ann@acme.example"]
    assert offered("explain", "--config", str(shared), "--account", "new", "an") == []


@pytest.mark.parametrize("text", [None, "no TOML", "[state]\npath = '/nowhere/state.db'\n", "[accounts]\n"])
def test_silence(tmp_path: Path, text: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever is wrong with the configuration or the state file, nothing is offered and nothing is said."""
    place = tmp_path / "config.toml"
    if text is not None:
        place.write_text(text)
    assert offered("explain", "--config", str(place), "") == []
    assert offered("--config", str(place), "history", "a") == []
    assert capsys.readouterr() == ("", "")


@pytest.mark.processes
async def test_as_a_shell_asks(world: World) -> None:
    """The program answers a shell with what it offers, and needs neither the network nor the settings for that."""
    world.pair("Ann")
    await settled(world)
    code = "import sys; sys.argv[0] = 'chaport-sync'; from chaport_sync.cli import main\ntry: main()\nfinally: "
    code += "print([name for name in ('pydantic', 'httpx', 'rich') if name in sys.modules], file=sys.stderr)"
    words = f"chaport-sync --config {config(world)} explain an"
    environ = os.environ | {"_CHAPORT_SYNC_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": "4"}
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environ)  # noqa: S603, ASYNC221
    assert done.stdout.splitlines() == ["plain,Ann", "plain,ann@acme.example"]
    assert done.stderr == "[]\n"
