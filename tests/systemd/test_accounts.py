"""One service for many accounts, as docs/fleet.md sets it up."""

import pytest

from chaport_sync.sandbox import Sandbox
from chaport_sync.sandbox.serving import Urls
from tests.processes.daemon_process import company, until
from tests.systemd.machine import Machine
from tests.systemd.readme import commands
from tests.systemd.service import PLAIN, PROGRAM, Service, eventually, service

pytestmark = pytest.mark.processes

DIRECTORY = "/etc/chaport-sync/accounts.d"
SHARED = '[accounts]\ndirectory = "accounts.d"\n[status]\npoll = 1\n[transcripts]\npoll = 1\n'
#: What is left of it would be in the way of the tests after this one.
CLEAR = f"rm -rf {DIRECTORY} /etc/systemd/system/chaport-sync.service.d; systemctl daemon-reload"


async def add(machine: Machine, name: str, sandbox: Sandbox, urls: Urls) -> None:
    """Write an account's files, which only the service's group may read."""
    content = (
        f'[deskie]\nurl = "{urls.deskie}"\nemail = "{sandbox.deskie.email}"\n[chaport]\nurl = "{urls.chaport}"\n'
        f'requests_per_second = 100\n[cases]\nchannel = "{sandbox.deskie.channels[0].key}"\n'
    )
    secrets = {"deskie_api_key": sandbox.deskie.api_key, "chaport_token": sandbox.chaport.token}
    for suffix, text in {"toml": content, **secrets}.items():
        await machine.write(f"{DIRECTORY}/{name}.{suffix}", text, "640")


async def test_one_service_for_many_accounts(host: Machine) -> None:
    """P8: an account comes by its files and a reload, and another goes on; the service's user reads what it needs."""
    async with service(host) as acme:
        try:
            await _lived(host, acme)
        finally:
            await host.tell("sh", "-c", CLEAR)


async def told_that_both_are_well(place: Service) -> bool:
    """Return whether `systemctl status` says so; it is told every ten seconds."""
    return await place.show("StatusText") == "2 of 2 accounts ok"


async def _lived(host: Machine, acme: Service) -> None:
    await host.write(PLAIN.config, SHARED)
    await host.tell("mkdir", "-p", DIRECTORY)
    await add(host, "acme", acme.sandbox, acme.urls)
    await host.tell("sh", "-ec", "\n".join(commands("## The service", "docs/fleet.md")))
    await until(lambda: acme.chaport.status_of(acme.ann) == "online")
    pid = await acme.pid()

    sandbox = company()
    sandbox.chaport.token = "token-of-beta"
    sandbox.deskie.add_agent("Bob", "bob@beta.example", 1)
    bob = sandbox.chaport.add_operator("Bob", "bob@beta.example")
    async with sandbox.serve() as urls:
        await add(host, "beta", sandbox, urls)
        await host.tell("sh", "-c", f"chgrp chaport-keys {DIRECTORY}/*")
        await acme.systemctl("reload")
        await until(lambda: sandbox.chaport.status_of(bob) == "online")
        assert await acme.pid() == pid
        assert [each["account"] for each in await acme.events("account.started")] == ["acme", "beta"]
        assert await acme.events("config.reloaded", "config.rejected", "account.failed") == []
        await eventually(lambda: told_that_both_are_well(acme))
        told = (await host.tell(PROGRAM, "status")).splitlines()
        assert [line.split()[:2] for line in told[1:3]] == [["ok", "acme"], ["ok", "beta"]]
        assert "Bob" in await host.tell(PROGRAM, "agents", "--account", "beta")
        # Whoever is neither root nor in the group reads no key.
        nobody = await host.run("setpriv", "--reuid=nobody", "--clear-groups", "cat", f"{DIRECTORY}/beta.chaport_token")
        assert nobody.code != 0
        await host.tell("rm", f"{DIRECTORY}/beta.toml")
        await acme.systemctl("reload")
        assert [each["account"] for each in await acme.events("account.removed")] == ["beta"]
