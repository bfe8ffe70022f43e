"""`agents` and `once`: what they print of the sandbox's accounts."""

import json
from functools import partial

import pytest

from chaport_sync import app, logs
from chaport_sync.cli import agents
from tests.status.steps import LUNCH, ONLINE, TRAINING
from tests.world import World


@pytest.fixture
def on_sandbox(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world whose accounts the commands ask."""
    world.settings("transcripts.enabled = false")
    monkeypatch.setattr(logs, "setup", lambda *_, **__: None)
    monkeypatch.setenv("COLUMNS", "500")
    monkeypatch.setenv("CHAPORT_SYNC_DESKIE__API_KEY", world.deskie.api_key)
    monkeypatch.setenv("CHAPORT_SYNC_CHAPORT__TOKEN", world.chaport.token)
    built = partial(app.build, over=world.sandbox.transport())
    monkeypatch.setattr(agents, "build", built)
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
