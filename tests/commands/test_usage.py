"""How commands are typed, and what is said when they are typed wrongly."""

import json
import time

import pytest
from click.testing import CliRunner, Result

from chaport_sync.cli.main import app, main
from chaport_sync.times import zone
from tests.statuses.steps import settled
from tests.world import World


def typed(world: World, *words: str) -> Result:
    """Return what comes of a command."""
    return CliRunner().invoke(app, ["--config", str(world.folder / "config.toml"), *words])


@pytest.mark.parametrize("command", ["explain", "history", "timeline"])
@pytest.mark.parametrize("who", ["", " "])
async def test_nobody_at_all(world: World, command: str, who: str) -> None:
    """An empty WHO is no question; 2 is wrong usage."""
    await settled(world)
    result = typed(world, command, who)
    assert (result.exit_code, "WHO is empty; give " in result.stderr) == (2, True)


async def test_several_words(world: World) -> None:
    """WHO needs no quotes."""
    world.deskie.add_agent("Rosa Berg", "rosa@acme.example", 1)
    world.chaport.add_operator("Rosa Berg", "rosa@acme.example")
    await settled(world)
    told = json.loads(typed(world, "explain", "Rosa", "Berg", "--json").stdout)
    assert told["operators"][0]["operator"]["email"] == "rosa@acme.example"
    assert len(json.loads(typed(world, "history", "rosa", "berg", "--json").stdout)["changes"]) == 1


async def test_two_forms_at_once(world: World) -> None:
    """JSON and CSV cannot both be printed."""
    await settled(world)
    result = typed(world, "history", "--json", "--csv")
    assert (result.exit_code, "--json and --csv cannot go together" in result.stderr) == (2, True)


@pytest.mark.parametrize("command", ["status", "history", "timeline", "chats", "retry"])
async def test_where_the_configuration_is_named(world: World, command: str) -> None:
    """`--config` is understood before the command and after it."""
    await settled(world)
    config = str(world.folder / "config.toml")
    before = CliRunner().invoke(app, ["--config", config, command, "--json"])
    after = CliRunner().invoke(app, [command, "--config", config, "--json"])
    assert json.loads(before.stdout)["state_file"] == json.loads(after.stdout)["state_file"]


def test_which_configuration_was_looked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a configuration it is said which file is missing."""
    monkeypatch.setattr("sys.argv", ["chaport-sync", "status", "--config", "/nowhere/config.toml"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 78
    assert capsys.readouterr().err == (
        "chaport-sync: the configuration cannot be used: /nowhere/config.toml: "
        "the configuration file does not exist; name another with --config or $CHAPORT_SYNC_CONFIG\n"
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [("UTC", "UTC"), ("Europe/Istanbul", "UTC+3"), ("Asia/Kolkata", "UTC+5:30"), ("America/New_York", "UTC-5")],
)
def test_the_zone_of_times(name: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Times in tables are of this machine, and say so."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", name)
        time.tzset()
        assert zone(1_800_000_000.0) == shown
    time.tzset()
