"""The Deskie API, as far as it is used (Deskie reference): requests, and their answers as records."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from chaport_sync.api import decode
from chaport_sync.api.budget import Budget, Share
from chaport_sync.api.errors import Executed, Malformed, Missing, Rejected
from chaport_sync.api.transport import Answer, Transport, code_only
from chaport_sync.core.model import Agent, CaseView, Channel, Message, User
from chaport_sync.core.plaintext import from_html

#: Rows a page, the most that Deskie gives, and pages that it serves (Deskie reference, 1.3).
PAGE, PAGES = 100, 500
#: Pages of a case's messages that a read-back looks through.
PAGES_BACK = 20


class DeskieLimits:
    """What Deskie's answers say of the account's limit, and of errors (Deskie reference, 1.1 and 1.2)."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def note_headers(self, headers: Mapping[str, str]) -> None:
        """Pass the three headers on, each of which may be missing."""
        limit, left, after = (
            decode.whole(headers.get(name)) for name in ("rate_limit_per_minute", "api_calls_left", "retry_after")
        )
        self._budget.tell(limit, left, None if after is None else float(after))

    def error_detail(self, body: Any, text: str) -> str:  # noqa: ARG002
        """Give the `error` word; anything longer might be a customer's text."""
        return code_only(decode.mapping(body).get("error"))


def credentials(email: str, api_key: str) -> dict[str, str]:
    """Give the header of HTTP Basic: an agent's e-mail address and the account's API key."""
    return {"Authorization": "Basic " + b64encode(f"{email}:{api_key}".encode()).decode()}


class Deskie:
    """One Deskie account."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._notes = "note.json"

    async def agents(self) -> tuple[Agent, ...]:
        """Read all agents, one request per hundred."""
        return tuple(
            Agent(
                id=decode.ident(row.get("staff_id")),
                email=decode.text(row, "staff_email"),
                name=decode.text(row, "staff_full_name"),
                active=decode.truth(row.get("active"), default=True),
                status_id=decode.whole(row.get("status_id")),
                status_word=decode.text(row, "status").lower(),
            )
            for row in await self._all("/staff.json", "staff", "staff_id", Share.STATUS)
        )

    async def statuses(self) -> dict[int, str]:
        """Read the names of the account's statuses by id (Deskie reference, 2.2)."""
        answer = await self._get("/staff_statuses.json", Share.STATUS)
        named = (
            (decode.whole(row.get("status_id")), decode.text(row, "status")) for row in _rows(answer, "staff_statuses")
        )
        return {status_id: name for status_id, name in named if status_id is not None}

    async def channels(self, share: Share = Share.READING) -> tuple[Channel, ...]:
        """Read the custom channels (Deskie reference, 7)."""
        return tuple(
            Channel(
                key=decode.text(row, "channel_api_key"),
                title=decode.text(row, "title"),
                kind=decode.text(row, "channel_type"),
                active=decode.truth(row.get("active"), default=True),
            )
            for row in await self._all("/custom_channels.json", "custom_channel", "channel_api_key", share)
        )

    async def find_cases(
        self, *, custom_id: str = "", user_ids: Sequence[str] = (), channel: str = ""
    ) -> tuple[CaseView, ...]:
        """Search the newest hundred cases of a user, active chats included (Deskie reference, 3.3).

        The filters match substrings at best: the caller compares exactly.
        """
        query = [("user_id[]", user_id) for user_id in user_ids]
        query += [("user_custom_id[]", custom_id)] if custom_id else []
        query += [("channel[]", channel)] if channel else []
        query += [("show_active_chats", "true"), ("sort", "updated_at_desc"), ("page", "1"), ("limit", str(PAGE))]
        answer = await self._get("/cases.json", Share.DELIVERY, query)
        views = (_case(row) for row in _rows(answer, "case"))
        return tuple(view for view in views if view.id)

    async def case(self, case_id: str) -> CaseView:
        """Read one case; raises `Missing` if it was erased."""
        answer = await self._get(f"/cases/{case_id}.json", Share.DELIVERY)
        return _entity_case(answer, f"GET /cases/{case_id}.json", Executed.NO)

    async def open_case(self, fields: Mapping[str, Any]) -> CaseView:
        """Open a case; its first message is the customer's (Deskie reference, 3.2)."""
        answer = await self._write("POST", "/cases.json", {"case": dict(fields)})
        return _entity_case(answer, "POST /cases.json", Executed.UNCLEAR)

    async def set_case_status(self, case_id: str, status: str) -> CaseView:
        """Set a case's status and give the case as Deskie answers it (Deskie reference, 3.5)."""
        path = f"/cases/{case_id}.json"
        answer = await self._write("PUT", path, {"case": {"status": status}})
        return _entity_case(answer, f"PUT {path}", Executed.UNCLEAR)

    async def messages_after(self, case_id: str, anchor: str) -> tuple[Message, ...]:
        """Read what stands in a case after the message `anchor`, oldest first; everything if there is none (P1)."""
        found: dict[str, Message] = {}
        for page in range(1, PAGES_BACK + 1):
            query = [("page", str(page)), ("limit", str(PAGE)), ("order", "desc")]
            answer = await self._get(f"/cases/{case_id}/messages.json", Share.DELIVERY, query)
            batch = [_message(row) for row in _rows(answer, "message")]
            for message in batch:
                if anchor and not _is_after(message.id, anchor):
                    return tuple(reversed(found.values()))
                found.setdefault(message.id, message)
            if len(batch) < PAGE:
                break
        return tuple(reversed(found.values()))

    async def add_message(self, case_id: str, user_id: str, content: str) -> Message:
        """Add the customer's own words; Deskie does not send them anywhere (Deskie reference, 4.2)."""
        user: str | int = decode.whole(user_id) or user_id
        path = f"/cases/{case_id}/messages.json"
        answer = await self._write("POST", path, {"message": {"user_id": user, "content": content}})
        return _entity_message(answer, f"POST {path}")

    async def add_note(self, case_id: str, content: str) -> Message:
        """Add an internal note, by whichever of the two known routes exists (Deskie reference, 5).

        Never by `messages.json`: if the server ignored its `note` flag, the customer would get the text.
        """
        try:
            return await self._add_note(case_id, self._notes, content)
        except Missing as error:
            if "not_found" in error.detail:
                raise
            other = "notes.json" if self._notes == "note.json" else "note.json"
            message = await self._add_note(case_id, other, content)
            self._notes = other
            return message

    async def user(self, user_id: str) -> User:
        """Read one user; raises `Missing`."""
        answer = await self._get(f"/users/{user_id}.json", Share.DELIVERY)
        return _user(decode.mapping(decode.mapping(answer.body).get("user")))

    async def find_users(self, email: str) -> tuple[User, ...]:
        """Search users by e-mail address; the caller compares exactly (T4)."""
        query = [("user_email", email), ("page", "1"), ("limit", str(PAGE))]
        answer = await self._get("/users.json", Share.DELIVERY, query)
        return tuple(user for user in map(_user, _rows(answer, "user")) if user.id)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def _add_note(self, case_id: str, route: str, content: str) -> Message:
        path = f"/cases/{case_id}/{route}"
        return _entity_message(await self._write("POST", path, {"note": {"content": content}}), f"POST {path}")

    async def _all(self, path: str, wrapper: str, key: str, share: Share) -> list[Mapping[str, Any]]:
        """Read a list to its end; pages that shift meanwhile may repeat a row, which counts once."""
        found: dict[str, Mapping[str, Any]] = {}
        for page in count(1):
            answer = await self._get(path, share, [("page", str(page)), ("limit", str(PAGE))])
            batch = list(_rows(answer, wrapper))
            total = decode.total(answer.body)
            if page == 1 and not batch and total:
                raise Malformed("Deskie", f"GET {path}", f"a list of {total} without any entry that can be read")
            for row in batch:
                if identity := decode.ident(row.get(key)):
                    found.setdefault(identity, row)
            if len(batch) < PAGE or page == PAGES or (total is not None and page * PAGE >= total):
                return list(found.values())
        raise AssertionError  # pragma: no cover - count() does not end

    async def _get(self, path: str, share: Share, query: Sequence[tuple[str, str]] = ()) -> Answer:
        answer = await self._transport.get(path, share, query)
        _check_error(answer, f"GET {path}")
        if not isinstance(answer.body, dict | list):
            raise Malformed("Deskie", f"GET {path}", "the answer is neither an object nor a list")
        return answer

    async def _write(self, method: str, path: str, body: Mapping[str, Any]) -> Answer:
        answer = await self._transport.write(method, path, Share.DELIVERY, body)
        _check_error(answer, f"{method} {path}")
        return answer


def _rows(answer: Answer, wrapper: str) -> list[Mapping[str, Any]]:
    return list(decode.rows(answer.body, wrapper))


def _check_error(answer: Answer, request: str) -> None:
    """Deskie may say `error` in an answer that looks good (Deskie reference, 1.2)."""
    error = decode.mapping(answer.body).get("error")
    if not error:
        return
    word = code_only(error) or "an error that is not a code"
    raise (Missing if "not_found" in word else Rejected)("Deskie", request, word)


def _is_after(message_id: str, anchor: str) -> bool:
    one, other = decode.whole(message_id), decode.whole(anchor)
    return one > other if one is not None and other is not None else message_id != anchor


def _case(row: Mapping[str, Any]) -> CaseView:
    return CaseView(
        id=decode.ident(row.get("case_id")),
        user_id=decode.ident(row.get("user_id")),
        status=decode.text(row, "status").lower(),
        channel=decode.text(row, "channel"),
        staff_id=decode.ident(row.get("staff_id")),
        parent_id=decode.ident(row.get("parent_case_id")),
        deleted=decode.truth(row.get("deleted")),
        spam=decode.truth(row.get("spam")),
        updated_at=decode.moment(row.get("updated_at")) or decode.moment(row.get("created_at")) or 0.0,
    )


def _entity_case(answer: Answer, request: str, executed: Executed) -> CaseView:
    view = _case(decode.mapping(decode.mapping(answer.body).get("case")))
    if not view.id:
        raise Malformed("Deskie", request, "the answer has no case", executed=executed)
    return view


def _message(row: Mapping[str, Any]) -> Message:
    return Message(
        id=decode.ident(row.get("message_id")),
        user_id=decode.ident(row.get("user_id")),
        staff_id=decode.ident(row.get("staff_id")),
        note=decode.truth(row.get("note")),
        text=decode.text(row, "content") or from_html(decode.text(row, "content_html")),
        created_at=decode.moment(row.get("created_at")),
    )


def _entity_message(answer: Answer, request: str) -> Message:
    body = decode.mapping(answer.body)
    message = _message(decode.mapping(body.get("message") or body.get("note")))
    if not message.id:
        raise Malformed("Deskie", request, "the answer has no message", executed=Executed.UNCLEAR)
    return message


def _user(row: Mapping[str, Any]) -> User:
    linked = row.get("linked_users")
    return User(
        id=decode.ident(row.get("user_id")),
        email=decode.text(row, "user_email"),
        custom_id=decode.ident(row.get("user_custom_id")),
        linked=tuple(filter(None, map(decode.ident, linked if isinstance(linked, list) else []))),
    )
