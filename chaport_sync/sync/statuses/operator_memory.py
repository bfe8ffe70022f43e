"""What is remembered of operators: in memory, and on the disk as soon as it takes it (S5, S8)."""

from collections.abc import Callable, Iterable, Mapping

from chaport_sync.core.statuses.lease import OperatorState
from chaport_sync.core.statuses.seen import OperatorSeen, StatusChange
from chaport_sync.store import Store, StoreError
from chaport_sync.sync.on_disk import OnDisk


class OperatorMemory:
    """Remembers operators; a disk that refuses keeps nothing from being renewed, only from being changed.

    Args:
        store: The state file.
        on_disk: Waits until what was recorded is on the disk.

    Attributes:
        refusal: What the disk answered when it refused something in this cycle. Nothing but the record of a change is
            tried again before the next cycle: where another program locks the state file, each attempt waits.
    """

    def __init__(self, store: Store, on_disk: OnDisk) -> None:
        self._store = store
        self._on_disk = on_disk
        self._states = store.statuses.operators()
        self._unrecorded: set[str] = set()
        self._released: set[str] = set()
        self._changes: list[StatusChange] = []
        self._seen: dict[str, OperatorSeen] = {}
        self.refusal: StoreError | None = None

    @property
    def states(self) -> Mapping[str, OperatorState]:
        """What is remembered of each operator now, by id."""
        return dict(self._states)

    def begin(self) -> None:
        """Begin a cycle: the disk may take now what it refused."""
        self.refusal = None
        self._catch_up()

    async def record(self, state: OperatorState) -> None:
        """Bring to the disk what a request is going to change, with all that was noted.

        Raises:
            StoreError: The disk refuses; then the request must not be sent.
        """
        try:
            self._write([state])
            self._states[state.operator_id] = state
            await self._on_disk.settle()
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
        """Take note of operators, of those that are no longer paired, and of changes that were made."""
        noted = {state.operator_id: state for state in states}
        gone = set(released)
        self._states = {key: state for key, state in (self._states | noted).items() if key not in gone}
        self._unrecorded = (self._unrecorded | noted.keys()) - gone
        self._released = (self._released | gone) - noted.keys()
        self._changes += changes
        self._seen |= {each.operator_id: each for each in seen}
        self._catch_up()

    def attempt(self, write: Callable[[], None]) -> bool:
        """Write to the disk if it takes that, and return whether it did."""
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
        """Record what is noted and not on the disk yet, all or nothing."""
        noted = [self._states[each] for each in self._unrecorded]
        self._store.statuses.record_operators([*noted, *more], self._released, self._changes, list(self._seen.values()))
        self._unrecorded, self._released, self._changes, self._seen = set(), set(), [], {}
