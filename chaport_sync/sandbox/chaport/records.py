"""What a Chaport account holds (Chaport reference, sections 2 to 5)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Author = Literal["visitor", "bot", "operator", "system"]
STAGES = ("initiated", "offline", "responded", "engaged", "closed")


@dataclass(eq=False)
class Operator:
    """A person who answers chats.

    `word` is the status last set; it was set through the API if `lease_until` is not None, and then it holds until
    that time, what it reads then is the account's business (`ChaportAccount.status_of`).
    """

    id: str
    name: str
    email: str
    created_at: datetime
    word: str = "offline"
    lease_until: datetime | None = None
    role: str = "operator"
    deactivated: bool = False


@dataclass(eq=False)
class Bot:
    """A chatbot; it is no operator and not among them."""

    id: str
    name: str


@dataclass(eq=False)
class Event:
    """Something in a chat.

    `author_id` is a bot's or an operator's. A system event has its own `type` and `params`; a message's are made when
    it is read, since bots' messages have several possible shapes (reference 5.5). A message that came through the API
    keeps the `external_id` it was sent with. What a `deleted` one looks like is decided when it is read, too.
    """

    id: str
    at: datetime
    author: Author
    text: str = ""
    author_id: str = ""
    type: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    external_id: str = ""
    deleted: bool = False


@dataclass(eq=False)
class Chat:
    """One conversation; its id is unique only with its visitor's. `operators` may hold a bot's id."""

    id: int
    started_at: datetime
    stage: str = "initiated"
    operators: list[str] = field(default_factory=list)
    start_page: str = ""
    bot: Bot | None = None
    events: list[Event] = field(default_factory=list)

    @property
    def active_at(self) -> datetime:
        """When something last happened in it."""
        return self.events[-1].at if self.events else self.started_at


@dataclass(eq=False)
class Visitor:
    """Somebody on the website, with all their chats, oldest first."""

    id: str
    name: str
    email: str | None
    phone: str | None
    page: str
    seen_at: datetime
    chats: list[Chat] = field(default_factory=list)
