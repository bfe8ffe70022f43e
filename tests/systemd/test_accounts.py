"""One service for many accounts, as docs/fleet.md sets it up."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import count

import pytest

from chaport_sync.sandbox import Sandbox
from chaport_sync.sandbox.serving import Urls
from tests.processes.daemon_process import company, until
from tests.systemd.machine import Machine
from tests.systemd.readme import commands
from tests.systemd.service import ONLINE, PLAIN, PROGRAM, Service, eventually, service

pytestmark = pytest.mark.processes

DIRECTORY = "/etc/chaport-sync/accounts.d"
SHARED = '[accounts]\ndirectory = "accounts.d"\n[status]\npoll = 1\n[transcripts]\npoll = 1\n'
#: A line is shown within two polls, and a second for a machine that has other work (seconds).
LATE = 3.0
#: What is left of it would be in the way of the tests after this one.
CLEAR = f"rm -rf {DIRECTORY} /etc/systemd/system/chaport-sync.service.d; systemctl daemon-reload"


async def add(machine: Machine, name: str, sandbox: Sandbox, urls: Urls, more: str = "") -> None:
    """Write an account's files, which only the service's group may read."""
    content = (
        f'[deskie]\nurl = "{urls.deskie}"\nemail = "{sandbox.deskie.email}"\nrequests_per_minute = 6000\n'
        f'[chaport]\nurl = "{urls.chaport}"\nrequests_per_second = 100\n'
        f'[cases]\nchannel = "{sandbox.deskie.channels[0].key}"\n{more}'
    )
    secrets = {"deskie_api_key": sandbox.deskie.api_key, "chaport_token": sandbox.chaport.token}
    for suffix, text in {"toml": content, **secrets}.items():
        await machine.write(f"{DIRECTORY}/{name}.{suffix}", text, "640")


def another(name: str) -> Sandbox:
    """Return one more company, with an agent who is online."""
    sandbox = company()
    sandbox.chaport.token = f"token-of-{name}"
    sandbox.deskie.add_agent("Bob", f"bob@{name}.example", ONLINE)
    sandbox.chaport.add_operator("Bob", f"bob@{name}.example")
    return sandbox


class Talk:
    """A visitor and an operator who write to each other without a pause, each line with a mark."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._deskie, self._chaport = sandbox.deskie, sandbox.chaport
        self._chat = self._chaport.start_chat(self._chaport.add_visitor("Vera"), None)
        self._written: dict[str, datetime] = {}

    async def go_on(self) -> None:
        """Write until the task is cancelled."""
        for number in count():
            if number % 3 < 2:
                event = self._chaport.visitor_says(self._chat, f"words <{number}>")
            else:
                event = self._chaport.operator_says(self._chat, self._chaport.operators[0], f"words <{number}>")
            self._written[f"<{number}>"] = event.at
            await asyncio.sleep(0.2)

    def must_be_shown(self) -> None:
        """Each line stands in the case once, in order, and soon after it was written."""
        (case,) = self._deskie.cases
        shown = [(mark, each.created_at) for each in case.messages for mark in re.findall(r"<\d+>", each.text)]
        marks = [mark for mark, _ in shown]
        assert marks == [*self._written]
        late = {mark: (at - self._written[mark]).total_seconds() for mark, at in shown}
        assert max(late.values()) < LATE, late

    @property
    def over(self) -> bool:
        """Whether its last line stands somewhere."""
        last = [*self._written][-1]
        return any(last in message.text for case in self._deskie.cases for message in case.messages)


@asynccontextmanager
async def talking(*sandboxes: Sandbox) -> AsyncIterator[None]:
    """Let a chat go on in each account while the block runs, and look in the end at what is shown of it."""
    talks = [Talk(sandbox) for sandbox in sandboxes]
    tasks = [asyncio.create_task(talk.go_on()) for talk in talks]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
    await until(lambda: all(talk.over for talk in talks))
    for talk in talks:
        talk.must_be_shown()


async def test_one_service_for_many_accounts(host: Machine) -> None:
    """P4, P8: an account comes, changes and goes by reloads; what others show is neither late, lost nor doubled."""
    gamma = another("gamma")
    async with service(host) as acme, gamma.serve() as urls:
        try:
            await host.write(PLAIN.config, SHARED)
            await host.tell("mkdir", "-p", DIRECTORY)
            await add(host, "acme", acme.sandbox, acme.urls)
            await add(host, "gamma", gamma, urls)
            await host.tell("sh", "-ec", "\n".join(commands("## The service", "docs/fleet.md")))
            await until(lambda: all_online(acme.sandbox) and all_online(gamma))
            async with talking(acme.sandbox, gamma):
                await _come_and_gone(host, acme)
        finally:
            await host.tell("sh", "-c", CLEAR)


def all_online(sandbox: Sandbox) -> bool:
    """Return whether all operators are online."""
    return all(sandbox.chaport.status_of(operator) == "online" for operator in sandbox.chaport.operators)


async def told_that_all_are_well(place: Service) -> bool:
    """Return whether `systemctl status` says so; it is told every ten seconds."""
    return await place.show("StatusText") == "3 of 3 accounts ok"


async def _come_and_gone(host: Machine, acme: Service) -> None:
    pid, beta = await acme.pid(), another("beta")
    async with beta.serve() as urls:
        await add(host, "beta", beta, urls)
        await _reload(host, acme)
        await until(lambda: all_online(beta))
        assert await acme.pid() == pid
        assert [each["account"] for each in await acme.events("account.started")] == ["acme", "gamma", "beta"]
        assert await acme.events("config.reloaded", "config.rejected", "account.failed") == []
        # In this status an agent is offline until the configuration says otherwise.
        beta.deskie.add_agent("Cleo", "cleo@beta.example", 113808)
        beta.chaport.add_operator("Cleo", "cleo@beta.example")
        await add(host, "beta", beta, urls, '[status.map]\n113808 = "online"\n')
        await _reload(host, acme)
        await until(lambda: all_online(beta))
        assert [each["account"] for each in await acme.events("config.reloaded")] == ["beta"]
        await eventually(lambda: told_that_all_are_well(acme))
        told = (await host.tell(PROGRAM, "status")).splitlines()
        assert [line.split()[:2] for line in told[2:5]] == [["ok", "acme"], ["ok", "beta"], ["ok", "gamma"]]
        assert "Bob" in await host.tell(PROGRAM, "agents", "--account", "beta")
        # Whoever is neither root nor in the group reads no key.
        nobody = await host.run("setpriv", "--reuid=nobody", "--clear-groups", "cat", f"{DIRECTORY}/beta.chaport_token")
        assert nobody.code != 0
        await host.tell("rm", f"{DIRECTORY}/beta.toml")
        await acme.systemctl("reload")
        assert [each["account"] for each in await acme.events("account.removed")] == ["beta"]
        assert await acme.pid() == pid


async def _reload(host: Machine, acme: Service) -> None:
    await host.tell("sh", "-c", f"chgrp chaport-keys {DIRECTORY}/*")
    await acme.systemctl("reload")
