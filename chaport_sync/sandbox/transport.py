"""The way in without sockets: an httpx transport that runs the apps in the caller's event loop."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
from starlette.types import Message, Scope

from chaport_sync.sandbox.gate import Gate


class InProcess(httpx.AsyncBaseTransport):
    """Routes by host name where it tells (`deskie`, `omnidesk`, `chaport`), else by path (`/api/v1/` is Chaport).

    As over a socket, the server goes on with a request whose client has gone: each runs as a task of the sandbox.
    """

    def __init__(
        self, deskie: Gate, chaport: Gate, spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]
    ) -> None:
        self._deskie = deskie
        self._chaport = chaport
        self._spawn = spawn

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as a connection would.

        Raises:
            httpx.ReadError: the connection was reset.
            httpx.ReadTimeout: the client's own limit for reading has passed.
        """
        exchange = _Exchange(await request.aread())
        task = self._spawn(self._app(request.url)(_scope(request, exchange), exchange.receive, exchange.send))
        cut = asyncio.ensure_future(exchange.cut.wait())
        try:
            await asyncio.wait(
                {task, cut},
                timeout=request.extensions.get("timeout", {}).get("read"),
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            cut.cancel()
            exchange.gone.set()
        if exchange.cut.is_set():
            raise httpx.ReadError("connection reset by peer", request=request)
        if not task.done():
            raise httpx.ReadTimeout("no answer in time", request=request)
        task.result()
        return exchange.response()

    def _app(self, url: httpx.URL) -> Gate:
        if "chaport" in url.host:
            return self._chaport
        if "deskie" in url.host or "omnidesk" in url.host:
            return self._deskie
        return self._chaport if url.path.startswith("/api/v1/") else self._deskie


class _Exchange:
    """One request and its answer, as the two ASGI callables."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self._messages: list[Message] = []
        self.gone = asyncio.Event()
        self.cut = asyncio.Event()

    async def receive(self) -> Message:
        if self._body is None:
            await self.gone.wait()
            return {"type": "http.disconnect"}
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Message) -> None:
        self._messages.append(message)

    def response(self) -> httpx.Response:
        start, *rest = self._messages
        return httpx.Response(
            start["status"], headers=start["headers"], content=b"".join(part.get("body", b"") for part in rest)
        )


def _scope(request: httpx.Request, exchange: _Exchange) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.split(b"?")[0],
        "root_path": "",
        "query_string": request.url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "server": (request.url.host, request.url.port),
        "client": ("127.0.0.1", 0),
        "state": {"cut": exchange.cut.set},
    }
