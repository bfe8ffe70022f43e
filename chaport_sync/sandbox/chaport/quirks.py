"""What the Chaport reference leaves open (its section 9), as switches: a client must live with each setting."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass
class ChaportQuirks:
    """The defaults are the reference's best guess, or the harsher reading where it has none."""

    #: the names of the status lifetime that are taken; one with `ttl` in it is in seconds, any other is a time (U1)
    lifetime_fields: set[str] = field(default_factory=lambda: {"ttl", "validUntil"})
    #: seconds
    max_lifetime: float | None = None
    #: the statuses that can be set (U2)
    words: tuple[str, ...] = ("online", "away", "offline")
    #: what a lease leaves behind (U4)
    after_lease: str = "offline"
    status_answer: Literal["operator", "empty"] = "operator"
    real_status_missing: bool = False
    last_status_missing: bool = False
    #: operators, by id, whose `realStatus` stays offline whatever is set (U5)
    ineffective: set[str] = field(default_factory=set)
    #: if not empty, operators carry it as a further field, `statusText`
    status_text_extra: str = ""

    #: bots' messages: an own type; an operator's with an id that no operator has, without a flag, and with one that all
    #: operators' messages bear beside that id; a trigger's; not told at all (reference 5.5)
    bots: Literal["H1", "H2", "H2flag", "H3", "H4"] = "H1"
    #: where an operator's message names its author
    operator_ref: Literal["operatorId", "operator.id", "operator"] = "operatorId"
    time_key: Literal["timestamp", "createdAt", "date", "time"] = "timestamp"
    #: event times as Unix seconds instead of ISO 8601
    unix_times: bool = False
    event_ids_missing: bool = False
    #: a deleted message is no longer there, or is there without its text (reference 5.6)
    deleted_messages: Literal["gone", "empty"] = "gone"
    chat_ids_as_strings: bool = False
    #: a chat's own list of events holds only so many of the last; the events' route holds all (U18)
    events_truncated: int | None = None

    page_size: int = 20
    #: `absent`: no `links` at all; `null`: as relative, and null on the last page (U8)
    links_next: Literal["absolute", "relative", "absent", "null"] = "relative"
    links_more: Literal["absolute", "relative", "absent"] = "relative"
    #: what a visitor without a chat has (U10)
    no_chat: Literal["404", "null", "empty"] = "404"
    #: what visitors are ordered by: the start of their newest chat, or the last event in it (U9)
    order_by: Literal["start", "activity"] = "start"
    #: whether `lastSeen` moves with the visitor's messages; when the visitor starts a chat it always does
    row_shows_activity: bool = False

    #: where a message's `externalId` stands: beside `chatEvent` or in it; taken in both places, but not heeded (U14)
    external_id_place: Literal["top", "chatEvent", "ignored"] = "chatEvent"
    #: where an event tells the `externalId` of its message: beside `params`, or in them
    external_id_told: Literal["event", "params"] | None = None
    #: characters
    longest_external_id: int | None = None
    #: how a message is answered whose external id the visitor's latest chat has already: with that event, or refused
    duplicate_answer: Literal["event", "409", "400"] = "event"
    message_answer: Literal["event", "empty"] = "event"
    #: seconds since a chat's last event after which a message begins a new one; None: never
    new_chat_after: float | None = 86400.0
    #: whether a message reopens a closed chat
    message_reopens: bool = True
    #: characters
    longest_message: int | None = 4000
    #: what becomes of an attempt to assign a chat: done, answered 403, or answered 400
    assign: Literal["accepted", "forbidden", "rejected"] = "accepted"
    #: what a changed chat is answered with
    update_answer: Literal["chat", "empty"] = "chat"

    #: the shape of a refusal (U13)
    errors: Literal["error.message", "message", "error", "errors", "text"] = "error.message"
    retry_after: bool = True
