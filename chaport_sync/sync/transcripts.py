"""One cycle of the transcript half: read what changed in Chaport, carry each chat forward in Deskie (T1 to T7)."""

import random
from dataclasses import dataclass, replace

import structlog

from chaport_sync.api.chaport import Chaport
from chaport_sync.api.errors import ApiError
from chaport_sync.clock import Clock
from chaport_sync.core.chats import ChatState
from chaport_sync.core.watch import DAY
from chaport_sync.store import Store
from chaport_sync.sync.at import Desk
from chaport_sync.sync.deliveries import NoteRefusedError
from chaport_sync.sync.discovery import Discovery, ReadingRules
from chaport_sync.sync.health import Health, concerns_everything
from chaport_sync.sync.tending import Tending

log = structlog.get_logger()

#: The longest pause while a service fails, in seconds (P4).
LONGEST_PAUSE = 300.0
#: Two failures in a row mean that the service fails, not the record (P3).
FAILURES = 2
#: A chat that alone fails is left for so long (seconds).
RECORD_PAUSE = 60.0


@dataclass(frozen=True, slots=True)
class TranscriptReport:
    """What a cycle did; `good` if Chaport was read."""

    good: bool
    new_lines: int = 0
    chats: int = 0
    errors: tuple[str, ...] = ()


class TranscriptHalf:
    """The transcript half: both services fail and recover on their own."""

    name = "transcripts"

    def __init__(
        self,
        chaport: Chaport,
        desk: Desk,
        reading: ReadingRules,
        store: Store,
        clock: Clock,
        chance: random.Random,
    ) -> None:
        self.poll = desk.rules.poll
        self._store = store
        self._clock = clock
        self._keep = reading.keep
        self._discovery = Discovery(chaport, store, reading, clock)
        self._tending = Tending(desk)
        self._chaport_health, self._deskie_health = (
            Health(self.name, service, poll=self.poll, most=LONGEST_PAUSE, clock=clock, chance=chance)
            for service in ("Chaport", "Deskie")
        )
        self._stopped = False

    async def cycle(self, *, hurry: bool = True) -> TranscriptReport:
        """Run one cycle; with `hurry`, what does not fit into one poll is left to the next cycle."""
        if self._stopped:
            return TranscriptReport(good=False, errors=("a note was refused; stopped until the next start",))
        seconds = self.poll if hurry else None
        self._forget_old()
        good, added, errors = await self._read(seconds)
        chats, failed = await self._tend(seconds)
        tell = log.info if added or chats or failed else log.debug
        tell("transcript.cycle", lines=added, chats=chats, failed=len(failed))
        return TranscriptReport(good, added, chats, (*errors, *failed))

    async def _read(self, seconds: float | None) -> tuple[bool, int, tuple[str, ...]]:
        if self._chaport_health.resting:
            return False, 0, ("Chaport: waiting after a failure",)
        try:
            added = await self._discovery.read(seconds=seconds)
        except ApiError as error:
            self._chaport_health.failed(error)
            return False, 0, (str(error),)
        self._chaport_health.succeeded()
        return True, added, ()

    async def _tend(self, seconds: float | None) -> tuple[int, list[str]]:
        if self._deskie_health.resting:
            return 0, []
        until = None if seconds is None else self._clock.monotonic() + seconds
        tended, errors, in_a_row = 0, [], 0
        for chat in self._store.chats_to_tend(self._clock.now()):
            if self._clock.stopping or (until is not None and self._clock.monotonic() >= until):
                break
            try:
                steps = await self._tending.tend(chat.key)
            except NoteRefusedError:
                self._stopped = True
                break
            except ApiError as error:
                errors.append(str(error))
                in_a_row += 1
                if concerns_everything(error) or not error.answered or in_a_row >= FAILURES:
                    self._deskie_health.failed(error)
                    break
                self._leave_for_a_while(chat)
                continue
            if steps:
                tended, in_a_row = tended + 1, 0
                self._deskie_health.succeeded()
        return tended, errors

    def _leave_for_a_while(self, chat: ChatState) -> None:
        current = self._store.chat(chat.key)
        if current is not None:
            self._store.record(replace(current, attention_at=self._clock.now() + RECORD_PAUSE))

    def _forget_old(self) -> None:
        """Once a day, forget what has been silent for `state.keep` (P7)."""
        now = self._clock.now()
        if not 0 <= now - float(self._store.recall("forgot_at", 0.0)) < DAY:
            gone = self._store.forget(now - self._keep)
            self._store.remember(forgot_at=now)
            log.debug("transcript.cycle", forgotten=gone)
