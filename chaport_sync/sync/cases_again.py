"""Cases that are read for answers once more though nothing in them changes (R1, R3)."""

from collections.abc import Mapping, Sequence
from typing import Any

from chaport_sync.store import Store

#: Where the state file keeps them.
_KEY = "replies_again"


def cases_to_read(store: Store) -> Mapping[str, Sequence[float]]:
    """Give for each of them when it is due, and back to when it is to be read (Unix seconds)."""
    found: dict[str, Sequence[float]] = store.marks.recall(_KEY, {})
    return found


def to_remember(store: Store, case_id: str, moments: Sequence[float]) -> dict[str, Any]:
    """Give what is to be remembered for a case to be read again: when and back to when, nothing if it is not to be."""
    before = cases_to_read(store)
    after = {key: each for key, each in before.items() if key != case_id}
    if moments:
        after[case_id] = moments
    return {} if after == before else {_KEY: after}
