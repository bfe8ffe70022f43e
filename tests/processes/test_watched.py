"""The daemon as others see it: metrics that outlive a reload, and an alarm that is told (`[web]`, `[health]`)."""

import asyncio
import signal
from pathlib import Path

import httpx
import pytest

from tests.processes.daemon_process import Host, host, until
from tests.scraping import free_port

pytestmark = pytest.mark.processes


def _online(place: Host) -> None:
    place.sandbox.deskie.add_agent("Ann", "ann@acme.example", 1)
    place.sandbox.chaport.add_operator("Ann", "ann@acme.example")


async def test_metrics_of_a_running_daemon(tmp_path: Path) -> None:
    """Figures and the page are served while it runs; a reload keeps both the address and what was counted."""
    port = free_port()
    async with host(tmp_path) as place, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        _online(place)
        place.configure(f'web.listen = "127.0.0.1:{port}"')
        daemon = await place.start()
        await until(lambda: daemon.events("status.changed"))
        await until(lambda: daemon.events("daemon.ready"))
        text = (await client.get("/metrics")).text
        assert 'chaport_sync_operators{status="online"} 1.0' in text
        assert 'chaport_sync_log_events_total{event="status.changed",level="info"} 1.0' in text
        assert (await client.get("/healthz")).text == "ok\n"
        assert ": Ann is online." in (await client.get("/")).text
        assert _listening(daemon.pid) == 1
        daemon.send(signal.SIGHUP)
        await until(lambda: len(daemon.events("daemon.ready")) > 1)
        text = (await client.get("/metrics")).text
        assert 'chaport_sync_log_events_total{event="status.changed",level="info"} 1.0' in text
        assert 'chaport_sync_log_events_total{event="config.reloaded",level="info"} 1.0' in text
        daemon.send(signal.SIGTERM)
        assert await daemon.ended(within=10) == 0
        with pytest.raises(httpx.ConnectError):
            await client.get("/healthz")


async def test_nothing_listens_unless_told(tmp_path: Path) -> None:
    """Without `[web] listen`, and in a dry run with it, no port is open."""
    port = free_port()
    async with host(tmp_path) as place:
        _online(place)
        place.configure(f'web.listen = "127.0.0.1:{port}"')
        dry = await place.start("run", "--dry-run")
        await until(lambda: dry.events("daemon.ready"))
        assert _listening(dry.pid) == 0
        dry.kill()
        place.configure()
        daemon = await place.start()
        await until(lambda: daemon.events("daemon.ready"))
        assert _listening(daemon.pid) == 0


async def test_the_alarm_hears_of_success(tmp_path: Path) -> None:
    """A ping arrives after the first good cycle; a dry run, which does not stand for the daemon, sends none."""
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    async with server, host(tmp_path) as place:
        _online(place)
        place.configure(f'health.ping_url = "http://127.0.0.1:{server.sockets[0].getsockname()[1]}/secret-uuid"')
        dry = await place.start("run", "--dry-run")
        await until(lambda: dry.events("daemon.ready"))
        dry.kill()
        await dry.ended()
        assert heard == []
        daemon = await place.start()
        await until(lambda: heard)
        assert heard == [b"GET /secret-uuid HTTP/1.1\r\n"]
        assert "secret-uuid" not in daemon.output


def _listening(pid: int) -> int:
    """Count the sockets on which a process accepts connections."""
    listening = {line.split()[9] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if " 0A " in line}
    listening |= {line.split()[9] for line in Path("/proc/net/tcp6").read_text().splitlines()[1:] if " 0A " in line}
    links = [link.readlink().name for link in Path(f"/proc/{pid}/fd").iterdir()]
    return sum(link == f"socket:[{number}]" for link in links for number in listening)
