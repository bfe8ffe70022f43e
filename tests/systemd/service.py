"""The installed service between two accounts of its own, and all that its administrator can see of it."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from chaport_sync.sandbox import Sandbox
from chaport_sync.sandbox.chaport.records import Operator
from chaport_sync.sandbox.deskie.records import Staff
from chaport_sync.sandbox.serving import Urls
from tests.processes.daemon_process import company, configuration
from tests.systemd.machine import Machine

#: Deskie's ids of two statuses.
ONLINE, OFFLINE = 1, 2

PROGRAM = "/opt/chaport-sync/bin/chaport-sync"
#: Lets a machine be as it is after the first line of the README, which is the only one that takes long.
PURGE = "chaport-sync service remove --purge --yes"


@dataclass(frozen=True)
class Files:
    """Where a service has its files, and where its state really is; the users' own way to it is a link."""

    unit: str
    settings: str
    state: str

    @property
    def config(self) -> str:
        """The configuration."""
        return f"{self.settings}/config.toml"


PLAIN = Files("chaport-sync.service", "/etc/chaport-sync", "/var/lib/private/chaport-sync")
INSTANCE = Files("chaport-sync@acme.service", "/etc/chaport-sync/acme", "/var/lib/private/chaport-sync-acme")


class Service:
    """One of the installed services, and the accounts that its configuration names, in which Ann is online.

    Without an operator the daemon would not get ready: an empty list is not believed.
    """

    def __init__(self, machine: Machine, files: Files, sandbox: Sandbox, urls: Urls) -> None:
        self.machine = machine
        self.files = files
        self.sandbox = sandbox
        self.deskie, self.chaport = sandbox.deskie, sandbox.chaport
        self.urls = urls
        self._since = time.time()
        self.agent, self.ann = self.pair("Ann")

    def pair(self, name: str, status: int = ONLINE) -> tuple[Staff, Operator]:
        """Add an agent and the operator of the same address."""
        email = f"{name.lower()}@acme.example"
        return self.deskie.add_agent(name, email, status), self.chaport.add_operator(name, email)

    # ---- what an administrator does

    async def configure(self, *lines: str) -> None:
        """Write the configuration: the basics and these lines (`section.key = value`)."""
        await self.machine.write(self.files.config, configuration(self.sandbox, self.urls, *lines))

    async def systemctl(self, *words: str) -> str:
        """Do something that has to succeed with the service."""
        return await self.machine.tell("systemctl", *words, self.files.unit)

    async def override(self, *lines: str) -> None:
        """Put these lines of [Service] into a drop-in."""
        text = "\n".join(["[Service]", *lines, ""])
        await self.machine.write(f"/run/systemd/system/{self.files.unit}.d/test.conf", text)
        await self.machine.tell("systemctl", "daemon-reload")

    # ---- what an administrator sees

    async def show(self, name: str) -> str:
        """Return what systemd knows under this name."""
        return (await self.systemctl("show", "--value", "-p", name)).strip()

    async def pid(self) -> int:
        """Return the daemon's process id on the machine, 0 while it does not run."""
        return int(await self.show("MainPID"))

    async def journal(self, *options: str) -> list[dict[str, Any]]:
        """Return the journal's entries of this test that the service itself wrote, as the journal keeps them."""
        # Without --all the journal withholds long lines here.
        form = ("-q", "--all", "-o", "json", f"--since=@{self._since:.6f}", f"_SYSTEMD_UNIT={self.files.unit}")
        text = await self.machine.tell("journalctl", *form, *options)
        return [json.loads(line) for line in text.splitlines()]

    async def events(self, *names: str) -> list[dict[str, Any]]:
        """Return what the daemon has logged, of these names or all of it."""
        messages = [entry["MESSAGE"] for entry in await self.journal()]
        events = [json.loads(message) for message in messages if message.startswith("{")]
        return [event for event in events if not names or event["event"] in names]

    def shown(self) -> list[str]:
        """Return each line of a conversation that stands in Deskie, as often as it stands there; it has a mark <…>."""
        lines = [line for case in self.deskie.cases for message in case.messages for line in message.lines]
        return [mark[0] for line in lines if (mark := re.search(r"<\d+>", line))]

    def written(self, operator: Operator) -> list[tuple[str, float]]:
        """Return each status that was written for an operator, and when (Unix time)."""
        writes = self.sandbox.requests_of("chaport", "POST", f"/api/v1/operators/{operator.id}/")
        return [(write.body["status"], write.at.timestamp()) for write in writes]


@asynccontextmanager
async def service(machine: Machine, files: Files = PLAIN) -> AsyncIterator[Service]:
    """Return a service that is installed, but was never started, and throw away what it did."""
    sandbox = company()
    async with sandbox.serve() as urls:
        place = Service(machine, files, sandbox, urls)
        await machine.write(f"{files.settings}/deskie_api_key", sandbox.deskie.api_key, "600")
        await machine.write(f"{files.settings}/chaport_token", sandbox.chaport.token, "600")
        await place.configure()
        try:
            yield place
        finally:
            await clear(machine, files)


#: Kills the service rather than stops it: how it stops is for the tests of that to see.
_CLEAR = """
systemctl kill -s KILL "$1"
systemctl stop "$1"
systemctl reset-failed "$1"
rm -rf "$2" "/run/systemd/system/$1.d"
systemctl daemon-reload
test "$(systemctl show --value -p MainPID "$1")" = 0
"""


async def clear(machine: Machine, files: Files) -> None:
    """Let it be as if the service had never been started."""
    await machine.tell("sh", "-c", _CLEAR, "clear", files.unit, files.state)


#: What a removal takes away is put back for the other tests.
_KEPT = "/run/kept.tar"


@asynccontextmanager
async def kept(host: Machine) -> AsyncIterator[None]:
    """End the service afterwards, and put back, for the other tests, what the installation has put on the machine."""
    await host.tell("sh", "-c", f"tar -cPf {_KEPT} /etc/chaport-sync /opt/chaport-sync")
    try:
        yield
    finally:
        await clear(host, PLAIN)
        again = "/opt/chaport-sync/bin/chaport-sync service install --force"
        await host.tell("sh", "-c", f"tar -xPf {_KEPT} && rm {_KEPT} && {again}")


async def eventually(seen: Callable[[], Awaitable[object]], within: float = 30.0) -> None:
    """Wait until something is true of the machine; fail when it does not become so."""
    try:
        async with asyncio.timeout(within):
            while not await seen():  # noqa: ASYNC110 - what is seen is another machine's doing
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError("it did not happen in time") from None
