"""What an account's state is made of: a snapshot and the changes after it, each under its number (K2).

The number is the fence: of two writers who know the same state only one can write what follows it.
"""

import uuid
from dataclasses import dataclass

import psycopg
from psycopg.errors import UniqueViolation

from chaport_sync.cluster.errors import DatabaseError, Fenced
from chaport_sync.cluster.session import Session

# A writer that fell asleep may come with a number that a snapshot has made free again: it has to follow something.
_APPEND = """
    INSERT INTO changes (account, seq, writer, body)
    SELECT %(account)s, %(seq)s, %(writer)s, %(body)b
    WHERE EXISTS (SELECT FROM changes WHERE account = %(account)s AND seq = %(seq)s - 1)
    OR coalesce((SELECT seq FROM snapshots WHERE account = %(account)s), 0) = %(seq)s - 1
"""
_STANDS = "SELECT FROM changes WHERE account = %s AND seq = %s AND writer = %s AND body = %b"
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


@dataclass(frozen=True, slots=True)
class Loaded:
    """What an account's state is made of.

    Attributes:
        snapshot: The state after change number `seq`; None if there is no snapshot, and `seq` is 0.
        seq: The snapshot's number.
        changes: The changes after it, in order and without a gap.
    """

    snapshot: bytes | None
    seq: int
    changes: list[bytes]


class AccountLog:
    """The log of one account, for as long as one lease.

    Each call waits for the database, at most `session.ANSWER` seconds; any thread may call it, the loop should not.

    Args:
        session: The worker's session.
        account: Its name.
        term: The term of the lease; in another one everything is refused.
    """

    def __init__(self, session: Session, account: str, term: int) -> None:
        self._session, self._account, self._term = session, account, term
        self._writer = uuid.uuid4()

    def append(self, seq: int, body: bytes) -> None:
        """Write change number `seq`; the first is 1. To repeat a call that was uncertain is safe.

        Raises:
            Fenced: Another writer has written this number, or the number before it was never written.
            Uncertain: It may have been written. The session is closed, and the lease is gone with it.
            Lost: It was not written, and the lease is gone.
        """
        values = {"account": self._account, "seq": seq, "writer": self._writer, "body": body}

        def work(connection: psycopg.Connection) -> None:
            try:
                if connection.execute(_APPEND, values).rowcount:
                    return
            except UniqueViolation:
                if connection.execute(_STANDS, list(values.values())).rowcount:
                    return  # it is ours: it arrived, and its answer did not
            words = (
                f"account {self._account}: change {seq} of its state was refused, because another worker has written"
            )
            raise Fenced(f"{words}; whoever holds the account loads it again")

        self._session.call(work, self._term)

    def load(self) -> Loaded:
        """Return all that was written.

        Raises:
            Lost: There is no answer; the lease is gone.
            DatabaseError: A change is missing.
        """
        rows = self._session.call(lambda each: each.execute(_LOAD, {"account": self._account}).fetchall(), self._term)
        snapshot, seq = next(((body, seq) for part, seq, body in rows if part == 0), (None, 0))
        changes = {seq: body for part, seq, body in rows if part == 1}
        missing = set(range(seq + 1, max(changes, default=seq) + 1)) - changes.keys()
        if missing:
            words = f"account {self._account}: change {min(missing)} of its state is missing in the database"
            raise DatabaseError(f"{words}; restore a backup of the database")
        return Loaded(snapshot, seq, list(changes.values()))

    def put_snapshot(self, seq: int, body: bytes) -> None:
        """Replace the snapshot by the state after change `seq`, and delete the changes up to it, both or neither.

        An older snapshot than the one that is there changes nothing.

        Raises:
            Lost: The session is gone; the state is the same, however much was done.
        """
        values = {"account": self._account, "seq": seq, "body": body}
        self._session.call(lambda connection: connection.execute(_PUT, values), self._term)
