"""`explain` of a case, a chat or a visitor: what is shown of it, whose business it is, and what comes next."""

from collections.abc import Iterable
from typing import Any

from chaport_sync.cli.output import as_json
from chaport_sync.cli.people import as_number
from chaport_sync.cli.state_file import Remembered
from chaport_sync.core.statuses.seen import Person
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.transcripts.explanation import explain_chat, foreseen
from chaport_sync.core.transcripts.steps import Facts, Snapshot
from chaport_sync.core.wording import Clock

#: So many chats are explained, the newest ones: chat numbers are unique only per visitor.
MOST = 10


def chats_meant(who: str, known: Remembered) -> list[ChatState]:
    """Return the chats of a case, or those of a number: "2001", "case 2001", "chat 7"; none if it is neither."""
    kind, number = as_number(who) or ("", "")
    if not number:
        return []
    found = [
        *(known.store.transcripts.chats_in(number) if kind != "chat" else ()),
        *(known.store.transcripts.chats_numbered(number) if kind != "case" else ()),
    ]
    return list(dict.fromkeys(found))


def explained_chats(chats: Iterable[ChatState], known: Remembered, clock: Clock) -> list[dict[str, Any]]:
    """Explain chats, the first of them."""
    return [_explained(chat, known, clock) for chat in list(chats)[:MOST]]


def visitor_of(chat: ChatState) -> Person:
    """Return whose chat this is."""
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
        "lines": explain_chat(at, step, shown, replies, known.rules.cases, clock, at_work=known.at_work),
    }
