"""`agents` and `once`: what they print of the sandbox's accounts."""

import json
from functools import partial

import pytest

from chaport_sync import app
from chaport_sync.cli import agents, once
from chaport_sync.cli.exits import Code
from tests.statuses.steps import LUNCH, ONLINE, TRAINING
from tests.world import World


@pytest.fixture
def on_sandbox(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world whose accounts the commands ask."""
    world.settings()
    monkeypatch.setenv("COLUMNS", "500")
    monkeypatch.setenv("CHAPORT_SYNC_DESKIE__API_KEY", world.deskie.api_key)
    monkeypatch.setenv("CHAPORT_SYNC_CHAPORT__TOKEN", world.chaport.token)
    built = partial(app.build, over=world.sandbox.transport())
    monkeypatch.setattr(agents, "build", built)
    monkeypatch.setattr(once, "build", built)
    return world


def test_statuses_without_a_mapping(on_sandbox: World, capsys: pytest.CaptureFixture[str]) -> None:
    """S2: that nobody decided what a status counts as stands in the row of each agent who is in it."""
    on_sandbox.settings(f'status.map.{LUNCH} = "keep"')
    for name, status in (("Ann", ONLINE), ("Bob", TRAINING), ("Cay", LUNCH)):
        on_sandbox.pair(name, status)
    config = on_sandbox.folder / "config.toml"
    agents.run_agents(config, as_json=True)
    rows = json.loads(capsys.readouterr().out)["agents"]
    assert {row["agent"]["name"]: row["mapped"] for row in rows if row["operator"]} == {
        "Ann": True,
        "Bob": False,
        "Cay": True,
    }
    agents.run_agents(config, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    words = "it is in a status which counts as offline, because [status.map] does not name it; "
    assert [name for name in ("Ann", "Bob", "Cay") for line in lines if name in line and words in line] == ["Bob"]


def test_a_status_without_a_mapping_is_said_once(on_sandbox: World, capsys: pytest.CaptureFixture[str]) -> None:
    """S2: what nobody decided is the reason for what happens to the operator, too; the row says it in one way."""
    _, operator = on_sandbox.pair("Bob", TRAINING)
    on_sandbox.chaport.operator_sets(operator, "online")
    agents.run_agents(on_sandbox.folder / "config.toml", as_json=False)
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("Bob"))
    assert "[status.map] does not name it" in row
    assert "is not mapped" not in row


NOBODY = "Chaport: it has no operators; add them there"


@pytest.mark.parametrize("lines", [(), ("replies.enabled = true",)], ids=["without replies", "with replies"])
def test_an_account_without_operators(
    on_sandbox: World, capsys: pytest.CaptureFixture[str], lines: tuple[str, ...]
) -> None:
    """S8: each flow needs them; that there are none is said once, with what to do."""
    on_sandbox.settings(*lines)
    on_sandbox.deskie.add_agent("Ann", "ann@acme.example", ONLINE)
    config = on_sandbox.folder / "config.toml"
    assert agents.run_agents(config, as_json=False) == Code.FAILED
    assert capsys.readouterr().out.splitlines() == [f"Failed: {NOBODY}"]
    assert once.run_once(config, dry_run=True, as_json=False) == Code.FAILED
    assert [line for line in capsys.readouterr().out.splitlines() if "operators" in line] == [f"Failed: {NOBODY}"]


async def test_each_flow_without_operators(world: World) -> None:
    """S8: both flows fail for the same reason, so `status` and the log call it the same."""
    world.deskie.add_agent("Ann", "ann@acme.example", ONLINE)
    await world.start()
    (one,), (other,) = (await world.statuses()).errors, (await world.transcripts()).errors
    assert (one, other) == (NOBODY, f"{NOBODY} (GET /operators)")


def test_what_is_noted_is_a_sentence(on_sandbox: World, capsys: pytest.CaptureFixture[str]) -> None:
    """S2, S3: the log's fields are for programs; people are told what it means and what to do."""
    on_sandbox.pair("Bob", TRAINING)
    on_sandbox.deskie.add_agent("Eve", "eve@acme.example", ONLINE)
    once.run_once(on_sandbox.folder / "config.toml", dry_run=True, as_json=False)
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "Agent eve@acme.example drives no operator: no operator has its e-mail address.",
        "Status 113808 (Training) is not in [status.map]: it counts as offline. `check` prints the line.",
    ]
