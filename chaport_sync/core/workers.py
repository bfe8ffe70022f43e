"""How a cluster is now: which worker holds which account, what nobody holds, and what to do about it (K5).

Times are Unix seconds.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from chaport_sync.core.wording import Clock, listed, number

#: What holds an account for a moment that no worker holds.
MOVE = "chaport-sync move"
#: What `accounts.wish` says for `retry`: whoever holds the account makes its parked lines due again.
RETRY = "retry"
#: The most accounts that are named in a sentence.
NAMED = 3


@dataclass(frozen=True, slots=True)
class WorkerThere:
    """A session of a worker, since it was opened; one that `leaves` hands over what it holds, and takes no more."""

    name: str
    address: str
    since: float
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class AccountThere:
    """An account in the cluster.

    Attributes:
        name: Its name.
        holder: Who holds it now: a worker's name, or `MOVE`; empty if nobody does.
        since: From when on it is held, None if nobody holds it.
        last: The worker that held it last and did not give it back, empty if there is none.
        able: The workers that could run it: they have a valid file for it, and know the version of its state.
        wish: What a command wants of whoever holds it, empty if nothing.
    """

    name: str
    holder: str = ""
    since: float | None = None
    last: str = ""
    able: frozenset[str] = frozenset()
    wish: str = ""

    @property
    def is_worked_on(self) -> bool:
        """Whether a worker holds it."""
        return self.holder not in ("", MOVE)

    def held(self, clock: Clock) -> str:
        """Return who holds it, in words."""
        if self.holder:
            return f"held by {self.holder}{'' if self.since is None else f' since {clock(self.since)}'}"
        return f"held by nobody; it was left by {self.last}" if self.last else "held by nobody"


@dataclass(frozen=True, slots=True)
class ClusterNow:
    """All workers that have a session, and all accounts."""

    workers: Sequence[WorkerThere]
    accounts: Sequence[AccountThere]

    @property
    def free(self) -> list[AccountThere]:
        """The accounts that nobody holds, those first that no worker can run."""
        free = [each for each in self.accounts if not each.holder]
        return sorted(free, key=lambda each: (bool(each.able), each.name))

    @property
    def namesakes(self) -> list[str]:
        """The names that several workers have."""
        return sorted(name for name, count in Counter(each.name for each in self.workers).items() if count > 1)

    def why_free(self, account: AccountThere) -> str:
        """Return why nobody holds an account, and what to do; empty if somebody does."""
        if account.holder:
            return ""
        if not self.workers:
            return "no worker runs"
        if account.able:
            return f"{listed(sorted(account.able), NAMED)} can take it, which is a matter of seconds; look again"
        name = account.name
        mend = f"put a valid {name}.toml on one and reload that, or upgrade a worker that is too old for its state"
        return f"no worker can run it: {mend}; `chaport-sync move --forget {name}` if the account is gone"

    def account(self, name: str) -> AccountThere:
        """Return an account, which need not be there yet."""
        return next((each for each in self.accounts if each.name == name), AccountThere(name))

    @property
    def trouble(self) -> str:
        """The gravest that is not well, and what to do, in a sentence; empty if all is well."""
        count = number(len(self.accounts), "account", "accounts")
        if not self.workers:
            held = f"; nobody holds {self._all}" if self.accounts else ""
            return f"No worker runs{held}. Start chaport-sync on a host with this configuration."
        for name in self.namesakes:
            where = listed([each.address for each in self.workers if each.name == name], NAMED)
            return f"Several workers are called {name} ({where}). Give each its own [cluster] worker."
        if free := self.free:
            words = f"Nobody holds {len(free)} of {count}: {listed([each.name for each in free], NAMED)}."
            return f"{words} Of {free[0].name} {self.why_free(free[0])}."
        return "" if self.accounts else "There is no account yet. Put the file of one on a worker and reload that."

    @property
    def answer(self) -> str:
        """How the cluster is, in a sentence: its trouble, or how many workers hold how many accounts."""
        hold = number(len(self.workers), "worker holds", "workers hold")
        alone = ". If it dies, no other takes over" if len(self.workers) == 1 else ""
        return self.trouble or f"{hold} {self._all}{alone}."

    @property
    def _all(self) -> str:
        return "the one account" if len(self.accounts) == 1 else f"all {len(self.accounts)} accounts"
