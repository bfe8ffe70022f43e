"""The accounts that run in this process: each is started, stopped and started over by what is configured (P4, P8)."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import structlog

from chaport_sync.account import Account, logged_as
from chaport_sync.configured import Configured, Source
from chaport_sync.store import StoreError

log = structlog.get_logger()

#: The first polls of many accounts are spread over so long (seconds): over one poll.
SPREAD_OVER = 15.0


class Fleet:
    """Runs accounts. An error of one of several accounts concerns that account only.

    Args:
        on_change: Called after each cycle of an account, and when an account has begun.
        on_end: Called when an account has ended, with its name and the error that ended it.

    Attributes:
        accounts: Those that run, by name; the name of the only one is empty.
        left_out: Those that are to run and do not, with the reason.
        sources: What all that are configured well are run from.
    """

    def __init__(self, on_change: Callable[[], None], on_end: Callable[[str, BaseException | None], None]) -> None:
        self.accounts: dict[str, Account] = {}
        self.left_out: dict[str, str] = {}
        self.sources: Mapping[str, Source] = {}
        self._on_change = on_change
        self._on_end = on_end
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stopping = False

    async def start(self, configured: Configured) -> None:
        """Start all accounts, one after the other.

        Raises:
            StoreError: None of several accounts can be run.
        """
        self.sources = configured.sources
        for name in configured.sources:
            if self._stopping:
                return
            await self.begin(name, spread_over=SPREAD_OVER).begun.wait()
        # The first account has set up the log.
        self._leave_out(configured.rejected)
        if not self.accounts and not self._stopping and "" not in configured.sources:
            raise StoreError("none of the accounts can be run; the log says why")

    def follow(self, configured: Configured, *, new: bool = True) -> None:
        """Start over what has changed, stop what is gone, and start what is new if `new` ones are to run."""
        wanted = configured.sources.keys() | configured.rejected.keys()
        for name in self.accounts.keys() - wanted:
            with logged_as(name):
                log.info("account.removed")
            self.accounts[name].stop()
        self.sources = configured.sources
        self.left_out.clear()
        self._leave_out(configured.rejected)
        for name, source in configured.sources.items():
            if name not in self.accounts:
                if new:
                    self.begin(name)
                continue
            with logged_as(name):
                try:
                    self.accounts[name].reload(source)
                except Exception as error:  # noqa: BLE001 - a defect of one concerns it alone (P4)
                    self._reject(name, [_words_of(error)])

    def begin(self, name: str, *, spread_over: float = 0.0) -> Account:
        """Start an account that is configured; it makes its first poll within so many seconds."""
        account = self.accounts[name] = Account(name, self.sources[name], self._on_change)
        with logged_as(name):
            task = self._tasks[name] = asyncio.create_task(account.run(spread_over=spread_over if name else 0.0))
        task.add_done_callback(partial(self._ended, name))
        self.left_out.pop(name, None)
        if self._stopping:
            self._stop(name)
        return account

    async def end(self, name: str) -> None:
        """Stop an account, if it runs, and wait until it has ended."""
        if name in self.accounts:
            task = self._tasks[name]
            self._stop(name)
            await asyncio.wait([task])

    def stop(self) -> None:
        """Let each account end at the next safe point; none begins any more."""
        self._stopping = True
        for name in self.accounts:
            self._stop(name)

    def _stop(self, name: str) -> None:
        """Let an account end at the next safe point; one that has not begun yet is at one."""
        self.accounts[name].stop()
        if not self.accounts[name].begun.is_set():
            self._tasks[name].cancel()

    async def ended(self) -> None:
        """Wait until all have ended."""
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def reject_all(self, problems: Sequence[str]) -> None:
        """Take note that what is configured cannot be used; the old configuration stays in force."""
        log.error("config.rejected", problems=list(problems))
        for account in self.accounts.values():
            account.reject(problems)

    def _leave_out(self, rejected: Mapping[str, tuple[str, ...]]) -> None:
        for name, problems in rejected.items():
            with logged_as(name):
                self._reject(name, problems)

    def _reject(self, name: str, problems: Sequence[str]) -> None:
        log.error("config.rejected", problems=list(problems))
        if name in self.accounts:
            self.accounts[name].reject(problems)
        else:
            self.left_out[name] = problems[0]

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        self.accounts.pop(name).begun.set()
        del self._tasks[name]
        error = None if task.cancelled() else task.exception()
        if error is not None and name:
            # What keeps one of several from running is tried again at the next reload.
            with logged_as(name):
                log.error("account.failed", error=_words_of(error))
            self.left_out[name] = _words_of(error)
        self._on_end(name, error)


def _words_of(error: BaseException) -> str:
    return str(error) if isinstance(error, StoreError) else f"a defect: {type(error).__name__}"
