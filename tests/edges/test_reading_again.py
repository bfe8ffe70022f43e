"""The configuration is read again: what the state file does not take is refused, and what runs goes on."""

import pytest

from chaport_sync.cli.run import Reading
from chaport_sync.store import StoreError
from tests.edges.stores import full_disk
from tests.world import World


@pytest.fixture
def reading(world: World, monkeypatch: pytest.MonkeyPatch) -> Reading:
    """The configuration of a daemon that runs."""
    world.settings()
    monkeypatch.setenv("CHAPORT_SYNC_DESKIE__API_KEY", world.deskie.api_key)
    monkeypatch.setenv("CHAPORT_SYNC_CHAPORT__TOKEN", world.chaport.token)
    monkeypatch.setattr("chaport_sync.logs.setup", lambda *_, **__: None)
    return Reading(world.folder / "config.toml", dry_run=False)


async def test_a_disk_that_is_full(world: World, reading: Reading) -> None:
    """P8, P10: the old configuration stays in force, and once there is room the new one is taken."""
    reading.check()
    app = reading.build()
    world.settings("status.offline_grace = 7")
    with full_disk(), pytest.raises(StoreError, match=str(world.folder / "state.db")):
        reading.check()
    assert app.store.recall("rules")["presence"]["offline_grace"] == 180
    reading.check()
    await app.aclose()
    with full_disk(32768 * 2):
        app = reading.build()
    assert app.store.recall("rules")["presence"]["offline_grace"] == 7
    await app.aclose()


@pytest.mark.parametrize("names", [["state.db"], ["state.db", "state.db.lock"]])
async def test_a_state_file_that_was_removed(world: World, reading: Reading, names: list[str]) -> None:
    """P7: nobody starts over with an empty one, which perhaps another daemon uses by now."""
    reading.check()
    app = reading.build()
    for name in names:
        (world.folder / name).unlink()
    with pytest.raises(StoreError, match="removed or replaced"):
        reading.check()
    assert not (world.folder / "state.db").exists()
    await app.aclose()
