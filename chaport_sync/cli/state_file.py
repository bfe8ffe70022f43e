"""What the daemon remembers, read beside it: which file, whether a daemon is at work on it, and by which rules."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from chaport_sync.cli.people import UnknownError, WrongTimeError
from chaport_sync.core.health import Beat, stale_after
from chaport_sync.core.settings_in_force import RulesInForce
from chaport_sync.core.skew import ClocksAhead
from chaport_sync.core.statuses.lease import OperatorState, PresenceRules
from chaport_sync.core.statuses.renewals import LeaseInForce
from chaport_sync.core.statuses.seen import OperatorSeen
from chaport_sync.core.statuses.unattended import online_leases, outcome
from chaport_sync.core.statuses.unread import Unread, as_known, trouble
from chaport_sync.core.wording import Clock
from chaport_sync.paths import find_config, find_state
from chaport_sync.store import Store, StoreError, is_in_use


@dataclass(frozen=True, slots=True)
class Remembered:
    """The state file as it is now: a copy, so that the daemon is not held up.

    `running` is whether a daemon uses it, None where that cannot be seen; `now` is when this is asked (Unix seconds).
    """

    path: Path
    store: Store
    running: bool | None
    now: float

    def beat(self, flow: str) -> Beat:
        """How a flow got on when that was last written down."""
        return self.store.marks.get(Beat, flow)

    def is_stale(self, flow: str) -> bool:
        """Whether a flow has not been seen at work for longer than a few polls take.

        A time to come says nothing: the clock was set back, and nothing has been written since.
        """
        last = self.beat(flow).last
        return last is None or abs(self.now - last) > self._patience(flow)

    @property
    def last_beat(self) -> float | None:
        """When the daemon was certainly at work last (Unix seconds), None if it never was."""
        return max((last for flow in self.rules.flows if (last := self.beat(flow).last) is not None), default=None)

    @property
    def at_work(self) -> bool:
        """Whether a daemon does its work: one that runs, or where that cannot be seen, one that did so just now."""
        if self.running is None:
            return any(not self.is_stale(flow) for flow in self.rules.flows)
        return self.running

    def absence(self, clock: Clock) -> str:
        """Say that no daemon is at work, since when, and what has come of it; empty if one is."""
        if self.at_work:
            return ""
        last = self.last_beat
        since = "it has not finished a poll yet" if last is None else f"it was last at work at {clock(last)}"
        cannot_be_seen = " (this machine does not tell which files are in use)" if self.running is None else ""
        follows = outcome(online_leases(self.store.statuses.operators().values(), self.presence, self.now), clock)
        return f"THE DAEMON DOES NOT RUN{cannot_be_seen}: {since}. {follows}"

    @property
    def unread(self) -> Unread:
        """What the daemon cannot read, if one is at work."""
        return self.store.marks.get(Unread) if self.at_work and "statuses" in self.rules.flows else Unread()

    @property
    def clocks(self) -> Mapping[str, float]:
        """For how many seconds this machine's clock is ahead of each service's, where that was worth a word."""
        return self.store.marks.get(ClocksAhead).seconds if self.at_work else {}

    def as_known(self, operator: OperatorSeen, state: OperatorState) -> OperatorSeen:
        """Return an operator as it was seen last, less what has ended by itself since."""
        return as_known(operator, state, self.unread, self.presence, self.now)

    def trouble(self, clock: Clock) -> str:
        """Say that no daemon is at work, or what it cannot read, and what has come of it; empty if all is well."""
        return self.absence(clock) or trouble(
            self.store.statuses.operators(), self.unread, self.presence, clock, self.now
        )

    def _patience(self, flow: str) -> float:
        return stale_after(self.rules.polls.get(flow, 0.0))

    @property
    def presence(self) -> PresenceRules:
        """The durations and the policy of statuses, as the daemon started last, with the lease that was in force."""
        return replace(self.rules.presence, lease=self.lease.seconds)

    @property
    def lease(self) -> LeaseInForce:
        """How long online and invisible are written, as of the last cycle."""
        configured = self.rules.presence.lease
        return self.store.marks.find(LeaseInForce) or LeaseInForce(configured, configured)

    @property
    def rules(self) -> RulesInForce:
        """By what the daemon goes, as it started last; raises `StoreError` where that cannot be read."""
        rules = self.store.marks.find(RulesInForce)
        if rules is None and self.store.connection.damaged:
            raise StoreError(_DAMAGED.format(path=self.path, what="the rules by which the daemon goes"))
        if rules is None:
            raise StoreError(
                f"the state file {self.path} is of an older version; start the daemon once, which updates it"
            )
        return rules

    @property
    def heading(self) -> str:
        """Which file this is, and whether a daemon uses it."""
        if self.running is None:
            return f"{self.path} (whether a daemon runs on it cannot be seen here)"
        return f"{self.path} ({'in use by a running daemon' if self.running else 'no daemon runs on it'})"


_DAMAGED = (
    "the state file {path} is damaged ({what}); check the disk, then restart the daemon,"
    " and if that does not help restore a backup or move the file away"
)


@contextmanager
def remembered(config: Path | None, now: float) -> Iterator[Remembered]:
    """Open what the daemon of this configuration remembers; no secret is needed.

    Raises:
        UnreadableFileError: The configuration cannot be read.
        StoreError: There is no state file, or it cannot be read; the message says which file and what to do.
    """
    path = locate(config)
    store = Store.copy_of(path)
    try:
        known = Remembered(path, store, is_in_use(path), now)
        _ = known.rules  # before anything else is read that may be damaged
        yield known
    except (StoreError, UnknownError, WrongTimeError):
        raise
    except Exception as error:
        # Nobody can do anything about a traceback; whether it is the file's fault or ours SQLite can tell.
        if damage := store.connection.damage():
            raise StoreError(_DAMAGED.format(path=path, what=damage)) from error
        raise
    finally:
        store.close()


def locate(config: Path | None) -> Path:
    """Find the state file of a configuration, which must be there.

    Raises:
        UnreadableFileError, StoreError: As `remembered`.
    """
    path = find_state(find_config(config, os.environ), os.environ)
    try:
        path.stat()
    except FileNotFoundError:
        if is_in_use(path):
            raise StoreError(
                f"the state file {path} was removed while a daemon uses it; stop the daemon,"
                " put the file back if you have it, and start it again"
            ) from None
        raise StoreError(
            f"there is no state file {path} yet; start the daemon, or name its configuration by --config"
        ) from None
    except OSError as error:
        raise StoreError(
            f"the state file {path} cannot be read: {error.strerror}; the service's is for root only: use sudo"
        ) from None
    if not os.access(path, os.R_OK):
        raise StoreError(f"the state file {path} cannot be read: it is for root only; use sudo")
    return path
