"""Which accounts a worker takes and gives back, so that all are run and each worker has its share (K1, K5).

Each worker decides by itself, from what all see. What one may take wrongly another has already: the lock decides.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Worker = int


class Why(StrEnum):
    """Why an account is taken or given back."""

    OWN = "this worker held it last"
    FREE = "nobody holds it"
    LEFT = "its worker is gone"
    FEWER = "another worker has fewer accounts"
    CANNOT = "this worker cannot run it"


@dataclass(frozen=True, slots=True)
class Seen:
    """What all workers see of the cluster.

    Attributes:
        accounts: All accounts, each with the name of the worker that held it last; None if it was given back.
        holders: Who holds an account now; not every holder need be among the workers, one that leaves is not.
        cannot: What each worker cannot run: it has no valid file, is too old for the account's state, or
            has just failed with it.
    """

    accounts: Mapping[str, str | None]
    holders: Mapping[str, Worker]
    cannot: Mapping[Worker, Collection[str]]

    def able(self, account: str) -> list[Worker]:
        """Return the workers that can run an account."""
        return [worker for worker, cannot in self.cannot.items() if account not in cannot]

    @property
    def free(self) -> list[str]:
        """The accounts that nobody holds."""
        return [account for account in self.accounts if account not in self.holders]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a worker does next.

    Attributes:
        take: The accounts to be taken, in this order.
        give: The account to be given back; the next one only after it.
        nobody_can: The free accounts that no worker can run.
    """

    take: Mapping[str, Why]
    give: tuple[str, Why] | None
    nobody_can: frozenset[str]


def plan(seen: Seen, me: Worker, name: str, held: Sequence[str], *, patient: bool) -> Plan:
    """Return what worker `me` does next.

    Args:
        seen: What is known of all.
        me: This worker, which is among the workers.
        name: Its name, by which it knows what it held last.
        held: What it holds, in the order in which it was taken.
        patient: Whether it leaves alone what others held last: they are about to come back, or to notice their loss.
    """
    falls_to, load = _dealt(seen)
    take = {}
    for account in seen.free:
        last = seen.accounts[account]
        if last == name and account not in seen.cannot[me]:
            take[account] = Why.OWN
        elif falls_to.get(account) == me and not (patient and last is not None):
            take[account] = Why.FREE if last is None else Why.LEFT
    nobody_can = frozenset(account for account in seen.free if account not in falls_to)
    return Plan(take, _to_give(seen, me, held, load), nobody_can)


def _dealt(seen: Seen) -> tuple[dict[str, Worker], dict[Worker, int]]:
    """Deal the free accounts, each to the worker with the fewest of those that can run it; count what each has then.

    What few can run is dealt first, so that it finds room.
    """
    load = dict.fromkeys(sorted(seen.cannot), 0)
    for worker in seen.holders.values():
        if worker in load:
            load[worker] += 1
    able = {account: seen.able(account) for account in seen.free}
    falls_to = {}
    for account in sorted(able, key=lambda each: (len(able[each]), each)):
        if able[account]:
            falls_to[account] = worker = min(able[account], key=lambda each: (load[each], each))
            load[worker] += 1
    return falls_to, load


def _to_give(seen: Seen, me: Worker, held: Sequence[str], load: Mapping[Worker, int]) -> tuple[str, Why] | None:
    """Return what is given back: what this worker cannot run, or the last that another with two fewer can run.

    `load` counts what is free as theirs who are about to take it.
    """
    for account in reversed(held):
        others = [worker for worker in seen.able(account) if worker != me]
        if account in seen.cannot[me]:
            return account, Why.CANNOT
        if any(load[worker] + 2 <= len(held) for worker in others):
            return account, Why.FEWER
    return None
