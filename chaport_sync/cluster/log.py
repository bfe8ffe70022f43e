"""What an account's state is made of: a snapshot and the changes after it, each under its number (K2).

The number is the fence: of two writers who know the same state only one can write what follows it.
"""

from typing import Any, Protocol

import psycopg
from psycopg.errors import UniqueViolation

from chaport_sync.cluster.errors import DatabaseError
from chaport_sync.cluster.statement import Work
from chaport_sync.store.errors import Fenced

# A writer that fell asleep may come with a number that a snapshot has made free again: it has to follow something.
_APPEND = """
    INSERT INTO changes (account, seq, body)
    SELECT %(account)s, %(seq)s, %(body)b
    WHERE EXISTS (SELECT FROM changes WHERE account = %(account)s AND seq = %(seq)s - 1)
    OR coalesce((SELECT seq FROM snapshots WHERE account = %(account)s), 0) = %(seq)s - 1
"""
_STANDS = "SELECT FROM changes WHERE account = %(account)s AND seq = %(seq)s AND body = %(body)b"
_LAST = """
    SELECT greatest(
        (SELECT max(seq) FROM changes WHERE account = %(account)s),
        (SELECT seq FROM snapshots WHERE account = %(account)s),
        0
    )
"""
# One statement sees one moment.
_LOAD = """
    SELECT 0 AS part, seq, body FROM snapshots WHERE account = %(account)s
    UNION ALL
    SELECT 1, seq, body FROM changes
    WHERE account = %(account)s AND seq > coalesce((SELECT seq FROM snapshots WHERE account = %(account)s), 0)
    ORDER BY part, seq
"""
_PUT = """
    WITH put AS (
        INSERT INTO snapshots (account, seq, body) VALUES (%(account)s, %(seq)s, %(body)b)
        ON CONFLICT (account) DO UPDATE SET seq = EXCLUDED.seq, body = EXCLUDED.body
        WHERE snapshots.seq < EXCLUDED.seq RETURNING seq
    )
    DELETE FROM changes USING put WHERE account = %(account)s AND changes.seq <= put.seq
"""


class Caller(Protocol):
    """What runs statements: the session of a worker, or the visit of a command."""

    def call(self, work: Work[Any], term: int | None = None) -> Any:
        """Return what `work` returns; raises `Lost` or `Uncertain`."""

    def holding(self, term: int) -> bool:
        """Return whether what was taken in a term is certainly held now."""


class AccountLog:
    """The log of one account; whoever writes to it holds the account.

    Each call waits for the database, at most three seconds; any thread may call it, the loop should not.

    Args:
        session: What runs its statements.
        name: The account.
        term: The term of the lease.

    Attributes:
        term: In any other term everything is refused.
        fenced: Whether another worker has written. The state that was loaded from here must not be used any more.
    """

    def __init__(self, session: Caller, name: str, term: int) -> None:
        self._session, self.name, self.term = session, name, term
        self.fenced = False
        #: The last change that is known to be there, and the one that was tried after it.
        self._last, self._tried = 0, b""

    def holding(self) -> bool:
        """Return whether the account is certainly held at this moment, by this machine's clock alone."""
        return self._session.holding(self.term)

    def append(self, seq: int, body: bytes) -> None:
        """Write change number `seq`; the first is 1.

        The body of a writer is like no other's. So a call that was uncertain may be repeated: if the body is there
        already, it arrived, and its answer did not.

        Raises:
            Fenced: Another body has this number, a snapshot covers it, or the number before it was never written.
            Uncertain: It may have been written. The session is closed, and the lease is gone with it.
            Lost: It was not written, and the lease is gone.
        """
        values = {"account": self.name, "seq": seq, "body": body}

        def work(connection: psycopg.Connection) -> bool:
            try:
                return bool(connection.execute(_APPEND, values).rowcount)
            except UniqueViolation:
                return bool(connection.execute(_STANDS, values).rowcount)

        self._tried = body
        if not self._session.call(work, self.term):
            self.fenced = True
            words = f"account {self.name}: change {seq} of its state was refused, because another worker has written"
            raise Fenced(f"{words}; whoever holds the account loads it again")
        self._last = seq

    def regain(self, term: int) -> None:
        """Go on in a new term, in which the account was taken again; if another has written meanwhile, it is `fenced`.

        Raises:
            Lost: The session is gone again; everything is as before.
        """
        values = {"account": self.name, "seq": self._last + 1, "body": self._tried}

        def work(connection: psycopg.Connection) -> bool:
            (last,) = connection.execute(_LAST, values).fetchone() or (0,)
            return last == self._last or bool(last == self._last + 1 and connection.execute(_STANDS, values).rowcount)

        if self._session.call(work, term):
            self.term = term
        else:
            self.fenced = True

    def load(self) -> tuple[bytes | None, int, list[bytes]]:
        """Return the snapshot, None if there is none, its number (0), and the changes after it, all of one moment.

        Raises:
            Lost: There is no answer; the lease is gone.
            DatabaseError: A change is missing.
        """
        rows = self._session.call(lambda each: each.execute(_LOAD, {"account": self.name}).fetchall(), self.term)
        snapshot, covered = next(((body, seq) for part, seq, body in rows if part == 0), (None, 0))
        changes = [(seq, body) for part, seq, body in rows if part == 1]
        for expected, (seq, _) in enumerate(changes, covered + 1):
            if seq != expected:
                words = f"account {self.name}: change {expected} of its state is missing in the database"
                raise DatabaseError(f"{words}; restore a backup of the database")
        self._last = covered + len(changes)
        return snapshot, covered, [body for _, body in changes]

    def put_snapshot(self, seq: int, body: bytes) -> None:
        """Replace the snapshot by the state after change `seq`, and delete the changes up to it, both or neither.

        An older snapshot than the one that is there changes nothing.

        Raises:
            Lost: The session is gone; the state is the same, however much was done.
        """
        values = {"account": self.name, "seq": seq, "body": body}
        self._session.call(lambda connection: connection.execute(_PUT, values), self.term)
