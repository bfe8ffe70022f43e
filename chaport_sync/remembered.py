"""What the state of one account knows now, for commands and for the page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from chaport_sync.core.health import Beat, stale_after
from chaport_sync.core.model import DAY
from chaport_sync.core.settings_in_force import RulesInForce
from chaport_sync.core.skew import ClocksAhead
from chaport_sync.core.statuses.history import OperatorSeen
from chaport_sync.core.statuses.lease import LeaseInForce, OperatorState, PresenceRules
from chaport_sync.core.statuses.timeline import Timeline, timeline
from chaport_sync.core.statuses.unattended import Unread, as_known, online_leases, outcome, trouble
from chaport_sync.core.wording import Clock
from chaport_sync.store import Store, StoreError
from chaport_sync.times import moment

if TYPE_CHECKING:
    from chaport_sync.core.workers import AccountThere


@dataclass(frozen=True, slots=True)
class Remembered:
    """The state as it is now.

    Attributes:
        path: The state file, or which database has the state.
        store: What is in it.
        running: Whether a daemon works on it, None if that cannot be seen.
        now: The present (Unix seconds).
        there: In a cluster, who holds the account.
    """

    path: Path | str
    store: Store
    running: bool | None
    now: float
    there: "AccountThere | None" = None

    def clock(self, at: float) -> str:
        """Return a moment (Unix seconds) as people read it now."""
        return moment(at, self.now)

    def beat(self, flow: str) -> Beat:
        """Return a flow's last recorded success and failure."""
        return self.store.marks.get(Beat, flow)

    def is_stale(self, flow: str) -> bool:
        """Return whether a flow has recorded nothing for longer than a few polls take.

        A record from the future is old too: the clock was set back after it.
        """
        last = self.beat(flow).last
        return last is None or abs(self.now - last) > self._patience(flow)

    @property
    def last_beat(self) -> float | None:
        """The last recorded time at which the daemon was at work (Unix seconds), None if it never was."""
        return max((last for flow in self.rules.flows if (last := self.beat(flow).last) is not None), default=None)

    @property
    def at_work(self) -> bool:
        """Whether a daemon runs; if that cannot be seen, whether any flow has worked just now."""
        if self.running is None:
            return any(not self.is_stale(flow) for flow in self.rules.flows)
        return self.running

    def absence(self, clock: Clock) -> str:
        """Return since when no daemon is at work, and with which results; empty if one is at work."""
        if self.at_work:
            return ""
        last = self.last_beat
        since = "it has not finished a poll yet" if last is None else f"it was last at work at {clock(last)}"
        cannot_be_seen = " (this machine does not tell which files are in use)" if self.running is None else ""
        follows = outcome(online_leases(self.store.statuses.operators().values(), self.presence, self.now), clock)
        missing = "THE DAEMON DOES NOT RUN" if self.there is None else "NO WORKER HOLDS THE ACCOUNT"
        return f"{missing}{cannot_be_seen}: {since}. {follows}"

    @property
    def unread(self) -> Unread:
        """Which lists the daemon at work cannot read, and since when."""
        return self.store.marks.get(Unread) if self.at_work and "statuses" in self.rules.flows else Unread()

    @property
    def clocks(self) -> Mapping[str, float]:
        """The seconds by which this machine's clock is ahead, by service; only recorded differences."""
        return self.store.marks.get(ClocksAhead).seconds if self.at_work else {}

    def as_known(self, operator: OperatorSeen, state: OperatorState) -> OperatorSeen:
        """Return an operator as it was seen last, but offline if its lease has ended since."""
        return as_known(operator, state, self.unread, self.presence, self.now)

    def operators(self, unread: Unread) -> dict[str, tuple[OperatorSeen, OperatorState]]:
        """Return each paired operator, by id, as `as_known` does while these lists cannot be read, and its state."""
        states, rules = self.store.statuses.operators(), self.presence
        found = {}
        for id_, seen in self.store.statuses.operators_seen().items():
            state = states.get(id_) or OperatorState(id_)
            found[id_] = as_known(seen, state, unread, rules, self.now), state
        return found

    def trouble(self, clock: Clock) -> str:
        """Return that no daemon is at work, or what it cannot read, and the results; empty if all is well."""
        return self.absence(clock) or trouble(
            self.store.statuses.operators(), self.unread, self.presence, clock, self.now
        )

    def _patience(self, flow: str) -> float:
        return stale_after(self.rules.polls.get(flow, 0.0)) + self.store.connection.later

    @property
    def presence(self) -> PresenceRules:
        """The settings of statuses at the daemon's last start, with the lease in force."""
        return replace(self.rules.presence, lease=self.lease.seconds)

    @property
    def lease(self) -> LeaseInForce:
        """The lease in force for online and invisible in the last cycle."""
        configured = self.rules.presence.lease
        return self.store.marks.find(LeaseInForce) or LeaseInForce(configured, configured)

    @property
    def rules(self) -> RulesInForce:
        """The settings that the daemon used at its last start; raises `StoreError` if they cannot be read."""
        rules = self.store.marks.find(RulesInForce)
        if rules is None and self.store.connection.damaged:
            raise StoreError(damaged(self.store, "the rules by which the daemon goes"))
        if rules is None:
            raise StoreError(
                f"{self.store.connection.what} is of an older version; start the daemon once, which updates it"
            )
        return rules

    @property
    def heading(self) -> str:
        """Where the state is, and who works on it, in words."""
        if self.there is not None:
            return f"{self.path} ({self.there.held(self.clock)})"
        if self.running is None:
            return f"{self.path} (whether a daemon runs on it cannot be seen here)"
        return f"{self.path} ({'in use by a running daemon' if self.running else 'no daemon runs on it'})"

    @property
    def statuses_since(self) -> float | None:
        """From when each change of a status is recorded (Unix seconds), None if none of an operator is."""
        since = self.store.statuses.known_since()
        return None if since is None else max(since, self.kept_since)

    @property
    def kept_since(self) -> float:
        """From when nothing has been forgotten (Unix seconds), by `[state] keep`."""
        return self.now - self.rules.keep * DAY

    def timeline(self, start: float) -> Timeline:
        """Return when each operator, each agent and the website was online, since `start` (Unix seconds)."""
        statuses = self.store.statuses
        unread = self.unread if self.at_work else Unread(chaport_read=self.last_beat)
        operators = {id_: seen for id_, (seen, _) in self.operators(unread).items()}
        people = {id_: agent.person for id_, agent in statuses.agents_seen().items()}
        known_since = statuses.known_since()
        return timeline(
            statuses.changes_around(start),
            operators,
            people,
            self.now if known_since is None else known_since,
            start,
            self.now,
        )


def damaged(store: Store, part: str) -> str:
    """Say what is damaged in a state, and what to do."""
    return (
        f"{store.connection.what} is damaged ({part}); check the disk, then restart the daemon,"
        " and if that does not help restore a backup or move the file away"
    )
