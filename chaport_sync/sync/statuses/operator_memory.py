"""The states of operators: kept in memory, and on the disk as soon as the disk works (S5, S8)."""

from collections.abc import Callable, Iterable, Mapping

from chaport_sync.clock import Clock
from chaport_sync.core.statuses.lease import OperatorState
from chaport_sync.core.statuses.seen import OperatorSeen, StatusChange
from chaport_sync.store import Store, StoreError


class OperatorMemory:
    """Keeps the states of operators. If the disk refuses, renewals go on and changes wait.

    Args:
        store: The state file.
        clock: The shell's clock, whose thread waits for the disk.

    Attributes:
        refusal: The disk's error in this cycle, None if there was none. After it only the record of a change is tried
            in this cycle, because each attempt waits while another program locks the state file.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._states = store.statuses.operators()
        self._unrecorded: set[str] = set()
        self._released: set[str] = set()
        self._changes: list[StatusChange] = []
        self._seen: dict[str, OperatorSeen] = {}
        self.refusal: StoreError | None = None

    @property
    def states(self) -> Mapping[str, OperatorState]:
        """Return the state of each operator, by id."""
        return dict(self._states)

    def begin(self) -> None:
        """Begin a cycle, and write again what the disk refused."""
        self.refusal = None
        self._catch_up()

    async def record(self, state: OperatorState) -> None:
        """Bring the state before a request to the disk, with all that was noted.

        Raises:
            StoreError: The disk refuses; then the request must not be sent.
        """
        try:
            self._write([state])
            self._states[state.operator_id] = state
            await self._clock.beside(self._store.connection.sync)
        except StoreError as error:
            self.refusal = error
            raise

    def note(
        self,
        states: Iterable[OperatorState] = (),
        released: Iterable[str] = (),
        changes: Iterable[StatusChange] = (),
        seen: Iterable[OperatorSeen] = (),
    ) -> None:
        """Note states of operators, operators that are no longer paired, and changes that were made."""
        noted = {state.operator_id: state for state in states}
        gone = set(released)
        self._states = {key: state for key, state in (self._states | noted).items() if key not in gone}
        self._unrecorded = (self._unrecorded | noted.keys()) - gone
        self._released = (self._released | gone) - noted.keys()
        self._changes += changes
        self._seen |= {each.operator_id: each for each in seen}
        self._catch_up()

    def attempt(self, write: Callable[[], None]) -> bool:
        """Call `write` unless the disk has refused in this cycle; return whether it was written."""
        if self.refusal is not None:
            return False
        try:
            write()
        except StoreError as error:
            self.refusal = error
        return self.refusal is None

    def _catch_up(self) -> None:
        if self._unrecorded or self._released or self._changes:
            self.attempt(self._write)

    def _write(self, more: Iterable[OperatorState] = ()) -> None:
        """Record all that is noted and not on the disk yet, in one transaction."""
        noted = [self._states[each] for each in self._unrecorded]
        self._store.statuses.record_operators([*noted, *more], self._released, self._changes, list(self._seen.values()))
        self._unrecorded, self._released, self._changes, self._seen = set(), set(), [], {}
