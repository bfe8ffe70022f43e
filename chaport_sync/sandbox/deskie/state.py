"""The state of a Deskie account and the changes that both people and the API make to it."""

import html
import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Any

from chaport_sync.sandbox.deskie.quirks import DeskieQuirks
from chaport_sync.sandbox.deskie.records import Case, Change, Channel, Message, Staff, StaffStatus, User


class DeskieState:
    """Records in the order of their creation; every change goes through here and is counted in `changes`."""

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
        self.cases: list[Case] = []
        self._staff_ids = itertools.count(41001)
        self._user_ids = itertools.count(9001)
        self._case_ids = itertools.count(2001)
        self._message_ids = itertools.count(700001)
        self._file_ids = itertools.count(8000001)

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

    def new_case(self, user: User, channel: str, subject: str, status: str, **more: Any) -> Case:
        """Open a case without messages; `more` are fields of `Case`."""
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
            created_at=self.now(),
            updated_at=self.now(),
            active_chat=own is not None and own.type == "sync",
            **more,
        )
        self.cases.append(case)
        return case

    def new_message(self, case: Case, content: str, content_html: str = "", **author: Any) -> Message:
        """Append to a case; `author` are fields of `Message`."""
        self.changes += 1
        message = Message(
            next(self._message_ids), self.now(), content, content_html or self.marked_up(content), **author
        )
        case.messages.append(message)
        if message.form != "note" or self.quirks.note_touches_updated_at:
            case.updated_at = self.now()
        if message.form == "agent":
            case.last_response_at = self.now()
        return message

    def new_reply(self, case: Case, user_id: int, content: str, content_html: str = "") -> Message:
        """A customer's further message, which wakes up an ended chat and reopens the case (reference 4.2)."""
        message = self.new_message(case, content, content_html, user_id=user_id)
        self._reactivate(case, f"user_{user_id}")
        if self.quirks.customer_message_reopens:
            self.change(case, "status", new="open", by=f"user_{user_id}")
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
        old = getattr(case, field)
        if old == new:
            return
        self.changes += 1
        setattr(case, field, new)
        case.updated_at = self.now()
        if field == "status":
            case.closed_at = self.now() if new == "closed" else None
        events = {
            "staff_id": "staff",
            "group_id": "group",
            "active_chat": "chat_activation" if new else "chat_completion",
        }
        case.changelog.append(Change(self.now(), events.get(field, field), old, new, by))

    def _reactivate(self, case: Case, by: str) -> None:
        own = self.find_channel(case.channel)
        if own is not None and own.type == "sync":
            self.change(case, "active_chat", new=True, by=by)
