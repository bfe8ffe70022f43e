"""The README's installation, line by line, and what it puts on the machine."""

import asyncio
import re
from functools import partial

import pytest

from tests.processes.daemon_process import until
from tests.systemd.conftest import Installed
from tests.systemd.machine import Machine
from tests.systemd.readme import commands, follow
from tests.systemd.service import INSTANCE, PLAIN, PURGE, eventually, kept, service

pytestmark = pytest.mark.processes

#: Where all of it is, but for the clone.
PLACES = ("/etc", "/opt", "/usr/local/bin", "/usr/local/share", "/var/lib")
#: Some polls, in which a line would be shown once more (seconds).
SETTLED = 5.0


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
    """The installation leaves the command where root's shells and sudo look for it, and the manual where man does."""
    assert (await host.tell("chaport-sync", "--version")).startswith("chaport-sync ")
    for page in ("chaport-sync.1", "chaport-sync-service-install.1"):
        assert ".SH SYNOPSIS" in await host.tell("cat", f"/usr/local/share/man/man1/{page}")


async def test_what_a_shell_completes(host: Machine) -> None:
    """What `service install` writes for bash, where that completes, makes it complete commands."""
    if (await host.run("test", "-d", "/usr/share/bash-completion")).code:
        pytest.skip("bash-completion is not installed")
    script = (
        ". /usr/local/share/bash-completion/completions/chaport-sync;"
        "COMP_WORDS=(chaport-sync exp); COMP_CWORD=1; _chaport_sync_completion chaport-sync; echo ${COMPREPLY[@]}"
    )
    assert await host.tell("bash", "-c", script) == "explain\n"


async def test_a_program_that_the_service_cannot_see(host: Machine) -> None:
    """A program in root's home is refused as a service before anything is written: the unit could not start it."""
    script = "cp /opt/chaport-sync/bin/chaport-sync /root/ && exec /root/chaport-sync service install"
    done = await host.run("sh", "-c", script)
    assert (done.code, "the service sees nothing of /root/chaport-sync" in done.err) == (1, True)
    assert "ExecStart=/opt/" in await host.tell("cat", f"/etc/systemd/system/{PLAIN.unit}")


async def test_an_upgrade_goes_on_with_what_is_known(host: Machine) -> None:
    """The lines of "Upgrade" start the services anew, with the configuration and the memory that they have."""
    async with service(host) as plain, service(host, INSTANCE) as acme:
        for each in (plain, acme):
            await each.systemctl("start")
            await eventually(partial(each.events, "status.changed"))
        before = [await each.pid() for each in (plain, acme)]
        lines = commands("- **Upgrade**")
        typed = await follow(host, lines, plain.sandbox, plain.urls)
        assert [(each.line, each.done.code) for each in typed] == [(line, 0) for line in lines], typed[-1]
        assert not {0, *before} & {await each.pid() for each in (plain, acme)}
        for each in (plain, acme):
            assert "Ann" in await host.tell("chaport-sync", "--config", each.files.config, "history")


async def test_the_readme_removes_everything(host: Machine) -> None:
    """After the lines of "Remove" nothing of any account is left: no process, unit, program, key, file or memory."""
    async with service(host) as plain, service(host, INSTANCE) as acme, kept(host):
        for each in (plain, acme):
            await each.systemctl("enable", "--now")
        for line in commands("- **Remove** everything"):
            await host.tell("bash", "-c", line, stdin=b"y\n")
        assert [await each.show("ActiveState") for each in (plain, acme)] == ["inactive", "inactive"]
        assert await host.tell("find", *PLACES, "-name", "*chaport-sync*") == ""


async def test_a_removal_keeps_the_memory(host: Machine) -> None:
    """Without --purge the services are stopped and disabled, and what is known is there for the next installation."""
    async with service(host) as place, kept(host):
        await place.systemctl("enable", "--now")
        await eventually(partial(place.events, "status.changed"))
        told = await host.tell("chaport-sync", "service", "remove")
        assert f"{PLAIN.state} " in told
        assert await place.show("ActiveState") == "inactive"
        assert (await host.run("test", "-e", f"/etc/systemd/system/multi-user.target.wants/{PLAIN.unit}")).code == 1
        await host.tell("/opt/chaport-sync/bin/chaport-sync", "service", "install")
        assert "Ann" in await host.tell("chaport-sync", "history")


async def test_a_move_shows_nothing_twice(host: Machine, installed: Installed) -> None:
    """P1, P7: what the README has typed for a move takes all that is known along; each line is shown, and once."""
    async with service(host) as place, kept(host):
        await place.systemctl("enable", "--now")
        await until(lambda: place.chaport.status_of(place.ann) == "online")
        chat = place.chaport.start_chat(place.chaport.add_visitor("Mary"), None)
        place.chaport.visitor_says(chat, "before <1>")
        await until(lambda: place.shown() == ["<1>"])
        away = commands("- **Another host**")
        typed = await follow(host, away, place.sandbox, place.urls)
        place.chaport.visitor_says(chat, "meanwhile <2>")
        # Here the other host is this one, after the first line of the installation.
        await host.tell("sh", "-c", PURGE)
        there = [installed.lines[1], *commands("Copy that file to")]
        typed += await follow(host, there, place.sandbox, place.urls)
        assert [(each.line, each.done.code) for each in typed] == [(line, 0) for line in away + there], typed[-1]
        place.chaport.visitor_says(chat, "afterwards <3>")
        await until(lambda: place.shown()[2:] != [])
        await asyncio.sleep(SETTLED)
        assert place.shown() == ["<1>", "<2>", "<3>"]
        assert {status for status, _ in place.written(place.ann)} == {"online"}


async def test_its_exposure(host: Machine) -> None:
    """`systemd-analyze security` gives the installed unit 1.2 at most, of 10."""
    told = await host.tell("systemd-analyze", "security", "--no-pager", PLAIN.unit)
    exposure = re.search(r"Overall exposure level for chaport-sync\.service: ([\d.]+)", told)
    assert exposure is not None
    assert float(exposure[1]) <= 1.2
