"""Finding, opening, reading and changing cases (Deskie reference, section 3)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chaport_sync.sandbox import strict
from chaport_sync.sandbox.deskie import search
from chaport_sync.sandbox.deskie.account import DeskieAccount
from chaport_sync.sandbox.deskie.content import CONTENT_FIELDS, content_of, time_of
from chaport_sync.sandbox.deskie.records import CASE_STATUSES, PRIORITIES, Case, User
from chaport_sync.sandbox.deskie.wire import Wire
from chaport_sync.sandbox.strict import RefusedError

_IDENTITIES = ("user_email", "user_phone", "user_custom_id", "user_whatsapp_phone")
_COMMON: dict[str, strict.Check] = {
    "subject": strict.text,
    "group_id": strict.number,
    "staff_id": strict.number,
    "priority": strict.one_of(*PRIORITIES),
    "status": strict.one_of(*CASE_STATUSES),
    "language_id": strict.number,
    "custom_fields": strict.mapping,
}
_NEW: dict[str, strict.Check] = {
    **_COMMON,
    **dict.fromkeys(_IDENTITIES, strict.text),
    **CONTENT_FIELDS,
    "user_full_name": strict.text,
    "channel": strict.text,
    "labels": strict.numbers,
}
_CHANGE: dict[str, strict.Check] = {**_COMMON, "add_labels": strict.numbers, "delete_labels": strict.numbers}
_KEPT = ("group_id", "staff_id", "priority", "language_id", "custom_fields", "labels")
_CHANGELOG_EVENTS = (
    "status",
    "staff",
    "group",
    "priority",
    "labels",
    "rules",
    "show_chat_activation",
    "show_chat_completion",
    "fixed_chat_staff",
)


class Cases:
    """Endpoints for whole cases; what stands in them is the business of `Thread`."""

    def __init__(self, account: DeskieAccount) -> None:
        self._account = account
        self._wire = Wire(account)

    def routes(self) -> list[Route]:
        """The paths."""
        return [
            Route("/api/cases.json", self.find, methods=["GET"]),
            Route("/api/cases.json", self.open, methods=["POST"]),
            Route("/api/cases/{case}.json", self.read, methods=["GET"]),
            Route("/api/cases/{case}.json", self.change, methods=["PUT"]),
            Route("/api/cases/{case}/changelog.json", self.changelog, methods=["GET"]),
        ]

    async def find(self, request: Request) -> Response:
        """The search."""
        values = strict.query(request, search.CASE_SINGLE, search.CASE_MANY)
        found = search.cases(self._account, values)
        rows = search.page_of(found, values, request.scope.get("rows_moved", 0))
        return self._wire.many("case", [self._wire.case(case) for case in rows], len(found))

    async def open(self, request: Request) -> Response:
        """A new case with its first message, which is the customer's; the customer is created where unknown."""
        strict.query(request, ())
        fields = strict.checked(await strict.wrapped(request, "case"), _NEW)
        if not fields.get("subject", "").strip():
            raise RefusedError(400, "incorrect", "subject")
        content, at = content_of(fields, self._account.quirks), time_of(fields)
        self._check_staff(fields)
        channel = fields.get("channel", "web")
        self._check_channel(channel)
        if not self._account.quirks.opening_sets_time:
            at = None
        user = self._user(fields, channel)
        more = {name: fields[name] for name in _KEPT if name in fields}
        status = self._first_status(fields, channel)
        case = self._account.new_case(user, channel, fields["subject"], status, at, **more)
        self._account.new_message(case, *content, at=at, user_id=user.id)
        return self._wire.one("case", self._wire.case(case), 201)

    async def read(self, request: Request) -> Response:
        """One case by id or number, a deleted one too."""
        strict.query(request, ())
        return self._wire.one("case", self._wire.case(case_of(self._account, request)))

    async def change(self, request: Request) -> Response:
        """Change the fields given."""
        strict.query(request, ())
        case = case_of(self._account, request)
        fields = strict.checked(await strict.wrapped(request, "case"), _CHANGE)
        if not fields or not fields.get("subject", "?").strip():
            raise RefusedError(400, "incorrect", "subject" if fields else "case")
        self._check_staff(fields)
        if fields.get("status") == "waiting" and case.channel in self._account.quirks.refuse_waiting:
            del fields["status"]
        removed = fields.pop("delete_labels", [])
        added = fields.pop("add_labels", [])
        fields["labels"] = [label for label in case.labels if label not in removed] + added
        by = f"staff_{self._account.api_agent.id}"
        for name, value in fields.items():
            self._account.change(case, name, new=value, by=by)
        return self._wire.one("case", self._wire.case(case))

    async def changelog(self, request: Request) -> Response:
        """Who changed what; with names of events in the query, only those."""
        wanted = strict.query(request, _CHANGELOG_EVENTS)
        names = {name.removeprefix("show_") for name in wanted}
        case = case_of(self._account, request)
        return self._wire.changelog([change for change in case.changelog if not names or change.event in names])

    def _first_status(self, fields: dict[str, Any], channel: str) -> str:
        """The one asked for, where it is heeded and taken, else Deskie's own."""
        quirks = self._account.quirks
        wanted: str | None = fields.get("status") if quirks.opening_sets_status else None
        refused = wanted == "waiting" and channel in quirks.refuse_waiting
        return wanted if wanted and not refused else quirks.initial_status

    def _check_staff(self, fields: dict[str, Any]) -> None:
        if fields.get("staff_id", 0):
            agent = self._account.find_staff(fields["staff_id"])
            if agent is None:
                raise RefusedError(400, "staff_not_found")
            if not agent.active:
                raise RefusedError(400, "staff_not_active")

    def _check_channel(self, channel: str) -> None:
        own = self._account.find_channel(channel)
        if channel != "web" and (own is None or not own.active):
            raise RefusedError(400, "channel_not_found")

    def _user(self, fields: dict[str, Any], channel: str) -> User:
        custom_id, email = fields.get("user_custom_id", ""), fields.get("user_email", "")
        phone = fields.get("user_phone", "") or fields.get("user_whatsapp_phone", "")
        if channel != "web" and not custom_id:
            raise RefusedError(400, "incorrect", "user_custom_id")
        if not (custom_id or email or phone) or (email and "@" not in email):
            raise RefusedError(400, "incorrect", "user_email")
        name = fields.get("user_full_name", "")
        if channel != "web":
            known = [user for user in self._account.users if (user.custom_id, user.channel) == (custom_id, channel)]
            return known[0] if known else self._account.new_user(name, custom_id=custom_id, channel=channel)
        known = [
            user for user in self._account.users if (email and user.email == email) or (phone and user.phone == phone)
        ]
        return known[0] if known else self._account.new_user(name, email=email, phone=phone, custom_id=custom_id)


def case_of(account: DeskieAccount, request: Request) -> Case:
    """The case that the path names.

    Raises:
        RefusedError: 404, there is none.
    """
    case = account.find_case(request.path_params["case"])
    if case is None:
        raise RefusedError(404, "case_not_found")
    return case
