"""A host of a cluster: its configuration, commands that are typed on it, and a worker in small that holds accounts."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from chaport_sync.cli import main
from chaport_sync.cluster.leases import Leases
from chaport_sync.cluster.log import AccountLog
from chaport_sync.cluster.session import Session
from chaport_sync.config import Settings, load_accounts
from chaport_sync.core.ledger import parked
from chaport_sync.core.statuses.history import OperatorSeen
from chaport_sync.state_file import open_store
from chaport_sync.store import Store
from chaport_sync.store.schema import MIGRATIONS
from tests.store.stores import chat, line


class Host:
    """A host with a configuration in a folder.

    Attributes:
        config: Its shared file.
    """

    def __init__(self, folder: Path, url: str, capsys: pytest.CaptureFixture[str], *accounts: str) -> None:
        self.folder, self.config, self._capsys, self.url = folder, folder / "config.toml", capsys, url
        (folder / "accounts.d").mkdir()
        for name in accounts:
            self.add(name)
        self.configure(f"database = '{url}'")

    def add(self, name: str) -> None:
        """Put the file of an account there, with its keys."""
        directory = self.folder / "accounts.d"
        address = f'[deskie]\nurl = "https://{name}.deskie.io"\nemail = "sync@{name}.example"\n'
        (directory / f"{name}.toml").write_text(f'{address}[cases]\nchannel = "cch1"\n')
        (directory / f"{name}.deskie_api_key").write_text(f"key-of-{name}")
        (directory / f"{name}.chaport_token").write_text(f"token-of-{name}")

    def configure(self, cluster: str) -> None:
        """Write the shared file, with these lines about the cluster."""
        shared = f'[accounts]\ndirectory = "accounts.d"\n[state]\npath = "{self.folder / "state"}"\n'
        self.config.write_text(f"{shared}[cluster]\n{cluster}\n")

    def settings(self, name: str) -> Settings:
        """Return the settings of an account."""
        found = load_accounts(self.config, {})
        assert found is not None
        return found.settings[name]

    def state(self, name: str) -> Path:
        """Return where the state file of an account is or would be."""
        return self.folder / "state" / f"{name}.db"

    def type(self, *words: str) -> tuple[int, str]:
        """Type a command; return its exit code and what is read, the errors at the end."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.argv", ["chaport-sync", "--config", str(self.config), *words])
            patch.setitem(os.environ, "COLUMNS", "200")
            with pytest.raises(SystemExit) as ended:
                main()
        read = self._capsys.readouterr()
        return int(ended.value.code or 0), read.out + read.err

    def asked(self, *words: str) -> tuple[int, Any]:
        """Type a command with --json; return its exit code and what it says."""
        code, text = self.type(*words, "--json")
        return code, json.loads(text)

    @asynccontextmanager
    async def worker(self, name: str, *files: str) -> AsyncIterator[dict[str, Store]]:
        """Let a worker with files for these accounts take what falls to it, and open the state of each."""
        session = Session(self.url)
        await session.open()
        stores: dict[str, Store] = {}
        try:
            leases = Leases(session, name, len(MIGRATIONS), files)
            for each in (await leases.turn())[0]:
                log = AccountLog(session, each.account, each.term)
                stores[each.account] = await asyncio.to_thread(open_store, self.settings(each.account), log=log)
            yield stores
        finally:
            for store in stores.values():
                await asyncio.to_thread(store.close)
            await session.close()


def fill(store: Store) -> None:
    """Record an operator and a parked line."""
    store.statuses.record_seen([], [OperatorSeen("1", "Ann")])
    store.transcripts.record(chat(case_id="2001"), [parked(line(text="a secret"), "too_long", 5.0)])
