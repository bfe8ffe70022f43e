"""What the daemon tells systemd: that it is ready, how it gets on, and that it reloads (sd_notify(3))."""

import asyncio
import json
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from chaport_sync.daemon import STARTED_WITHIN
from tests.processes.daemon_process import DaemonProcess, Host, host, until

pytestmark = pytest.mark.processes


class Manager:
    """A service manager that listens."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel

    def told(self) -> list[bytes]:
        """Return what it was told since it was asked last."""
        lines: list[bytes] = []
        while True:
            try:
                lines += self._channel.recv(65536).split(b"\n")
            except BlockingIOError:
                return lines

    async def told_until(self, beginning: bytes, within: float = 30.0) -> list[bytes]:
        """Wait for a line that begins so, and return all that it was told until then."""
        told: list[bytes] = []

        def heard() -> bool:
            told.extend(self.told())
            return any(line.startswith(beginning) for line in told)

        await until(heard, within=within)
        return told


@asynccontextmanager
async def managed(folder: Path, **environ: str) -> AsyncIterator[tuple[Host, Manager]]:
    """Return a host with Ann on it, whose daemons are started by a service manager with this environment."""
    async with host(folder) as place:
        place.sandbox.deskie.add_agent("Ann", "ann@acme.example", 1)
        place.sandbox.chaport.add_operator("Ann", "ann@acme.example")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.bind(str(folder / "notify"))
            channel.settimeout(0)
            place.environ = {"NOTIFY_SOCKET": str(folder / "notify"), **environ}
            yield place, Manager(channel)


async def _ready(daemon: DaemonProcess, within: float = 30.0) -> None:
    await until(lambda: daemon.events("daemon.ready"), within=within)


async def test_ready_after_the_first_attempt(tmp_path: Path) -> None:
    """READY is told once each flow has tried, though a service is down; STATUS says what fails meanwhile."""
    async with managed(tmp_path, WATCHDOG_USEC="3000000") as (place, manager):
        place.sandbox.faults.outage("chaport")
        daemon = await place.start()
        told = await manager.told_until(b"READY=1")
        assert b"STATUS=statuses: first poll under way, transcripts: first poll under way" in told
        assert daemon.events("daemon.ready") == []
        told = await manager.told_until(b"STATUS=statuses failing (Chaport: ", within=60)
        place.sandbox.faults.recover("chaport")
        await _ready(daemon, within=60)
        told = await manager.told_until(b"STATUS=statuses ok, transcripts ok")
        assert b"READY=1" not in told
        await manager.told_until(b"WATCHDOG=1")


async def test_a_refused_key_is_told_at_once(tmp_path: Path) -> None:
    """Whoever starts a daemon with a wrong key need not wait, and STATUS says which service refuses it."""
    async with managed(tmp_path) as (place, manager):
        place.sandbox.deskie.api_key = "another"
        began = time.monotonic()
        await place.start()
        told = await manager.told_until(b"READY=1")
        assert time.monotonic() - began < STARTED_WITHIN
        # Before READY, so that it stands there when `systemctl start` comes back, and with nothing left to be tried.
        status = [line for line in told[: told.index(b"READY=1")] if line.startswith(b"STATUS=")][-1]
        assert status.startswith(b"STATUS=statuses failing (Deskie: ")
        assert b"which belong together" in status, "what to do is not cut off"
        assert b"under way" not in status


async def test_one_cause_is_told_once(tmp_path: Path) -> None:
    """STATUS is one line, so what two flows fail for alike does not stand there twice."""
    async with managed(tmp_path) as (place, manager):
        place.sandbox.faults.outage("chaport")
        await place.start()
        line = b"STATUS=statuses failing (Chaport: 503 (GET /operators)), transcripts failing (the same)"
        assert line in await manager.told_until(line, within=60)


@pytest.mark.parametrize(("line", "event"), [("status.poll = 4", "config.reloaded"), ("x.y = 1", "config.rejected")])
async def test_a_reload_is_told(tmp_path: Path, line: str, event: str) -> None:
    """RELOADING with the moment it began, then READY, also where the configuration was rejected; STATUS says which."""
    async with managed(tmp_path) as (place, manager):
        daemon = await place.start()
        await _ready(daemon)
        manager.told()
        place.configure(line)
        daemon.send(signal.SIGHUP)
        await until(lambda: daemon.events(event))
        told = await manager.told_until(b"READY=1")
        began = told.index(b"RELOADING=1")
        assert told[began + 1].startswith(b"MONOTONIC_USEC=")
        reloading = told[began : told.index(b"READY=1")]
        rejected = [line for line in reloading if line.startswith(b"STATUS=configuration rejected at ")]
        assert bool(rejected) is (event == "config.rejected")


async def test_a_rejection_outlives_a_reload_under_way(tmp_path: Path) -> None:
    """P8: what is rejected while a reload waits for its cycles is told all the same, by STATUS and by `status`."""
    async with managed(tmp_path) as (place, manager):
        place.sandbox.faults.add("hang", side="deskie", path="/staff", times=1)
        daemon = await place.start()
        await until(lambda: place.sandbox.requests_of("deskie", path_prefix="/api/staff"))
        daemon.send(signal.SIGHUP)
        await asyncio.sleep(1)
        place.configure("x.y = 1")
        daemon.send(signal.SIGHUP)
        await until(lambda: daemon.events("config.rejected"))
        assert daemon.events("config.reloaded") == []
        await _ready(daemon)
        status = [line for line in manager.told() if line.startswith(b"STATUS=")][-1]
        assert status.startswith(b"STATUS=configuration rejected at ")
        assert "[x]" in str((await _status(place))["config_rejected"])
        place.configure()
        daemon.send(signal.SIGHUP)
        await until(lambda: len(daemon.events("config.reloaded")) > 1)
        assert (await _status(place))["config_rejected"] is None


async def _status(place: Host) -> Any:
    command = await place.start("status", "--json")
    await command.ended()
    return json.loads(command.output)
