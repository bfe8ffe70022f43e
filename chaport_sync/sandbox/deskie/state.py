"""The state of a Deskie account and the changes that both people and the API make to it."""

import html
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from chaport_sync.sandbox.deskie.quirks import DeskieQuirks
from chaport_sync.sandbox.deskie.records import Case, Change, Channel, Message, Staff, StaffStatus, User

#: who is said to have changed what Deskie changes by itself
_BY_ITSELF = "system"


class DeskieState:
    """Records in the order of their creation; every change goes through here and is counted in `changes`.

    The end of a silent chat is not counted: it follows from the clock whenever a case is looked at.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.quirks = DeskieQuirks()
        self.changes = 0
        self.statuses = [
            StaffStatus(1, "Online"),
            StaffStatus(3, "Without chats"),
            StaffStatus(113808, "Training", active=False),
            StaffStatus(120273, "Lunch", active=False),
            StaffStatus(2, "Offline"),
        ]
        self.staff: list[Staff] = []
        self.channels: list[Channel] = []
        self.users: list[User] = []
        self._cases: list[Case] = []
        self._staff_ids = itertools.count(41001)
        self._user_ids = itertools.count(9001)
        self._case_ids = itertools.count(2001)
        self._message_ids = itertools.count(700001)
        self._file_ids = itertools.count(8000001)

    @property
    def cases(self) -> list[Case]:
        """All cases as they are now."""
        for case in self._cases:
            self._end_if_silent(case)
        return self._cases

    def find_staff(self, ref: object) -> Staff | None:
        """The agent with this id."""
        return next((one for one in self.staff if str(one.id) == str(ref)), None)

    def find_user(self, ref: object) -> User | None:
        """The user with this id."""
        return next((one for one in self.users if str(one.id) == str(ref)), None)

    def find_channel(self, key: str) -> Channel | None:
        """The own channel with this key, e.g. `cch12`."""
        return next((one for one in self.channels if one.key == key), None)

    def find_case(self, ref: object) -> Case | None:
        """The case with this id or number."""
        return next((one for one in self.cases if str(ref) in (str(one.id), one.number)), None)

    def new_staff(self, name: str, email: str, *, status: int, active: bool) -> Staff:
        """Enter an agent."""
        self.changes += 1
        agent = Staff(next(self._staff_ids), name, email, status, active, self.now(), self.now())
        self.staff.append(agent)
        return agent

    def new_user(self, name: str, *, email: str = "", phone: str = "", custom_id: str = "", channel: str = "") -> User:
        """Enter a customer."""
        self.changes += 1
        user = User(next(self._user_ids), self.now(), name, email, phone, custom_id, channel)
        self.users.append(user)
        return user

    def new_case(
        self, user: User, channel: str, subject: str, status: str, at: datetime | None = None, **more: Any
    ) -> Case:
        """Open a case without messages, with the time `at` or now; `more` are fields of `Case`."""
        self.changes += 1
        own = self.find_channel(channel)
        number = next(self._case_ids)
        case = Case(
            id=number,
            number=f"{number % 900 + 100}-{number * 7919 % 900000 + 100000}",
            subject=subject,
            user_id=user.id,
            channel=channel,
            recipient=own.title if own else user.email,
            status=status,
            created_at=at or self.now(),
            updated_at=self.now(),
            entered_at=self.now(),
            spoken_at=self.now(),
            closed_at=self.now() if status == "closed" else None,
            active_chat=own is not None and own.type == "sync",
            **more,
        )
        self._cases.append(case)
        return case

    def new_message(
        self, case: Case, content: str, content_html: str = "", at: datetime | None = None, **author: Any
    ) -> Message:
        """Append to a case, with the time `at` or now; `author` are fields of `Message`."""
        self.changes += 1
        self._end_if_silent(case)
        number, at = next(self._message_ids), at or self.now()
        message = Message(number, at, content, content_html or self.marked_up(content), **author)
        case.messages.append(message)
        if message.form != "note":
            case.spoken_at = self.now()
        if message.form != "note" or self.quirks.note_touches_updated_at:
            case.updated_at = self.now()
        if message.form == "agent":
            case.last_response_at = self.now()
        return message

    def new_reply(self, case: Case, user_id: int, content: str, content_html: str = "") -> Message:
        """A customer's further message, which wakes up an ended chat and opens a case that waits (reference 4.2)."""
        message = self.new_message(case, content, content_html, user_id=user_id)
        opens = case.status != "closed" or self.quirks.closed_case_reopens
        if opens and self.quirks.customer_message_reopens:
            self.change(case, "status", new="open", by=f"user_{user_id}")
        self._reactivate(case, f"user_{user_id}")
        return message

    def new_answer(self, case: Case, staff_id: int, content: str, content_html: str = "", **more: Any) -> Message:
        """An agent's message to the customer; `more` are fields of `Message`."""
        message = self.new_message(case, content, content_html, staff_id=staff_id, **more)
        if self.quirks.agent_message_reactivates:
            self._reactivate(case, f"staff_{staff_id}")
        return message

    def marked_up(self, text: str) -> str:
        """Plain text as Deskie shows it."""
        lines = html.escape(text, quote=False).split("\n")
        return "".join(f"<p>{line}</p>" for line in lines) if self.quirks.html_paragraphs else "<br>".join(lines)

    def edited(self, case: Case) -> None:
        """Something that was said in a case is not what it was."""
        self.changes += 1
        if self.quirks.edit_touches_updated_at:
            case.updated_at = self.now()

    def change(self, case: Case, field: str, *, new: Any, by: str) -> None:
        """Set one field of a case, with a line in its changelog; nothing happens where it has that value already."""
        self._end_if_silent(case)
        if getattr(case, field) != new:
            self.changes += 1
            self._put(case, field, new=new, by=by, at=self.now())

    def _put(self, case: Case, field: str, *, new: Any, by: str, at: datetime) -> None:
        old = getattr(case, field)
        setattr(case, field, new)
        case.updated_at = max(case.updated_at, at)
        if field == "status":
            case.closed_at = at if new == "closed" else None
        events = {
            "staff_id": "staff",
            "group_id": "group",
            "active_chat": "chat_activation" if new else "chat_completion",
        }
        case.changelog.append(Change(at, events.get(field, field), old, new, by))

    def _end_if_silent(self, case: Case) -> None:
        """End a chat in which nobody spoke for long enough; its status follows the last response (reference 8)."""
        length = self.quirks.chat_ends_after
        if not case.active_chat or length is None or self.now() - case.spoken_at < timedelta(seconds=length):
            return
        at = case.spoken_at + timedelta(seconds=length)
        self._put(case, "active_chat", new=False, by=_BY_ITSELF, at=at)
        last = next((message.form for message in reversed(case.messages) if message.form != "note"), None)
        status = {"customer": "open", "agent": "waiting", None: case.status}[last]
        if case.status not in ("closed", status):
            self._put(case, "status", new=status, by=_BY_ITSELF, at=at)

    def _reactivate(self, case: Case, by: str) -> None:
        own = self.find_channel(case.channel)
        if own is not None and own.type == "sync" and case.status != "closed":
            self.change(case, "active_chat", new=True, by=by)
