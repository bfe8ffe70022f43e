"""No visitor's words end in a closed case, where nobody looks (T4)."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from math import inf

from chaport_sync.sandbox.deskie.records import Case, Message
from tests.simulation.crashes import Loss
from tests.simulation.setting import Setting
from tests.simulation.trace import Trace
from tests.world import World

INVARIANT = "no visitor's words end in a closed case"
#: A visitor's line in a note: after the time, before the words.
VISITORS_LINE = re.compile(r"^\S+ \S+ Vera-\S+ \(visitor\): ", re.MULTILINE)
#: Deskie tells times in whole seconds: what was closed in the second of the words may have been closed before them.
SECOND = 1.0


def hides_words(world: World, case: Case) -> bool:
    """Return whether a visitor's words may have come into a case after it was closed."""
    return case.closed_at is not None and _last_words_at(world, case) > world.elapsed_at(case.closed_at) - SECOND


def nobody_is_closed_away(world: World, setting: Setting, trace: Trace, losses: Sequence[Loss]) -> None:
    """Look through all closed cases: whoever closed one, or merged another into it, had the words before them.

    What was said before the state file was lost is nobody's business, unless a date covers it (T6).
    """
    forgotten_at = max((loss.at for loss in losses if loss.remembers_until is None), default=-inf)
    for case in world.deskie.cases:
        gone = case.deleted or case.spam or case.parent_case_id
        if case.closed_at is None or gone:
            continue
        words_at, seen_at = _last_words_at(world, case), world.elapsed_at(max([case.closed_at, *_merges(world, case)]))
        unknown = setting.says("transcripts.start", "now") and words_at < forgotten_at
        if words_at > seen_at + SECOND and not unknown:
            message = f"words of {words_at:.3f} s stand in case {case.id}, closed since {seen_at:.3f} s"
            trace.violate(INVARIANT, message, str(case.id))


def _last_words_at(world: World, case: Case) -> float:
    """Return when the last words of a visitor came into a case, in the world's seconds; -inf if none stand there."""
    times = [world.elapsed_at(message.created_at) for message in case.messages if _is_visitors(message)]
    return max(times, default=-inf)


def _merges(world: World, into: Case) -> Iterator[datetime]:
    """Return when other cases were merged into a case."""
    for case in world.deskie.cases:
        if case.parent_case_id == into.id:
            yield from (change.at for change in case.changelog if change.event == "parent_case_id")


def _is_visitors(message: Message) -> bool:
    return message.form == "customer" or (message.note and VISITORS_LINE.search(message.text) is not None)
