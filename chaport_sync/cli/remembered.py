"""What the daemon remembers, read beside it: which file, whether a daemon uses it, and moments as people write them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from chaport_sync.core.casework import CaseRules
from chaport_sync.core.lease import PresenceRules
from chaport_sync.core.renewals import LeaseInForce
from chaport_sync.places import find_config, find_state
from chaport_sync.store import Store, StoreError, is_in_use


@dataclass(frozen=True, slots=True)
class Remembered:
    """The state file as it is now: a copy, so that the daemon is not held up."""

    path: Path
    store: Store
    running: bool

    @property
    def halves(self) -> list[str]:
        """The halves that are switched on, as the daemon started last."""
        halves: list[str] = self._rules["halves"]
        return halves

    @property
    def presence(self) -> PresenceRules:
        """The durations and the policy of statuses, as the daemon started last."""
        return PresenceRules(**self._rules["presence"])

    @property
    def lease(self) -> LeaseInForce:
        """How long online and invisible are written, as of the last cycle."""
        configured = self.presence.lease
        return LeaseInForce(**self.store.recall("lease", {"seconds": configured, "configured": configured}))

    @property
    def cases(self) -> CaseRules:
        """What decides which case a chat is shown in, as the daemon started last."""
        return CaseRules(**self._rules["cases"])

    @property
    def _rules(self) -> dict[str, Any]:
        rules = self.store.recall("rules")
        if rules is None:
            raise StoreError(
                f"the state file {self.path} is of an older version; start the daemon once, which updates it"
            )
        return dict(rules)

    @property
    def heading(self) -> str:
        """Which file this is, and whether a daemon uses it."""
        return f"{self.path} ({'in use by a running daemon' if self.running else 'no daemon runs on it'})"


@contextmanager
def remembered(config: Path | None) -> Iterator[Remembered]:
    """Open what the daemon of this configuration remembers; no secret is needed.

    Raises:
        UnreadableFileError: The configuration cannot be read.
        StoreError: There is no state file, or it cannot be read; the message says which file and what to do.
    """
    path = locate(config)
    store = Store.copy_of(path)
    try:
        yield Remembered(path, store, is_in_use(path))
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


def moment(at: float, now: float) -> str:
    """Give a moment (Unix seconds) in this machine's time: of today (`now`) the time alone, else with its day."""
    when, today = datetime.fromtimestamp(at), datetime.fromtimestamp(now)  # noqa: DTZ006 - as people here read it
    return when.strftime("%H:%M:%S" if when.date() == today.date() else "%Y-%m-%d %H:%M:%S")


def span(seconds: float) -> str:
    """Give a duration as people say it: the two largest units."""
    seconds = max(0, round(seconds))
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    units = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds % 60, "s")]
    first = next((place for place, (count, _) in enumerate(units) if count), len(units) - 1)
    return " ".join(f"{count} {unit}" for count, unit in units[first : first + 2] if count or first == len(units) - 1)


def iso(at: float | None) -> str | None:
    """Give a moment (Unix seconds) for programs: this machine's time with its offset, to the second."""
    return None if at is None else datetime.fromtimestamp(at).astimezone().isoformat(timespec="seconds")
