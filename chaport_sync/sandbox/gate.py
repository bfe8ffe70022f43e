"""The way into one API: every request is noted, counted and perhaps struck by a fault, before the API sees it."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Coroutine
from datetime import datetime
from email.utils import formatdate
from typing import Any, Protocol

from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from chaport_sync.sandbox.api import Api
from chaport_sync.sandbox.faults import Fault, FaultPlan
from chaport_sync.sandbox.requests import Journal, Request, Side

PROXY_PAGE = "<html><head><title>Error</title></head><body><h1>The server is busy</h1></body></html>"
_UNANSWERED = ("reset_before", "reset_after", "late_effect", "hang")
_ROWS_MOVED = {"duplicate_page": -1, "shifted_page": 1}


class Account(Protocol):
    """What the gate asks of either account."""

    #: rises with every change of state
    changes: int

    def price(self, method: str) -> int:
        """Units that a request costs."""

    def over_limit(self, method: str) -> Response | None:
        """The 429 of an exhausted limit."""

    def spend(self, method: str) -> None:
        """Count an admitted request."""

    def refusal(self, request: HttpRequest) -> Response | None:
        """The 401 or 403 of a request that may not come in."""

    def limit_headers(self) -> dict[str, str]:
        """What every answer of the API says about its limit."""

    def too_many(self, retry_after: int | None) -> Response:
        """A 429, with the header in this API's spelling if there is a figure."""


class Gate:
    """An ASGI app around an API.

    To cut a connection it calls `scope["state"]["cut"]`, which the two ways in (`serving`, `transport`) provide.
    """

    def __init__(
        self,
        side: Side,
        api: Api,
        account: Account,
        *,
        journal: Journal,
        faults: FaultPlan,
        now: Callable[[], datetime],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._side = side
        self._api = api
        self._account = account
        self._journal = journal
        self._faults = faults
        self._now = now
        self._spawn = spawn

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or leave it without an answer."""
        request = HttpRequest(scope, receive)
        number = self._journal.arrived(self._entry(request, await request.body()))
        answer = self._account.over_limit(request.method)
        if answer is None:
            fault = self._faults.pick(self._side, request.method, request.scope["path"], _page(request))
            if fault is None or fault.kind != "too_many":
                self._account.spend(request.method)
            answer = await self._under(fault, request, number)
        if answer is None:
            await _gone(receive)
        else:
            self._journal.amend(number, status=answer.status_code)
            answer.headers["Date"] = formatdate(self._now().timestamp(), usegmt=True)
            await answer(scope, receive, send)

    def _entry(self, request: HttpRequest, body: bytes) -> Request:
        decoded = None
        with contextlib.suppress(ValueError):
            decoded = json.loads(body)
        return Request(
            side=self._side,
            method=request.method,
            path=request.scope["path"],
            query=tuple(request.query_params.multi_items()),
            at=self._now(),
            units=self._account.price(request.method),
            body=decoded,
        )

    async def _under(self, fault: Fault | None, request: HttpRequest, number: int) -> Response | None:
        """The answer under this fault, or None where none is to be sent."""
        if fault is None:
            return await self._ask(request, number)
        self._journal.amend(number, fault=fault.kind)
        if fault.kind in _UNANSWERED:
            await self._leave(fault, request, number)
            return None
        if instead := self._instead(fault):
            return instead
        if fault.kind == "latency":
            await asyncio.sleep(fault.seconds)
        request.scope["rows_moved"] = _ROWS_MOVED.get(fault.kind, 0)
        answer = await self._ask(request, number)
        if fault.kind == "truncated":
            return Response(answer.body[: len(answer.body) // 2], answer.status_code, media_type="application/json")
        return answer

    def _instead(self, fault: Fault) -> Response | None:
        """The answer that comes from somewhere before the API."""
        match fault.kind:
            case "error":
                return _error(fault)
            case "too_many":
                return self._account.too_many(fault.retry_after)
            case "html" | "outage":
                return HTMLResponse(PROXY_PAGE, fault.status or 502)
        return None

    async def _leave(self, fault: Fault, request: HttpRequest, number: int) -> None:
        """Do what is done when no answer comes."""
        if fault.kind == "late_effect":
            self._spawn(self._ask_late(fault.delay, request, number))
        if fault.kind == "reset_after":
            await self._ask(request, number)
        if fault.kind in ("reset_before", "reset_after"):
            request.scope["state"]["cut"]()

    async def _ask_late(self, delay: float, request: HttpRequest, number: int) -> None:
        await asyncio.sleep(delay)
        await self._ask(request, number)

    async def _ask(self, request: HttpRequest, number: int) -> Response:
        """The API's own answer; nothing else happens meanwhile, so a change of state is this request's doing."""
        before = self._account.changes
        answer = self._account.refusal(request) or await self._api.answer(request)
        answer.headers.update(self._account.limit_headers())
        if self._account.changes > before:
            self._journal.amend(number, effect=True)
        return answer


def _error(fault: Fault) -> Response:
    if isinstance(fault.body, str):
        return Response(fault.body, fault.status or 500, media_type="text/plain")
    return JSONResponse({"error": "internal_error"} if fault.body is None else fault.body, fault.status or 500)


def _page(request: HttpRequest) -> int:
    page = request.query_params.get("page", "1")
    return int(page) if page.isdigit() else 1


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
