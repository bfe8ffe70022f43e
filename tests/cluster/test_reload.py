"""P8, K4: a reload of an account that is held."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chaport_sync.cli.run_in_cluster import HeldConfig
from chaport_sync.monitoring.metrics import Metrics
from chaport_sync.store import StoreError
from tests.cluster.host import Host
from tests.store.logs import MemoryLog, Way

#: A state is closed in a thread, which takes real time.
pytestmark = pytest.mark.processes


def held_config(way: Way) -> HeldConfig:
    """Return the configuration of an account whose state is reached so."""

    async def load(work: Callable[[], Any]) -> Any:
        return work()

    worker: Any = SimpleNamespace(log_of=lambda _: way, load=load)
    return HeldConfig(worker, Metrics(), lambda _: None)


async def test_a_reload_while_the_database_is_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """K4: an account that starts over would load its state, so without the database the running one stays."""
    settings = Host(tmp_path, "postgresql://localhost/chaport", capsys, "acme").settings("acme")
    way = Way(MemoryLog())
    held = held_config(way)
    held.check(settings)
    app = await held.build()
    way.refuses = True
    with pytest.raises(StoreError, match="is not certainly held by this worker"):
        held.check(settings)
    way.refuses = False
    held.check(settings)
    await app.aclose()


async def test_a_reload_while_an_account_starts_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """P8: a second reload, while the state is closed and loaded again for the first, is not refused."""
    settings = Host(tmp_path, "postgresql://localhost/chaport", capsys, "acme").settings("acme")
    held = held_config(Way(MemoryLog()))
    held.check(settings)
    app = await held.build()
    await app.aclose()
    held.check(settings)
    await (await held.build()).aclose()
