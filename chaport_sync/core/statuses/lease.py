"""The status that the daemon last wrote for an operator, its lease and how long that must be (S4, S5, S7)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil
from zlib import crc32

from chaport_sync.core.model import INVISIBLE, OFFLINE, ONLINE, Verdict

#: Offline is written for a day (seconds). It is not renewed: the operator is offline when the lease ends, too (S5).
OFFLINE_LIFETIME = 86400.0
#: A lease is renewed after 40 to 60 % of it; each operator has a fixed place of its own in this range (S5).
RENEW_FROM, RENEW_SPREAD = 0.4, 0.2
#: When less than this part of a lease is left, its renewal is more urgent than a change (S5).
LAST_PART = 0.2
#: Renewals may use this part of Chaport's pace; the rest is for changes and for the other flows.
RENEWALS = 0.5
#: Statuses are written one after the other, so no more than so many in a second are expected.
FASTEST = 4.0
#: So many overrides within so many seconds show that something else sets the operator; then a pause (seconds) (S7).
CONTEST_OVERRIDES, CONTEST_WINDOW, CONTEST_PAUSE = 5, 600.0, 60.0
#: A request without an answer may take effect so many seconds later; it must not look like a person's change then.
STRAY_FOR = 300.0
#: An answer after so many seconds is a later try's. The first try was given up, and may still take effect (P1).
REPEATED_AFTER = 20.0


@dataclass(frozen=True, slots=True)
class PresenceRules:
    """The `[status]` section; durations in seconds. `respect` is `manual_change = "respect"`.

    `pace` is how many requests a second go to Chaport at most.
    """

    offline_grace: float = 180.0
    lease: float = 600.0
    hold: float = 1800.0
    respect: bool = False
    pace: float = 2.0

    def patience_with_chaport(self, poll: float) -> float:
        """Return how many seconds the status flow pauses at most when Chaport fails: it must renew leases."""
        return max(poll, self.lease / 5)

    def patience_with_deskie(self, poll: float) -> float:
        """Return how many seconds the status flow pauses at most when Deskie fails: `hold` must not end then (S8)."""
        return max(poll, self.lease / 5, self.hold / 3)


@dataclass(frozen=True, slots=True)
class OperatorState:
    """What is remembered of one paired operator, across restarts.

    `attempted*` is recorded before a write is sent, `written*` after its answer. After a crash between the two, either
    status may be the daemon's. `stray` is the status of an older request without an answer, which Chaport may still
    execute until `stray_until` (Unix seconds).
    """

    operator_id: str
    verdict: Verdict | None = None
    unavailable_since: float | None = None
    written: str = ""
    written_at: float = 0.0
    lease_until: float = 0.0
    attempted: str = ""
    attempted_at: float = 0.0
    attempted_until: float = 0.0
    stray: str = ""
    stray_until: float = 0.0
    yielded_to: Verdict | None = None
    overrides: tuple[float, ...] = ()
    mismatches: int = 0

    def recent_overrides(self, now: float) -> tuple[float, ...]:
        """Return the times of the overrides that still count towards a contest (S7)."""
        return tuple(at for at in self.overrides if now - CONTEST_WINDOW < at <= now)

    def contested(self, now: float) -> bool:
        """Return whether something else keeps setting this operator (S7)."""
        return len(self.recent_overrides(now)) >= CONTEST_OVERRIDES

    def may_be_ours(self, status: str, now: float) -> bool:
        """Return whether one of our writes explains this status; call `settle` before, for the last attempt."""
        return status == self.written or (status == self.stray and now < self.stray_until)

    def has_lease(self, now: float) -> bool:
        """Return whether the lease of the status that was last written still runs by our clock."""
        return bool(self.written) and now < self.lease_until

    def is_held(self, now: float) -> bool:
        """Return whether a lease of online or invisible runs, which needs renewals (S5)."""
        return self.written in (ONLINE, INVISIBLE) and self.has_lease(now)

    def runs_out(self, now: float) -> bool:
        """Return whether the lease ends so soon that its renewal must go before changes (S5)."""
        return self.lease_until - now < (self.lease_until - self.written_at) * LAST_PART


class Kind(StrEnum):
    """Why a write is due. Writes are sent in this order while no lease is about to end (S5)."""

    CHANGE = "change"
    LEASE = "lease"
    RENEWAL = "renewal"


@dataclass(frozen=True, slots=True)
class Write:
    """A status to send, with its lifetime in seconds. `override` is true if it undoes a person's change (S7)."""

    status: str
    lifetime: float
    kind: Kind
    override: bool = False


@dataclass(frozen=True, slots=True)
class LeaseInForce:
    """The lease of online and invisible that is written, in seconds; `reason` says why it is more than configured."""

    seconds: float
    configured: float
    reason: str = ""

    @property
    def in_words(self) -> str:
        """Say how long the lease is, and why if it is not as configured."""
        if not self.reason:
            return f"{self.seconds:,g} s"
        return f"{self.seconds:,g} s instead of {self.configured:,g} s, because {self.reason}"


def settle(state: OperatorState, status: str | None, now: float) -> OperatorState:
    """Return the state after a look at an attempt without an answer.

    If Chaport shows the attempt's status, it counts as written. After `STRAY_FOR` without that it is forgotten.
    """
    if not state.attempted:
        return state
    if status != state.attempted:
        if now - state.attempted_at < STRAY_FOR:
            return state
        # The attempt may have been executed and have ended since. So another status than the one before is not ours.
        held = state.lease_until if status in (None, state.written) else min(state.lease_until, now)
        return replace(state, attempted="", lease_until=held)
    if status == state.written and state.attempted_until <= max(state.lease_until, state.attempted_at):
        # The status does not show whether a renewal was executed, so the renewal stays due.
        return replace(_astray(state, state.attempted), attempted="")
    return replace(
        _astray(state, state.attempted),
        written=state.attempted,
        written_at=state.attempted_at,
        lease_until=state.attempted_until,
        attempted="",
    )


def attempt(state: OperatorState, write: Write, now: float) -> OperatorState:
    """Return the state to record before `write` is sent.

    Without an answer, only a change can be seen in the status that Chaport shows later. So no other write makes the
    lease longer before its answer.
    """
    if state.attempted and (state.attempted != write.status or now >= state.stray_until):
        state = _astray(state, state.attempted)
    until = {Kind.CHANGE: now + write.lifetime, Kind.LEASE: now, Kind.RENEWAL: state.lease_until}[write.kind]
    return replace(state, attempted=write.status, attempted_at=now, attempted_until=until)


def written(state: OperatorState, write: Write, now: float) -> OperatorState:
    """Return the state to record when Chaport has accepted the write of the last `attempt`."""
    overrides = state.recent_overrides(state.attempted_at)
    if write.override:
        overrides = (*overrides, state.attempted_at)
    if now - state.attempted_at >= REPEATED_AFTER:
        state = _astray(state, write.status)
    until = state.attempted_at + write.lifetime
    # An older request for the same status may be executed only now: then the lease ends as that request says.
    older = state.stray_until - STRAY_FOR + write.lifetime
    if state.stray == write.status and now < min(state.stray_until, older):
        until = min(until, older)
    return replace(
        state,
        written=write.status,
        written_at=state.attempted_at,
        lease_until=until,
        attempted="",
        overrides=overrides,
        mismatches=0 if write.kind is Kind.CHANGE else state.mismatches,
    )


def renewal(state: OperatorState, status: str | None, rules: PresenceRules, now: float) -> Write | None:
    """Return the renewal of an online or invisible lease of ours if it is due, else None (S5)."""
    ours = status == state.written and state.is_held(now)
    if not ours or renew_at(state) > now >= state.written_at:
        return None
    return Write(state.written, rules.lease, Kind.RENEWAL)


def renew_at(state: OperatorState) -> float:
    """Return when this operator's lease is renewed (Unix seconds): after 40 to 60 % of it, by its id (S5)."""
    place = (crc32(state.operator_id.encode()) % 1000) / 1000
    return state.written_at + (state.lease_until - state.written_at) * (RENEW_FROM + RENEW_SPREAD * place)


def grace_ends(state: OperatorState, rules: PresenceRules) -> float | None:
    """Return when an operator may go offline (Unix seconds), None if one of its agents is available (S4)."""
    return None if state.unavailable_since is None else state.unavailable_since + rules.offline_grace


def _astray(state: OperatorState, status: str) -> OperatorState:
    return replace(state, stray=status, stray_until=state.attempted_at + STRAY_FOR)


def set_back(state: OperatorState, seconds: float) -> OperatorState:
    """Return the state after the clock was stepped back by so many seconds: a lease ends when Chaport ends it (S5)."""
    moments = ("written_at", "lease_until", "attempted_at", "attempted_until", "stray_until")
    return replace(state, **{name: getattr(state, name) - seconds for name in moments})


def lifetime_of(status: str, rules: PresenceRules) -> float:
    """Return the lifetime in seconds with which a status is written (S5)."""
    return OFFLINE_LIFETIME if status == OFFLINE else rules.lease


def held(verdicts: Mapping[str, Verdict | None], states: Mapping[str, OperatorState], now: float) -> int:
    """Count the operators whose leases need renewals: their agents are available, or a lease of ours runs.

    Operators that are not written yet count as well, so the first one written gets the lease that the last one needs.
    """
    asked = {operator_id for operator_id, verdict in verdicts.items() if verdict is not None and verdict.available}
    return len(asked | {operator_id for operator_id, state in states.items() if state.is_held(now)})


def lease_in_force(count: int, rules: PresenceRules) -> LeaseInForce:
    """Return the lease with which so many operators can be renewed in time, at least the configured one.

    A lease is renewed in its middle, so it lasts for two rounds of renewals, but never longer than a day.
    """
    pace = min(rules.pace, FASTEST)
    a_round = count / (RENEWALS * pace)
    needed = min(ceil(a_round / (RENEW_FROM + RENEW_SPREAD / 2)), OFFLINE_LIFETIME)
    if needed <= rules.lease:
        return LeaseInForce(rules.lease, rules.lease)
    how = f"at {pace:g} {'request' if pace == 1 else 'requests'} a second" if pace < FASTEST else "one after the other"
    return LeaseInForce(needed, rules.lease, f"{count:,} operators cannot be renewed faster {how}")
