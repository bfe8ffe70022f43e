"""The accounts that this worker holds: look, decide, take, give back (K1, K5).

A lease is a session advisory lock on the account's key. What can be seen is the server's own list of locks and
sessions, so that there are no records that could be wrong. A worker tells what it cannot run by a shared lock on
another key of the account. It is counted while its session bears a worker's name.
"""

from collections.abc import Collection
from dataclasses import dataclass

import psycopg

from chaport_sync.cluster.errors import Lost
from chaport_sync.cluster.session import Session
from chaport_sync.core.shares import Plan, Seen, Why, plan

#: A session's name begins so while the worker takes accounts.
WORKER = "chaport-sync worker "
#: And so while it gives them back, because it is about to end.
LEAVING = "chaport-sync leaving "
#: For so long after it has lost its session and has a new one, a worker leaves alone what others held last (seconds).
PATIENCE = 5.0

_WORKERS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE %s || '%%'"
#: Who holds which lock: the sessions' processes, how, and on which key.
LOCKS = """
    SELECT pid, mode, (classid::bigint << 32) | objid::bigint AS key FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_ACCOUNTS = "SELECT name, key, hashtextextended(name, 1), worker, schema, wish FROM accounts ORDER BY name"
_LOCK_SHARED = "SELECT pg_advisory_lock_shared(hashtextextended(name, 1)) FROM unnest(%s::text[]) AS name"
_UNLOCK_SHARED = "SELECT pg_advisory_unlock_shared(hashtextextended(name, 1)) FROM unnest(%s::text[]) AS name"
_ADD = "INSERT INTO accounts (name) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING"
# Materialized: the planner would else be free to try the locks of other rows too.
_TAKE = """
    WITH wanted AS MATERIALIZED (SELECT name, key FROM accounts WHERE name = ANY(%(names)s)),
    taken AS MATERIALIZED (SELECT name FROM wanted WHERE pg_try_advisory_lock(key))
    UPDATE accounts SET worker = %(worker)s, since = now(), schema = %(schema)s
    FROM taken WHERE accounts.name = taken.name RETURNING accounts.name
"""
_GIVE = """
    WITH given AS (UPDATE accounts SET worker = NULL, since = NULL WHERE name = %s RETURNING key)
    SELECT pg_advisory_unlock(key) FROM given
"""
_FULFILLED = "UPDATE accounts SET wish = NULL WHERE name = %s AND wish = %s"


@dataclass(frozen=True, slots=True)
class Lease:
    """An account that this worker holds.

    Attributes:
        account: Its name.
        term: The term of the session in which it was taken.
        why: Why it was taken.
        last: Who held it last, None if nobody did or it was given back.
    """

    account: str
    term: int
    why: Why
    last: str | None


class Leases:
    """The leases of one worker.

    Args:
        session: An open session.
        worker: The worker's name, which no other has; it survives restarts.
        schema: The newest version of an account's state that this program can read.

    Attributes:
        files: The accounts for which this worker has a valid file; whoever reads the files sets it.
        nobody_can: The accounts that no worker can run, as of the last turn.
        free: How many accounts nobody held after it.
        wishes: What commands want done with accounts that are held here, as of the last turn.
    """

    def __init__(self, session: Session, worker: str, schema: int, files: Collection[str] = ()) -> None:
        self._session, self._worker, self._schema = session, worker, schema
        self.files = frozenset(files)
        self.nobody_can: frozenset[str] = frozenset()
        self.free = 0
        self.wishes: dict[str, str] = {}
        self._held: dict[str, Lease] = {}
        self._told: tuple[int, frozenset[str]] = (0, frozenset())

    @property
    def held(self) -> list[str]:
        """The accounts that are held, in the order in which they were taken."""
        return [each.account for each in tuple(self._held.values()) if each.term == self._session.term]

    async def turn(self) -> tuple[list[Lease], tuple[str, Why] | None]:
        """Take what is due; return what was taken, and which account is to be settled and given back next.

        It is due each second, and again right after something was given back.

        Raises:
            DatabaseError: The session is lost. Nothing is held any more.
        """
        term = self._session.term
        self._held = {name: lease for name, lease in self._held.items() if lease.term == term}
        decided, seen = await self._session.ask(self._decide, term)
        self.nobody_can, self.free = decided.nobody_can, len(seen.free)
        if not decided.take:
            self._ensure_in(term)
            return [], decided.give
        wanted = {"names": list(decided.take), "schema": self._schema, "worker": self._worker}
        rows = await self._session.ask(lambda connection: connection.execute(_TAKE, wanted).fetchall(), term)
        taken = {name for (name,) in rows}
        leases = [Lease(name, term, why, seen.accounts[name]) for name, why in decided.take.items() if name in taken]
        self._held |= {lease.account: lease for lease in leases}
        self.free -= len(leases)
        self._ensure_in(term)
        return leases, None

    async def give(self, account: str) -> None:
        """Give back an account that was settled; from now on nothing may be written for it.

        Raises:
            DatabaseError: It is still held, or the session is lost, and with it the lease.
        """
        lease = self._held.get(account)
        if lease is None:
            raise Lost(f"the session in which {account} was taken is gone")
        await self._session.ask(lambda connection: connection.execute(_GIVE, [account]).fetchall(), lease.term)
        if self._held.get(account) is lease:
            del self._held[account]

    async def fulfilled(self, account: str) -> None:
        """Take an account's wish away.

        Raises:
            DatabaseError: The session is lost; then the wish is fulfilled once more.
        """
        wish = self.wishes.pop(account)
        await self._session.ask(lambda connection: connection.execute(_FULFILLED, [account, wish]).rowcount)

    async def leave(self) -> None:
        """Let the others count without this worker, before it gives everything back (K5)."""
        await self._session.ask(lambda connection: _bear(connection, LEAVING + self._worker))

    def _ensure_in(self, term: int) -> None:
        # The loop may have stood still since the answer; then what is held is not known before the next turn.
        if term != self._session.term:
            raise Lost("the session was lost and opened again meanwhile")

    def _decide(self, connection: psycopg.Connection) -> tuple[Plan, Seen]:
        """Look, tell the others what has changed about this worker, and decide; in the session's thread."""
        accounts = _accounts(connection)
        if self.files - accounts.keys():
            connection.execute(_ADD, [sorted(self.files)])
            accounts = _accounts(connection)
        held = self.held
        self.wishes = {name: each.wish for name, each in accounts.items() if each.wish and name in held}
        cannot = frozenset(name for name, each in accounts.items() if not self._can(name, each))
        self._tell(connection, cannot)
        seen = _seen(connection, accounts)
        patient = self._session.term > 1 and self._session.clock() - self._session.opened_at < PATIENCE
        return plan(seen, self._session.pid, self._worker, held, patient=patient), seen

    def _can(self, name: str, account: "_Account") -> bool:
        return name in self.files and account.schema <= self._schema

    def _tell(self, connection: psycopg.Connection, cannot: frozenset[str]) -> None:
        """Let the others see what this worker cannot run, and after that, that it is there."""
        term, told = self._told if self._told[0] == self._session.term else (0, frozenset[str]())
        for function, names in ((_LOCK_SHARED, cannot - told), (_UNLOCK_SHARED, told - cannot)):
            if names:
                connection.execute(function, [sorted(names)])
        if not term:
            _bear(connection, WORKER + self._worker)
        self._told = (self._session.term, cannot)


@dataclass(frozen=True, slots=True)
class _Account:
    """A row of `accounts`: the key of its lease, the key by which a worker says that it cannot run it, and more."""

    key: int
    cannot: int
    worker: str | None
    schema: int
    wish: str | None


def _accounts(connection: psycopg.Connection) -> dict[str, _Account]:
    return {name: _Account(*row) for name, *row in connection.execute(_ACCOUNTS)}


def _seen(connection: psycopg.Connection, accounts: dict[str, _Account]) -> Seen:
    leased = {each.key: name for name, each in accounts.items()}
    refused = {each.cannot: name for name, each in accounts.items()}
    cannot: dict[int, set[str]] = {pid: set() for (pid,) in connection.execute(_WORKERS, [WORKER])}
    holders = {}
    for pid, mode, key in connection.execute(LOCKS):
        if mode == "ExclusiveLock" and key in leased:
            holders[leased[key]] = pid
        elif mode == "ShareLock" and key in refused and pid in cannot:
            cannot[pid].add(refused[key])
    return Seen({name: each.worker for name, each in accounts.items()}, holders, cannot)


def _bear(connection: psycopg.Connection, name: str) -> None:
    connection.execute("SELECT set_config('application_name', %s, false)", [name])
