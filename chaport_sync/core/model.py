"""What the two services told us, in their own words, as frozen records.

All ids are strings, whatever the wire had; all times are Unix seconds (`float`).
"""

from dataclasses import dataclass
from enum import StrEnum

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
        """Whether the grace clock must not run (S4)."""
        return self is not Verdict.OFFLINE


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
    """A Chaport operator. Both statuses are as Chaport says them, invisible already under our word for it (S1)."""

    id: str
    email: str = ""
    name: str = ""
    last_status: str | None = None
    real_status: str | None = None
    is_bot: bool = False

    @property
    def status(self) -> str | None:
        """The status to compare with: the one last chosen, else the one in effect (S6)."""
        return self.last_status if self.last_status is not None else self.real_status


@dataclass(frozen=True, slots=True)
class Visitor:
    """A row of Chaport's visitor list. `fingerprint` changes when the row may say something about chats (T7).

    `seen` changes when it says no more than that the visitor is about: when, where from, by which advertisement.
    """

    id: str
    name: str = ""
    email: str = ""
    phone: str = ""
    fingerprint: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a Chaport chat, decoded but not yet classified (Chaport reference, 5.3)."""

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
    """A Chaport chat as read: ids are integers per visitor, kept as strings (T7)."""

    visitor_id: str
    id: str
    stage: str = ""
    operators: tuple[str, ...] = ()
    page: str = ""
    events: tuple[Event, ...] = ()
    older: tuple[str, ...] = ()
    truncated: bool = False

    @property
    def closed(self) -> bool:
        """Whether Chaport calls the chat closed; closing is soft, a new message reopens it."""
        return self.stage == "closed"


@dataclass(frozen=True, slots=True)
class CaseView:
    """A Deskie case as read just now. `staff_id` and `parent_id` are empty for nobody and not merged."""

    id: str
    user_id: str = ""
    status: str = ""
    channel: str = ""
    staff_id: str = ""
    parent_id: str = ""
    deleted: bool = False
    spam: bool = False
    updated_at: float = 0.0

    @property
    def usable(self) -> bool:
        """Whether a chat may be put into this case when it has none yet (T4)."""
        return not (self.deleted or self.spam or self.parent_id) and self.status != "closed"


@dataclass(frozen=True, slots=True)
class User:
    """A Deskie user; `linked` are the ids of further profiles of the same person."""

    id: str
    email: str = ""
    custom_id: str = ""
    linked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file that hangs on a message: what it is called and where it is."""

    name: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message or note that stands in a Deskie case. `text` is plain, whatever form Deskie gave it in.

    `sent_at` is when it goes out, which may be later than `created_at` (Unix seconds), infinite while that is not said;
    `by_rule` if no person wrote it.
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
    """A custom channel of the help desk: `key` is what cases name (`cch12`), `kind` is `sync` or `async`."""

    key: str
    title: str = ""
    kind: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class OwnAgent:
    """The agent of Deskie as whom this daemon writes; empty while that is not known."""

    staff_id: str = ""


def id_order(value: str) -> tuple[int, int, str]:
    """Sort key for ids that are numbers on one side and opaque on the other: numbers by size, before the rest."""
    return (0, int(value), "") if value.isascii() and value.isdigit() else (1, 0, value)


class Author(StrEnum):
    """Who wrote an event or a line.

    `AUTOMATION` wrote as an operator and is none now: a bot or a former colleague. `UNKNOWN` is who is not told, and
    nobody: Chaport itself, or the daemon.
    """

    VISITOR = "visitor"
    BOT = "bot"
    OPERATOR = "operator"
    AUTOMATION = "automation"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What an event or a line is, whoever wrote it.

    `WORDS` are a message, with the files that come with it. `OTHER` carries something that we cannot read as a message.
    `SYSTEM` is what Chaport notes by itself, such as pages opened and operators changed; nothing of it is shown.
    `NOTICE` is what the daemon tells the agents about an answer of theirs.
    """

    WORDS = "words"
    OTHER = "other"
    SYSTEM = "system"
    NOTICE = "notice"
