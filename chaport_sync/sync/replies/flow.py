"""One cycle of the reply flow: what agents answered in Deskie reaches the visitor in Chaport (R1 to R5)."""

from dataclasses import dataclass

import structlog

from chaport_sync.api.errors import ApiError
from chaport_sync.sync.backoff import LONGEST_PAUSE
from chaport_sync.sync.concurrency import several
from chaport_sync.sync.cycle import Report, Services
from chaport_sync.sync.health import Health, concerns_everything, concerns_record
from chaport_sync.sync.replies.inbox import ReplyInbox
from chaport_sync.sync.replies.outbox import ReplyOutbox
from chaport_sync.sync.replies.rules import ReplyRules

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ReplyReport(Report):
    """What a cycle did; `good` if Deskie was read, `well` if sending to Chaport works too."""

    found: int = 0
    sent: int = 0


class ReplyFlow:
    """The reply flow: each service fails and recovers on its own, and no other flow waits for it."""

    name = "replies"

    def __init__(self, services: Services, rules: ReplyRules) -> None:
        self.poll = rules.poll
        self._store, self._clock = services.store, services.clock
        self._inbox = ReplyInbox(services, rules)
        self._outbox = ReplyOutbox(services, rules)
        self._deskie_health, self._chaport_health = (
            Health(self.name, service, poll=rules.poll, most=LONGEST_PAUSE, clock=self._clock, chance=services.chance)
            for service in ("Deskie", "Chaport")
        )

    async def cycle(self, *, hurry: bool = True) -> ReplyReport:  # noqa: ARG002 - the flows' common call
        """Run one cycle.

        Raises:
            StoreError: Nothing can be recorded.
        """
        self._store.connection.ensure_held()
        found = await self._find()
        sent, failed = await self._send()
        tell = log.info if found or sent else log.debug
        tell("reply.cycle", found=found or 0, sent=sent, failed=len(failed))
        errors = [self._deskie_health.error, *failed, self._chaport_health.error]
        return ReplyReport(
            good=found is not None,
            well=not (self._deskie_health.failing or self._chaport_health.failing),
            found=found or 0,
            sent=sent,
            errors=tuple(dict.fromkeys(filter(None, errors))),
        )

    async def _find(self) -> int | None:
        if self._deskie_health.resting:
            return None
        try:
            found = await self._inbox.look()
        except ApiError as error:
            (self._deskie_health if error.service == "Deskie" else self._chaport_health).failed(error)
            return None
        self._deskie_health.succeeded()
        return found

    async def _send(self) -> tuple[int, list[str]]:
        """Send the replies to each visitor; if one chat fails, the others go on (P3)."""
        if self._chaport_health.resting:
            return 0, []
        sent, failed = 0, []

        async def send_all(visitor_id: str) -> bool:
            nonlocal sent
            try:
                sent += await self._outbox.send(visitor_id)
            except ApiError as error:
                failed.append(str(error))
                if not concerns_record(error):
                    self._chaport_health.failed(error)
                return not concerns_everything(error)
            return not self._clock.stopping

        visitors = self._store.replies.visitors()
        await several(visitors, send_all)
        if visitors and not failed:
            self._chaport_health.succeeded()
        return sent, failed
