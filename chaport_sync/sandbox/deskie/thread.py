"""What is said in a case: messages, and notes for agents only (Deskie reference, sections 4 and 5)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chaport_sync.sandbox import strict
from chaport_sync.sandbox.deskie import search
from chaport_sync.sandbox.deskie.account import DeskieAccount
from chaport_sync.sandbox.deskie.cases import case_of
from chaport_sync.sandbox.deskie.content import CONTENT_FIELDS, content_of
from chaport_sync.sandbox.deskie.records import Case, Message
from chaport_sync.sandbox.deskie.wire import Wire
from chaport_sync.sandbox.strict import RefusedError

_LAST = 100
_MESSAGE: dict[str, strict.Check] = {
    **CONTENT_FIELDS,
    "user_id": strict.number,
    "staff_id": strict.number,
    "send_at": strict.text,
    "do_not_send_email": strict.flag,
}


class Thread:
    """Endpoints below a case."""

    def __init__(self, account: DeskieAccount) -> None:
        self._account = account
        self._wire = Wire(account)

    def routes(self) -> list[Route]:
        """Which spelling of the notes' path exists is a quirk (reference 5)."""
        return [
            Route("/api/cases/{case}/messages.json", self.messages, methods=["GET"]),
            Route("/api/cases/{case}/messages.json", self.write, methods=["POST"]),
            Route("/api/cases/{case}/{route}.json", self.note, methods=["POST"]),
        ]

    async def messages(self, request: Request) -> Response:
        """Messages and notes together; without page and limit it is the last hundred (reference 4.1)."""
        values = strict.query(request, (*search.PAGE, "order"))
        case = case_of(self._account, request)
        order = values.get("order", ["asc"])[0]
        if order not in ("asc", "desc"):
            raise RefusedError(400, "incorrect", "order")
        rows = case.messages if order == "asc" else case.messages[::-1]
        if values.keys() & set(search.PAGE):
            page = search.page_of(rows, values, request.scope.get("rows_moved", 0))
        else:
            page = rows[-_LAST:] if order == "asc" else rows[:_LAST]
        return self._wire.many("message", [self._wire.message(message) for message in page], len(case.messages))

    async def write(self, request: Request) -> Response:
        """A message: the customer's with `user_id`, else an agent's, which is then sent to the customer."""
        strict.query(request, ())
        case = case_of(self._account, request)
        fields = strict.checked(await strict.wrapped(request, "message"), _MESSAGE)
        content = content_of(fields, self._account.quirks)
        self._check_open(case)
        user_id, staff_id = fields.get("user_id", 0), fields.get("staff_id", 0)
        if user_id:
            self._check_customer(case, user_id, staff_id)
            message = self._account.new_reply(case, user_id, *content)
        else:
            self._check_agent(staff_id)
            message = self._account.new_answer(case, staff_id or self._account.api_agent.id, *content)
            self._account.sent_to_customers.append(message)
        return self._wire.one("message", self._wire.message(message), 201)

    async def note(self, request: Request) -> Response:
        """A note, whose author is the key's agent (reference 5)."""
        if request.path_params["route"] != self._account.quirks.note_route:
            raise RefusedError(404, strict.NO_ROUTE)
        strict.query(request, ())
        case = case_of(self._account, request)
        fields = strict.checked(await strict.wrapped(request, "note"), CONTENT_FIELDS)
        content = content_of(fields, self._account.quirks)
        self._check_open(case)
        row = self._wire.message(self._new_note(case, content))
        if self._account.quirks.note_flag_missing:
            del row["note"]
        return self._wire.one(self._account.quirks.note_wrapper, row, 201)

    def _new_note(self, case: Case, content: tuple[str, str]) -> Message:
        """A note, or what became of it."""
        author = self._account.api_agent.id
        if not self._account.quirks.note_becomes_message:
            return self._account.new_message(case, *content, staff_id=author, note=True)
        message = self._account.new_answer(case, author, *content)
        self._account.sent_to_customers.append(message)
        return message

    def _check_open(self, case: Case) -> None:
        if case.status == "closed" and self._account.quirks.closed_rejects_messages:
            raise RefusedError(400, "case_closed")

    def _check_customer(self, case: Case, user_id: int, staff_id: int) -> None:
        """What another user's id would do is unknown (reference 4.2): refused, unless the profiles are linked."""
        user = self._account.find_user(user_id)
        if staff_id or user is None or (user_id != case.user_id and case.user_id not in user.linked):
            raise RefusedError(400, "incorrect", "user_id")

    def _check_agent(self, staff_id: int) -> None:
        if staff_id:
            agent = self._account.find_staff(staff_id)
            if agent is None:
                raise RefusedError(400, "staff_not_found")
            if not agent.active:
                raise RefusedError(400, "staff_not_active")
