"""What a Deskie account holds (Deskie reference, sections 2, 3, 4, 6 and 7).

The ranges of the ids do not overlap, so an id used for the wrong thing finds nothing.
"""

import html
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Form = Literal["customer", "note", "agent"]
CASE_STATUSES = ("open", "waiting", "closed")
PRIORITIES = ("low", "normal", "high", "critical")


@dataclass(eq=False)
class Staff:
    """An agent; `active` is false for a disabled one, whatever the status says."""

    id: int
    name: str
    email: str
    status_id: int
    active: bool
    created_at: datetime
    updated_at: datetime


@dataclass(eq=False)
class StaffStatus:
    """A status that agents can have; `active` says that it is in use, not that chats can be answered in it."""

    id: int
    name: str
    active: bool = True


@dataclass(eq=False)
class Channel:
    """An own channel; `key` is what a case's `channel` holds. A case in a `sync` one begins as an active chat."""

    id: int
    key: str
    title: str
    type: Literal["sync", "async"] = "async"
    active: bool = True


@dataclass(eq=False)
class User:
    """A customer: by e-mail, phone, or by `custom_id` within the own channel whose key is `channel`."""

    id: int
    created_at: datetime
    name: str = ""
    email: str = ""
    phone: str = ""
    custom_id: str = ""
    channel: str = ""
    linked: set[int] = field(default_factory=set)
    active: bool = True
    deleted: bool = False


@dataclass(frozen=True)
class Attachment:
    """A file of a message."""

    id: int
    name: str
    url: str
    mime_type: str
    size: int


@dataclass(eq=False)
class Message:
    """One entry of a case, in exactly the form it was written in: `content`, or `content_html`, or both.

    `send_at` is when an agent lets it be sent, if that is not at once.
    """

    id: int
    created_at: datetime
    content: str
    content_html: str
    user_id: int = 0
    staff_id: int = 0
    note: bool = False
    via_rule: bool = False
    send_at: datetime | None = None
    attachments: tuple[Attachment, ...] = ()

    @property
    def form(self) -> Form:
        """Who can have written it and who reads it."""
        if self.note:
            return "note"
        return "customer" if self.user_id else "agent"

    @property
    def text(self) -> str:
        """What a person reads, without markup."""
        if self.content:
            return self.content
        return html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"<br\s*/?>|</p>\s*<p>", "\n", self.content_html)))

    @property
    def lines(self) -> list[str]:
        """The text's lines."""
        return self.text.splitlines()


@dataclass(frozen=True)
class Change:
    """One line of a case's changelog; `by` is written as in `staff_330`, `user_9001` or `rule_1332`."""

    at: datetime
    event: str
    old: Any
    new: Any
    by: str


@dataclass(eq=False)
class Case:
    """A case and all that was said in it; `active_chat` hides it from lists that do not ask for such cases.

    `entered_at` is when it was really opened, whatever it is said to be, `spoken_at` when the customer or an agent last
    said something.
    """

    id: int
    number: str
    subject: str
    user_id: int
    channel: str
    recipient: str
    status: str
    created_at: datetime
    updated_at: datetime
    entered_at: datetime
    spoken_at: datetime
    staff_id: int = 0
    group_id: int = 0
    priority: str = "normal"
    language_id: int = 1
    deleted: bool = False
    spam: bool = False
    active_chat: bool = False
    parent_case_id: int = 0
    closed_at: datetime | None = None
    last_response_at: datetime | None = None
    custom_fields: dict[str, Any] = field(default_factory=dict)
    labels: list[int] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    changelog: list[Change] = field(default_factory=list)
