"""The one session of a worker: whatever the worker holds ends with it (K1, K2).

All statements run in one thread, one after the other. It says something to the server every other second, so that a
busy loop does not lose what it holds. A session is in order or closed: a statement that fails or is late ends it.
"""

import asyncio
import os
import select
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from math import inf
from typing import Any

import psycopg

from chaport_sync.cluster.boottime import boottime
from chaport_sync.cluster.errors import DatabaseError, Lost, Uncertain, Unreachable, place, reason
from chaport_sync.cluster.opening import ANSWER, IDLE, Link, opened
from chaport_sync.cluster.statement import Result, Statement, Unbegun, Work

#: How often the server hears something (seconds).
HEARTBEAT = 2.0
#: A session certainly lives for so long after the last statement that was answered was sent (seconds).
HOLDS = IDLE - 1.0
#: How long its end is waited for, and the pauses before it is opened again, the last one for ever (seconds).
CLOSES_WITHIN, PAUSES = 0.3, (0.2, 0.5, 1.0, 2.0, 5.0)


class Session:
    """The session, which is opened again whenever it is lost.

    Args:
        url: The database, as libpq reads it.
        on_lost: Is called in the loop when the session is lost, and for each new reason why it is not opened again.
        on_back: Is called in the loop when it is open again; whatever it held must be taken again.
        clock: Returns seconds as `boottime` does; any thread calls it.

    Attributes:
        term: How often it was opened; what was taken in an earlier term is not held.
        opened_at: When it was opened, by `clock`.
        pid: The server's process.
    """

    def __init__(
        self,
        url: str,
        *,
        on_lost: Callable[[DatabaseError], None] = lambda _: None,
        on_back: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = boottime,
    ) -> None:
        self._url, self._on_lost, self._on_back, self.clock = url, on_lost, on_back, clock
        self.term, self.opened_at, self.pid, self._sent = 0, -inf, 0, -inf
        #: Together in one object: the thread replaces it while the loop reads it.
        self._held = (0, -inf)
        self._lock = threading.Lock()
        self._link: Link | None = None
        self._broken = ""
        self._why_not: DatabaseError = Lost(f"{place(url)} was not opened yet")
        self._waiting: deque[Statement[Any]] = deque()
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        weakref.finalize(self, os.close, self._wake)
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    async def open(self) -> None:
        """Open it; from then on it is opened again by itself.

        Raises:
            DatabaseError: It cannot be opened. It may be tried again.
        """
        self._loop = asyncio.get_running_loop()
        first: Future[None] = Future()
        first.set_running_or_notify_cancel()  # the thread goes on if whoever waits is cancelled
        self._thread = threading.Thread(target=self._run, args=[first], name="cluster session", daemon=True)
        self._thread.start()
        await asyncio.wrap_future(first)

    async def close(self) -> None:
        """Close it; the server frees what it holds. A statement that is under way for too long is not waited for."""
        self._closing.set()
        os.eventfd_write(self._wake, 1)
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, CLOSES_WITHIN)
            self.lose("the session was closed")

    def holding(self, term: int) -> bool:
        """Return whether what was taken in a term is certainly held now, by the clock (K2)."""
        held, until = self._held
        return term == held and self.clock() < until

    def lose(self, why: str) -> None:
        """End the session at once, and with it what it holds; any thread may call it."""
        with self._lock:
            self._held = (self.term, -inf)
            if self._link is not None:
                self._broken = self._broken or why
                self._link.cut()

    async def ask(self, work: Work[Result], term: int | None = None) -> Result:
        """Run statements in the session's thread, and return what `work` returns.

        Args:
            work: Gets the connection. What it raises of psycopg's errors ends the session.
            term: The term in which it has to be; by default any.

        Raises:
            Lost: There is no such session; nothing was executed.
            DatabaseError: The statements before it took too long; nothing was executed, and the session goes on.
            Uncertain: The session was lost meanwhile, or there was no answer in time and the session is closed.
        """
        statement = self._submit(work, term)
        with self._in_time():
            return await statement.wait_in_loop()

    def call(self, work: Work[Result], term: int | None = None) -> Result:
        """Do what `ask` does, for threads other than the loop's."""
        statement = self._submit(work, term)
        with self._in_time():
            return statement.wait()

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        words = f"{place(self._url)} did not answer within {ANSWER:.0f} s"
        try:
            yield
        except Unbegun:
            raise DatabaseError(f"{words}, as it has too much to do; the statement was not executed") from None
        except TimeoutError:
            self.lose(words)
            unknown = "whether the statement was executed is not known, and the session is closed"
            raise Uncertain(f"{words}; {unknown}") from None

    def _submit(self, work: Work[Result], term: int | None) -> Statement[Result]:
        statement = Statement(work, self.clock)
        with self._lock:
            if self._link is None or self._broken:
                raise Lost(str(self._why_not if self._link is None else self._broken))
            if term not in (None, self.term):
                raise Lost("the session in which the account was taken is gone")
            self._waiting.append(statement)
        os.eventfd_write(self._wake, 1)
        return statement

    def _run(self, first: Future[None]) -> None:
        try:
            link = opened(self._url)
        except BaseException as error:  # noqa: BLE001 - whoever opens it gets it
            first.set_exception(error)
            return
        self._begin(link)
        first.set_result(None)
        again: Link | None = link
        pauses: Iterator[float] = iter(PAUSES)
        while again is not None:
            self._serve(again)
            if not self._closing.is_set():
                self._tell(self._on_lost, self._why_not)
            if self.clock() - self.opened_at > 2 * PAUSES[-1]:
                pauses = iter(PAUSES)
            again = self._reopened(pauses)
            if again is not None:
                self._begin(again)
                self._tell(self._on_back)

    def _reopened(self, pauses: Iterator[float]) -> Link | None:
        """Return a new connection, as soon as there is one; None if the session is to close."""
        while not self._closing.wait(next(pauses, PAUSES[-1])):
            try:
                return opened(self._url)
            except Exception as error:  # noqa: BLE001 - the thread must not end; whoever waits is told
                why = error if isinstance(error, DatabaseError) else Unreachable(reason(error, self._url))
                if str(why) != str(self._why_not):
                    self._why_not = why
                    self._tell(self._on_lost, why)
        return None

    def _begin(self, link: Link) -> None:
        with self._lock:
            self._link, self._broken = link, ""
            self.term, self.pid, self.opened_at, self._sent = self.term + 1, link.pid, self.clock(), -inf

    def _serve(self, link: Link) -> None:
        """Run what is asked, and the heartbeat, until the session is lost or to be closed."""
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        poll.register(link.connection.fileno(), select.POLLIN)  # an idle server speaks when it ends the session
        try:
            while not self._closing.is_set() and not self._broken:
                if self._waiting:
                    self._execute(link.connection, self._waiting.popleft())
                    continue
                due = min(max(0.0, self._sent + HEARTBEAT - self.clock()), HEARTBEAT)
                if (self._wake, select.POLLIN) in (found := poll.poll(due * 1000)):
                    os.eventfd_read(self._wake)
                elif found or due == 0:
                    with link.bounded():
                        self._execute(link.connection, Statement(lambda each: each.execute("SELECT 1"), self.clock))
        except psycopg.Error:
            pass  # `_execute` has lost the session, and told whoever asked
        finally:
            self._end(link)

    def _execute(self, connection: psycopg.Connection, statement: Statement[Any]) -> None:
        if not statement.begin():
            return
        done = statement.done
        # What counts is when it was sent: its answer may have lain here while the process was stopped.
        sent = self.clock()
        try:
            result = statement.work(connection)
        except psycopg.Error as error:
            words = self._lost_words(error)
            self.lose(words)  # before anybody hears of it: whoever does must not find it held
            done.set_exception(Uncertain(f"{words}; whether it was executed is not known"))
            raise
        except Exception as error:  # noqa: BLE001 - whoever asked gets it
            done.set_exception(error)
        else:
            self._answered(sent)
            done.set_result(result)

    def _answered(self, sent: float) -> None:
        with self._lock:
            if not self._broken:
                self._sent, self._held = sent, (self.term, sent + HOLDS)

    def _end(self, link: Link) -> None:
        with self._lock:
            self._held, self._link = (self.term, -inf), None
            self._why_not = Lost(self._broken or f"the session in {place(self._url)} was closed")
            waiting, self._waiting = self._waiting, deque()
        for statement in waiting:
            if statement.begin():
                statement.done.set_exception(Lost(str(self._why_not)))
        link.close()

    def _lost_words(self, error: psycopg.Error) -> str:
        return f"the session in {place(self._url)} was lost: {reason(error, self._url)}"

    def _tell(self, callback: Callable[..., None], *arguments: object) -> None:
        try:
            self._loop.call_soon_threadsafe(callback, *arguments)
        except RuntimeError:
            self._closing.set()  # the loop has ended
