"""The README's installation, line by line, and what it puts on the machine."""

import re

import pytest

from tests.systemd.conftest import Installed
from tests.systemd.machine import Machine, machine
from tests.systemd.readme import commands
from tests.systemd.service import PLAIN, PROGRAM

pytestmark = pytest.mark.processes


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


async def test_the_readme_removes_everything(installed: Installed) -> None:
    """After the lines of "Remove" nothing of the service is left: no unit, program, key, configuration or memory."""
    with machine() as other:
        files = [f"{PLAIN.settings}/deskie_api_key", f"/etc/systemd/system/{PLAIN.unit}", PROGRAM]
        for path in (*files, f"{PLAIN.state}/state.db", f"{installed.lines[0].split()[-1]}chaport-sync"):
            await other.tell("mkdir", "-p", path.rpartition("/")[0])
            await other.write(path, "")
        await other.tell("ln", "-s", PLAIN.state, PLAIN.state.replace("/private", ""))
        for line in commands("- **Remove** everything"):
            await other.run("bash", "-c", line)
        assert await other.tell("find", "/etc", "/opt", "/usr/local", "/var/lib", "-name", "*chaport*") == ""


async def test_its_exposure(host: Machine) -> None:
    """`systemd-analyze security` gives the installed unit 1.2 at most, of 10."""
    told = await host.tell("systemd-analyze", "security", "--no-pager", PLAIN.unit)
    exposure = re.search(r"Overall exposure level for chaport-sync\.service: ([\d.]+)", told)
    assert exposure is not None
    assert float(exposure[1]) <= 1.2
