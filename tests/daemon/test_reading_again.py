"""The configuration is read again: what the state file does not take is refused, and what runs goes on."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from chaport_sync.cli.live_config import LiveConfig
from chaport_sync.core.settings_in_force import RulesInForce
from chaport_sync.core.transcripts.read_back import Sighting
from chaport_sync.monitoring.metrics import Metrics
from chaport_sync.store import StoreError
from tests.statuses.test_disk import locked
from tests.store.stores import chat, full_disk
from tests.world import World

Refusing = Callable[[Path], AbstractContextManager[None]]


def full(_path: Path) -> AbstractContextManager[None]:
    """Let the disk be full, but for what SQLite itself needs to open a file."""
    return full_disk(32768)


@pytest.fixture
def live() -> LiveConfig:
    """Give the configuration of a daemon that runs."""
    return LiveConfig(Metrics(), lambda _: None, dry_run=False)


@pytest.mark.parametrize("refusing", [full, locked])
@pytest.mark.parametrize("grace", [180, 7])
async def test_a_disk_that_refuses(world: World, live: LiveConfig, refusing: Refusing, grace: int) -> None:
    """P8, P10: what runs goes on, since it knows more than is recorded, and later the new configuration is taken."""
    live.check(world.settings())
    app = await live.build()
    changed = world.settings(f"status.offline_grace = {grace}")
    with refusing(world.folder / "state.db"), pytest.raises(StoreError, match=str(world.folder / "state.db")):
        live.check(changed)
    assert app.store.marks.get(RulesInForce).presence.offline_grace == 180
    live.check(changed)
    await app.aclose()
    app = await live.build()
    assert app.store.marks.get(RulesInForce).presence.offline_grace == grace
    await app.aclose()


@pytest.mark.parametrize("refusing", [full, locked])
async def test_a_start_needs_no_record(world: World, live: LiveConfig, refusing: Refusing) -> None:
    """P10: a daemon that is started while the disk refuses is there to renew what is recorded."""
    live.check(world.settings())
    app = await live.build()
    app.store.transcripts.record(chat())
    app.store.marks.put(Sighting(5.0, "2001"))
    with refusing(world.folder / "state.db"):
        await app.aclose()
        app = await live.build()
    await app.aclose()


@pytest.mark.parametrize("names", [["state.db"], ["state.db", "state.db.lock"]])
async def test_a_state_file_that_was_removed(world: World, live: LiveConfig, names: list[str]) -> None:
    """P7: nobody starts over with an empty one, which perhaps another daemon uses by now."""
    live.check(world.settings())
    app = await live.build()
    for name in names:
        (world.folder / name).unlink()
    with pytest.raises(StoreError, match="removed or replaced"):
        live.check(world.settings())
    assert not (world.folder / "state.db").exists()
    await app.aclose()
