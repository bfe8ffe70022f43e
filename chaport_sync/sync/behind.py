"""How late reading is: recorded for those who ask beside the daemon, and said once while it is too late (T7)."""

import structlog

from chaport_sync.core.turns import Lateness
from chaport_sync.store import Store

log = structlog.get_logger()


class Behind:
    """Takes note of how late reading is after each cycle; too late is what is later than `most` seconds."""

    def __init__(self, store: Store, most: float) -> None:
        self._store = store
        self._most = most
        self._recorded: Lateness | None = None
        self._spell = False

    def note(self, found: Lateness, *, read: bool) -> None:
        """Record how late reading is; while Chaport cannot be read at all, that is said already."""
        if found != self._recorded:
            self._store.record_lateness(found)
            self._recorded = found
        if read and not self._spell and found.seconds > self._most:
            self._spell = True
            log.warning("transcripts.behind", seconds=round(found.seconds), visitors=found.visitors, hint=_HINT)
        elif self._spell and found.seconds <= self._most / 2:
            self._spell = False
            log.info("transcripts.caught_up", seconds=round(found.seconds), visitors=found.visitors)


_HINT = "more chats go on than can be read at the pace of [chaport] requests_per_second"
