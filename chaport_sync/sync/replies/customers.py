"""Finding the visitor of a case: replies go to the visitor whose chats the case shows (R1)."""

from dataclasses import dataclass

from chaport_sync.api.errors import Missing
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.sync.services import Services

#: So many customers are remembered; then all are forgotten and read again, so that memory stays bounded.
REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Theirs:
    """The newest chat that a case shows; `right` tells whether the case's user is the chat's visitor."""

    chat: ChatState
    right: bool


class WhoseCase:
    """Finds the visitor of each case by its Deskie user, whose custom id does not change."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._customers: dict[str, str] = {}

    async def of(self, case: CaseState) -> Theirs | None:
        """Return the newest chat that a case shows, or showed before it went on in another case; None if none is known.

        Raises:
            ApiError: The case's customer cannot be read.
        """
        chats = self._services.store.transcripts.chats_in(case.id)
        if case.user_id not in self._customers:
            if len(self._customers) >= REMEMBERED:
                self._customers.clear()
            try:
                self._customers[case.user_id] = (await self._services.deskie.user(case.user_id)).custom_id
            except Missing:
                return Theirs(chats[0], right=False) if chats else None
        customer = self._customers[case.user_id]
        if not chats:
            for visitor_id in (customer, case.left_by):
                newest = self._services.store.transcripts.newest_chat_in(case.id, visitor_id)
                if newest is not None:
                    return Theirs(newest, right=visitor_id == customer)
            return None
        theirs = [chat for chat in chats if chat.visitor_id == customer]
        return Theirs(theirs[0], right=True) if theirs else Theirs(chats[0], right=False)
