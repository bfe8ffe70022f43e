"""The lists of operators, which tell whether an operator or a bot wrote a message (T1)."""

import asyncio

from chaport_sync.api.chaport import Chaport
from chaport_sync.api.errors import Malformed
from chaport_sync.api.request_queue import Share
from chaport_sync.clock import Clock
from chaport_sync.core.statuses.pairing import Pairs
from chaport_sync.core.transcripts.authors import OperatorsListed
from chaport_sync.core.wording import nobody
from chaport_sync.store import Store

#: The list is read again after so long (seconds), and once for each author who was in none so far.
FRESH = 3600.0
#: An empty list is believed if Chaport gives it for so long (seconds).
EMPTY_BELIEVED = 1800.0


class OperatorList:
    """Reads the list as rarely as possible, and remembers whoever was ever in it."""

    def __init__(self, chaport: Chaport, store: Store, clock: Clock) -> None:
        self._chaport = chaport
        self._store = store
        self._clock = clock
        self._read_at: float | None = None
        self._empty_since: float | None = None
        self._nobody_listed = False
        self._one_reading = asyncio.Lock()

    @property
    def so_far(self) -> OperatorsListed:
        """Who was ever in the list."""
        return self._store.marks.get(OperatorsListed)

    async def begin(self) -> None:
        """Begin a cycle: read the list if it is old; raises what `look_for` raises."""
        if self._read_at is None or self._clock.monotonic() - self._read_at > FRESH:
            await self._read()

    async def look_for(self, strangers: frozenset[str]) -> OperatorsListed:
        """Return who was ever in the list, after reading it for those of a chat who were in none so far.

        The chat was read before, so whoever wrote in it as an operator is in this list, or was deleted since.

        Raises:
            ApiError: The list cannot be read, or is empty and not believed.
            StoreError: The disk does not take it.
        """
        async with self._one_reading:
            # A list that is believed to be empty tells of nobody, so it is not worth another request.
            if not self._nobody_listed and not strangers <= set(self.so_far.missed):
                await self._read(strangers)
        return self.so_far

    async def _read(self, strangers: frozenset[str] = frozenset()) -> None:
        listed = await self._chaport.operators(Share.READING, deactivated=True)
        now, before = self._clock.monotonic(), self.so_far
        if listed:
            self._empty_since = None
        else:
            # With an empty list an operator's words would pass for a bot's, so it counts as a failed answer (S8).
            self._empty_since = now if self._empty_since is None else self._empty_since
            if now - self._empty_since < EMPTY_BELIEVED:
                paired = len(self._store.marks.get(Pairs).operators)
                raise Malformed("Chaport", "GET /operators", nobody("operators", paired))
        if (after := before.with_list(listed, strangers)) != before:
            self._store.marks.put(after)
        # Nobody can read again who has left since. So this is on the disk before anybody relies on it.
        await self._clock.beside(self._store.connection.sync)
        self._read_at, self._nobody_listed = now, not listed
