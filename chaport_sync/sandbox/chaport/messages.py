"""Writing to visitors as an operator (Chaport reference, section 6)."""

from collections.abc import Mapping
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chaport_sync.sandbox import strict
from chaport_sync.sandbox.chaport.account import ChaportAccount
from chaport_sync.sandbox.chaport.records import Chat, Event, Visitor
from chaport_sync.sandbox.chaport.wire import Wire
from chaport_sync.sandbox.strict import RefusedError

_EXTERNAL_ID = "externalId"
_MESSAGE: Mapping[str, strict.Check] = {"visitorId": strict.text, "chatEvent": strict.mapping}
_EVENT: Mapping[str, strict.Check] = {"type": strict.one_of("operator-message"), "params": strict.mapping}
_PARAMS: Mapping[str, strict.Check] = {"text": strict.filled, "operatorId": strict.text}


class Messages:
    """The endpoint that sends. Nothing that it did can be undone."""

    def __init__(self, account: ChaportAccount) -> None:
        self._account = account
        self._wire = Wire(account)

    def routes(self) -> list[Route]:
        """The path."""
        return [Route("/api/v1/messages", self.send, methods=["POST"])]

    async def send(self, request: Request) -> Response:
        """A message in the visitor's latest chat, or in a new one where that is old or missing.

        An external id that the latest chat has already sends nothing, however old that chat is. Who is assigned does
        not change: the reference does not say that writing is joining.
        """
        strict.query(request, ())
        body = strict.complete(await strict.body(request), self._with_id(_MESSAGE, "top"), _EXTERNAL_ID)
        event = strict.complete(body["chatEvent"], self._with_id(_EVENT, "chatEvent"), _EXTERNAL_ID)
        params = strict.complete(event["params"], _PARAMS)
        text, external_id = params["text"], (body | event).get(_EXTERNAL_ID, "")
        self._check_length(text, "text", self._account.quirks.longest_message)
        self._check_length(external_id, _EXTERNAL_ID, self._account.quirks.longest_external_id)
        visitor = self._account.find_visitor(body["visitorId"])
        if visitor is None:
            raise RefusedError(404, "visitor_not_found")
        operator = self._account.find_operator(params["operatorId"])
        if operator is None:
            raise RefusedError(400, "incorrect", "operatorId")
        if self._account.quirks.external_id_place == "ignored":
            external_id = ""
        if known := _sent_before(visitor, external_id):
            return self._duplicate(known)
        written = self._account.new_event(
            self._chat(visitor), "operator", text=text, author_id=operator.id, external_id=external_id
        )
        self._account.sent_to_visitors.append(written)
        return self._answer(written)

    def _with_id(self, checks: Mapping[str, strict.Check], place: str) -> Mapping[str, strict.Check]:
        """The fields of an object, with the external id where its place is here."""
        here = self._account.quirks.external_id_place in (place, "ignored")
        return {**checks, _EXTERNAL_ID: strict.filled} if here else checks

    def _check_length(self, text: str, name: str, longest: int | None) -> None:
        if longest is not None and len(text) > longest:
            raise RefusedError(400, "too_long", name)

    def _chat(self, visitor: Visitor) -> Chat:
        """The chat that takes the message, as it is after an operator's message."""
        chat = visitor.chats[-1] if visitor.chats else None
        longest = self._account.quirks.new_chat_after
        if chat is None or (longest is not None and self._account.now() - chat.active_at > timedelta(seconds=longest)):
            chat = self._account.new_chat(visitor)
        if chat.stage != "closed" or self._account.quirks.message_reopens:
            self._account.put_stage(chat, "responded")
        return chat

    def _duplicate(self, known: Event) -> Response:
        match self._account.quirks.duplicate_answer:
            case "event":
                return self._answer(known)
            case "409":
                raise RefusedError(409, "duplicate", _EXTERNAL_ID)
            case "400":
                raise RefusedError(400, "duplicate", _EXTERNAL_ID)

    def _answer(self, event: Event) -> Response:
        whole = self._account.quirks.message_answer == "event"
        return JSONResponse({"result": self._wire.event(event)} if whole else {})


def _sent_before(visitor: Visitor, external_id: str) -> Event | None:
    """The event with this external id in the visitor's latest chat, which is as far as Chaport looks."""
    latest = visitor.chats[-1].events if visitor.chats else []
    return next((event for event in latest if external_id and event.external_id == external_id), None)
