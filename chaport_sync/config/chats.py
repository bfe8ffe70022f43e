"""The sections about chats and cases: `[transcripts]`, `[cases]`, `[pending]`, `[replies]`."""

from typing import Annotated, Literal

from pydantic import Field

from chaport_sync.config.section import FromList, Section
from chaport_sync.config.values import AuthorKind, Channel, NumberId, Seconds, Start, Subject, TextId, Word, Zone


class Transcripts(Section):
    """Which parts of a chat Deskie shows, and when (T1, T2, T6).

    A `start` of None is the moment of the first start. An empty `timezone` is this machine's.
    """

    enabled: bool = Field(default=True, description="whether chats are shown in Deskie")
    poll: Seconds = Field(
        default=20, ge=1, description="the seconds between two looks for something new while chats are going on"
    )
    idle_poll: Seconds = Field(
        default=300, ge=1, description="the seconds for which a chat without events is not read again"
    )
    ended_after: Seconds = Field(
        default=1800, ge=0, description="the seconds of silence after which a chat counts as ended"
    )
    include: Annotated[frozenset[AuthorKind], FromList] = Field(
        default=frozenset({"bot", "visitor", "operator"}), description="whose lines are shown"
    )
    deliver: Literal["digest", "live", "handoff"] = Field(
        default="digest", description="when lines are shown: gathered, at once, or when a person takes over"
    )
    gather: Seconds = Field(
        default=60, ge=0, description="with digest, the seconds between two notes while a bot talks"
    )
    timezone: Zone = Field(
        default="",
        description='the time zone of the times in notes, such as "Europe/Istanbul"; empty is this machine\'s',
    )
    start: Start = Field(default=None, description='from when on chats are shown: "now" is the first start; or a date')


class Cases(Section):
    """Which case shows a chat, in which language (T4, T5).

    A `group_id` of 0 leaves the group to Deskie. An empty `subject` is that of the language.
    """

    create: bool = Field(default=True, description="whether cases are opened for chats")
    channel: Channel = Field(
        default="", description='the key of the custom channel in which cases are opened, such as "cch12"'
    )
    when_closed: Literal["new", "continue"] = Field(
        default="new", description="what becomes of a visitor's words after the case was closed"
    )
    search_channels: Annotated[tuple[Word, ...], FromList] = Field(
        default=(), description="without create, the channels in which the visitor's case is looked for; empty is all"
    )
    wait: Seconds = Field(default=3600, ge=0, description="without create, the seconds to wait for such a case")
    language: Literal["en", "ru", "tr"] = Field(
        default="en", description="the language of notes and subjects in Deskie: en, ru or tr"
    )
    subject: Subject = Field(default="", description="the subject of new cases; empty is that of the language")
    group_id: int = Field(default=0, ge=0, description="the id of the group of new cases; 0 leaves it to Deskie")
    labels: Annotated[tuple[NumberId, ...], FromList] = Field(
        default=(), description="the ids of the labels of new cases"
    )


class Pending(Section):
    """When a case is set to pending, and when it is opened again (C1, C2)."""

    enabled: bool = Field(default=True, description="whether a case is pending while only a bot answers")
    reopen_on_handoff: bool = Field(
        default=True, description="whether the case is opened when an operator joins the chat"
    )
    unanswered: Seconds = Field(
        default=120, ge=0, description="the seconds after which the case is opened because nobody answers"
    )


class Replies(Section):
    """Whether agents' answers are sent to the visitor, and as which operator (R1, R4, R5). `max_length`: characters."""

    enabled: bool = Field(
        default=False, description="whether what agents answer in a case is sent to the visitor's chat"
    )
    poll: Seconds = Field(default=15, ge=1, description="the seconds between two looks for new answers")
    operator: TextId | Literal[""] = Field(
        default="", description="the operator as whom agents without an operator answer, by id or e-mail address"
    )
    include_rules: bool = Field(default=False, description="whether messages of Deskie's rules are sent too")
    max_age: Seconds = Field(
        default=3600, ge=60, description="the seconds after which an answer that could not be sent is given up"
    )
    max_length: int = Field(
        default=2000, ge=100, le=100_000, description="the most characters of a message; longer answers are split"
    )
