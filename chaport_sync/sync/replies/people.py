"""Between whom an answer goes: the visitor of the case, and the operator as whom the agent replies (R1, S3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf

from chaport_sync.api.errors import Malformed, Missing
from chaport_sync.api.request_queue import Share
from chaport_sync.core.model import Message, OwnAgent
from chaport_sync.core.replies.selection import senders
from chaport_sync.core.statuses.pairing import Pairs, pair
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.wording import nobody
from chaport_sync.sync.cycle import Services
from chaport_sync.sync.replies.rules import ReplyRules

#: So many customers are remembered; then all are forgotten and read again, so that memory stays bounded.
REMEMBERED = 1000
#: The lists are read again if they are older than this (seconds), or if a new agent replies.
FRESH = 300.0


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
        transcripts = self._services.store.transcripts
        customer = await self._custom_id(case.user_id)
        chats = transcripts.chats_in(case.id)
        if not chats:
            newest = (transcripts.newest_chat_in(case.id, each) for each in (customer, case.left_by))
            chats = [chat for chat in newest if chat is not None]
        theirs = [chat for chat in chats if chat.visitor_id == customer]
        chat = next(iter(theirs or chats), None)
        return None if chat is None else Theirs(chat, right=bool(theirs))

    async def _custom_id(self, user_id: str) -> str:
        """Return the visitor who is a Deskie user, empty if the user is none or is gone."""
        if user_id not in self._customers:
            if len(self._customers) >= REMEMBERED:
                self._customers.clear()
            try:
                self._customers[user_id] = (await self._services.deskie.user(user_id)).custom_id
            except Missing:
                return ""
        return self._customers[user_id]


class ReplySenders:
    """Finds the operator of each agent who replies."""

    def __init__(self, services: Services, rules: ReplyRules) -> None:
        self._services = services
        self._rules = rules
        self._known: Mapping[str, str] = {}
        self._judged: set[str] = set()
        self._read_at = -inf

    async def of(self, messages: Iterable[Message]) -> Mapping[str, str]:
        """Return the operator's id by agent id, for the writers of these messages (`core.replies.selection.senders`).

        Raises:
            ApiError: A list cannot be read, or is empty.
        """
        now = self._services.clock.now()
        writers = {message.staff_id for message in messages if message.staff_id and not message.note}
        fresh = 0 <= now - self._read_at < FRESH
        if writers and not (fresh and writers <= self._judged):
            await self._read(writers, now)
        return self._known

    async def _read(self, writers: set[str], now: float) -> None:
        agents = await self._services.deskie.agents()
        operators = await self._services.chaport.operators(Share.DELIVERY)
        # With an empty list nobody could reply, so it counts as a failed answer (S8).
        pairs = self._services.store.marks.get(Pairs)
        if not agents:
            raise Malformed("Deskie", "GET /staff.json", nobody("agents", len(pairs.agents)))
        if not operators:
            raise Malformed("Chaport", "GET /operators", nobody("operators", len(pairs.operators)))
        self._known = senders(operators, pair(agents, operators, self._rules.pairing), self._rules.selection)
        self._judged = {agent.id for agent in agents} | writers
        self._read_at = now
        own_email = self._rules.own_email.casefold()
        own = next((agent.id for agent in agents if agent.email.casefold() == own_email), "")
        if own and not self._services.store.marks.get(OwnAgent).staff_id:
            self._services.store.marks.put(OwnAgent(own))
