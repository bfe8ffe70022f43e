"""Frozen records of what both services answer, named in their own words.

All ids are strings, whatever type the API sends. All times are Unix seconds (`float`).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

ONLINE = "online"
INVISIBLE = "invisible"
OFFLINE = "offline"

DAY = 86400.0


class Verdict(StrEnum):
    """What an agent's status asks of the operator, most available first (S3)."""

    ONLINE = "online"
    INVISIBLE = "invisible"
    KEEP = "keep"
    OFFLINE = "offline"

    @property
    def available(self) -> bool:
        """Whether the agent is available, so that the wait before offline must not run (S4)."""
        return self is not Verdict.OFFLINE


class Person(NamedTuple):
    """An agent, operator or visitor, as the service names this person; name and address may be empty."""

    id: str
    name: str = ""
    email: str = ""

    @property
    def called(self) -> str:
        """What people call this person: the name, else the address, else the id."""
        return self.name or self.email or self.id


@dataclass(frozen=True, slots=True)
class Agent:
    """A Deskie agent (`staff`). `status_id` decides; `status_word` is the deprecated word (S2)."""

    id: str
    email: str = ""
    name: str = ""
    active: bool = True
    status_id: int | None = None
    status_word: str = ""


@dataclass(frozen=True, slots=True)
class Operator:
    """A Chaport operator. Both statuses are Chaport's words, except that invisible has our own word already (S1)."""

    id: str
    email: str = ""
    name: str = ""
    last_status: str | None = None
    real_status: str | None = None
    is_bot: bool = False

    @property
    def status(self) -> str | None:
        """The status to compare with: the one that was last chosen, else the one that is in effect (S6)."""
        return self.last_status if self.last_status is not None else self.real_status


@dataclass(frozen=True, slots=True)
class Visitor:
    """A row of Chaport's visitor list. `fingerprint` changes when the row changes in a way that may concern chats (T7).

    `seen` changes when only the visit does: its time, its place, its advertisement.
    """

    id: str
    name: str = ""
    email: str = ""
    phone: str = ""
    fingerprint: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a Chaport chat, decoded but not yet classified."""

    id: str
    type: str
    at: float | None = None
    text: str = ""
    author_id: str = ""
    author_name: str = ""
    bot_flag: bool = False
    file_name: str = ""
    file_url: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Chat:
    """A Chaport chat as read. Chaport numbers the chats of each visitor; `id` is that number as a string (T7).

    Two chats with the same `fingerprint` were read from the same answers.
    """

    visitor_id: str
    id: str
    stage: str = ""
    operators: tuple[str, ...] = ()
    page: str = ""
    events: tuple[Event, ...] = ()
    older: tuple[str, ...] = ()
    truncated: bool = False
    fingerprint: str = ""

    @property
    def closed(self) -> bool:
        """Whether Chaport calls the chat closed; a new message opens it again."""
        return self.stage == "closed"


@dataclass(frozen=True, slots=True)
class CaseView:
    """A Deskie case as read just now. `staff_id` is empty if nobody is assigned, `parent_id` if it is not merged.

    `closed_at` is when it was closed (Unix seconds by Deskie's clock), 0 if it is not, or if Deskie does not tell.
    """

    id: str
    user_id: str = ""
    status: str = ""
    channel: str = ""
    staff_id: str = ""
    parent_id: str = ""
    deleted: bool = False
    spam: bool = False
    updated_at: float = 0.0
    closed_at: float = 0.0

    @property
    def usable(self) -> bool:
        """Whether a chat that has no case yet may be put into this one (T4)."""
        return not (self.deleted or self.spam or self.parent_id) and self.status != "closed"


@dataclass(frozen=True, slots=True)
class User:
    """A Deskie user; `linked` are the ids of other profiles of the same person."""

    id: str
    email: str = ""
    custom_id: str = ""
    linked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """An attachment of a message: its name and its address."""

    name: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message or note in a Deskie case. `text` is plain text, even if Deskie sends HTML.

    `sent_at` is when the message is sent, which may be later than `created_at` (both Unix seconds); it is infinite if
    Deskie will send the message without saying when. `by_rule` is true if no person wrote it.
    """

    id: str
    user_id: str = ""
    staff_id: str = ""
    note: bool = False
    text: str = ""
    created_at: float | None = None
    sent_at: float | None = None
    by_rule: bool = False
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """A custom channel of Deskie: cases name it by its `key` (`cch12`), `kind` is `sync` or `async`."""

    key: str
    title: str = ""
    kind: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class OwnAgent:
    """The Deskie agent as whom this daemon writes; the id is empty while it is not known."""

    staff_id: str = ""


def id_order(value: str) -> tuple[int, int, str]:
    """Return the key by which ids are sorted: numbers by size, then all other ids."""
    return (0, int(value), "") if value.isascii() and value.isdigit() else (1, 0, value)


class Author(StrEnum):
    """Who wrote an event or a line.

    `AUTOMATION` wrote as an operator but was in no list of operators so far: a bot or a colleague. `UNKNOWN` is an
    author whom Chaport does not tell, Chaport itself, or the daemon.
    """

    VISITOR = "visitor"
    BOT = "bot"
    OPERATOR = "operator"
    AUTOMATION = "automation"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What kind of event or line it is, whoever wrote it.

    `WORDS` is a message with its files. `OTHER` has some content that the daemon cannot read as a message. `SYSTEM` is
    an entry that Chaport makes by itself, such as a page that was opened; it is not shown. `NOTICE` is a note of the
    daemon to agents about an answer of theirs.
    """

    WORDS = "words"
    OTHER = "other"
    SYSTEM = "system"
    NOTICE = "notice"
