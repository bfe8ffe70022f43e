"""`explain` of a case, a chat or a visitor: what is shown, who has to answer, and what comes next."""

from collections.abc import Iterable
from typing import Any

from chaport_sync.cli.output import as_json
from chaport_sync.cli.people import as_number
from chaport_sync.core.model import Person
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.transcripts.explanation import answer, explain_chat, foreseen
from chaport_sync.core.transcripts.steps import Facts, Snapshot
from chaport_sync.core.wording import Clock
from chaport_sync.remembered import Remembered

#: The most chats that are explained, the newest: many visitors may have a chat with the same number.
MOST = 10


def chats_meant(who: str, known: Remembered) -> list[ChatState]:
    """Return the chats that "2001", "case 2001" or "chat 7" means; none if `who` has no such form."""
    kind, number = as_number(who) or ("", "")
    if not number:
        return []
    found = [
        *(known.store.transcripts.chats_in(number) if kind != "chat" else ()),
        *(known.store.transcripts.chats_numbered(number) if kind != "case" else ()),
    ]
    return list(dict.fromkeys(found))


def explained_chats(chats: Iterable[ChatState], known: Remembered, clock: Clock) -> list[dict[str, Any]]:
    """Return explanations of the first `MOST` chats, in the form of the JSON output."""
    return [_explained(chat, known, clock) for chat in list(chats)[:MOST]]


def visitor_of(chat: ChatState) -> Person:
    """Return the visitor of a chat."""
    return Person(chat.visitor_id, chat.visitor_name, chat.visitor_email)


def _explained(chat: ChatState, known: Remembered, clock: Clock) -> dict[str, Any]:
    store = known.store
    case = store.transcripts.case(chat.case_id) if chat.case_id else None
    replies = [reply for reply in store.replies.to(chat.visitor_id) if reply.case_id == chat.case_id]
    open_lines = store.transcripts.open_lines(chat.key)
    shown = store.transcripts.count_shown(chat.key)
    at = Snapshot(chat, case, tuple(open_lines), Facts(verified=True), known.now)
    step = foreseen(at, known.rules.cases)
    return {
        "visitor": as_json(visitor_of(chat)),
        "chat": chat.chat_id,
        "case": chat.case_id or None,
        "shown": shown,
        "not_shown": len(open_lines),
        "answers": len(replies),
        **step.reason.fields,
        "answer": answer(at, step, shown, known.rules.cases, clock, at_work=known.at_work),
        "lines": explain_chat(at, step, shown, replies, known.rules.cases, clock, at_work=known.at_work),
    }
