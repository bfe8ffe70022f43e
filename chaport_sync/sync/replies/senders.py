"""As whom agents answer, by lists of agents and operators that are fresh enough (R1, S3)."""

from collections.abc import Iterable, Mapping

from chaport_sync.api.allowance import Share
from chaport_sync.api.errors import Malformed
from chaport_sync.core.model import Message, OwnAgent
from chaport_sync.core.replies.selection import senders
from chaport_sync.core.statuses.pairing import Pairs, pair
from chaport_sync.core.wording import nobody
from chaport_sync.sync.replies.rules import ReplyRules
from chaport_sync.sync.services import Services

#: The lists are read again when somebody answers by lists that are older, or who is new (seconds).
FRESH = 300.0


class ReplySenders:
    """Knows the operator of each agent who answers."""

    def __init__(self, services: Services, rules: ReplyRules) -> None:
        self._services = services
        self._rules = rules
        self._known: Mapping[str, str] = {}
        self._judged: set[str] = set()
        self._read_at: float | None = None

    async def of(self, messages: Iterable[Message]) -> Mapping[str, str]:
        """Return as whom those who wrote these messages answer (`core.replies.senders`).

        Raises:
            ApiError: The lists cannot be read, or not be believed.
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
            # By an empty list nobody could answer: it is no list (S8).
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
