"""What the people of a Deskie account do."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from chaport_sync.sandbox.deskie.records import Attachment, Case, Channel, Message, Staff, StaffStatus, User
from chaport_sync.sandbox.deskie.state import DeskieState

#: the account's owner, who is not among the agents
ADMINISTRATOR = "staff_41000"


class DeskiePeople(DeskieState):
    """Administrators, agents, customers and rules, acting by their own ways and not through the API."""

    def add_agent(self, name: str, email: str, status: int = 1, *, active: bool = True) -> Staff:
        """An agent is hired."""
        return self.new_staff(name, email, status=status, active=active)

    def set_status(self, agent: Staff, status_id: int) -> None:
        """An agent chooses a status."""
        self._edit(agent, status_id=status_id)

    def disable_agent(self, agent: Staff) -> None:
        """The account of an agent is switched off; the status stays what it was."""
        self._edit(agent, active=False)

    def enable_agent(self, agent: Staff) -> None:
        """It is switched on again."""
        self._edit(agent, active=True)

    def rename_agent(self, agent: Staff, name: str | None = None, email: str | None = None) -> None:
        """An agent gets another name, another address, or both."""
        self._edit(agent, name=name or agent.name, email=email or agent.email)

    def delete_agent(self, agent: Staff) -> None:
        """An agent is gone for good."""
        self.changes += 1
        self.staff.remove(agent)

    def add_status(self, status_id: int, name: str) -> StaffStatus:
        """A custom status is defined."""
        self.changes += 1
        status = StaffStatus(status_id, name)
        self.statuses.append(status)
        return status

    def add_channel(self, channel_id: int, type: Literal["sync", "async"] = "async", title: str = "Website") -> Channel:  # noqa: A002 - the vendor's word
        """An own channel is set up; its key is `cch` and the id."""
        self.changes += 1
        channel = Channel(channel_id, f"cch{channel_id}", title, type)
        self.channels.append(channel)
        return channel

    def add_user(
        self, name: str = "", *, email: str = "", phone: str = "", custom_id: str = "", channel: str = ""
    ) -> User:
        """A customer becomes known."""
        return self.new_user(name, email=email, phone=phone, custom_id=custom_id, channel=channel)

    def link_users(self, *users: User) -> None:
        """Profiles turn out to be one person's."""
        self.changes += 1
        together = {user.id for user in users}.union(*(user.linked for user in users))
        for user in self.users:
            if user.id in together:
                user.linked = together - {user.id}

    def open_case(
        self, user: User, channel: str = "email", status: str = "open", subject: str = "Question", text: str = "Hello"
    ) -> Case:
        """A customer writes in, by a way that is not this API; `status` is the case's after the first message."""
        case = self.new_case(user, channel, subject, status)
        self.new_message(case, text, user_id=user.id)
        return case

    def customer_writes(self, case: Case, text: str) -> Message:
        """The case's customer writes again, which in a sync channel makes a new case where this one is closed."""
        channel, user = self.find_channel(case.channel), self.find_user(case.user_id)
        if user and channel and channel.type == "sync" and case.status == "closed":
            return self.open_case(user, case.channel, subject=case.subject, text=text).messages[0]
        return self.new_reply(case, case.user_id, text)

    def agent_replies(
        self,
        case: Case,
        agent: Staff,
        text: str = "",
        *,
        html: str = "",
        via_rule: bool = False,
        send_at: datetime | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> Message:
        """An agent, or a rule in an agent's name, answers the customer, at once or at a later time.

        What was written as `html` has no plain text.
        """
        more: dict[str, Any] = {"via_rule": via_rule, "send_at": send_at, "attachments": tuple(attachments)}
        return self.new_answer(case, agent.id, text, html, **more)

    def file(
        self, name: str, url: str = "", mime_type: str = "application/octet-stream", size: int = 1024
    ) -> Attachment:
        """A file is uploaded, to be attached; its address is the account's own unless another is given."""
        number = next(self._file_ids)
        return Attachment(number, name, url or f"https://acme.deskie.io/attachments/{number}", mime_type, size)

    def agent_edits(self, case: Case, message: Message, text: str = "", *, html: str = "") -> None:
        """An agent puts other words in the place of a message's; its id and its times stay."""
        message.content, message.content_html = text, html or self.marked_up(text)
        self.edited(case)

    def agent_deletes(self, case: Case, message: Message) -> None:
        """An agent deletes a message, which is no longer listed; a delayed reply is then never sent."""
        case.messages.remove(message)
        self.edited(case)

    def agent_notes(self, case: Case, agent: Staff, text: str) -> Message:
        """An agent leaves a note."""
        return self.new_message(case, text, staff_id=agent.id, note=True)

    def assign(self, case: Case, agent: Staff | None) -> None:
        """A case is given to an agent, or to nobody."""
        self.change(case, "staff_id", new=agent.id if agent else 0, by=ADMINISTRATOR)

    def set_case_status(self, case: Case, status: str, by: Staff | None = None) -> None:
        """An agent sets a case's status; without an agent, a rule does."""
        self.change(case, "status", new=status, by=f"staff_{by.id}" if by else "rule_1332")

    def end_chat(self, case: Case) -> None:
        """The chat ends, which says nothing about the case's status."""
        self.change(case, "active_chat", new=False, by="rule_1332")

    def merge(self, case: Case, into: Case) -> None:
        """One case becomes part of another."""
        self.change(case, "parent_case_id", new=into.id, by=ADMINISTRATOR)
        self.change(case, "status", new="closed", by=ADMINISTRATOR)
        into.updated_at = self.now()
        if self.quirks.merge_moves_messages:
            into.messages = sorted(into.messages + case.messages, key=lambda message: (message.created_at, message.id))
            case.messages = []

    def trash(self, case: Case) -> None:
        """A case is thrown into the bin."""
        self.change(case, "deleted", new=True, by=ADMINISTRATOR)

    def spam(self, case: Case) -> None:
        """A case is marked as spam."""
        self.change(case, "spam", new=True, by=ADMINISTRATOR)

    def restore(self, case: Case) -> None:
        """A case comes back from the bin or from spam."""
        for field in ("deleted", "spam"):
            self.change(case, field, new=False, by=ADMINISTRATOR)

    def erase(self, case: Case) -> None:
        """A case is gone for good."""
        self.changes += 1
        self.cases.remove(case)

    def messages(self, case: Case | int) -> list[Message]:
        """What stands in a case, oldest first."""
        found = case if isinstance(case, Case) else self.find_case(case)
        return list(found.messages) if found else []

    def _edit(self, agent: Staff, **fields: Any) -> None:
        self.changes += 1
        for name, value in fields.items():
            setattr(agent, name, value)
        agent.updated_at = self.now()
