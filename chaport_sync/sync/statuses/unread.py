"""Recording which list cannot be read, and what is known of operators meanwhile (S5, S8)."""

from collections.abc import Mapping

from chaport_sync.clock import Clock
from chaport_sync.core.health import Beat
from chaport_sync.core.statuses.lease import OperatorState, PresenceRules
from chaport_sync.core.statuses.unattended import Unread, as_known
from chaport_sync.store import Store
from chaport_sync.sync.statuses.lists import Lists
from chaport_sync.sync.statuses.operator_memory import OperatorMemory
from chaport_sync.sync.statuses.recorder import Recorder

#: Two moments that differ by less count as one, because two clocks are read one after the other (seconds).
SAME_MOMENT = 1.0


class UnreadNote:
    """Records in each cycle which list cannot be read, for commands that read the state file.

    Args:
        flow: The name of the status flow, in the state file.
        store: The state file.
        memory: The states of operators, with their leases.
        activity: How the operators were seen last.
        clock: The shell's clock.
    """

    def __init__(self, flow: str, store: Store, memory: OperatorMemory, activity: Recorder, clock: Clock) -> None:
        self._store = store
        self._memory = memory
        self._activity = activity
        self._clock = clock
        self._noted = store.marks.get(Unread)
        self._read_at = self._noted.chaport_read or store.marks.get(Beat, flow).last or 0.0

    def set_back(self, seconds: float) -> None:
        """Move the last reading back by so many seconds, because the clock was set back."""
        self._read_at -= seconds

    def operators(self, rules: PresenceRules, now: float) -> dict[str, str]:
        """Return the status of each paired operator, by id, while Chaport cannot be read; `rules` as for `as_known`."""
        states, unread = self._memory.states, Unread(chaport_read=self._read_at)
        known = (
            as_known(each, states.get(each.operator_id) or OperatorState(each.operator_id), unread, rules, now)
            for each in self._activity.operators.values()
        )
        return {each.operator_id: each.status for each in known}

    def note(self, lists: Lists, shown: Mapping[str, str], hold_left: float | None, now: float) -> None:
        """Record which list cannot be read, if that has changed.

        Args:
            lists: What was read in this cycle.
            shown: The operators' statuses in Chaport after the cycle, by id.
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
                self._activity.shown(shown, now)
        if unread != self._noted:
            self._store.marks.put(unread)
            self._noted = unread

    def _held_until(self, hold_left: float | None, now: float) -> float:
        before = self._noted.held_until
        if hold_left is None:
            return min(before or now, now)
        until = self._clock.now() + hold_left
        return before if before and abs(before - until) < SAME_MOMENT else until
