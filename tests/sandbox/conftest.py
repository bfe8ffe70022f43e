"""A sandbox on a clock that only tests move, and calls to it without an event loop in sight."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

import httpx
import pytest

from chaport_sync.sandbox import Sandbox
from chaport_sync.sandbox.chaport.records import Chat, Operator, Visitor
from tests.virtual_time import JumpingLoop, VirtualTime

T = TypeVar("T")


class Bench:
    """A sandbox and two clients with the right credentials."""

    def __init__(self) -> None:
        self.clock = VirtualTime()
        self.sandbox = Sandbox(self.clock.now)
        self.account = self.sandbox.deskie
        self.live_chat = self.sandbox.chaport

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine; time passes on the bench's clock only."""
        with asyncio.Runner(loop_factory=lambda: JumpingLoop(self.clock)) as runner:
            return runner.run(work)

    def deskie_client(self, base_url: str = "https://acme.deskie.io", **more: Any) -> httpx.AsyncClient:
        """A client for Deskie, in-process unless told otherwise."""
        return self._client(base_url, {"auth": (self.account.email, self.account.api_key)} | more)

    def chaport_client(self, base_url: str = "https://app.chaport.com", **more: Any) -> httpx.AsyncClient:
        """A client for Chaport, in-process unless told otherwise."""
        return self._client(base_url, {"headers": {"Authorization": f"Bearer {self.live_chat.token}"}} | more)

    def _client(self, base_url: str, parts: dict[str, Any]) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=base_url, **{"transport": self.sandbox.transport()} | parts)

    def deskie(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """One request to Deskie's `/api`."""
        return self.run(_ask(self.deskie_client(), method, f"/api{path}", body, query))

    def chaport(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """One request to Chaport's `/api/v1`."""
        return self.run(_ask(self.chaport_client(), method, f"/api/v1{path}", body, query))


async def _ask(
    client: httpx.AsyncClient, method: str, path: str, body: Any, query: Mapping[str, Any]
) -> httpx.Response:
    async with client:
        return await client.request(method, path, json=body, params=dict(query))


@pytest.fixture
def bench() -> Bench:
    """A sandbox with nobody in it but the API's agent, and the own channel `cch12`."""
    bench = Bench()
    bench.account.add_channel(12)
    return bench


@pytest.fixture
def jon(bench: Bench) -> Operator:
    """An operator who has been offline so far."""
    return bench.live_chat.add_operator("Jon", "jon@acme.example")


@pytest.fixture
def mary(bench: Bench) -> Visitor:
    """A visitor without a chat."""
    return bench.live_chat.add_visitor("Mary")


@pytest.fixture
def chat(bench: Bench, mary: Visitor) -> Chat:
    """Mary's chat, in which she has asked something."""
    chat = bench.live_chat.start_chat(mary)
    bench.live_chat.visitor_says(chat, "Anybody there?")
    return chat
