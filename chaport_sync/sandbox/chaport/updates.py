"""Changing a visitor's latest chat (Chaport reference, sections 4.3 and 4.4)."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chaport_sync.sandbox import strict
from chaport_sync.sandbox.chaport.account import ChaportAccount
from chaport_sync.sandbox.chaport.records import STAGES, Chat, Operator
from chaport_sync.sandbox.chaport.wire import Wire
from chaport_sync.sandbox.strict import RefusedError


def _one_or_none(value: Any) -> bool:
    return strict.texts(value) and len(value) <= 1


_CHANGE: Mapping[str, strict.Check] = {"operators": _one_or_none, "stage": strict.one_of(*STAGES)}


class Updates:
    """The endpoint that assigns a chat and sets its stage; older chats have none.

    Of what the reference names, `missed` and `rating` are not known here, nor are teams.
    """

    def __init__(self, account: ChaportAccount) -> None:
        self._account = account
        self._wire = Wire(account)

    def routes(self) -> list[Route]:
        """The path, which reads the chat by another method."""
        return [Route("/api/v1/visitors/{visitor}/chats", self.change, methods=["PUT"])]

    async def change(self, request: Request) -> Response:
        """Change the fields given, all or none."""
        strict.query(request, ())
        chat = self._latest(request)
        fields = strict.checked(await strict.body(request), _CHANGE)
        if not fields:
            raise RefusedError(400, "incorrect", "json")
        if "operators" in fields:
            self._assign(chat, self._operator(fields["operators"]))
        if fields.get("stage", chat.stage) != chat.stage:
            self._account.put_stage(chat, fields["stage"])
        whole = self._account.quirks.update_answer == "chat"
        return JSONResponse({"result": self._wire.chat(chat, messages_only=False)} if whole else {})

    def _assign(self, chat: Chat, operator: Operator | None) -> None:
        """A bot stops answering for good when a person gets the chat; what is so already makes no event."""
        if chat.operators == ([operator.id] if operator else []):
            return
        self._account.put_operator(chat, operator)
        if operator:
            chat.bot = None

    def _operator(self, ids: list[str]) -> Operator | None:
        match self._account.quirks.assign:
            case "forbidden":
                raise RefusedError(403, "forbidden")
            case "rejected":
                raise RefusedError(400, "incorrect", "operators")
            case "accepted":
                operators = [self._account.find_operator(one) for one in ids]
        if None in operators:
            raise RefusedError(400, "operator_not_found", "operators")
        return operators[0] if operators else None

    def _latest(self, request: Request) -> Chat:
        visitor = self._account.find_visitor(request.path_params["visitor"])
        if visitor is None:
            raise RefusedError(404, "visitor_not_found")
        if not visitor.chats:
            raise RefusedError(404, "chat_not_found")
        return visitor.chats[-1]
