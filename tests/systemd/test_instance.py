"""The template: a second account on the same host, as the README sets it up."""

import pytest

from tests.processes.daemon_process import until
from tests.systemd.machine import Machine
from tests.systemd.readme import commands, follow
from tests.systemd.service import INSTANCE, PLAIN, PROGRAM, service

pytestmark = pytest.mark.processes


async def test_an_instance_beside_the_plain_service(host: Machine) -> None:
    """P7: what the README has typed starts an instance with accounts, a user and a state of its own."""
    async with service(host) as plain, service(host, INSTANCE) as acme:
        _, bob = acme.pair("Bob")
        await plain.systemctl("start")
        lines = commands("**Several accounts on one host**")
        typed = await follow(host, lines, acme.sandbox, acme.urls)
        assert [(each.line, each.done.code) for each in typed] == [(line, 0) for line in lines], typed[-1]
        assert [await each.show("ActiveState") for each in (plain, acme)] == ["active", "active"]
        await until(lambda: plain.chaport.status_of(plain.ann) == acme.chaport.status_of(bob) == "online")

        owners = await host.tell("stat", "-c", "%u", PLAIN.state, f"{INSTANCE.state}/state.db")
        assert len(set(owners.split())) == 2
        told = await host.tell(PROGRAM, "--config", INSTANCE.config, "status")
        assert "/var/lib/chaport-sync-acme/state.db (in use by a running daemon)" in told
        assert "Bob" in await host.tell(PROGRAM, "--config", INSTANCE.config, "agents")
        assert "/var/lib/chaport-sync/state.db (in use by a running daemon)" in await host.tell(PROGRAM, "status")
