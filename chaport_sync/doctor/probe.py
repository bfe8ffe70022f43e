"""`check --probe`: finds out on one operator how Chaport treats a status (Chaport reference, U1 to U5).

Each status is set for one minute. At the end the operator gets its first status back. `conclusions` judges the results.
"""

from collections.abc import Callable
from dataclasses import dataclass

from chaport_sync.api.chaport import Chaport
from chaport_sync.api.errors import ApiError, Forbidden, Rejected
from chaport_sync.api.request_queue import Share
from chaport_sync.clock import Clock
from chaport_sync.core.model import OFFLINE, ONLINE, Operator
from chaport_sync.core.statuses.lease import PresenceRules, lifetime_of

#: The lifetime of each status, and how much longer it is watched (seconds).
LIFETIME, MARGIN = 60.0, 30.0
#: The pause between a write and reading it, and between readings while a status is watched (seconds).
PAUSE, LOOK_EVERY = 2.0, 5.0
#: The two forms of a lifetime, each with its possible field names; and the possible words of a status.
ENCODINGS = (("ttl", "ttlSeconds"), ("validUntil", "valid_until"))
WORDS = ("away", "invisible", OFFLINE, ONLINE)

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A status that was sent. If `error` is empty it was accepted, and Chaport showed `last` and `real`."""

    word: str
    field: str
    error: str = ""
    last: str | None = None
    real: str | None = None


@dataclass(frozen=True, slots=True)
class Expiry:
    """How a status ended: `after` so many seconds (None if it did not end), with the words that followed."""

    field: str
    after: float | None
    last: str | None = None
    real: str | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """All observations of a probe; `restored` is whether the operator has its first status back."""

    before: Operator
    attempts: tuple[Attempt, ...]
    expiries: tuple[Expiry, ...]
    restored: bool


class Probe:
    """The experiment on one operator.

    Args:
        chaport: A client that does not translate Chaport's words.
        operator: The operator, as it was before.
        tell: Called with a sentence for each step.
    """

    def __init__(self, chaport: Chaport, operator: Operator, clock: Clock, tell: Tell) -> None:
        self._chaport = chaport
        self._operator = operator
        self._clock = clock
        self._tell = tell
        self._attempts: list[Attempt] = []
        self._expiries: list[Expiry] = []

    async def run(self) -> Observed:
        """Try all forms and words; the operator gets its first status back also after an error."""
        restored = False
        try:
            works = ""
            for names in ENCODINGS:
                works = await self._try_encoding(names) or works
            if works:
                for word in WORDS:
                    await self._set(word, works)
        finally:
            restored = await self._put_back()
        return Observed(self._operator, tuple(self._attempts), tuple(self._expiries), restored)

    async def _try_encoding(self, names: tuple[str, ...]) -> str:
        """Set online with the first of these names that is accepted, watch its end, and return the name, or ""."""
        for field in names:
            attempt = await self._set(ONLINE, field)
            if not attempt.error:
                await self._watch(attempt)
                return field
        return ""

    async def _set(self, word: str, field: str) -> Attempt:
        try:
            await self._chaport.set_word(self._operator.id, word, LIFETIME, field)
            await self._clock.sleep(PAUSE)
            found = await self._look()
            attempt = Attempt(word, field, "", found.last_status, found.real_status)
            self._tell(f"{word} by {field}: accepted, {_shown(found)}")
        except (Rejected, Forbidden) as error:
            attempt = Attempt(word, field, error.detail)
            self._tell(f"{word} by {field}: refused, {error.detail}")
        self._attempts.append(attempt)
        return attempt

    async def _watch(self, attempt: Attempt) -> None:
        began = self._clock.monotonic() - PAUSE
        while (passed := self._clock.monotonic() - began) < LIFETIME + MARGIN:
            await self._clock.sleep(LOOK_EVERY)
            found = await self._look()
            if (found.last_status, found.real_status) != (attempt.last, attempt.real):
                after = self._clock.monotonic() - began
                self._expiries.append(Expiry(attempt.field, after, found.last_status, found.real_status))
                self._tell(f"{attempt.word} by {attempt.field}: changed after {after:.0f} s, {_shown(found)}")
                return
        self._expiries.append(Expiry(attempt.field, None, attempt.last, attempt.real))
        self._tell(f"{attempt.word} by {attempt.field}: still there after {passed:.0f} s")

    async def _look(self) -> Operator:
        operators = await self._chaport.operators(Share.STATUS)
        return next((each for each in operators if each.id == self._operator.id), self._operator)

    async def _put_back(self) -> bool:
        word = self._operator.status or OFFLINE
        accepted = [attempt.field for attempt in self._attempts if not attempt.error]
        if not accepted:
            return True
        try:
            # Chaport does not tell how much of the first lifetime was left, so the usual one is written (S5).
            lifetime = lifetime_of(word, PresenceRules())
            await self._chaport.set_word(self._operator.id, word, lifetime, accepted[-1])
        except ApiError as error:
            self._tell(f"could not be put back to {word}: {error}; set it in Chaport")
            return False
        self._tell(f"put back to {word}")
        return True


def _shown(operator: Operator) -> str:
    last, real = operator.last_status or "nothing", operator.real_status or "nothing"
    return f"lastStatus is {last}, realStatus {real}"
