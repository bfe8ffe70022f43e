"""When to read a chat again, and how far to read the visitor list (T7)."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chaport_sync.core.model import DAY, Visitor

#: Closed chats are watched for a day, silent ones for two (T7).
WATCH_CLOSED, WATCH_SILENT = DAY, 2 * DAY
#: The sweep reads more of the visitor list to find other changes: how often (seconds), and how many pages (T7).
SWEEP_EVERY, PAGES_DEEP = 3600.0, 10


@dataclass(frozen=True, slots=True)
class WatchRules:
    """`[transcripts]` poll and idle_poll in seconds, and `[pending]` unanswered."""

    poll: float = 20.0
    idle_poll: float = 300.0
    unanswered: float = 120.0

    @property
    def longest_pause(self) -> float:
        """The longest pause between two readings of a chat that is watched, in seconds."""
        return max(self.poll, self.idle_poll)


@dataclass(frozen=True, slots=True)
class VisitorOrder:
    """The visitors of the list as it was last read, from its top, each with the mark of its row."""

    marks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Noticed:
    """The visitors whose rows changed and whose chats are to be read, first come first."""

    visitors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Swept:
    """When the last complete sweep began (Unix seconds)."""

    at: float = 0.0


def next_read(
    *, last_event_at: float, closed: bool, asked_at: float | None, rules: WatchRules, now: float
) -> float | None:
    """Return when a chat is read again (Unix seconds), None if it is left to the sweep.

    The pause is as long as the chat has been silent, between `poll` and `idle_poll`, so it doubles by itself. It is
    half a poll shorter, so that the nearest cycle does not just miss the chat. While a visitor waits for an answer, the
    chat is also read when the wait becomes too long, so that a new answer is seen before the case is opened.
    """
    silence = now - last_event_at
    if silence >= (WATCH_CLOSED if closed else WATCH_SILENT):
        return None
    due = now + min(max(silence, rules.poll), rules.longest_pause) - rules.poll / 2
    if asked_at is not None and now < asked_at + rules.unanswered < due:
        return asked_at + rules.unanswered
    return due


def pause_of(*, next_read_at: float, last_event_at: float, rules: WatchRules) -> float:
    """Return the pause in seconds that `next_read` chose, for a chat that has not changed since."""
    silence = (next_read_at - last_event_at + rules.poll / 2) / 2
    return min(max(silence, rules.poll), rules.longest_pause)


def changed(rows: Sequence[Visitor], known: Mapping[str, tuple[int, str]]) -> frozenset[str]:
    """Return the visitors of a list, read from its top, that are new, moved or different.

    Args:
        rows: The rows read, newest chat first.
        known: Each visitor of the last reading with its place and its fingerprint.

    The longest sequence of rows that are still in the old order has not moved; all other rows have.
    """
    fresh = {row.id for row in rows if row.id not in known or known[row.id][1] != row.fingerprint}
    places = [known[row.id][0] for row in rows if row.id in known]
    ids = [row.id for row in rows if row.id in known]
    return frozenset(fresh | {ids[index] for index in _out_of_order(places)})


def _out_of_order(places: Sequence[int]) -> set[int]:
    """Return the indexes that do not belong to the longest increasing subsequence (patience sorting)."""
    tops: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for index, place in enumerate(places):
        pile = bisect_left(tops, place)
        before.append(piles[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(place)
            piles.append(index)
        else:
            tops[pile] = place
            piles[pile] = index
    kept = set()
    index = piles[-1] if piles else -1
    while index >= 0:
        kept.add(index)
        index = before[index]
    return set(range(len(places))) - kept
