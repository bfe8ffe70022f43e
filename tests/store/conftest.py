"""A ledger for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chaport_sync.store import Store


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Store]:
    """An empty ledger in memory; the file that it names is neither there nor made."""
    store = Store.copy_of(tmp_path / "state.db")
    yield store
    store.close()
