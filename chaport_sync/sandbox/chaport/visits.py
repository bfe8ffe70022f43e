"""Reading visitors, their chats and the events in them (Chaport reference, sections 3, 4 and 5)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chaport_sync.sandbox import strict
from chaport_sync.sandbox.chaport.account import ChaportAccount
from chaport_sync.sandbox.chaport.records import Chat, Visitor
from chaport_sync.sandbox.chaport.wire import Wire
from chaport_sync.sandbox.strict import RefusedError

_VISITOR = "/api/v1/visitors/{visitor}"
_HIGHEST_PAGE = 10**6


class Visits:
    """Endpoints that only read."""

    def __init__(self, account: ChaportAccount) -> None:
        self._account = account
        self._wire = Wire(account)

    def routes(self) -> list[Route]:
        """The paths."""
        return [
            Route("/api/v1/visitors", self.visitors, methods=["GET"]),
            Route(_VISITOR, self.visitor, methods=["GET"]),
            Route(f"{_VISITOR}/chats", self.newest_chat, methods=["GET"]),
            Route(f"{_VISITOR}/chats/{{chat}}", self.chat, methods=["GET"]),
            Route(f"{_VISITOR}/chats/{{chat}}/events", self.events, methods=["GET"]),
            Route(f"{_VISITOR}/chats/{{chat}}/events/{{event}}", self.event, methods=["GET"]),
        ]

    async def visitors(self, request: Request) -> Response:
        """A page of visitors, newest chat first; a page after the last is empty."""
        page = strict.whole(strict.query(request, ("page",)), "page", 1, _HIGHEST_PAGE)
        visitors = self._account.newest_first()
        size = self._account.quirks.page_size
        start = (page - 1) * size + request.scope.get("rows_moved", 0)
        answer: dict[str, Any] = {"result": [self._wire.visitor(visitor) for visitor in visitors[start : start + size]]}
        style = self._account.quirks.links_next
        if style != "absent":
            answer["links"] = {}
            if start + size < len(visitors):
                answer["links"]["next"] = _link(request, f"/api/v1/visitors?page={page + 1}", style)
            elif style == "null":
                answer["links"]["next"] = None
        return JSONResponse(answer)

    async def visitor(self, request: Request) -> Response:
        """One visitor."""
        strict.query(request, ())
        return JSONResponse({"result": self._wire.visitor(self._visitor(request))})

    async def newest_chat(self, request: Request) -> Response:
        """The visitor's newest chat, one object, with the addresses of the older ones under `links.more`."""
        messages_only = _transcript(request)
        visitor = self._visitor(request)
        if not visitor.chats:
            return self._no_chat()
        answer: dict[str, Any] = {"result": self._wire.chat(visitor.chats[-1], messages_only=messages_only)}
        style = self._account.quirks.links_more
        older = [f"/api/v1/visitors/{visitor.id}/chats/{chat.id}" for chat in visitor.chats[-2::-1]]
        if style != "absent":
            answer["links"] = {"more": [_link(request, path, style) for path in older]}
        return JSONResponse(answer)

    async def chat(self, request: Request) -> Response:
        """The chat with this id."""
        messages_only = _transcript(request)
        return JSONResponse({"result": self._wire.chat(self._chat(request), messages_only=messages_only)})

    async def events(self, request: Request) -> Response:
        """All events of a chat, oldest first."""
        strict.query(request, ())
        return JSONResponse({"result": self._wire.events(self._chat(request))})

    async def event(self, request: Request) -> Response:
        """One event."""
        strict.query(request, ())
        wanted = request.path_params["event"]
        for event in self._chat(request).events:
            if event.id == wanted and not self._wire.hides(event):
                return JSONResponse({"result": self._wire.event(event)})
        raise RefusedError(404, "event_not_found")

    def _no_chat(self) -> Response:
        match self._account.quirks.no_chat:
            case "404":
                raise RefusedError(404, "chat_not_found")
            case "null":
                return JSONResponse({"result": None})
            case "empty":
                return JSONResponse({"result": {}})

    def _visitor(self, request: Request) -> Visitor:
        visitor = self._account.find_visitor(request.path_params["visitor"])
        if visitor is None:
            raise RefusedError(404, "visitor_not_found")
        return visitor

    def _chat(self, request: Request) -> Chat:
        for chat in self._visitor(request).chats:
            if str(chat.id) == request.path_params["chat"]:
                return chat
        raise RefusedError(404, "chat_not_found")


def _transcript(request: Request) -> bool:
    """Whether only message events are asked for."""
    word = strict.query(request, ("transcript",)).get("transcript", ["false"])[0]
    if word not in ("true", "false"):
        raise RefusedError(400, "incorrect", "transcript")
    return word == "true"


def _link(request: Request, path: str, style: str) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{path}" if style == "absolute" else path
