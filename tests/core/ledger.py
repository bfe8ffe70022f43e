"""What the tests of the stored ledger have in common: chats and lines for it."""

from typing import Any

from chaport_sync.core.ledger import Line
from chaport_sync.core.model import Author
from chaport_sync.core.transcripts.chats import ChatState


def chat(visitor_id: str = "v", chat_id: str = "1", **parts: Any) -> ChatState:
    """Give a chat."""
    return ChatState(visitor_id, chat_id, **parts)


def line(event_id: str, part: int = 0, **parts: Any) -> Line:
    """Give a line of the visitor."""
    return Line(event_id, part, Author.VISITOR, "Mary", 5.0, "Hello", **parts)
