"""The README's installation, line by line, and what it puts on the machine."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest

from tests.systemd.conftest import Installed
from tests.systemd.machine import Machine
from tests.systemd.readme import CLONE, commands, follow
from tests.systemd.service import INSTANCE, PLAIN, eventually, service

pytestmark = pytest.mark.processes

#: What a removal takes away is put back for the other tests.
KEPT = "/run/kept.tar"
#: Where an administrator puts units.
UNITS = "/etc/systemd/system"


def test_the_readme_installs_a_service_that_runs(installed: Installed) -> None:
    """Each line of "Install it as a service" does what it should, and after the last one the service is ready."""
    assert [(typed.line, typed.done.code) for typed in installed.typed] == [(line, 0) for line in installed.lines], (
        installed.typed[-1]
    )
    assert (installed.state, installed.enabled) == ("active", "enabled")


async def test_the_secrets_are_for_root_only(host: Machine) -> None:
    """What was pasted stands in files that nobody but root can read; the configuration is for everybody."""
    files = [f"{PLAIN.settings}/{name}" for name in ("deskie_api_key", "chaport_token", "config.toml")]
    told = await host.tell("stat", "-c", "%U %a", *files)
    assert told.splitlines() == ["root 600", "root 600", "root 644"]


async def test_the_command_is_found(host: Machine) -> None:
    """The installation leaves the command where root's shells and sudo look for it."""
    assert (await host.tell("chaport-sync", "--version")).startswith("chaport-sync ")


async def test_an_upgrade_goes_on_with_what_is_known(host: Machine, installed: Installed) -> None:
    """The lines of "Upgrade" start the services anew, with the configuration and the memory that they have."""
    async with service(host) as plain, service(host, INSTANCE) as acme:
        await host.tell("sh", "-c", f"install -m 644 {CLONE}/systemd/*.service {UNITS} && systemctl daemon-reload")
        for each in (plain, acme):
            await each.systemctl("start")
            await eventually(partial(each.events, "status.changed"))
        before = [await each.pid() for each in (plain, acme)]
        lines = [installed.lines[0], *commands("- **Upgrade**")]
        typed = await follow(host, lines, plain.sandbox, plain.urls)
        assert [(each.line, each.done.code) for each in typed] == [(line, 0) for line in lines], typed[-1]
        assert not {0, *before} & {await each.pid() for each in (plain, acme)}
        for each in (plain, acme):
            assert "Ann" in await host.tell("chaport-sync", "--config", each.files.config, "history")


async def test_the_readme_removes_everything(host: Machine) -> None:
    """After the lines of "Remove" nothing of any account is left: no process, unit, program, key, file or memory."""
    async with service(host) as plain, service(host, INSTANCE) as acme, kept(host):
        await host.tell("sh", "-c", f"install -m 644 {CLONE}/systemd/*.service {UNITS} && systemctl daemon-reload")
        for each in (plain, acme):
            await each.systemctl("enable", "--now")
        for line in commands("- **Remove** everything"):
            await host.tell("bash", "-c", line)
        assert [await each.show("ActiveState") for each in (plain, acme)] == ["inactive", "inactive"]
        assert await host.tell("find", "/etc", "/opt", "/usr/local/bin", "/var/lib", "-name", "*chaport-sync*") == ""


@asynccontextmanager
async def kept(host: Machine) -> AsyncIterator[None]:
    """Put back afterwards, for the other tests, what the installation has put on the machine."""
    installed = f"/etc/chaport-sync /opt/chaport-sync /usr/local/bin {UNITS}"
    await host.tell("sh", "-c", f"tar -cPf {KEPT} {installed}")
    try:
        yield
    finally:
        await host.tell("sh", "-c", f"tar -xPf {KEPT} && rm {KEPT} && systemctl daemon-reload")


async def test_its_exposure(host: Machine) -> None:
    """`systemd-analyze security` gives the installed unit 1.2 at most, of 10."""
    told = await host.tell("systemd-analyze", "security", "--no-pager", PLAIN.unit)
    exposure = re.search(r"Overall exposure level for chaport-sync\.service: ([\d.]+)", told)
    assert exposure is not None
    assert float(exposure[1]) <= 1.2
