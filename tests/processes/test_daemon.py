"""The daemon's life as a process: reloaded, stopped, and one at a time (P7, P8)."""

import asyncio
import fcntl
import signal
import socket
import time
from pathlib import Path
from typing import NoReturn

import pytest

from tests.processes.daemon_process import DaemonProcess, Host, host, until

pytestmark = pytest.mark.processes


def _online(place: Host) -> None:
    place.sandbox.deskie.add_agent("Ann", "ann@acme.example", 1)
    place.sandbox.chaport.add_operator("Ann", "ann@acme.example")


def _status(place: Host) -> str:
    return place.sandbox.chaport.status_of(place.sandbox.chaport.operators[0])


async def _ready(daemon: DaemonProcess) -> None:
    await until(lambda: daemon.events("daemon.ready"))


async def test_sigterm_ends_it_and_leaves_statuses(tmp_path: Path) -> None:
    """P8: SIGTERM ends the daemon within 10 s with code 0; operators stay as they are, on their lease."""
    async with host(tmp_path) as place:
        _online(place)
        daemon = await place.start()
        await until(lambda: _status(place) == "online")
        daemon.send(signal.SIGTERM)
        assert await daemon.ended(within=10) == 0
        events = [event["event"] for event in daemon.events()]
        assert "daemon.stopping" in events
        assert events[-1] == "daemon.stopped"
        assert _status(place) == "online"


async def test_sigterm_does_not_wait_for_a_service_that_hangs(tmp_path: Path) -> None:
    """P8: a request that gets no answer does not hold up the end beyond 10 s, and is no error."""
    async with host(tmp_path) as place:
        _online(place)
        place.sandbox.faults.add("hang", side="deskie", times=None)
        daemon = await place.start()
        await until(lambda: place.sandbox.requests_of("deskie"))
        daemon.send(signal.SIGTERM)
        assert await daemon.ended(within=10) == 0
        assert {event["level"] for event in daemon.events()} == {"info"}


async def test_sigterm_ends_a_pause_at_once(tmp_path: Path) -> None:
    """P8: a daemon that waits for its budget or between retries ends without waiting on."""
    async with host(tmp_path) as place:
        _online(place)
        place.configure("deskie.requests_per_minute = 1")
        daemon = await place.start()
        await until(lambda: place.sandbox.requests_of("chaport"))
        await asyncio.sleep(0.3)
        daemon.send(signal.SIGTERM)
        assert await daemon.ended(within=3) == 0


async def test_sighup_starts_over_with_the_new_configuration(tmp_path: Path) -> None:
    """P8: SIGHUP re-reads the configuration in the same process."""
    async with host(tmp_path) as place:
        _online(place)
        place.sandbox.deskie.add_agent("Bob", "bob@acme.example", 113808)
        bob = place.sandbox.chaport.add_operator("Bob", "bob@acme.example")
        daemon = await place.start()
        await _ready(daemon)
        pid = daemon.pid
        place.configure('status.map.113808 = "online"')
        daemon.send(signal.SIGHUP)
        await until(lambda: daemon.events("config.reloaded"))
        await until(lambda: place.sandbox.chaport.status_of(bob) == "online")
        assert daemon.running
        assert daemon.pid == pid


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("status.polll = 3", "[status] polll", id="a typo"),
        pytest.param('deskie.url = "https://other.deskie.io"', "belongs to", id="another account"),
    ],
)
async def test_a_bad_configuration_is_rejected_as_a_whole(tmp_path: Path, line: str, said: str) -> None:
    """P8: a configuration that cannot be used is rejected with its problems, and the old one stays in force."""
    async with host(tmp_path) as place:
        _online(place)
        daemon = await place.start()
        await _ready(daemon)
        place.configure(line)
        daemon.send(signal.SIGHUP)
        await until(lambda: daemon.events("config.rejected"))
        assert said in str(daemon.events("config.rejected"))
        place.sandbox.deskie.set_status(place.sandbox.deskie.staff[-1], 2)
        place.sandbox.forget_requests()
        await until(lambda: place.sandbox.requests_of("deskie", path_prefix="/api/staff"))
        assert daemon.running


async def test_a_second_instance_exits(tmp_path: Path) -> None:
    """P7: a second daemon on the same state file exits at once with 75 and says why; the first goes on."""
    async with host(tmp_path) as place:
        _online(place)
        first = await place.start()
        await _ready(first)
        second = await place.start()
        assert await second.ended() == 75
        assert "another chaport-sync" in second.output
        assert first.running


async def test_a_killed_daemon_leaves_no_lock(tmp_path: Path) -> None:
    """P7: after SIGKILL the next start takes the state file over."""
    async with host(tmp_path) as place:
        _online(place)
        first = await place.start()
        await _ready(first)
        first.kill()
        await first.ended()
        await _ready(await place.start())


async def test_a_state_file_of_other_accounts(tmp_path: Path) -> None:
    """P7: another host in the configuration ends every command that uses the state file with 78."""
    async with host(tmp_path) as place:
        _online(place)
        daemon = await place.start()
        await _ready(daemon)
        daemon.send(signal.SIGTERM)
        await daemon.ended()
        place.configure('deskie.url = "https://other.deskie.io"')
        for command in (("run",), ("run", "--dry-run"), ("once",), ("agents",)):
            refused = await place.start(*command)
            assert await refused.ended() == 78
            assert "other.deskie.io" in refused.output


async def test_a_configuration_error_lists_everything(tmp_path: Path) -> None:
    """A wrong configuration ends with 78 and all problems at once, without a secret."""
    async with host(tmp_path) as place:
        place.configure("status.poll = 0", 'transcripts.deliver = "later"', "deskie.colour = 1")
        daemon = await place.start()
        assert await daemon.ended() == 78
        for problem in ("[status] poll", "[transcripts] deliver", "[deskie] colour"):
            assert problem in daemon.output
        assert place.sandbox.deskie.api_key not in daemon.output


async def test_wrong_credentials_stop_one_flow_only(tmp_path: Path) -> None:
    """P4: a revoked Deskie key is said once, with the side and what to do; Chaport is still read."""
    async with host(tmp_path) as place:
        _online(place)
        place.sandbox.deskie.api_key = "revoked"
        daemon = await place.start()
        await until(lambda: len(place.sandbox.requests_of("chaport", path_prefix="/api/v1/visitors")) >= 3)
        (failed,) = daemon.events("poll.failed")
        assert "Deskie: 401" in failed["error"]
        assert "credentials" in failed["error"]


async def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    """`run --dry-run` logs the same events with dry_run, writes to neither API and leaves nothing behind."""
    async with host(tmp_path) as place:
        _online(place)
        chaport = place.sandbox.chaport
        chat = chaport.start_chat(chaport.add_visitor("Vera"))
        place.configure('transcripts.start = "2026-01-01"')
        chaport.visitor_says(chat, "hello")
        before = _files(tmp_path)
        daemon = await place.start("run", "--dry-run")
        await until(lambda: daemon.events("status.changed") and daemon.events("case.opened"))
        await asyncio.sleep(1.5)
        daemon.send(signal.SIGTERM)
        assert await daemon.ended() == 0
        assert all(event["dry_run"] for event in daemon.events())
        assert len(daemon.events("status.changed")) == len(daemon.events("case.opened")) == 1
        assert {request.method for request in place.sandbox.journal} == {"GET"}
        assert _files(tmp_path) == sorted([*before, "log-1.jsonl"])


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _no_name_server() -> None:
    def ask(*_arguments: object, **_more: object) -> NoReturn:
        time.sleep(60)
        raise OSError

    socket.getaddrinfo = ask


async def test_sigterm_does_not_wait_for_a_name_server(tmp_path: Path) -> None:
    """P8: a thread that asks a name server which does not answer holds up no end."""
    async with host(tmp_path) as place:
        place.configure(f'chaport.url = "{place.urls.chaport.replace("127.0.0.1", "localhost")}"')
        daemon = await place.start(trap=_no_name_server)
        await until(lambda: daemon.events("daemon.started"))
        await asyncio.sleep(1)
        daemon.send(signal.SIGTERM)
        assert await daemon.ended(within=12) == 0
        assert daemon.events()[-1]["event"] == "daemon.stopped"


async def test_a_reload_does_not_let_go_of_the_lock(tmp_path: Path) -> None:
    """P7: whoever waits for the state file's lock does not get it by a reload."""
    async with host(tmp_path) as place:
        _online(place)
        daemon = await place.start()
        await _ready(daemon)
        waiting = asyncio.create_task(asyncio.to_thread(_wait_for, tmp_path / "state.db.lock"))
        for times in range(1, 4):
            daemon.send(signal.SIGHUP)
            await _reloaded(daemon, times)
        assert not waiting.done()
        assert daemon.running
        daemon.kill()
        await asyncio.wait_for(waiting, 20)


async def _reloaded(daemon: DaemonProcess, times: int) -> None:
    await until(lambda: len(daemon.events("config.reloaded")) == times)


def _wait_for(path: Path) -> None:
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
