"""What the status flow remembers: in memory, and on the disk as soon as the disk works (S5, S8)."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from chaport_sync.clock import STEADY
from chaport_sync.core.health import Beat
from chaport_sync.core.model import DAY
from chaport_sync.core.statuses.history import OperatorSeen, StatusChange, after_change, agents_seen, operators_seen
from chaport_sync.core.statuses.lease import Kind, LeaseInForce, OperatorState, PresenceRules, set_back
from chaport_sync.core.statuses.mapping import AgentVerdict
from chaport_sync.core.statuses.pairing import Pairing, Pairs
from chaport_sync.core.statuses.presence import Decision
from chaport_sync.core.statuses.unattended import Unread, as_known
from chaport_sync.store import Fenced, StoreError
from chaport_sync.sync.cycle import Services
from chaport_sync.sync.statuses.lists import Lists

#: Two moments that differ by less count as one, because two clocks are read one after the other (seconds).
SAME_MOMENT = 1.0


class StatusMemory:
    """Keeps the states of operators, and for people how everybody was found, what changed and what cannot be read.

    If the disk refuses, renewals go on and changes wait. If it is not certain any more that this worker holds the
    account, renewals go on for `hold` seconds (K4): others may have changed what is remembered here.

    Args:
        services: The state file, the disk and the clock.
        keep: Once a day, changes older than this are deleted, in seconds (`[state] keep`).
        hold: For so long renewals go on, in seconds (`[status] hold`).

    Attributes:
        pairs: Who was paired last.
        refusal: The disk's error in this cycle, None if there was none. After it only the record of a change is tried
            in this cycle, because each attempt waits while another program locks the state file.
    """

    def __init__(self, services: Services, *, keep: float, hold: float) -> None:
        store = self._store = services.store
        self._clock = services.clock
        self._keep, self._hold = keep, hold
        self._held_at = services.clock.monotonic()
        self._states = store.statuses.operators()
        self._agents = store.statuses.agents_seen()
        self._operators = store.statuses.operators_seen()
        self.pairs = store.marks.get(Pairs)
        self._lease = store.marks.find(LeaseInForce)
        self._unread = store.marks.get(Unread)
        self._read_at = self._unread.chaport_read or store.marks.get(Beat, "statuses").last or 0.0
        self._unrecorded: set[str] = set()
        self._released: set[str] = set()
        self._changes: list[StatusChange] = []
        self._forget_at = services.clock.monotonic() + STEADY
        self.refusal: StoreError | None = None

    @property
    def states(self) -> Mapping[str, OperatorState]:
        """The state of each operator, by id, as it is now."""
        return dict(self._states)

    @property
    def operators(self) -> Mapping[str, OperatorSeen]:
        """Each paired operator, by id, as it was last found or set."""
        return self._operators

    def begin(self) -> None:
        """Begin a cycle, and write again what the disk refused.

        Raises:
            Fenced: Another worker writes for this account.
        """
        self.refusal = None
        try:
            self._store.connection.ensure_held()
            self._held_at = self._clock.monotonic()
        except Fenced:
            raise
        except StoreError as error:
            self.refusal = error
        self._catch_up()

    def may_send(self, kind: Kind) -> bool:
        """Return whether a write may be tried: while the disk refuses, only renewals, which need no record (S8, K4)."""
        held = self._clock.monotonic() - self._held_at < self._hold
        return self.refusal is None or (kind is Kind.RENEWAL and held)

    async def record(self, state: OperatorState) -> None:
        """Bring the state before a request to the disk, with all that was noted.

        Raises:
            StoreError: The disk refuses; then the request must not be sent.
        """
        self._write([state])
        self._states[state.operator_id] = state
        await self._clock.beside(self._store.connection.sync)

    def refuse(self, state: OperatorState, error: StoreError) -> None:
        """Note that a request was not sent because of this error; the operator's state is the one from before it.

        The attempt may be on the disk. If it stayed there, what somebody else sets would pass for its effect.
        """
        self.refusal = error
        self._states[state.operator_id] = state
        self._unrecorded.add(state.operator_id)

    def note(
        self,
        states: Iterable[OperatorState] = (),
        released: Iterable[str] = (),
        changes: Iterable[StatusChange] = (),
    ) -> None:
        """Note states of operators, operators that are no longer paired, and changes of statuses."""
        noted, gone = {state.operator_id: state for state in states}, set(released)
        self._states |= noted
        for each in gone:
            self._states.pop(each, None)
        self._unrecorded = (self._unrecorded | noted.keys()) - gone
        self._released = (self._released | gone) - noted.keys()
        for change in changes:
            self._changes.append(change)
            if seen := self._operators.get(change.operator_id):
                self._operators[change.operator_id] = after_change(seen, change)
        self._catch_up()

    def set_back(self, seconds: float) -> None:
        """Redate what is remembered, because the clock was set back: leases would seem to last longer (S5)."""
        self._read_at -= seconds
        self.note([set_back(state, seconds) for state in self._states.values()])

    def note_pairs(self, pairs: Pairs) -> None:
        """Record who is paired, if that has changed."""
        if pairs != self.pairs and self._attempt(lambda: self._store.marks.put(pairs)):
            self.pairs = pairs

    def note_lease(self, lease: LeaseInForce) -> None:
        """Record the lease in force, if that has changed, for commands that read the state file."""
        if lease != self._lease and self._attempt(lambda: self._store.marks.put(lease)):
            self._lease = lease

    def found(
        self, verdicts: Iterable[AgentVerdict], pairing: Pairing, decisions: Sequence[Decision], now: float
    ) -> None:
        """Record what has changed since the last good poll: the agents, and the operators with their decisions."""
        found = {each.agent_id: each for each in agents_seen(verdicts, pairing, self._agents, now)}
        decided = {each.operator_id: each for each in operators_seen(decisions, pairing, self._operators, now)}
        new = [each for each in found.values() if self._agents.get(each.agent_id) != each]
        other = [each for each in decided.values() if self._operators.get(each.operator_id) != each]
        gone, released = self._agents.keys() - found.keys(), self._operators.keys() - decided.keys()
        different = new or other or gone or released
        if different and not self._attempt(lambda: self._store.statuses.record_seen(new, other, gone, released)):
            return
        self._agents, self._operators = found, decided
        due = self._clock.monotonic() >= self._forget_at
        if due and self._attempt(lambda: self._store.statuses.forget_changes(now - self._keep)):
            self._forget_at = self._clock.monotonic() + DAY

    def last_known(self, rules: PresenceRules, now: float) -> dict[str, str]:
        """Return the status of each paired operator, by id, while Chaport cannot be read; `rules` as for `as_known`."""
        unread = Unread(chaport_read=self._read_at)
        known = (
            as_known(seen, self._states.get(operator_id) or OperatorState(operator_id), unread, rules, now)
            for operator_id, seen in self._operators.items()
        )
        return {each.operator_id: each.status for each in known}

    def note_unread(self, lists: Lists, hold_left: float | None, now: float) -> None:
        """Record which list cannot be read, if that has changed, for commands that read the state file.

        Args:
            lists: What was read in this cycle.
            hold_left: For how many more seconds statuses are held, below 0 after the end; None if none is held, because
                this daemon has never read the agents.
            now: When both lists were read (Unix seconds).
        """
        unread = Unread()
        if lists.operators is None:
            unread = Unread(chaport_read=self._read_at)
        else:
            self._read_at = now
            if lists.agents is None:
                unread = Unread(held_until=self._held_until(hold_left, now))
        if unread != self._unread and self._attempt(lambda: self._store.marks.put(unread)):
            self._unread = unread

    def _held_until(self, hold_left: float | None, now: float) -> float:
        before = self._unread.held_until
        if hold_left is None:
            return min(before or now, now)
        until = self._clock.now() + hold_left
        return before if before and abs(before - until) < SAME_MOMENT else until

    def _catch_up(self) -> None:
        if self._unrecorded or self._released or self._changes:
            self._attempt(self._write)

    def _attempt(self, write: Callable[[], None]) -> bool:
        """Call `write` unless the disk has refused in this cycle; return whether it was written."""
        if self.refusal is not None:
            return False
        try:
            write()
        except StoreError as error:
            self.refusal = error
        return self.refusal is None

    def _write(self, more: Iterable[OperatorState] = ()) -> None:
        """Record all that is noted and not on the disk yet, in one transaction."""
        noted = [self._states[each] for each in self._unrecorded]
        changed = {change.operator_id for change in self._changes} & self._operators.keys()
        seen = [self._operators[each] for each in changed]
        self._store.statuses.record_operators([*noted, *more], self._released, self._changes, seen)
        self._unrecorded, self._released, self._changes = set(), set(), []
