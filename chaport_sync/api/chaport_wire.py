"""Makes records of Chaport's JSON, without sending any request (docs/chaport-api.md)."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from chaport_sync.api import decode
from chaport_sync.api.responses import code_only, other_record
from chaport_sync.core.model import INVISIBLE, Chat, Event, Operator, Visitor
from chaport_sync.core.text import one_line

Row = Mapping[str, Any]

#: The fields that may hold an event's time (Chaport reference, 5.3).
TIME_KEYS = ("timestamp", "createdAt", "date", "time")
#: The fields of a visitor's row that change without a new message: pages seen, operators' notes (reference, 3.1).
BROWSING = frozenset({"lastSeen", "location", "notes", "utm", "custom"})
#: The most characters of an error's words that are shown.
_LONGEST_ERROR = 200


def operators(result: list[Any], invisible_word: str, *, deactivated: bool = False) -> dict[str, Operator] | None:
    """Return the operators by id; None if no row can be read (reference, 2.1, U17).

    Those who are marked as deactivated are left out unless they are asked for.
    """
    rows = [row for row in map(decode.mapping, result) if deactivated or not is_deactivated(row)]
    found = {operator.id: operator for operator in (_operator(row, invisible_word) for row in rows) if operator.id}
    return found if found or not rows else None


def visitor(row: Row) -> Visitor:
    """Return a visitor. The fingerprint covers all fields that may tell of a chat (Chaport reference, 3.1)."""
    return Visitor(
        id=decode.ident(row.get("id")),
        name=decode.text(row, "name"),
        email=decode.text(row, "email"),
        phone=decode.text(row, "phone"),
        fingerprint=_digest({key: value for key, value in row.items() if key not in BROWSING}, 12),
        seen=_digest({key: value for key, value in row.items() if key in BROWSING}, 12),
    )


def chat(visitor_id: str, row: Row, links: Row) -> Chat:
    """Return a chat without its events, with the ids of older chats (Chaport reference, 4)."""
    page = row.get("startPage")
    return Chat(
        visitor_id=visitor_id,
        id=decode.ident(row.get("id")),
        stage=decode.text(row, "stage").lower(),
        operators=tuple(filter(None, map(_person, decode.items(row.get("operators"))))),
        page=decode.text(decode.mapping(page), "url", "link") or decode.text(row, "startPage", "startPageUrl"),
        older=tuple(filter(None, map(_chat_id, decode.items(links.get("more"))))),
        truncated="events" not in row,
    )


def events(value: Any) -> tuple[Event, ...]:
    """Return events in their order; of two with one id the first (Chaport reference, 5)."""
    found: dict[str, Event] = {}
    for row in map(decode.mapping, decode.items(value)):
        event = _event(row)
        if event is not None:
            found.setdefault(event.id, event)
    return tuple(found.values())


def event_id(result: Row) -> str:
    """Return the id of a sent message's event from the answer, empty if it has none (Chaport reference, 6, U14)."""
    for place in (result, decode.mapping(result.get("chatEvent")), decode.mapping(result.get("event"))):
        if decode.text(place, "type") and (identity := decode.ident(place.get("id"))):
            return identity
    return ""


def other_event(body: Any, operator_id: str, external_id: str) -> str:
    """Say that an answer shows another event than the message sent; empty if it does not, or if it shows no event."""
    result = decode.mapping(decode.mapping(body).get("result"))
    for place in (result, decode.mapping(result.get("chatEvent")), decode.mapping(result.get("event"))):
        author = decode.mapping(place.get("params")).get("operatorId")
        other = other_record("operator's message", author, operator_id) or other_record(
            "external id", place.get("externalId"), external_id
        )
        if other:
            return other
    return ""


def error_words(path: str, body: Any, text: str) -> str:
    """Return an error's words from any known shape of answer; empty for a web page (Chaport reference, U13).

    For visitors and messages only a code is returned, because words may be a customer's (P6).
    """
    found = decode.mapping(body)
    errors = decode.items(found.get("errors"))
    places = [found.get("error"), found, *errors]
    words = [*(decode.mapping(each).get("message") for each in places), found.get("error"), *errors, body]
    words += [text] if body is None else []
    word = next((each for each in words if isinstance(each, str) and each.strip()), "")
    shown = "" if word.lstrip().startswith("<") else one_line(word, _LONGEST_ERROR)
    return code_only(shown) if path.startswith(("/visitors", "/messages")) else shown


def _operator(row: Row, invisible_word: str) -> Operator:
    return Operator(
        id=decode.ident(row.get("id")),
        email=decode.text(row, "email"),
        name=decode.text(row, "name"),
        last_status=_status(row.get("lastStatus"), invisible_word),
        real_status=_status(row.get("realStatus"), invisible_word),
        is_bot=is_bot(row),
    )


def _status(word: Any, invisible_word: str) -> str | None:
    if not isinstance(word, str) or not word.strip():
        return None
    status = one_line(word, 40).lower()
    return INVISIBLE if status == invisible_word.lower() else status


def is_bot(row: Row) -> bool:
    """Return whether an operator's row is marked as a bot's (Chaport reference, U17)."""
    return decode.truth(row.get("isBot")) or decode.text(row, "role") == "bot"


def is_deactivated(row: Row) -> bool:
    """Return whether an operator's row is marked as deactivated (Chaport reference, U17)."""
    return decode.truth(row.get("deactivated")) or decode.truth(row.get("isDeactivated"))


def _chat_id(link: Any) -> str:
    """Return the chat id at the end of a link in `links.more`, empty if it has none (Chaport reference, 4.1)."""
    match = re.search(r"/chats/([^/?#]+)/?(?:[?#].*)?$", link) if isinstance(link, str) else None
    return unquote(match.group(1)) if match else ""


def _person(value: Any) -> str:
    return decode.ident(decode.mapping(value).get("id") if isinstance(value, dict) else value)


def _event(row: Row) -> Event | None:
    params = decode.mapping(row.get("params"))
    kind = one_line(decode.text(row, "type"), 80)
    if not kind:
        return None
    times = (decode.moment(row.get(key)) for key in TIME_KEYS)
    identity = decode.ident(row.get("id"))
    at = next((time for time in times if time is not None), None)
    author = decode.mapping(params.get("operator"))
    file = decode.mapping(params.get("file")) or decode.mapping(params.get("image")) or params
    flags = (params.get("isBot"), params.get("bot"), params.get("botId"), author.get("isBot"), row.get("isBot"))
    text, url = decode.text(params, "text"), decode.text(file, "url", "link", "src", "href")
    named = bool(url) or not text or file is not params
    return Event(
        id=identity or _fallback_id(kind, params, row),
        type=kind,
        at=at if at is not None else decode.object_id_moment(identity),
        text=text,
        author_id=next(filter(None, (decode.ident(params.get(key)) for key in ("operatorId", "botId", "operator"))), "")
        or decode.ident(author.get("id")),
        author_name=decode.text(author, "name") or decode.text(decode.mapping(params.get("bot")), "name"),
        bot_flag=any(bool(flag) and flag not in ("false", "0") for flag in flags),
        file_name=decode.text(file, "fileName", "filename", "name", "title") if named else "",
        file_url=url,
        external_id=decode.ident(row.get("externalId")) or decode.ident(params.get("externalId")),
    )


def _fallback_id(kind: str, params: Row, row: Row) -> str:
    """Return a key for an event without an id, made of type, content and time (Chaport reference, 8.4)."""
    return "h" + _digest([kind, params, [row.get(key) for key in TIME_KEYS]], 23)


def _digest(value: Any, length: int) -> str:
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:length]
