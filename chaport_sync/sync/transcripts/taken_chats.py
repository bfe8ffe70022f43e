"""What the last reading of each chat depended on: while that is the same, another reading changes nothing (T7)."""

from dataclasses import dataclass, replace

from chaport_sync.core.ledger import Reply
from chaport_sync.core.model import Chat, Visitor
from chaport_sync.core.transcripts.authors import OperatorsListed
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.store import ChatKey

#: So many chats are remembered; those that were read first are forgotten first.
REMEMBERED = 2000


@dataclass(frozen=True, slots=True)
class Basis:
    """All that a reading depends on, but for the time: Chaport's answers, and what the state file knows of the chat."""

    fingerprint: str
    visitor: tuple[str, str, str]
    operators: OperatorsListed
    replies: tuple[Reply, ...]
    state: ChatState


def basis(
    chat: Chat, visitor: Visitor, operators: OperatorsListed, replies: tuple[Reply, ...], state: ChatState
) -> Basis:
    """Return what a reading depends on. When the chat is due makes no difference."""
    names = visitor.name, visitor.email, visitor.phone
    return Basis(chat.fingerprint, names, operators, replies, replace(state, next_read_at=None, due_at=None))


class TakenChats:
    """The chats that were read in this run, with what their last readings depended on and led to."""

    def __init__(self) -> None:
        self._taken: dict[ChatKey, Basis] = {}

    def is_taken(self, now: Basis) -> bool:
        """Return whether a reading that depends on this would lead to what is recorded already."""
        return self._taken.get(now.state.key) == now

    def take(self, read: Basis) -> None:
        """Remember a reading; its `state` is the one that it led to."""
        self._taken[read.state.key] = read
        if len(self._taken) > REMEMBERED:
            del self._taken[next(iter(self._taken))]

    def forget(self) -> None:
        """Forget all of them; each chat is then read once more."""
        self._taken.clear()
