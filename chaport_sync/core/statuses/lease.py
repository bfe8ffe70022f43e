"""What we wrote of an operator's status and for how long it is ours (S5), and the memory behind S4 and S7."""

from dataclasses import dataclass, replace
from enum import StrEnum
from zlib import crc32

from chaport_sync.core.model import INVISIBLE, OFFLINE, ONLINE, Operator, Verdict

#: Offline is written for a day: it needs no renewal, because nothing else follows it (S5).
OFFLINE_LIFETIME = 86400.0
#: Renewals fall between these parts of a lease, at a place of its own for each operator (S5).
RENEW_FROM, RENEW_SPREAD = 0.4, 0.2
#: With less than this part of its lease left a renewal is more urgent than a change (S5).
LAST_PART = 0.2
#: So many overrides within so many seconds mean that something else sets the operator (S7).
CONTEST_OVERRIDES, CONTEST_WINDOW, CONTEST_PAUSE = 5, 600.0, 60.0
#: A request without an answer may take effect so much later, and must not look like a person's change then.
STRAY_FOR = 300.0
#: Clocks differ, and `validUntil` has whole seconds (U1): so long before its end a lease may be over for Chaport.
END_UNSURE = 5.0
#: An answer that came so late was not the first attempt's, which was given up (P1) and may take effect yet.
REPEATED_AFTER = 20.0


@dataclass(frozen=True, slots=True)
class PresenceRules:
    """The `[status]` section; durations in seconds. `respect` is `manual_change = "respect"`.

    `pace` is Chaport's: how many requests a second it is sent at most.
    """

    offline_grace: float = 180.0
    lease: float = 600.0
    hold: float = 1800.0
    respect: bool = False
    pace: float = 2.0


@dataclass(frozen=True, slots=True)
class OperatorState:
    """What is remembered of one paired operator, across restarts.

    `attempted*` is recorded before a write is sent, `written*` after it was answered: after a crash between the two
    either status may be the one that is ours. `stray` is what an older request without an answer asked for, which
    Chaport may still execute until `stray_until`.
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
        """Return whether one of our writes explains this status, once `settle` has looked at the last attempt."""
        return status == self.written or (status == self.stray and now < self.stray_until)

    def has_lease(self, now: float) -> bool:
        """Return whether the status last written is still ours to expect."""
        return bool(self.written) and now < self.lease_until

    def is_held(self, now: float) -> bool:
        """Return whether an online or invisible lease of ours runs, which needs renewals (S5)."""
        return self.written in (ONLINE, INVISIBLE) and self.has_lease(now)

    def runs_out(self, now: float) -> bool:
        """Return whether too little is left of the lease for a renewal to wait until all changes are written (S5)."""
        return self.lease_until - now < (self.lease_until - self.written_at) * LAST_PART

    def surely_has_lease(self, now: float) -> bool:
        """Return whether the lease cannot be over for Chaport either, so that another status is a person's (S7)."""
        return self.has_lease(now + END_UNSURE)


class Kind(StrEnum):
    """Why a write is due; also the order in which writes are applied while no lease is about to end (S5)."""

    CHANGE = "change"
    LEASE = "lease"
    RENEWAL = "renewal"


@dataclass(frozen=True, slots=True)
class Write:
    """A status to send, with its lifetime in seconds. `override` answers a change made by hand (S7)."""

    status: str
    lifetime: float
    kind: Kind
    override: bool = False


def seen(operator: Operator, state: OperatorState, now: float) -> str | None:
    """Return the operator's status: what Chaport says, or while it says nothing, what we wrote and still hold."""
    if operator.status is not None:
        return operator.status
    return state.written if state.has_lease(now) else None


def settle(state: OperatorState, status: str | None, now: float) -> OperatorState:
    """Take an attempt whose answer we never saw as written if Chaport shows its status, and forget it in the end."""
    if not state.attempted:
        return state
    if status != state.attempted:
        if now - state.attempted_at < STRAY_FOR:
            return state
        # It may have taken effect and run out since: a status that is not the one before it is nobody's then.
        held = state.lease_until if status in (None, state.written) else min(state.lease_until, now)
        return replace(state, attempted="", lease_until=held)
    if status == state.written and state.attempted_until <= max(state.lease_until, state.attempted_at):
        # A renewal: what Chaport shows does not tell whether it was executed, so it stays due.
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

    Only a change can be told afterwards by the status that Chaport shows: without an answer nothing else lasts longer
    than it did.
    """
    if state.attempted and (state.attempted != write.status or now >= state.stray_until):
        state = _astray(state, state.attempted)
    until = {Kind.CHANGE: now + write.lifetime, Kind.LEASE: now, Kind.RENEWAL: state.lease_until}[write.kind]
    return replace(state, attempted=write.status, attempted_at=now, attempted_until=until)


def written(state: OperatorState, write: Write, now: float) -> OperatorState:
    """Return the state to record once Chaport has accepted the write that `attempt` announced."""
    overrides = state.recent_overrides(state.attempted_at)
    if write.override:
        overrides = (*overrides, state.attempted_at)
    if now - state.attempted_at >= REPEATED_AFTER:
        state = _astray(state, write.status)
    until = state.attempted_at + write.lifetime
    # An older request for the same, if it is executed only now, ends the lease when it was to end by that one.
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
    """Return the renewal of an online or invisible lease of ours that is due, if there is one (S5)."""
    ours = status == state.written and state.is_held(now)
    if not ours or renew_at(state) > now >= state.written_at:
        return None
    return Write(state.written, rules.lease, Kind.RENEWAL)


def renew_at(state: OperatorState) -> float:
    """Return the time at which this operator's lease is renewed: a fixed place of its own in the 40 to 60 % (S5)."""
    place = (crc32(state.operator_id.encode()) % 1000) / 1000
    return state.written_at + (state.lease_until - state.written_at) * (RENEW_FROM + RENEW_SPREAD * place)


def grace_ends(state: OperatorState, rules: PresenceRules) -> float | None:
    """Return the time at which an operator without an available agent may go offline (S4), None if one is available."""
    return None if state.unavailable_since is None else state.unavailable_since + rules.offline_grace


def _astray(state: OperatorState, status: str) -> OperatorState:
    return replace(state, stray=status, stray_until=state.attempted_at + STRAY_FOR)


def set_back(state: OperatorState, seconds: float) -> OperatorState:
    """Redate what is ours after the clock was stepped back: Chaport's time went on, and so does the lease (S5)."""
    moments = ("written_at", "lease_until", "attempted_at", "attempted_until", "stray_until")
    return replace(state, **{name: getattr(state, name) - seconds for name in moments})


def lifetime_of(status: str, rules: PresenceRules) -> float:
    """Return the lifetime in seconds with which a status is written (S5)."""
    return OFFLINE_LIFETIME if status == OFFLINE else rules.lease
