"""Finding the operator as whom an agent replies, by fresh lists of agents and operators (R1, S3)."""

from collections.abc import Iterable, Mapping

from chaport_sync.api.errors import Malformed
from chaport_sync.api.request_queue import Share
from chaport_sync.core.model import Message, OwnAgent
from chaport_sync.core.replies.selection import senders
from chaport_sync.core.statuses.pairing import Pairs, pair
from chaport_sync.core.wording import nobody
from chaport_sync.sync.replies.rules import ReplyRules
from chaport_sync.sync.services import Services

#: The lists are read again if they are older than this (seconds), or if a new agent replies.
FRESH = 300.0


class ReplySenders:
    """Finds the operator of each agent who replies."""

    def __init__(self, services: Services, rules: ReplyRules) -> None:
        self._services = services
        self._rules = rules
        self._known: Mapping[str, str] = {}
        self._judged: set[str] = set()
        self._read_at: float | None = None

    async def of(self, messages: Iterable[Message]) -> Mapping[str, str]:
        """Return the operator's id by agent id, for the writers of these messages (`core.replies.selection.senders`).

        Raises:
            ApiError: A list cannot be read, or is empty.
        """
        now = self._services.clock.now()
        writers = {message.staff_id for message in messages if message.staff_id and not message.note}
        fresh = self._read_at is not None and 0 <= now - self._read_at < FRESH
        if writers and not (fresh and writers <= self._judged):
            await self._read(writers, now)
        return self._known

    async def _read(self, writers: set[str], now: float) -> None:
        agents = await self._services.deskie.agents()
        operators = await self._services.chaport.operators(Share.DELIVERY)
        if not agents or not operators:
            # With an empty list nobody could reply, so it counts as a failed answer (S8).
            service, path, what = (
                ("Chaport", "GET /operators", "operators") if agents else ("Deskie", "GET /staff.json", "agents")
            )
            pairs = self._services.store.marks.get(Pairs)
            raise Malformed(service, path, nobody(what, len(pairs.operators if agents else pairs.agents)))
        self._known = senders(operators, pair(agents, operators, self._rules.pairing), self._rules.selection)
        self._judged = {agent.id for agent in agents} | writers
        self._read_at = now
        own_email = self._rules.own_email.casefold()
        own = next((agent.id for agent in agents if agent.email.casefold() == own_email), "")
        if own and not self._services.store.marks.get(OwnAgent).staff_id:
            self._services.store.marks.put(OwnAgent(own))
