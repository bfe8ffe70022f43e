"""`explain` of a case or a chat: what is shown of it, whose business it is, and what comes next."""

from typing import Any

from chaport_sync.cli.remembered import Remembered, moment
from chaport_sync.core.chat_explanation import explain_chat
from chaport_sync.core.chats import ChatState

#: So many chats are explained, the newest ones: chat numbers are unique only per visitor.
MOST = 10


def explained_chats(who: str, known: Remembered, now: float) -> list[dict[str, Any]]:
    """Explain the chats of a case, or those of a number: "2001", "case 2001", "chat 7"; none if it is neither."""
    kind, _, number = who.strip().casefold().rpartition(" ")
    if kind not in ("", "case", "chat"):
        return []
    found = [
        *(known.store.chats_in(number) if kind != "chat" else ()),
        *(known.store.chats_numbered(number) if kind != "case" else ()),
    ]
    return [_explained(chat, known, now) for chat in list(dict.fromkeys(found))[:MOST]]


def _explained(chat: ChatState, known: Remembered, now: float) -> dict[str, Any]:
    store = known.store
    case = store.case(chat.case_id) if chat.case_id else None
    replies = [reply for reply in store.replies_to(chat.visitor_id) if reply.case_id == chat.case_id]
    open_lines = store.open_lines(chat.key)
    shown = store.count_shown(chat.key)
    lines = explain_chat(chat, case, open_lines, shown, replies, known.cases, lambda at: moment(at, now), now=now)
    return {
        "visitor": chat.visitor_id,
        "chat": chat.chat_id,
        "case": chat.case_id or None,
        "shown": shown,
        "not_shown": len(open_lines),
        "answers": len(replies),
        "lines": lines,
    }
