"""Machines of a cluster, each with a daemon as a worker, over real HTTP and PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from chaport_sync.sandbox import Sandbox
from chaport_sync.sandbox.serving import Urls
from tests.processes.daemon_process import DaemonProcess, Terminal, company

SHARED = """[accounts]
directory = "{accounts}"
[cluster]
database = "{database}"
worker = "{name}"
[status]
poll = {poll}
[transcripts]
poll = {poll}
deliver = "live"
start = "2026-01-01"
[chaport]
requests_per_second = 100
{more}
"""


class Machine(Terminal):
    """A machine with the configuration of a worker; the accounts' files are those of all machines."""

    def __init__(self, folder: Path, accounts: Path, database: str, more: str, poll: int) -> None:
        folder.mkdir()
        super().__init__(folder)
        self.name = folder.name
        self.accounts = accounts
        self.config.write_text(
            SHARED.format(accounts=accounts, database=database, name=self.name, more=more, poll=poll)
        )

    @property
    def daemon(self) -> DaemonProcess:
        """The daemon that was started last."""
        return self.processes[-1]

    def taken(self) -> list[str]:
        """Return which accounts its daemon has taken, in order."""
        return [each["account"] for each in self.daemon.events("account.taken")]


class Machines:
    """Machines with one database, and accounts that each have services of their own."""

    def __init__(self, folder: Path, database: str, stack: AsyncExitStack) -> None:
        self.folder = folder
        self.accounts = folder / "accounts.d"
        self.accounts.mkdir()
        self.sandboxes: dict[str, Sandbox] = {}
        self.machines: dict[str, Machine] = {}
        self._database = database
        self._stack = stack

    def machine(self, name: str, more: str = "", *, poll: int = 1) -> Machine:
        """Add a machine, with more sections in its file; its daemon is not started."""
        found = self.machines[name] = Machine(self.folder / name, self.accounts, self._database, more, poll)
        self._stack.push_async_callback(found.end)
        return found

    async def account(self, name: str) -> Sandbox:
        """Add an account with an agent who is online, and a visitor who has written."""
        sandbox = self.sandboxes[name] = company()
        sandbox.chaport.token = f"token-of-{name}"
        sandbox.deskie.add_agent("Ann", "ann@acme.example", 1)
        sandbox.chaport.add_operator("Ann", "ann@acme.example")
        self.visit(name, "Mary", f"Hi {name}")
        self.configure(name, await self._stack.enter_async_context(sandbox.serve()))
        return sandbox

    def configure(self, name: str, urls: Urls) -> None:
        """Write the files of an account."""
        sandbox = self.sandboxes[name]
        (self.accounts / f"{name}.deskie_api_key").write_text(sandbox.deskie.api_key)
        (self.accounts / f"{name}.chaport_token").write_text(sandbox.chaport.token)
        (self.accounts / f"{name}.toml").write_text(
            f'[deskie]\nurl = "{urls.deskie}"\nemail = "{sandbox.deskie.email}"\nrequests_per_minute = 6000\n'
            f'[chaport]\nurl = "{urls.chaport}"\n[cases]\nchannel = "cch12"\n'
        )

    def visit(self, name: str, visitor: str, text: str) -> None:
        """Let a new visitor write to an account."""
        chat = self.sandboxes[name].chaport.start_chat(self.sandboxes[name].chaport.add_visitor(visitor))
        self.sandboxes[name].chaport.visitor_says(chat, text)

    def served(self, name: str, lines: int = 1) -> bool:
        """Return whether an account's operator is online, and so many lines stand in its case."""
        sandbox = self.sandboxes[name]
        (operator,) = sandbox.chaport.operators
        return sandbox.chaport.status_of(operator) == "online" and len(self.lines(name)) == lines

    def lines(self, name: str) -> list[str]:
        """Return what visitors have said, as it stands in an account's cases."""
        cases = self.sandboxes[name].deskie.cases
        return [each.text for case in cases for each in case.messages if each.text.startswith("Hi ")]


@asynccontextmanager
async def machines(folder: Path, database: str) -> AsyncIterator[Machines]:
    """End every daemon, and after it each service."""
    async with AsyncExitStack() as stack:
        yield Machines(folder, database, stack)
