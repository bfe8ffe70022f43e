"""The README's installation, line by line, and what it puts on the machine."""

import re

import pytest

from tests.systemd.conftest import Installed
from tests.systemd.machine import Machine
from tests.systemd.readme import commands
from tests.systemd.service import PLAIN, service

pytestmark = pytest.mark.processes

#: What a removal takes away is put back for the other tests.
KEPT = "/run/kept.tar"


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


async def test_the_readme_removes_everything(host: Machine) -> None:
    """After the lines of "Remove" nothing of the service is left: no unit, program, key, configuration or memory."""
    async with service(host) as place:
        await place.systemctl("start")
        await host.tell(
            "sh", "-c", f"tar -cf {KEPT} /etc/chaport-sync /opt/chaport-sync /usr/local/bin /etc/systemd/system"
        )
        try:
            for line in commands("- **Remove** everything"):
                assert (await host.run("bash", "-c", line)).code == 0, line
            assert await place.show("ActiveState") == "inactive"
            left = await host.tell("find", "/etc", "/opt", "/usr/local/bin", "/var/lib", "-name", "*chaport-sync*")
            assert [path for path in left.split() if "@" not in path and "acme" not in path] == []
        finally:
            await host.tell("sh", "-c", f"tar -xf {KEPT} -C / && rm {KEPT} && systemctl daemon-reload")


async def test_its_exposure(host: Machine) -> None:
    """`systemd-analyze security` gives the installed unit 1.2 at most, of 10."""
    told = await host.tell("systemd-analyze", "security", "--no-pager", PLAIN.unit)
    exposure = re.search(r"Overall exposure level for chaport-sync\.service: ([\d.]+)", told)
    assert exposure is not None
    assert float(exposure[1]) <= 1.2
