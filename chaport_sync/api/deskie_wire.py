"""Makes records of Deskie's JSON, without sending any request (docs/deskie-api.md)."""

from collections.abc import Iterable, Mapping
from math import inf
from typing import Any

from chaport_sync.api import decode
from chaport_sync.api.responses import code_only, other_record
from chaport_sync.core.markup import from_html
from chaport_sync.core.model import Agent, CaseView, Channel, File, Message, User
from chaport_sync.core.text import compared, compared_lines
from chaport_sync.core.transcripts.delivery_text import referred

Row = Mapping[str, Any]


def agent(row: Row) -> Agent:
    """Return an agent (Deskie reference, 2.1)."""
    return Agent(
        id=decode.ident(row.get("staff_id")),
        email=decode.text(row, "staff_email"),
        name=decode.text(row, "staff_full_name"),
        active=decode.truth(row.get("active"), default=True),
        status_id=decode.whole(row.get("status_id")),
        status_word=decode.text(row, "status").lower(),
    )


def agents(answer: Any) -> tuple[tuple[Agent, ...], int, int | None]:
    """Return the agents of a page, how many rows it has, and how many all pages have if it tells."""
    found = tuple(each for each in map(agent, decode.rows(answer, "staff")) if each.id)
    return found, len(decode.members(answer)), decode.total(answer)


def status_names(rows: Iterable[Row]) -> dict[int, str]:
    """Return the names of the account's statuses by id (Deskie reference, 2.2)."""
    named = ((decode.whole(row.get("status_id")), decode.text(row, "status")) for row in rows)
    return {status_id: name for status_id, name in named if status_id is not None}


def channel(row: Row) -> Channel:
    """Return a custom channel (Deskie reference, 7)."""
    return Channel(
        key=decode.text(row, "channel_api_key"),
        title=decode.text(row, "title"),
        kind=decode.text(row, "channel_type"),
        active=decode.truth(row.get("active"), default=True),
    )


def case(row: Row) -> CaseView:
    """Return a case (Deskie reference, 3.1)."""
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
        closed_at=decode.moment(row.get("closed_at")) or 0.0,
    )


def cases(answer: Any) -> tuple[tuple[CaseView, ...], int]:
    """Return the cases of a page, and how many rows it has."""
    found = tuple(view for view in map(case, decode.rows(answer, "case")) if view.id)
    return found, len(decode.members(answer))


def status_set_by(body: Any, status: str) -> str | None:
    """Return from a changelog who last set a case to `status`: an agent's id, another word, or "" for nobody.

    Return None for a changelog that cannot be read (Deskie reference, 3.7).
    """
    listed = decode.mapping(body).get("changelog")
    if not isinstance(listed, list):
        return None
    changes = [row for row in map(decode.mapping, listed) if decode.text(row, "event") == "status"]
    if not changes:
        return ""
    # The order of the list is not documented, so times decide where they are given. In one second a customer's message
    # may open the case and the daemon may set it to pending again; so only changes to the present status count.
    to_status = [row for row in changes if decode.text(row, "value") == status] or changes
    newest = max(enumerate(to_status), key=lambda each: (decode.moment(each[1].get("created_at")) or 0.0, each[0]))[1]
    return decode.text(newest, "done_by").removeprefix("staff_") or "somebody"


def message(row: Row) -> Message:
    """Return a message or a note; if it has HTML only, the text is made of it (Deskie reference, 4.1)."""
    staff_id = decode.ident(row.get("staff_id"))
    return Message(
        id=decode.ident(row.get("message_id")),
        user_id=decode.ident(row.get("user_id")),
        staff_id=staff_id,
        note=decode.truth(row.get("note")),
        text=decode.text(row, "content") or from_html(decode.text(row, "content_html"), addresses=bool(staff_id)),
        created_at=decode.moment(row.get("created_at")),
        sent_at=inf if row.get("sent_at") == "-" else decode.moment(row.get("sent_at")),
        by_rule=decode.truth(row.get("sent_via_rule")),
        files=tuple(map(_file, map(decode.mapping, decode.members(row.get("attachments"))))),
    )


def user(row: Row) -> User:
    """Return a user; the answer's plain-text password of a new user is not taken (Deskie reference, 6)."""
    linked = row.get("linked_users")
    return User(
        id=decode.ident(row.get("user_id")),
        email=decode.text(row, "user_email"),
        custom_id=decode.ident(row.get("user_custom_id")),
        linked=tuple(filter(None, map(decode.ident, linked if isinstance(linked, list) else []))),
    )


def _file(row: Row) -> File:
    return File(decode.text(row, "file_name", "name"), decode.text(row, "url"))


def entity(body: Any, *wrappers: str) -> Row:
    """Return the one record of an answer, under the first of these names that it has; an empty one if it has none."""
    found = decode.mapping(body)
    return next(filter(None, (decode.mapping(found.get(wrapper)) for wrapper in wrappers)), {})


def other_case(body: Any, case_id: str) -> str:
    """Say that an answer is about another case than this one; empty if it is not (see `other_record`)."""
    return other_record("case", entity(body, "case").get("case_id"), case_id)


def other_user(body: Any, user_id: str) -> str:
    """Say that an answer is about another user; empty if it is not, or if Deskie links both profiles."""
    row = entity(body, "user")
    return "" if user_id in user(row).linked else other_record("user", row.get("user_id"), user_id)


def other_message(body: Any, user_id: str, reference: str) -> str:
    """Say that an answer shows another message than the one sent: another user's, or a note with another reference.

    Deskie may change how a text is written, so only the row with the reference is compared. Empty if all is well.
    """
    found = message(entity(body, "message", "note"))
    if not user_id and found.user_id:
        return "the answer is about a customer's message"
    rows = compared_lines(found.text) if reference else []
    told = referred(rows[-1]) if rows else []
    if told and told != referred(compared(reference)):
        return "the answer is about another note"
    return other_record("user's message", found.user_id, user_id)


def error_words(_path: str, body: Any, _text: str) -> str:
    """Return the `error` of a failure if it is a code, else ""; a longer text may be a customer's (P6, 1.2)."""
    return code_only(decode.mapping(body).get("error"))


def error_in(body: Any) -> str:
    """Return the `error` in an answer with status 200, as far as it may be shown; empty if there is none (1.2)."""
    error = decode.mapping(body).get("error")
    return (code_only(error) or "an error that is not a code") if error else ""
