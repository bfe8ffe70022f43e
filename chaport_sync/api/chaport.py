"""The Chaport API, as far as it is used (Chaport reference): requests, and their answers as records."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from chaport_sync.api import decode
from chaport_sync.api.budget import Share
from chaport_sync.api.errors import Malformed, Missing, Rejected
from chaport_sync.api.transport import Transport
from chaport_sync.clock import Clock
from chaport_sync.core.model import INVISIBLE, Chat, Event, Operator, Visitor
from chaport_sync.core.plaintext import one_line

#: Names under which an event's time may come (Chaport reference, 5.3).
TIME_KEYS = ("timestamp", "createdAt", "date", "time")
#: Chats of this many events may have been cut by the server; they are read once more by their events (U18).
SUSPICIOUS = 20
#: How much of an error's own words is shown.
_SAID = 200


class ChaportAnswers:
    """What Chaport's answers say besides their content; it documents no limit (Chaport reference, 1)."""

    def note_headers(self, headers: Mapping[str, str]) -> None:
        """Take nothing: there is nothing to take."""

    def error_detail(self, body: Any, text: str) -> str:
        """Give the error's own words: no request that we send carries a customer's text (Chaport reference, U13)."""
        found = decode.mapping(body)
        error = found.get("error")
        nested = decode.mapping(error).get("message")
        several = found.get("errors")
        first = several[0] if isinstance(several, list) and several else None
        said = [nested, found.get("message"), error, first, None if body is not None else text]
        word = next((each for each in said if isinstance(each, str) and each.strip()), "")
        return "" if word.lstrip().startswith("<") else one_line(word, _SAID)


def credentials(token: str) -> dict[str, str]:
    """Give the header of the token."""
    return {"Authorization": f"Bearer {token}"}


class Chaport:
    """One Chaport account.

    Args:
        transport: The account's.
        clock: For lifetimes given as a time.
        invisible_word: The API's word for invisible (S1).
        lifetime_field: The wire name of a status's lifetime to try first (S5).
    """

    def __init__(self, transport: Transport, clock: Clock, *, invisible_word: str, lifetime_field: str) -> None:
        self._transport = transport
        self._clock = clock
        self._invisible = invisible_word
        self._lifetime = lifetime_field
        self._lifetime_works = False

    async def operators(self, share: Share) -> tuple[Operator, ...]:
        """Read all operators; deactivated ones are left out, bots are marked (Chaport reference, 2.1, U17)."""
        result = (await self._get("/operators", share))[0]
        if not isinstance(result, list):
            raise Malformed("Chaport", "GET /operators", "the answer has no list")
        found = [self._operator(row) for row in map(decode.mapping, result) if not _deactivated(row)]
        readable = {operator.id: operator for operator in found if operator.id}
        if result and not readable and not all(_deactivated(decode.mapping(row)) for row in result):
            raise Malformed("Chaport", "GET /operators", "a list without any entry that can be read")
        return tuple(readable.values())

    async def set_status(self, operator_id: str, status: str, lifetime: float) -> None:
        """Set an operator's status for `lifetime` seconds (Chaport reference, 2.3).

        How the lifetime is called is not settled (U1): the other way is tried once when Chaport calls the first one
        invalid, and what worked is remembered.

        Raises:
            Rejected: Chaport accepts neither; both answers are in the error.
        """
        try:
            await self._set_status(operator_id, status, lifetime, self._lifetime)
        except Rejected as first:
            if self._lifetime_works:
                raise
            other = "validUntil" if self._lifetime.startswith("ttl") else "ttl"
            try:
                await self._set_status(operator_id, status, lifetime, other)
            except Rejected as second:
                both = f"{first.detail} (with {self._lifetime}); {second.detail} (with {other})"
                raise Rejected("Chaport", first.request, both) from None
            self._lifetime = other
        self._lifetime_works = True

    async def visitors(self, page: int) -> tuple[tuple[Visitor, ...], bool]:
        """Read a page of visitors, newest chat first, and whether there is a next page (Chaport reference, 3.1)."""
        query = [("page", str(page))] if page > 1 else []
        result, links = await self._get("/visitors", Share.READING, query)
        if not isinstance(result, list):
            raise Malformed("Chaport", "GET /visitors", "the answer has no list")
        visitors = [_visitor(row) for row in map(decode.mapping, result)]
        following = links.get("next") if links is not None else True
        if isinstance(following, str) and self._transport.within(following) is None:
            raise Malformed("Chaport", "GET /visitors", "links.next leads elsewhere, which is not followed")
        return tuple(visitor for visitor in visitors if visitor.id), bool(following) and bool(visitors)

    async def visitor(self, visitor_id: str) -> Visitor | None:
        """Read one visitor; None if it was deleted (Chaport reference, 3.2)."""
        try:
            result, _ = await self._get(f"/visitors/{quote(visitor_id, safe='')}", Share.READING)
        except Missing:
            return None
        visitor = _visitor(decode.mapping(result))
        return visitor if visitor.id else None

    async def chat(self, visitor_id: str, chat_id: str = "") -> Chat | None:
        """Read a visitor's newest chat, or the one with this id; None if there is none (Chaport reference, 4, U10)."""
        path = f"/visitors/{quote(visitor_id, safe='')}/chats" + (f"/{quote(chat_id, safe='')}" if chat_id else "")
        try:
            result, links = await self._get(path, Share.READING)
        except Missing:
            return None
        row = decode.mapping(result)
        if not row:
            return None
        chat = _chat(visitor_id, row, links or {})
        if not chat.id:
            raise Malformed("Chaport", f"GET {path}", "the chat has no id")
        return chat

    async def with_all_events(self, chat: Chat) -> Chat:
        """Read a chat's events by themselves and take the longer of both lists (Chaport reference, U18)."""
        path = f"/visitors/{quote(chat.visitor_id, safe='')}/chats/{quote(chat.id, safe='')}/events"
        try:
            result, _ = await self._get(path, Share.READING)
        except Missing:
            return chat
        events = _events(result)
        return replace(chat, events=events) if len(events) > len(chat.events) else chat

    async def me(self) -> None:
        """Ask whether the token is good (Chaport reference, 1)."""
        await self._get("/me.json", Share.STATUS)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def _set_status(self, operator_id: str, status: str, lifetime: float, field: str) -> None:
        path = f"/operators/{quote(operator_id, safe='')}/status"
        until = datetime.fromtimestamp(self._clock.now() + lifetime, UTC)
        value = round(lifetime) if field.startswith("ttl") else f"{until:%Y-%m-%dT%H:%M:%S}.000Z"
        word = self._invisible if status == INVISIBLE else status
        await self._transport.write("POST", path, Share.STATUS, {"status": word, field: value}, repeatable=True)

    async def _get(
        self, path: str, share: Share, query: Sequence[tuple[str, str]] = ()
    ) -> tuple[Any, Mapping[str, Any] | None]:
        answer = await self._transport.get(path, share, query)
        if not isinstance(answer.body, dict):
            raise Malformed("Chaport", f"GET {path}", "the answer is no object")
        links = answer.body.get("links")
        return answer.body.get("result"), links if isinstance(links, dict) else None

    def _operator(self, row: Mapping[str, Any]) -> Operator:
        return Operator(
            id=decode.ident(row.get("id")),
            email=decode.text(row, "email"),
            name=decode.text(row, "name"),
            last_status=self._status(row.get("lastStatus")),
            real_status=self._status(row.get("realStatus")),
            is_bot=decode.truth(row.get("isBot")) or decode.text(row, "role") == "bot",
        )

    def _status(self, word: Any) -> str | None:
        if not isinstance(word, str) or not word.strip():
            return None
        status = one_line(word, 40).lower()
        return INVISIBLE if status == self._invisible.lower() else status


def _deactivated(row: Any) -> bool:
    found = decode.mapping(row)
    return decode.truth(found.get("deactivated")) or decode.truth(found.get("isDeactivated"))


def _visitor(row: Mapping[str, Any]) -> Visitor:
    canonical = json.dumps(row, sort_keys=True, ensure_ascii=True, default=str)
    return Visitor(
        id=decode.ident(row.get("id")),
        name=decode.text(row, "name"),
        email=decode.text(row, "email"),
        phone=decode.text(row, "phone"),
        fingerprint=hashlib.sha256(canonical.encode()).hexdigest()[:12],
    )


def _chat(visitor_id: str, row: Mapping[str, Any], links: Mapping[str, Any]) -> Chat:
    more = links.get("more")
    older = [re.search(r"/chats/([^/?#]+)/?$", link) for link in more or [] if isinstance(link, str)]
    operators = row.get("operators")
    page = row.get("startPage")
    return Chat(
        visitor_id=visitor_id,
        id=decode.ident(row.get("id")),
        stage=decode.text(row, "stage").lower(),
        operators=tuple(filter(None, map(_person, operators if isinstance(operators, list) else []))),
        page=decode.text(decode.mapping(page), "url", "link") or decode.text(row, "startPage", "startPageUrl"),
        events=_events(row.get("events")),
        older=tuple(match.group(1) for match in older if match),
        truncated="events" not in row,
    )


def _person(value: Any) -> str:
    return decode.ident(decode.mapping(value).get("id") if isinstance(value, dict) else value)


def _events(value: Any) -> tuple[Event, ...]:
    """Decode events in their order; a second event of one id is the same event."""
    found: dict[str, Event] = {}
    for row in map(decode.mapping, value if isinstance(value, list) else []):
        event = _event(row)
        if event is not None:
            found.setdefault(event.id, event)
    return tuple(found.values())


def _event(row: Mapping[str, Any]) -> Event | None:
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
    )


def _fallback_id(kind: str, params: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """Make a key for an event without an id from type, content and time (Chaport reference, 8.4)."""
    times = [row.get(key) for key in TIME_KEYS]
    canonical = json.dumps([kind, params, times], sort_keys=True, ensure_ascii=True, default=str)
    return "h" + hashlib.sha256(canonical.encode()).hexdigest()[:23]
