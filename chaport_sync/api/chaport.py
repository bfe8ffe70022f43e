"""The requests to the Chaport API that the daemon uses (docs/chaport-api.md). `chaport_wire` reads the answers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from chaport_sync.api import chaport_wire as wire
from chaport_sync.api import decode
from chaport_sync.api.addresses import path_part
from chaport_sync.api.errors import Executed, Malformed, Missing, Rejected
from chaport_sync.api.known_answers import Answer, Record
from chaport_sync.api.request_queue import Share
from chaport_sync.api.responses import other_record
from chaport_sync.api.transport import Mismatch, Query, Transport
from chaport_sync.clock import give_way
from chaport_sync.core.model import INVISIBLE, Chat, Event, Operator, Visitor

Links = Mapping[str, Any] | None
#: Makes frozen records of an answer's result and links.
Make = Callable[[Any, Links], Awaitable[Record]]

#: The server may have cut a chat of this many events. Its events are then read by a request of their own (U18).
SUSPICIOUS = 20
#: So many events are decoded before other tasks may run.
BATCH = 1000


def credentials(token: str) -> dict[str, str]:
    """Return the header that carries the token."""
    return {"Authorization": f"Bearer {token}"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """Names that Chaport's documentation leaves open, from the `[chaport]` section.

    Attributes:
        invisible_word: The API's word for invisible (S1).
        lifetime_field: The wire name of a status's lifetime to try first (S5).
        external_id: Where a message's external id stands: in the "event", at the "top", or "none" (U14).
    """

    invisible_word: str = "away"
    lifetime_field: str = "ttl"
    external_id: str = "event"


class Chaport:
    """One Chaport account.

    Args:
        transport: Sends the account's requests.
        dialect: The names that the documentation leaves open.

    Attributes:
        queue: Where each request waits for its turn.
        clock_there: The time at the service.
    """

    def __init__(self, transport: Transport, dialect: Dialect) -> None:
        self._transport = transport
        self.queue = transport.queue
        self.clock_there = transport.clock_there
        self._invisible = dialect.invisible_word
        self._lifetime = dialect.lifetime_field
        self._external_id = dialect.external_id
        self._lifetime_works = False

    async def operators(self, share: Share, *, deactivated: bool = False) -> tuple[Operator, ...]:
        """Read all operators, deactivated ones only if asked for; bots are marked (Chaport reference, 2.1, U17)."""

        async def decoded(result: Any, _links: Links) -> tuple[tuple[Operator, ...], ...]:
            if not isinstance(result, list):
                raise Malformed("Chaport", "GET /operators", "the answer has no list")
            active, everybody = (wire.operators(result, self._invisible, deactivated=each) for each in (False, True))
            if active is None or everybody is None:
                raise Malformed("Chaport", "GET /operators", f"a list of {len(result)} without any entry to be read")
            return tuple(active.values()), tuple(everybody.values())

        return (await self._read("/operators", share, decoded)).records[deactivated]

    async def set_status(self, operator_id: str, status: str, lifetime: float, *, renewal: bool = False) -> None:
        """Set an operator's status for `lifetime` seconds (Chaport reference, 2.3); a `renewal` relies on no record.

        The documentation leaves the name of the lifetime open (U1). If Chaport rejects the first name, the other one
        is tried once. The name that worked is remembered.

        Raises:
            Rejected: Chaport accepts neither name; the error has both answers.
        """
        word = self._invisible if status == INVISIBLE else status
        try:
            await self.set_word(operator_id, word, lifetime, self._lifetime, renewal=renewal)
        except Rejected as first:
            if self._lifetime_works:
                raise
            other = "validUntil" if self._lifetime.startswith("ttl") else "ttl"
            try:
                await self.set_word(operator_id, word, lifetime, other, renewal=renewal)
            except Rejected as second:
                both = f"{first.detail} (with {self._lifetime}); {second.detail} (with {other})"
                executed = first.executed if first.executed is Executed.UNCLEAR else second.executed
                raise Rejected("Chaport", first.request, both, executed=executed) from None
            self._lifetime = other
        self._lifetime_works = True

    async def set_word(
        self, operator_id: str, word: str, lifetime: float, field: str, *, renewal: bool = False
    ) -> None:
        """Set an operator's status by Chaport's own word, with `lifetime` (seconds) in `field` (U1, U2)."""
        until = datetime.fromtimestamp(self.clock_there.now() + lifetime, UTC)
        value = round(lifetime) if field.startswith("ttl") else f"{until:%Y-%m-%dT%H:%M:%S}.000Z"
        body = {"status": word, field: value}
        path = f"/operators/{path_part(operator_id)}/status"
        await self._transport.write("POST", path, Share.STATUS, body, repeatable=True, recorded=not renewal)

    async def visitors(self, page: int) -> tuple[tuple[Visitor, ...], bool]:
        """Read a page of visitors, newest chat first, and whether a next page exists (Chaport reference, 3.1)."""
        query = [("page", str(page))] if page > 1 else []
        return (await self._read("/visitors", Share.READING, self._visitors, query)).records

    async def visitor(self, visitor_id: str) -> Visitor | None:
        """Read one visitor; None if it was deleted (Chaport reference, 3.2)."""
        path, other = f"/visitors/{path_part(visitor_id)}", partial(_other, "visitor", visitor_id)
        try:
            result, _ = _parts(await self._transport.get(path, Share.READING, mismatch=other), path)
        except Missing:
            return None
        visitor = wire.visitor(decode.mapping(result))
        return visitor if visitor.id else None

    async def chat(self, visitor_id: str, chat_id: str = "") -> Chat | None:
        """Read a visitor's newest chat, or the one with this id; None if there is none (Chaport reference, 4, U10)."""
        path = f"/visitors/{path_part(visitor_id)}/chats" + (f"/{path_part(chat_id)}" if chat_id else "")

        async def decoded(result: Any, links: Links) -> Chat | None:
            row = decode.mapping(result)
            if not row:
                return None
            chat = wire.chat(visitor_id, row, links or {})
            if not chat.id:
                raise Malformed("Chaport", f"GET {path}", "the chat has no id")
            return replace(chat, events=await _events(row.get("events")))

        try:
            answer = await self._read(path, Share.READING, decoded, mismatch=partial(_other, "chat", chat_id))
        except Missing:
            return None
        return answer.records and replace(answer.records, fingerprint=answer.digest)

    async def with_all_events(self, chat: Chat) -> Chat:
        """Read a chat's events by a request of their own; return the chat with the longer list (U18)."""
        path = f"/visitors/{path_part(chat.visitor_id)}/chats/{path_part(chat.id)}/events"

        async def decoded(result: Any, _links: Links) -> tuple[Event, ...]:
            return await _events(result)

        try:
            answer = await self._read(path, Share.READING, decoded)
        except Missing:
            return chat
        if len(answer.records) <= len(chat.events):
            return chat
        return replace(chat, events=answer.records, fingerprint=f"{chat.fingerprint} {answer.digest}")

    async def send_message(self, visitor_id: str, operator_id: str, text: str, external_id: str) -> str:
        """Send a message to a visitor as an operator, into the visitor's newest chat (Chaport reference, 6).

        Returns:
            The id of the message's event, empty if the answer does not tell it.

        Raises:
            Conflict: A message with this external id exists already.
        """
        event: dict[str, Any] = {"type": "operator-message", "params": {"text": text, "operatorId": operator_id}}
        body: dict[str, Any] = {"visitorId": visitor_id, "chatEvent": event}
        if self._external_id != "none":
            (event if self._external_id == "event" else body)["externalId"] = external_id
        other = partial(wire.other_event, operator_id=operator_id, external_id=external_id)
        answer = await self._transport.write("POST", "/messages", Share.DELIVERY, body, mismatch=other)
        return wire.event_id(decode.mapping(decode.mapping(answer).get("result")))

    async def assign(self, visitor_id: str, operator_id: str) -> None:
        """Assign a visitor's newest chat to an operator, so that its bot stops (Chaport reference, 4.3)."""
        path = f"/visitors/{path_part(visitor_id)}/chats"
        await self._transport.write("PUT", path, Share.DELIVERY, {"operators": [operator_id]}, repeatable=True)

    async def me(self) -> None:
        """Ask whether the token is valid; raises `Unauthorised` if it is not (Chaport reference, 1)."""
        _parts(await self._transport.get("/me.json", Share.STATUS), "/me.json")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def _read(
        self, path: str, share: Share, make: Make[Record], query: Query = (), mismatch: Mismatch | None = None
    ) -> Answer[Record]:
        """Return what `make` makes of an answer, which is not made again while the answer is the same."""

        async def decoded(body: Any) -> Record:
            return await make(*_parts(body, path))

        return await self._transport.read(path, share, decoded, query, mismatch=mismatch)

    async def _visitors(self, result: Any, links: Links) -> tuple[tuple[Visitor, ...], bool]:
        if not isinstance(result, list):
            raise Malformed("Chaport", "GET /visitors", "the answer has no list")
        visitors = [visitor for visitor in map(wire.visitor, map(decode.mapping, result)) if visitor.id]
        if result and not visitors:
            raise Malformed("Chaport", "GET /visitors", f"a list of {len(result)} without any entry to be read")
        following = links.get("next") if links is not None else True
        if isinstance(following, str) and self._transport.within(following) is None:
            raise Malformed("Chaport", "GET /visitors", "links.next leads elsewhere, which is not followed")
        return tuple(visitors), bool(following) and bool(visitors)


def _parts(body: Any, path: str) -> tuple[Any, Links]:
    """Return an answer's result and links."""
    if not isinstance(body, dict):
        raise Malformed("Chaport", f"GET {path}", "the answer is no object")
    links = body.get("links")
    return body.get("result"), links if isinstance(links, dict) else None


def _other(kind: str, wanted: str, body: Any) -> str:
    """Say that an answer is about another record of this kind than the one that is wanted by its id, if one is."""
    found = decode.mapping(decode.mapping(body).get("result")).get("id")
    return other_record(kind, found, wanted) if wanted else ""


async def _events(value: Any) -> tuple[Event, ...]:
    """Read events, and let other tasks run now and then: some chats have thousands of events."""
    found: dict[str, Event] = {}
    rows = decode.items(value)
    for start in range(0, len(rows), BATCH):
        await give_way()
        for event in wire.events(rows[start : start + BATCH]):
            found.setdefault(event.id, event)
    return tuple(found.values())
