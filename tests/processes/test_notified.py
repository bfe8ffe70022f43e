"""Notices of the real daemon: Apprise sends them, a reload changes who gets them, and no address is told."""

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.processes.daemon_process import Host, host, until

pytestmark = pytest.mark.processes

CANARY = "c4nary-pass"


@asynccontextmanager
async def _service(*, silent: bool = False) -> AsyncIterator[tuple[str, list[str]]]:
    """Listen on loopback; give an address for it, and the titles that come. A `silent` one never answers."""
    titles: list[str] = []
    writers: list[asyncio.StreamWriter] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(line.partition(":")[2] for line in head.splitlines() if line.lower().startswith("content-length"))
        titles.append(json.loads(await reader.readexactly(int(length)))["title"])
        if silent:
            return
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    try:
        yield f"json://user:{CANARY}@127.0.0.1:{server.sockets[0].getsockname()[1]}/{CANARY}", titles
    finally:
        server.close()
        for writer in writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


def _configure(place: Host, *urls: str) -> None:
    place.configure(f"notify.urls = {json.dumps(urls)}", "notify.nobody_online_for = 0", "status.offline_grace = 0")


async def test_a_notice_of_the_real_daemon(tmp_path: Path) -> None:
    """Nobody is online: that is sent; after a reload its end is sent to the new address; a dry run is silent."""
    async with host(tmp_path) as place, _service() as (one, first), _service() as (two, second):
        agent = place.sandbox.deskie.add_agent("Ann", "ann@acme.example", 2)
        place.sandbox.chaport.add_operator("Ann", "ann@acme.example")
        _configure(place, one)
        dry = await place.start("run", "--dry-run")
        await until(lambda: dry.events("daemon.ready"))
        dry.kill()
        await dry.ended()
        assert first == []
        daemon = await place.start()
        await until(lambda: daemon.events("notify.sent"))
        assert first == ["chaport-sync: nobody is online"]
        _configure(place, two)
        daemon.send(signal.SIGHUP)
        await until(lambda: daemon.events("config.reloaded"))
        agent.status_id = 1
        await until(lambda: len(daemon.events("notify.sent")) > 1)
        assert (len(first), second) == (1, ["chaport-sync: somebody is online again"])
        _configure(place, two, f"tgram://{CANARY}")
        daemon.send(signal.SIGHUP)
        await until(lambda: daemon.events("config.rejected"))
        assert "entry 2" in daemon.events("config.rejected")[0]["problems"][0]
        daemon.send(signal.SIGTERM)
        assert await daemon.ended(within=10) == 0
        assert CANARY not in daemon.output


async def test_the_end_does_not_wait(tmp_path: Path) -> None:
    """P8: a service that does not answer does not hold up the daemon's end."""
    async with host(tmp_path) as place, _service(silent=True) as (url, titles):
        place.sandbox.deskie.add_agent("Ann", "ann@acme.example", 2)
        place.sandbox.chaport.add_operator("Ann", "ann@acme.example")
        _configure(place, url)
        daemon = await place.start()
        await until(lambda: titles)
        began = time.monotonic()
        daemon.send(signal.SIGTERM)
        assert await daemon.ended(within=10) == 0
        assert time.monotonic() - began < 3.0
        assert daemon.events("notify.sent") == []


async def test_an_address_that_apprise_does_not_understand(tmp_path: Path) -> None:
    """The daemon does not start, and says which one it is without repeating it."""
    async with host(tmp_path) as place:
        _configure(place, "json://127.0.0.1", f"tgram://{CANARY}")
        daemon = await place.start()
        assert await daemon.ended() == 78
        assert "[notify] urls, entry 2: Apprise does not understand" in daemon.output
        assert "begins with tgram://;" in daemon.output
        assert CANARY not in daemon.output
