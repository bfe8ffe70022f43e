"""What a cycle did for chats and answers: made of its log events, in sentences for people."""

from collections.abc import Iterable, Mapping
from typing import Any

from chaport_sync.core.ledger import Form
from chaport_sync.core.model import Person
from chaport_sync.core.transcripts.cases import WAITING
from chaport_sync.core.wording import number
from chaport_sync.store import Store

#: The beginnings of the names of log events that tell what the transcript flow and the reply flow did.
SHOWN, ANSWERED = ("case.", "delivery."), ("reply.",)
#: Log events that sum up a cycle.
_SUMMARIES = ("reply.cycle",)
#: The beginning of the id of a case that a dry run pretends to open.
_DRY = "dry-run"

Event = Mapping[str, Any]


def deeds(events: Iterable[Event], kinds: tuple[str, ...], store: Store) -> list[dict[str, Any]]:
    """Return the log events whose names begin with `kinds`; the visitor has a name and an address instead of an id."""
    return [
        fields(event) | ({"visitor": visitor._asdict()} if (visitor := _visitor(event, store)) else {})
        for event in events
        if str(event["event"]).startswith(kinds) and event["event"] not in _SUMMARIES
    ]


def where(deed: Event) -> tuple[str, str]:
    """Return the chat and the case of an event, "new" for a case of a dry run."""
    case = str(deed.get("case", ""))
    return str(deed.get("chat", "")), "new" if case.startswith(_DRY) else case


def what(deed: Event) -> str:
    """Return what was done, in words that fit the headings "Done" and "Would be done"."""
    lines = number(deed.get("events", 0), "line", "lines")
    because = f" ({deed['reason']})" if deed.get("reason") else ""
    form = "the customer's own message" if deed.get("form") == Form.CUSTOMER.value else "a note"
    sentences = {
        "case.opened": f"case opened{' as pending' if deed.get('status') == WAITING else ''}",
        "case.attached": f"case taken over{because}",
        "case.left": f"another case wanted{because}",
        "case.pending": f"case set to pending{because}",
        "case.reopened": f"case set to open{because}",
        "case.silenced": f"chat not shown any more{because}",
        "delivery.sent": f"{lines} put into the case as {form}{', late' if deed.get('late') else ''}",
        "delivery.unclear": f"{lines} sent, but no clear answer came ({deed.get('error')})",
        "delivery.confirmed": f"{lines} found in the case",
        "delivery.parked": f"{lines} refused by Deskie and set aside ({deed.get('error')})",
        "reply.found": "answer found",
        "reply.sent": f"answer sent to the visitor in {number(deed.get('parts', 1), 'part', 'parts')}",
        "reply.unclear": f"answer sent, but no clear answer came ({deed.get('error')})",
        "reply.confirmed": "answer found in the chat",
        "reply.not_sent": f"answer not sent{because}",
    }
    return sentences.get(deed["event"]) or f"{deed['event']}: {details(deed)}"


def details(event: Event) -> str:
    """Return the fields of an event in one line, for an event without a sentence of its own."""
    shown = ((key, value) for key, value in event.items() if key not in ("event", "visitor", "chat", "case"))
    return ", ".join(f"{key} {value}" for key, value in shown)


def fields(event: Event) -> dict[str, Any]:
    """Return the fields of an event without its time, its level and the mark of a dry run."""
    return {key: value for key, value in event.items() if key not in ("timestamp", "level", "dry_run")}


def _visitor(event: Event, store: Store) -> Person | None:
    visitor_id = event.get("visitor")
    if not visitor_id:
        return None
    chat = next(iter(store.transcripts.chats_of([visitor_id])), None)
    return Person(visitor_id, chat.visitor_name, chat.visitor_email) if chat else Person(visitor_id)
