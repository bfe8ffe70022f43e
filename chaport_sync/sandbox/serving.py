"""The way in over real HTTP on loopback."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.types import ASGIApp
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState


@dataclass(frozen=True)
class Urls:
    """Where the two APIs are: `http://127.0.0.1:PORT`, without a path."""

    deskie: str
    chaport: str


class _Protocol(H11Protocol):
    """HTTP whose connections can be cut in the middle, as a failing network does."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {"cut": self._cut}

    def _cut(self) -> None:
        # Without lingering, closing sends a reset instead of a polite end that a client could take for an empty answer.
        connection = self.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


@contextlib.asynccontextmanager
async def serve(app: ASGIApp, port: int) -> AsyncIterator[str]:
    """Serve one app in the running loop and return its address; port 0 takes a free one.

    The protocol is used without `uvicorn.Server`, which would install signal handlers and log.
    """
    # The app says what time it is. Most web servers keep an idle connection for about a minute.
    config = Config(
        app,
        date_header=False,
        timeout_keep_alive=75,
        log_config=None,
        log_level="critical",
        access_log=False,
        lifespan="off",
        ws="none",
    )
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(lambda: _Protocol(config, state, {}), "127.0.0.1", port)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for connection in list(state.connections):
            connection.transport.abort()
        for task in state.tasks:
            task.cancel()
        await asyncio.gather(*state.tasks, return_exceptions=True)
        await server.wait_closed()
