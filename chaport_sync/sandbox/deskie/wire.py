"""How Deskie writes its records down (Deskie reference, sections 1.3, 1.4 and the samples of 2 to 7)."""

import calendar
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

from starlette.responses import JSONResponse

from chaport_sync.sandbox.deskie.records import Attachment, Case, Change, Channel, Message, Staff, StaffStatus, User
from chaport_sync.sandbox.deskie.state import DeskieState

_ACCOUNT_ZONE = timezone(timedelta(hours=3))
_NONE = "-"
Row = dict[str, Any]


class Wire:
    """One method a record; `one` and `many` put rows into answers."""

    def __init__(self, state: DeskieState) -> None:
        self._now = state.now
        self._quirks = state.quirks

    def one(self, key: str, row: Row, status: int = 200) -> JSONResponse:
        """A single wrapped record."""
        return JSONResponse({key: self._finished(row)}, status)

    def many(self, key: str, rows: Sequence[Row], total: int, counter: str = "total_count") -> JSONResponse:
        """A list, whose many shapes reference 1.3 collects; `total` counts all matches, not those of this page."""
        wrapped = [{key: self._finished(row)} for row in rows]
        if not wrapped:
            shapes: dict[str, Any] = {"key": {key: []}, "count": {counter: total}, "array": [], "object": {}}
            return JSONResponse(shapes[self._quirks.empty_list])
        if self._quirks.lists_as_arrays:
            return JSONResponse(wrapped)
        answer: Row = {str(index): row for index, row in enumerate(wrapped)}
        if not self._quirks.omit_total_count:
            answer[counter] = total
        return JSONResponse(answer)

    def changelog(self, changes: Sequence[Change]) -> JSONResponse:
        """The changelog, the one list that is a plain array under its key (reference 3.7)."""
        lines = [
            {
                "created_at": self.time(change.at),
                "event": change.event,
                "done_by": change.by,
                "old_value": change.old,
                "value": change.new,
            }
            for change in changes
        ]
        return JSONResponse({"changelog": lines})

    def staff(self, agent: Staff) -> Row:
        """An agent."""
        row = {
            "staff_id": agent.id,
            "staff_email": agent.email,
            "staff_full_name": agent.name,
            "staff_signature": f"Regards, {agent.name}",
            "thumbnail": "",
            "active": agent.active,
            "status": "online" if agent.status_id == 1 else "offline",
            "status_id": agent.status_id,
            "created_at": self.time(agent.created_at),
            "updated_at": self.time(agent.updated_at),
        }
        if self._quirks.omit_status_id:
            del row["status_id"]
        return row

    def status(self, status: StaffStatus) -> Row:
        """A status that agents can have."""
        return {"status_id": status.id, "status": status.name, "active": status.active}

    def user(self, user: User) -> Row:
        """A customer."""
        return {
            "user_id": user.id,
            "user_full_name": user.name,
            "type": "custom" if user.custom_id else "email" if user.email else "phone",
            "user_email": user.email,
            "user_phone": user.phone,
            "user_custom_id": user.custom_id,
            "user_custom_channel": user.channel.removeprefix("cch") if self._quirks.bare_channel else user.channel,
            "confirmed": False,
            "active": user.active,
            "deleted": user.deleted,
            "linked_users": sorted(user.linked),
            "created_at": self.time(user.created_at),
            "updated_at": self.time(user.created_at),
        }

    def channel(self, channel: Channel) -> Row:
        """An own channel."""
        return {
            "channel_id": channel.id,
            "channel_api_key": channel.key,
            "title": channel.title,
            "channel_type": channel.type,
            "icon": "",
            "webhook_url": "",
            "active": channel.active,
        }

    def case(self, case: Case) -> Row:
        """A case, without its messages."""
        closed = case.closed_at
        return {
            "case_id": case.id,
            "case_number": case.number,
            "subject": case.subject,
            "user_id": case.user_id,
            "staff_id": case.staff_id,
            "group_id": case.group_id,
            "status": case.status,
            "priority": case.priority,
            "channel": case.channel,
            "recipient": case.recipient,
            "recipient_cc": "",
            "recipient_bcc": "",
            "deleted": case.deleted,
            "spam": case.spam,
            "created_at": self.time(case.created_at),
            "closed_at": self.time(closed),
            "updated_at": self.time(case.updated_at),
            "last_response_at": self.time(case.last_response_at),
            "closing_speed": int((closed - case.created_at).total_seconds() // 60) if closed else _NONE,
            "parent_case_id": case.parent_case_id,
            "language_id": case.language_id,
            "custom_fields": case.custom_fields,
            "labels": case.labels,
            "locked_labels": [],
            "rating": _NONE,
            "rating_comment": "",
            "rated_staff_id": 0,
        }

    def message(self, message: Message) -> Row:
        """One entry of a case, as it is at this moment."""
        content = "" if self._quirks.content_only_html else message.content
        row = {
            "message_id": message.id,
            "user_id": message.user_id,
            "staff_id": message.staff_id,
            "content": content.replace("\n", "\r\n") if self._quirks.crlf else content,
            "content_html": message.content_html,
            "attachments": [self.file(attachment) for attachment in message.attachments],
            "note": message.note,
            "sent_via_rule": message.via_rule,
            "created_at": self.time(message.created_at),
            "sent_at": self.time(self._sent_at(message)),
        }
        if self._quirks.omit_sent_at:
            del row["sent_at"]
        return row

    def file(self, attachment: Attachment) -> Row:
        """A file, with the fields of reference 3.2."""
        return {
            "file_id": attachment.id,
            "file_name": attachment.name,
            "file_size": attachment.size,
            "mime_type": attachment.mime_type,
            "url": attachment.url,
        }

    def time(self, at: datetime | None) -> str:
        """RFC 2822 in the account's zone; the quirk names the day after the right one."""
        if at is None:
            return _NONE
        local = at.astimezone(_ACCOUNT_ZONE).replace(microsecond=0)
        written = format_datetime(local)
        if self._quirks.wrong_weekdays:
            written = calendar.day_abbr[(local.weekday() + 1) % 7] + written[3:]
        return written

    def _sent_at(self, message: Message) -> datetime | None:
        if message.send_at is None:
            return message.created_at
        told = self._quirks.delayed_sent_at == "time" or message.send_at <= self._now()
        return message.send_at if told else None

    def _finished(self, row: Row) -> Row:
        row = {name: _as_text(value) for name, value in row.items()} if self._quirks.ids_as_strings else row
        return row | {"added_later": {"by": "the vendor"}} if self._quirks.extra_fields else row


def _as_text(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
