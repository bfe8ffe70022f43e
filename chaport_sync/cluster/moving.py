"""Bringing the state of an account into the database and out of it, while no worker can take it (P7, K1)."""

from collections.abc import Iterator
from contextlib import contextmanager

from chaport_sync.cluster.visit import Visit
from chaport_sync.core.workers import MOVE
from chaport_sync.store.errors import Busy, StoreError

_ADD = "INSERT INTO accounts (name) VALUES (%s) ON CONFLICT DO NOTHING"
_TAKE = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_GIVE = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"
_OF_VERSION = "UPDATE accounts SET worker = NULL, since = NULL, schema = %s WHERE name = %s"
# One statement, so that no part of a state stays.
_DELETE = """
    WITH one AS (DELETE FROM snapshots WHERE account = %(account)s),
    two AS (DELETE FROM changes WHERE account = %(account)s)
    DELETE FROM accounts WHERE name = %(account)s
"""


@contextmanager
def taken(visit: Visit, account: str) -> Iterator[None]:
    """Hold an account for the block, so that no worker takes it.

    Raises:
        Busy: Somebody holds it.
        DatabaseError: The database does not answer.
    """
    ((is_taken,),) = visit.execute(_TAKE, [account])
    if not is_taken:
        holder = visit.look().account(account).holder or MOVE
        raise Busy(f"{holder} holds {account}; stop that worker first, or take the account's file away and reload it")
    try:
        yield
    finally:
        visit.execute(_GIVE, [account])


def put(visit: Visit, account: str, body: bytes, version: int) -> None:
    """Give an account that is held, and has no state in the database, a snapshot of this version.

    Raises:
        StoreError: It has a state already, or the database does not have the snapshot afterwards.
    """
    log = visit.log(account)
    if visit.has_state(account):
        if log.load() == (body, 1, []):
            return  # an earlier move ended just after this
        words = f"{visit.place} has a state of {account} already, which is not replaced"
        raise StoreError(f"{words}; `chaport-sync move --forget {account}` deletes it, if it is of no use")
    visit.execute(_ADD, [account])
    visit.execute(_OF_VERSION, [version, account])
    log.put_snapshot(1, body)
    if log.load() != (body, 1, []):
        raise StoreError(f"{visit.place} has not kept the state of {account} as it was given; try again")


def not_wanted(visit: Visit, account: str) -> None:
    """Make sure that no worker begins anew with an account when it is not in the database any more.

    Raises:
        Busy: A worker has its file.
    """
    if able := sorted(visit.look().account(account).able):
        words = f"{able[0]} has the file {account}.toml, and would begin anew with the account at once"
        raise Busy(f"{words}; stop that worker first, or take the file away and reload it")


def delete(visit: Visit, account: str) -> None:
    """Delete an account that is held, and all of its state."""
    visit.execute(_DELETE, {"account": account})
