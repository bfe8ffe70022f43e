"""The list of operators, which tells whether an operator or a bot wrote a message (T1)."""

from collections.abc import Mapping

from chaport_sync.api.chaport import Chaport
from chaport_sync.api.errors import Malformed
from chaport_sync.api.request_queue import Share
from chaport_sync.clock import Clock
from chaport_sync.core.model import Operator
from chaport_sync.core.statuses.pairing import Pairs
from chaport_sync.core.transcripts.reading import OperatorsListed
from chaport_sync.core.wording import nobody
from chaport_sync.store import Store

#: The list is read again after so long (seconds), and once for each unknown author.
FRESH = 3600.0
#: An empty list is believed if Chaport gives it for so long (seconds).
EMPTY_BELIEVED = 1800.0


class OperatorList:
    """Reads the list as rarely as possible.

    Attributes:
        known: The operators by id.
    """

    def __init__(self, chaport: Chaport, store: Store, clock: Clock) -> None:
        self.known: Mapping[str, Operator] = {}
        self._chaport = chaport
        self._store = store
        self._clock = clock
        self._read_at: float | None = None
        self._empty_since: float | None = None
        self._strangers: frozenset[str] = frozenset()
        self._began = 0.0

    async def begin(self) -> None:
        """Begin a cycle: read the list if it is old; raises `ApiError`."""
        self._began = self._clock.monotonic()
        if self._read_at is None or self._began - self._read_at > FRESH:
            await self._read()

    async def look_for(self, strangers: frozenset[str]) -> bool:
        """Read the list again for authors who are not in it; return whether it was read.

        Raises:
            ApiError: The list cannot be read, or is empty and not believed.
        """
        unlisted = strangers - self._strangers
        again = bool(unlisted) and (self._read_at is None or self._read_at < self._began)
        if again:
            await self._read()
        self._strangers |= unlisted
        return again

    async def _read(self) -> None:
        listed = {operator.id: operator for operator in await self._chaport.operators(Share.READING)}
        now = self._clock.monotonic()
        if listed:
            self._empty_since = None
            known = OperatorsListed({each.id: (each.name, each.is_bot) for each in listed.values()})
            if known != self._store.marks.get(OperatorsListed):
                self._store.marks.put(known)
        else:
            # With an empty list an operator's words would pass for a bot's, so it counts as a failed answer (S8).
            self._empty_since = now if self._empty_since is None else self._empty_since
            if now - self._empty_since < EMPTY_BELIEVED:
                paired = len(self._store.marks.get(Pairs).operators)
                raise Malformed("Chaport", "GET /operators", nobody("operators", paired))
        # If the list stays empty, the operators known before still count: their old messages were an operator's.
        self.known, self._read_at = listed or self.known or self._remembered(), now

    def _remembered(self) -> dict[str, Operator]:
        known = self._store.marks.get(OperatorsListed).known
        return {key: Operator(key, name=name, is_bot=is_bot) for key, (name, is_bot) in known.items()}
