"""The service when its daemon hangs, dies or cannot start: what systemd does, and what the accounts see of it.

A drop-in shortens the times of the unit, which are two minutes until a daemon counts as hung, and ten seconds until
systemd starts it again; everything else is the unit as installed.
"""

import asyncio
import time

import pytest

from chaport_sync.sandbox.chaport.records import Operator
from tests.processes.daemon_process import until
from tests.systemd.machine import Machine
from tests.systemd.service import OFFLINE, Service, eventually, service

pytestmark = pytest.mark.processes

SOON = ("WatchdogSec=3", "RestartSec=100ms")
GRACE = 8


class Scene:
    """A visitor who talks to a bot, and two agents, one of whom leaves shortly before the daemon fails."""

    def __init__(self, place: Service) -> None:
        self.place = place
        self.leaver, self.left = place.agent, place.ann
        _, self.stays = place.pair("Bob")
        self.chat = place.chaport.start_chat(place.chaport.add_visitor("Mary"), place.chaport.add_bot("Robin"))
        self.left_at = 0.0
        self._said = 0

    def say(self) -> None:
        """Let the visitor say the next line."""
        place, self._said = self.place, self._said + 1
        place.chaport.visitor_says(self.chat, f"line <{self._said}>")

    @property
    def said(self) -> list[str]:
        """Each line, once and in order."""
        return [f"<{number}>" for number in range(1, self._said + 1)]

    async def begin(self) -> int:
        """Start the service, let both agents be seen, one leave, and a line be told; give the daemon's process id."""
        await self.place.override(*SOON)
        await self.place.configure(f"status.offline_grace = {GRACE}", 'transcripts.start = "2026-01-01"')
        self.say()
        await self.place.systemctl("start")
        await until(lambda: all(self._is_online(operator) for operator in (self.left, self.stays)))
        await until(lambda: self.place.shown() == self.said)
        self.place.deskie.set_status(self.leaver, OFFLINE)
        self.left_at = time.time()
        await eventually(lambda: self.place.events("status.grace_started"))
        return await self.place.pid()

    def _is_online(self, operator: Operator) -> bool:
        return self.place.chaport.status_of(operator) == "online"

    async def restarted(self, before: int) -> None:
        """Wait until systemd has started another daemon, which is ready."""

        async def again() -> bool:
            return await self.place.pid() not in (0, before) and await self.place.show("ActiveState") == "active"

        await eventually(again)
        assert await self.place.show("NRestarts") == "1"

    async def end(self) -> None:
        """See that each line was told once and in order, and one operator went offline after a grace that went on."""
        self.say()
        await until(lambda: len(self.place.shown()) >= len(self.said), within=40)
        await until(lambda: not self._is_online(self.left))
        await asyncio.sleep(1.5)
        assert self.place.shown() == self.said
        assert len(await self.place.events("status.grace_started")) == 1
        offline = [at for status, at in self.place.written(self.left) if status == "offline"]
        assert [at - self.left_at >= GRACE for at in offline] == [True]
        assert {status for status, _ in self.place.written(self.stays)} == {"online"}


async def test_a_hung_daemon_is_restarted(host: Machine) -> None:
    """P1, S4: the watchdog ends a daemon that hangs; the next one tells what was said meanwhile, once, and no one goes.

    The watchdog waits for 3 s here instead of 120.
    """
    async with service(host) as place:
        scene = Scene(place)
        hung = await scene.begin()
        await host.tell("kill", "-STOP", str(hung))
        scene.say()
        await scene.restarted(hung)
        told = await host.tell("journalctl", "-q", "-o", "cat", "-u", place.files.unit)
        assert "Watchdog timeout" in told
        await scene.end()


async def test_a_killed_daemon_is_restarted(host: Machine) -> None:
    """P1, S4: after a SIGKILL while Deskie executes a delivery, it is not repeated, and nobody goes offline early."""
    async with service(host) as place:
        scene = Scene(place)
        killed = await scene.begin()
        struck = place.sandbox.faults.add("late_effect", side="deskie", method="POST", path="/messages", delay=1)
        scene.say()
        await until(lambda: struck.left == 0)
        await host.tell("kill", "-KILL", str(killed))
        await scene.restarted(killed)
        await scene.end()


async def test_a_configuration_error_is_final(host: Machine) -> None:
    """With a configuration that cannot be used the daemon ends with 78, and systemd leaves it at that."""
    async with service(host) as place:
        await place.override(*SOON)
        await place.configure("status.polll = 3")
        assert (await host.run("systemctl", "start", place.files.unit)).code != 0
        await asyncio.sleep(1)
        seen = {name: await place.show(name) for name in ("ActiveState", "ExecMainStatus", "NRestarts")}
        assert seen == {"ActiveState": "failed", "ExecMainStatus": "78", "NRestarts": "0"}
        (said,) = [entry["MESSAGE"] for entry in await place.journal() if "polll" in entry["MESSAGE"]]
        assert "[status] polll" in said


async def test_it_is_never_given_up(host: Machine) -> None:
    """However often the daemon fails, systemd starts it again: more often than the usual limit of 5 within 10 s."""
    async with service(host) as place:
        # Not one of the daemon's own codes: it stands for a failure that goes away by itself.
        await place.override(*SOON, "ExecStartPre=/bin/sh -c 'test -e /run/repaired'")
        await place.systemctl("start", "--no-block")

        async def often() -> bool:
            return int(await place.show("NRestarts")) > 6

        await eventually(often)
        await host.write("/run/repaired", "")

        async def up() -> bool:
            return await place.show("ActiveState") == "active"

        await eventually(up)
