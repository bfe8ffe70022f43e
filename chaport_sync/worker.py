"""A worker: it runs the accounts that it holds, and hands them over (K1, K3 to K5).

Each second it looks who holds what. An account whose session was lost goes on from memory: what is online is renewed,
and nothing is sent that relies on a record. Once it is held again, it goes on where nobody else has written its state;
otherwise it starts anew, as each take-over is a start.
"""

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import replace
from functools import partial

import structlog

from chaport_sync.account import logged_as
from chaport_sync.clock import Clock
from chaport_sync.cluster.errors import DatabaseError
from chaport_sync.cluster.leases import Lease, Leases
from chaport_sync.cluster.log import AccountLog
from chaport_sync.cluster.session import PAUSES, Session
from chaport_sync.configured import Source
from chaport_sync.core.shares import Why
from chaport_sync.core.workers import RETRY
from chaport_sync.fleet import Fleet
from chaport_sync.monitoring.share import Share
from chaport_sync.store import Store, StoreError
from chaport_sync.store.schema import MIGRATIONS

log = structlog.get_logger()

#: How often a worker looks who holds what (seconds).
LOOK_EVERY = 1.0
#: An account that has failed here is left to others for so long (seconds), or until the next reload.
AGAIN_AFTER = 60.0
#: A stop waits so long at most for what is given back (seconds); the end of the session frees the rest (P8).
GIVES_BACK_WITHIN = 9.5
#: So many states are loaded at a time; more would only wait for each other in the session.
LOADS = 4

LEAVING = "this worker stops"
ELSEWHERE = "this worker does not hold it any more"
WRITTEN = "another worker has written its state"


class Worker:
    """Runs accounts while it holds them. The session opens again by itself whenever it is lost.

    Args:
        url: The database.
        name: The worker's name, which no other has.

    Attributes:
        share: What it holds, as of its last look.
    """

    def __init__(self, url: str, name: str) -> None:
        self._session = Session(url, on_lost=self._lost, on_back=self._back)
        self._leases = Leases(self._session, name, len(MIGRATIONS))
        self._taken: dict[str, Lease] = {}
        self._logs: dict[str, AccountLog] = {}
        #: What an account has failed with, and when it may be tried again, by the loop's clock.
        self._failed: dict[str, tuple[Source, float]] = {}
        # Threads of their own: the shared ones may be busy with a slow name server.
        self._loading = ThreadPoolExecutor(LOADS, "state")
        #: What is being given back; only one at a time while the worker stays.
        self._giving: dict[str, asyncio.Task[None]] = {}
        self._leaving = asyncio.Event()
        #: Set when there is a reason to look before the second is over.
        self._soon = asyncio.Event()
        self._leaves_at = 0.0
        self.share = Share()

    def log_of(self, account: str) -> AccountLog:
        """Return the log of an account that runs here."""
        return self._logs[account]

    async def load(self, work: Callable[[], Store]) -> Store:
        """Load a state as soon as it is its turn; what `work` raises passes through."""
        return await asyncio.get_running_loop().run_in_executor(self._loading, copy_context().run, work)

    async def run(self, fleet: Fleet) -> None:
        """Take accounts and give them back until `leave`; then give back all, each as soon as it has ended."""
        if not await self._open():
            return
        while not self._leaving.is_set():
            taken = False
            with suppress(DatabaseError):  # the session tells why
                taken = await self._look(fleet)
            if not taken:
                await self._rest(LOOK_EVERY)
        with suppress(DatabaseError):
            await self._leases.leave()
        for account in self._leases.held:
            if account not in self._giving:
                self._give(fleet, account, LEAVING)
        if self._giving:
            left = self._leaves_at + GIVES_BACK_WITHIN - asyncio.get_running_loop().time()
            await asyncio.wait(self._giving.values(), timeout=max(0.0, left))
        await self._session.close()

    def leave(self) -> None:
        """Begin to give everything back."""
        self._leaves_at = asyncio.get_running_loop().time()
        self._leaving.set()
        self._soon.set()

    async def _open(self) -> bool:
        """Open the session as soon as there is a database that can be used; return whether it is open."""
        pauses = iter(PAUSES)
        while not self._leaving.is_set():
            opening = asyncio.create_task(self._session.open())
            leaving = asyncio.create_task(self._leaving.wait())
            # Several hosts that do not answer, or a name server, take longer than a stop may (P8).
            await asyncio.wait([opening, leaving], return_when=asyncio.FIRST_COMPLETED)
            leaving.cancel()
            if not opening.done():
                opening.cancel()
                return False
            try:
                opening.result()
            except DatabaseError as error:
                if str(error) != self.share.trouble:
                    self._lost(error)
                await self._rest(next(pauses, PAUSES[-1]))
            else:
                if self.share.trouble:
                    self._back()
                return True
        return False

    async def _look(self, fleet: Fleet) -> bool:
        """Run what is held, and nothing else; return whether more was taken.

        Raises:
            DatabaseError: The session is lost.
        """
        # An account whose new file is rejected goes on here with the old one.
        running = (name for name, account in fleet.accounts.items() if not account.stopping)
        self._leases.files = frozenset(fleet.sources).union(running) - self._unfit(fleet)
        taken, give = await self._leases.turn()
        for lease in taken:
            with logged_as(lease.account):
                log.info("account.taken", reason=lease.why, last=lease.last)
        self._taken |= {lease.account: lease for lease in taken}
        held = self._leases.held
        again = [each for each in held if each in fleet.accounts and self._logs[each].term != self._taken[each].term]
        if again:
            await Clock().beside(partial(self._regain, again))
        self._stop_others(fleet, held)
        self._start(fleet, held)
        for name in (fleet.left_out.keys() & fleet.sources.keys()) - {*held, *self._leases.nobody_can}:
            del fleet.left_out[name]  # another worker runs it
        for account, wish in tuple(self._leases.wishes.items()):
            if await self._fulfil(fleet, account, wish):
                await self._leases.fulfilled(account)
        if give is not None and not self._giving:
            self._give(fleet, *give)
        self._note(sum(lease.why is Why.LEFT for lease in taken))
        return bool(taken)

    def _unfit(self, fleet: Fleet) -> set[str]:
        """Return what cannot be run here for now: it has failed, and not for a lost session or another worker."""
        now, sources = asyncio.get_running_loop().time(), fleet.sources
        for name in fleet.left_out.keys() & sources.keys() & set(self._leases.held):
            if self._logs[name].holding() and not self._logs[name].fenced:
                self._failed.setdefault(name, (sources[name], now + AGAIN_AFTER))
        self._failed = {
            name: (source, until)
            for name, (source, until) in self._failed.items()
            if now < until and sources.get(name) is source
        }
        return set(self._failed)

    def _regain(self, accounts: Collection[str]) -> None:
        for account in accounts:
            self._logs[account].regain(self._taken[account].term)

    def _stop_others(self, fleet: Fleet, held: Collection[str]) -> None:
        for name, account in fleet.accounts.items():
            lost = WRITTEN if self._logs[name].fenced else "" if name in held else ELSEWHERE
            if lost and not account.stopping:
                account.stop()
                with logged_as(name):
                    log.warning("account.released", reason=lost)

    def _start(self, fleet: Fleet, held: Collection[str]) -> None:
        for name in held:
            if name in fleet.accounts or name not in fleet.sources or name in self._giving or name in self._failed:
                continue
            lease = self._taken[name]
            self._logs[name] = AccountLog(self._session, name, lease.term)
            fleet.begin(name)

    async def _fulfil(self, fleet: Fleet, account: str, wish: str) -> bool:
        """Do what a command wants of the holder of an account; return whether it is done."""
        if wish != RETRY:
            return True  # a newer command's; nobody here will understand it later
        store = fleet.accounts[account].store if account in fleet.accounts else None
        if store is None:
            return False
        with suppress(StoreError):  # the flows log it
            store.retry()
            # Whoever goes on after a sudden end must know of it.
            await Clock().beside(store.connection.sync)
            return True
        return False

    def _give(self, fleet: Fleet, account: str, reason: str) -> None:
        giving = self._giving[account] = asyncio.create_task(self._given(fleet, account, reason))
        giving.add_done_callback(lambda _: self._giving.pop(account))

    async def _given(self, fleet: Fleet, account: str, reason: str) -> None:
        """Let an account end, and then others take it."""
        await fleet.end(account)
        with suppress(DatabaseError):
            await self._leases.give(account)
            with logged_as(account):
                log.info("account.released", reason=reason)
            self._soon.set()

    def _note(self, taken_over: int) -> None:
        before, nobody_can = self.share, self._leases.nobody_can
        self.share = replace(
            before,
            known=True,
            held=len(self._leases.held),
            unheld=self._leases.free,
            nobody_can=nobody_can,
            taken_over=before.taken_over + taken_over,
        )
        if nobody_can - before.nobody_can:
            log.warning("cluster.unheld", accounts=sorted(nobody_can))

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._soon.wait()
            self._soon.clear()

    def _lost(self, error: DatabaseError) -> None:
        self.share = replace(self.share, trouble=str(error))
        log.error("cluster.lost", error=str(error))

    def _back(self) -> None:
        self.share = replace(self.share, trouble="")
        log.info("cluster.back")
