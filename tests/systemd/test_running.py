"""The service while all is well, and while one side is down: ready, STATUS, the log, reload, stop (P7, P8)."""

import json
import re
import time

import pytest

from tests.processes.daemon_process import until
from tests.systemd.machine import Machine
from tests.systemd.service import OFFLINE, PROGRAM, Service, eventually, service

pytestmark = pytest.mark.processes


async def _logged(place: Service, name: str) -> None:
    await eventually(lambda: place.events(name))


async def test_a_start_waits_for_no_service(host: Machine) -> None:
    """With a service that is down, or a key that is refused, `systemctl start` and `reload` end at once."""
    async with service(host) as place:
        place.sandbox.faults.outage("chaport")
        place.deskie.api_key = "another"
        began = time.monotonic()
        await place.systemctl("start")
        await place.systemctl("reload")
        assert time.monotonic() - began < 30
        assert (await place.show("ActiveState"), await place.show("SubState")) == ("active", "running")
        await eventually(lambda: _says(place, "statuses failing (Chaport: "))
        assert await place.events("daemon.ready") == []


async def _says(place: Service, words: str) -> bool:
    return words in await place.show("StatusText")


async def test_a_line_of_status(host: Machine) -> None:
    """`systemctl status` shows one line on the flows, and which of them fails."""
    async with service(host) as place:
        await place.systemctl("start")
        await eventually(lambda: _says(place, "statuses ok, transcripts ok"))
        assert 'Status: "statuses ok, transcripts ok"' in await place.systemctl("status", "--no-pager")
        place.deskie.api_key = "another"

        await eventually(lambda: _says(place, "statuses failing (Deskie: "))


async def test_levels_are_priorities(host: Machine) -> None:
    """`journalctl -p warning` shows what needs a look, and each line has the priority of its level."""
    async with service(host) as place:
        await place.configure('log.level = "debug"')
        await place.systemctl("start")
        place.deskie.api_key = "another"
        await _logged(place, "poll.failed")
        priorities = {"debug": "7", "info": "6", "warning": "4", "error": "3"}
        entries = await place.journal()
        seen = {(json.loads(entry["MESSAGE"])["level"], entry["PRIORITY"]) for entry in entries}
        assert {level for level, _ in seen} >= {"debug", "info", "warning"}
        assert seen <= set(priorities.items())
        urgent = [json.loads(entry["MESSAGE"])["level"] for entry in await place.journal("-p", "warning")]
        assert urgent
        assert set(urgent) <= {"warning", "error"}


async def test_a_reload_takes_the_new_configuration(host: Machine) -> None:
    """P8: `systemctl reload` makes the same process start over with the configuration as it is now."""
    async with service(host) as place:
        _, bob = place.pair("Bob", 113808)
        await place.systemctl("start")
        before = await place.pid()
        await place.configure('status.map.113808 = "online"')
        await place.systemctl("reload")
        await until(lambda: place.chaport.status_of(bob) == "online")
        assert await place.events("config.reloaded")
        assert (await place.show("ActiveState"), await place.pid()) == ("active", before)


async def test_a_bad_reload_changes_nothing(host: Machine) -> None:
    """P8: a configuration with a mistake is rejected as a whole; the service goes on with the old one."""
    async with service(host) as place:
        place.pair("Bob")
        await place.configure("status.offline_grace = 0")
        await place.systemctl("start")
        before = await place.pid()
        await place.configure("status.offline_grace = 3600", "status.polll = 3")
        done = await host.run("systemctl", "reload", place.files.unit)
        assert done.code != 0
        (rejected,) = await place.events("config.rejected")
        assert "[status] polll" in str(rejected["problems"])
        said = [entry["MESSAGE"] for entry in await place.journal() if not entry["MESSAGE"].startswith("{")]
        assert "[status] polll" in "\n".join(said)
        assert re.match(
            r"configuration rejected at \d\d:\d\d, the old one is in force; ", await place.show("StatusText")
        )
        told = await host.run(PROGRAM, "status")
        assert "[status] polll" in told.out
        place.deskie.set_status(place.agent, OFFLINE)
        await until(lambda: place.chaport.status_of(place.ann) == "offline")
        assert (await place.show("ActiveState"), await place.pid()) == ("active", before)
        await place.configure("status.offline_grace = 3600")
        await place.systemctl("reload")
        assert "rejected" not in await place.show("StatusText")
        assert "rejected" not in (await host.run(PROGRAM, "status")).out


async def test_a_stop_leaves_statuses(host: Machine) -> None:
    """P8: `systemctl stop` takes less than 10 s though a service hangs, ends the daemon cleanly, and changes nobody."""
    async with service(host) as place:
        await place.systemctl("start")
        await until(lambda: place.chaport.status_of(place.ann) == "online")
        writes = place.written(place.ann)
        place.sandbox.forget_requests()
        place.sandbox.faults.add("hang", side="deskie", times=None)
        await until(lambda: place.sandbox.requests_of("deskie"))
        began = time.monotonic()
        await place.systemctl("stop")
        assert time.monotonic() - began < 10
        assert (await place.show("ActiveState"), await place.show("Result")) == ("inactive", "success")
        assert await place.journal("-p", "warning") == []
        assert (await place.events())[-1]["event"] == "daemon.stopped"
        assert [status for status, _ in writes] == ["online"]
        assert place.written(place.ann) == []
        assert place.chaport.status_of(place.ann) == "online"
