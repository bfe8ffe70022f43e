"""Notices to people: gathers how an account does, asks the core what is to be told, and sends it beside the flows."""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Protocol

import structlog

from chaport_sync.clock import Clock
from chaport_sync.core.ledger import LineState
from chaport_sync.core.model import ONLINE
from chaport_sync.core.notices import (
    Attendance,
    Facts,
    Heard,
    Notice,
    NoticeRules,
    Told,
    after,
    attended,
    due,
    forgotten,
)
from chaport_sync.store import Store, StoreError
from chaport_sync.sync.backoff import LONGEST_PAUSE, Backoff
from chaport_sync.sync.cycle import Report
from chaport_sync.sync.statuses.report import StatusReport

log = structlog.get_logger()

#: A service that takes longer counts as failed (seconds).
PATIENCE = 60.0
#: The pause after the first failure of a service (seconds); it doubles up to `LONGEST_PAUSE`.
FIRST_PAUSE = 30.0
#: The end waits so long for a notice that is under way (seconds); it is told again after the start if it was not taken.
MOMENT = 0.3
#: Among so many changes of statuses is certainly the one by which the last operator left.
LAST_CHANGES = 50


class Service(Protocol):
    """What a notice is sent by; `name` tells it from the others and has no secret."""

    name: str

    def send(self, title: str, body: str) -> None:
        """Send a notice and wait until the service has taken it; raises any error if it has not."""


class Notices:
    """Tells each service each trouble of an account once, and once when it is over, also after a restart.

    Each service is told by itself, one notice after the other, so that one that fails holds up no other.
    """

    def __init__(
        self, store: Store, clock: Clock, flows: Collection[str], rules: NoticeRules, services: Sequence[Service]
    ) -> None:
        self._store = store
        self._clock = clock
        self._rules = rules
        self._services = services
        self._unwell = set(flows)
        self._recorded = store.marks.get(Told)
        known = self._recorded.services
        self._told = Told({each.name: known.get(each.name, Heard()) for each in services})
        self._facts = Facts(store.marks.get(Attendance))
        self._backoff = Backoff[str](clock, first=FIRST_PAUSE, most=LONGEST_PAUSE)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._in_threads: set[str] = set()

    def cycled(self, flow: str, report: Report) -> None:
        """Note what a cycle found; raises `StoreError`."""
        (self._unwell.discard if report.well else self._unwell.add)(flow)
        if isinstance(report, StatusReport) and report.operators:
            self._attend(somebody=ONLINE in report.operators.values())
        lines, replies = self._store.counts.lines(), self._store.counts.replies()
        parked, answers = lines.get(LineState.PARKED, 0), replies.get(LineState.PARKED, 0)
        self._facts = replace(self._facts, parked=parked, answers=answers)
        self._told = Told({name: forgotten(heard, self._facts) for name, heard in self._told.services.items()})

    def broke(self, flow: str) -> None:
        """Note that a cycle ended in an error of the daemon."""
        self._unwell.add(flow)

    def tell(self, down: str) -> None:
        """Begin to tell what is due; `down` says which flows are down and why."""
        self._facts = replace(self._facts, down=down, well=not self._unwell)
        self._record()
        for service in self._services:
            if service.name not in self._tasks and self._next(service) is not None:
                task = self._tasks[service.name] = asyncio.create_task(self._tell(service))
                task.add_done_callback(lambda _, name=service.name: self._tasks.pop(name))  # type: ignore[misc]

    async def aclose(self) -> None:
        """Wait a moment for notices that are under way; the end of the process does not wait for their threads."""
        tasks = set(self._tasks.values())
        if tasks:
            _, unfinished = await asyncio.wait(tasks, timeout=MOMENT)
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)

    def _attend(self, *, somebody: bool) -> None:
        before, now = self._facts.attendance, self._clock.now()
        leaves = not somebody and before.nobody_since is None
        changes = self._store.statuses.changes(last=LAST_CHANGES) if leaves else ()
        attendance = attended(before, changes, now, somebody=somebody)
        self._facts = replace(self._facts, attendance=attendance, somebody=somebody)
        if attendance != before:
            self._store.marks.put(attendance)

    def _next(self, service: Service) -> Notice | None:
        if self._backoff.left(service.name) or service.name in self._in_threads:
            return None
        return next(due(self._told.services[service.name], self._facts, self._rules, self._clock.now()), None)

    async def _tell(self, service: Service) -> None:
        """Tell a service what is due, until it fails or all is told."""
        while (notice := self._next(service)) is not None:
            if error := await self._error_of(service, notice):
                self._backoff.failed(service.name)
                if self._backoff.failures(service.name) == 1:
                    log.warning("notify.failed", via=service.name, error=error)
                return
            if failures := self._backoff.succeeded(service.name):
                log.info("notify.recovered", via=service.name, failures=failures)
            log.info("notify.sent", via=service.name, notice=notice.trouble.value, over=notice.over)
            heard = after(self._told.services[service.name], notice, self._clock.now())
            self._told = Told({**self._told.services, service.name: heard})
            self._record()

    async def _error_of(self, service: Service, notice: Notice) -> str:
        """Send a notice; return what failed, without its words, which may have an address; empty if it was taken."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._clock.beside(partial(self._send, service, notice))
        except Exception as error:  # noqa: BLE001 - whatever a service's library does concerns this notice only
            return type(error).__name__
        return ""

    def _send(self, service: Service, notice: Notice) -> None:
        # No second thread begins while one waits for the same service.
        self._in_threads.add(service.name)
        try:
            service.send(notice.title, notice.body)
        finally:
            self._in_threads.discard(service.name)

    def _record(self) -> None:
        if self._told != self._recorded:
            with suppress(StoreError):  # the flows log that the disk refuses; the next look tries again
                self._store.marks.put(self._told)
                self._recorded = self._told


def forget(store: Store) -> None:
    """Forget what was told, as nobody is told any more: whoever is told later hears nothing of the time before."""
    with suppress(StoreError):  # the flows log that the disk refuses
        for record in (Told(), Attendance()):
            if store.marks.get(type(record)) != record:
                store.marks.put(record)
