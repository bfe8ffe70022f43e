"""How Chaport writes its records down (Chaport reference, sections 1 to 5)."""

from datetime import UTC, datetime
from typing import Any

from chaport_sync.sandbox.chaport.records import Chat, Event, Operator, Visitor
from chaport_sync.sandbox.chaport.state import ChaportState

Row = dict[str, Any]
_MESSAGES = ("visitor", "bot", "operator")


class Wire:
    """One method a record."""

    def __init__(self, state: ChaportState) -> None:
        self._state = state
        self._quirks = state.quirks

    def operator(self, operator: Operator) -> Row:
        """An operator, with the fields of the reference's example."""
        row: Row = {
            "id": operator.id,
            "email": operator.email,
            "name": operator.name,
            "language": "en",
            "jobTitle": "Support",
            "role": operator.role,
            "lastLoginAt": iso(operator.created_at),
            "lastActivityAt": iso(operator.created_at),
            "image": "",
            "lastStatus": self._state.status_of(operator),
            "realStatus": self._state.real_status_of(operator),
        }
        if operator.deactivated:
            row["deactivated"] = True
        if self._quirks.last_status_missing:
            del row["lastStatus"]
        if self._quirks.real_status_missing:
            del row["realStatus"]
        if self._quirks.status_text_extra:
            row["statusText"] = self._quirks.status_text_extra
        return row

    def visitor(self, visitor: Visitor) -> Row:
        """A visitor."""
        return {
            "id": visitor.id,
            "name": visitor.name,
            "email": visitor.email,
            "phone": visitor.phone,
            "lastSeen": iso(visitor.seen_at),
            "location": None,
            "notes": "",
            "utm": {},
            "custom": {},
        }

    def chat(self, chat: Chat, *, messages_only: bool) -> Row:
        """A chat with its events."""
        events = self.events(chat, messages_only=messages_only)
        if self._quirks.events_truncated is not None:
            events = events[max(0, len(events) - self._quirks.events_truncated) :]
        return {
            "id": str(chat.id) if self._quirks.chat_ids_as_strings else chat.id,
            "stage": chat.stage,
            "operators": list(chat.operators),
            "missed": False,
            "rating": None,
            "startPage": chat.start_page,
            "events": events,
        }

    def events(self, chat: Chat, *, messages_only: bool = False) -> list[Row]:
        """A chat's events, oldest first."""
        return [
            self.event(event)
            for event in chat.events
            if (event.author in _MESSAGES or not messages_only) and not self.hides(event)
        ]

    def hides(self, event: Event) -> bool:
        """Whether an event is there for nobody."""
        silent = event.author == "bot" and self._quirks.bots == "H4"
        return silent or (event.deleted and self._quirks.deleted_messages == "gone")

    def event(self, event: Event) -> Row:
        """One event, in the account's representation of bots."""
        type_, params = self._form(event)
        at = int(event.at.timestamp()) if self._quirks.unix_times else iso(event.at)
        row: Row = {"id": event.id, "type": type_, self._quirks.time_key: at, "params": params}
        if event.external_id and self._quirks.external_id_told:
            (row if self._quirks.external_id_told == "event" else params)["externalId"] = event.external_id
        if self._quirks.event_ids_missing:
            del row["id"]
        return row

    def _form(self, event: Event) -> tuple[str, Row]:
        text: Row = {"text": "" if event.deleted else event.text}
        match event.author:
            case "visitor":
                return "visitor-message", text
            case "operator":
                return "operator-message", text | self._reference(event)
            case "bot":
                return self._bot_form(event, text)
            case "system":
                return event.type, dict(event.params)

    def _bot_form(self, event: Event, text: Row) -> tuple[str, Row]:
        match self._quirks.bots:
            case "H1":
                return "bot-message", text | {"botId": event.author_id}
            case "H2" | "H2flag" | "H4":
                return "operator-message", text | self._reference(event)
            case "H3":
                return "trigger-message", text

    def _reference(self, event: Event) -> Row:
        """How an operator's message, or one that looks like it, names its author."""
        flag = {"isBot": event.author == "bot"} if self._quirks.bots == "H2flag" else {}
        match self._quirks.operator_ref:
            case "operatorId":
                return {"operatorId": event.author_id} | flag
            case "operator.id":
                return {"operator": {"id": event.author_id} | flag}
            case "operator":
                return {"operator": event.author_id} | flag


def iso(at: datetime) -> str:
    """UTC with milliseconds and Z (reference 1)."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
