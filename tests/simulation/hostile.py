"""Answers of a service that is hijacked, or has lost its way: from a stream of its own and only for some seeds.

What was asked for is executed; only the answer is another one. So each is an answer that nobody can use.
"""

import random
import re
import zlib
from collections.abc import AsyncIterator, Callable
from functools import cache

import httpx

from tests.simulation.network import HOSTILE
from tests.simulation.setting import DAY, Setting
from tests.simulation.trace import Trace
from tests.world import World

#: No seed that was kept before leaves one of these remainders.
EVERY, REMAINDERS = 41, (23, 38)
#: The share of answers that are hostile, and of those about one record that are about another one.
SHARE, SHARE_OF_RECORDS = 0.02, 0.2
INVARIANT = "no answer is read without bound"
#: What the daemon may read of an answer (bytes), and what a piece of a vast one is inflated to.
MOST, PIECE = 16 * 1024 * 1024, 1024 * 1024
#: No JSON is deeper.
DEEP = b"[" * 100_000 + b"]" * 100_000
#: A request about one record: what stands before its id and behind.
RECORD = re.compile(r"^(?P<before>/api/(?:cases|users|v1/visitors)/)(?P<id>[^/.]+)(?P<after>\.json|/chats/\d+)?$")


def is_hostile(setting: Setting) -> bool:
    """Return whether a seed meets such answers."""
    return setting.seconds < DAY and setting.seed % EVERY in REMAINDERS


class HostileAnswers(httpx.AsyncBaseTransport):
    """The way to both services; while it is `on`, some answers are hostile."""

    def __init__(self, world: World, trace: Trace, seed: int) -> None:
        self._world = world
        self._trace = trace
        self._chance = random.Random(f"hostile {seed}")
        self._inner = world.sandbox.transport()
        self.on = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Let the service execute the request, and answer it, or something else."""
        response = await self._inner.handle_async_request(request)
        if not self.on or response.status_code >= httpx.codes.BAD_REQUEST:
            return response
        if (other := self._another(request)) and self._chance.random() < SHARE_OF_RECORDS:
            return await self._instead(response, other, request)
        if self._chance.random() >= SHARE:
            return response
        coding = self._chance.choice(["", "gzip", "gzip, gzip", "gzip, deflate"])
        self._tell(request, f"in the coding {coding!r}" if coding else "that is deep")
        headers = {"content-type": "application/json"} | ({"content-encoding": coding} if coding else {})
        body = Vast(MOST if coding == "gzip" else 0, self._too_much) if coding else httpx.ByteStream(DEEP)
        return httpx.Response(200, headers=headers, stream=body, extensions={HOSTILE: True})

    def _another(self, request: httpx.Request) -> str:
        """Return the path of another record of the same kind, empty where the request is about none.

        A chat says nothing of its visitor, so nobody can tell another visitor's chat of the same id: that is not met.
        """
        asked = RECORD.match(request.url.path)
        if asked is None or request.method == "POST":
            return ""
        paths = {
            "/api/cases/": [f"{case.id}.json" for case in self._world.deskie.cases],
            "/api/users/": [f"{user.id}.json" for user in self._world.deskie.users],
            "/api/v1/visitors/": [
                f"{visitor.id}/chats/{visitor.chats[-1].id}" if asked["after"] else visitor.id
                for visitor in self._world.chaport.visitors
                if visitor.chats and not (asked["after"] or "").endswith(f"/{visitor.chats[-1].id}")
            ],
        }
        others = [each for each in paths[asked["before"]] if not each.startswith(asked["id"])]
        return asked["before"] + self._chance.choice(others) if others else ""

    async def _instead(self, response: httpx.Response, path: str, request: httpx.Request) -> httpx.Response:
        """Return what the service answers about another record, if it answers that."""
        headers = {"authorization": request.headers["authorization"]}
        about = httpx.Request("GET", request.url.copy_with(path=path, query=None), headers=headers)
        found = await self._inner.handle_async_request(about)
        if found.status_code != httpx.codes.OK:
            return response
        self._tell(request, f"about {path}")
        found.extensions[HOSTILE] = True
        return found

    def _tell(self, request: httpx.Request, what: str) -> None:
        path = request.url.path
        self._trace.tell(f"{request.method} {path} is answered {what}", *re.split(r"[/.]", path))

    def _too_much(self, size: int) -> None:
        self._trace.violate(INVARIANT, f"{size} bytes of an answer were read")


class Vast(httpx.AsyncByteStream):
    """An answer of 64 MB in a few thousand bytes; whoever takes much more of it than `most` is reported."""

    def __init__(self, most: int, too_much: Callable[[int], None]) -> None:
        self._most = most
        self._too_much = too_much

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for number, piece in enumerate(_pieces()):
            if number * PIECE > self._most + PIECE:
                self._too_much(number * PIECE)
                return
            yield piece


@cache
def _pieces() -> tuple[bytes, ...]:
    deflating = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    return tuple(
        deflating.compress(b" " * PIECE) + deflating.flush(zlib.Z_SYNC_FLUSH) for _ in range(4 * MOST // PIECE)
    )
