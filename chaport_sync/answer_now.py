"""How an account is now, in one sentence: all is well, or the gravest that is not."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from chaport_sync.core.model import ONLINE
from chaport_sync.core.settings_in_force import Rejection
from chaport_sync.core.skew import in_words
from chaport_sync.core.statuses.timeline import Timeline
from chaport_sync.core.statuses.website import answer
from chaport_sync.core.text import one_line
from chaport_sync.core.transcripts.read_back import HINT, Sighting
from chaport_sync.core.transcripts.turns import Lateness, Work, too_late_after
from chaport_sync.core.transcripts.turns import in_words as late_in_words
from chaport_sync.core.wording import Clock, number
from chaport_sync.remembered import Remembered

#: The longest error in the sentence (characters).
ERROR = 300
STATUSES_OFF = "Statuses are switched off ([status] enabled), so whether the chat is on the website is not known."
NOBODY_PAIRED = "No agent is paired with an operator, so nobody is set online; `chaport-sync agents` says why."


class State(StrEnum):
    """All is well, somebody should look, or the daemon does not do what it is for."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


class Answer(NamedTuple):
    """How an account is, in a sentence."""

    state: State
    words: str


def answer_now(
    known: Remembered,
    flows: Sequence[Mapping[str, Any]],
    operators: Sequence[Mapping[str, Any]],
    clock: Clock,
    damaged: Sequence[str] = (),
) -> Answer:
    """Return the gravest that is not well; if all is well, how many operators are online.

    Args:
        known: The state file.
        flows: As `flows_of` returns them.
        operators: As `operators_of` returns them.
        clock: Writes a moment as people read it.
        damaged: The damaged records of the state file, if anybody has looked.
    """
    if found := next(troubles(known, flows, operators, clock), None):
        return found
    if damaged:
        are = number(len(damaged), "record of the state file is", "records of the state file are")
        return Answer(State.WARNING, f"{are} damaged and left aside; check the disk.")
    if "statuses" not in known.rules.flows:
        return Answer(State.OK, f"All is well. {STATUSES_OFF}")
    online = _online(operators)
    are = "operator is" if len(operators) == 1 else "operators are"
    words = f"All is well: {online} of {len(operators)} {are} online, so the chat is on the website."
    return Answer(State.OK, words)


def troubles(
    known: Remembered, flows: Sequence[Mapping[str, Any]], operators: Sequence[Mapping[str, Any]], clock: Clock
) -> Iterator[Answer]:
    """Yield whatever is not well, the gravest first; each is looked for only when it is asked for."""
    if trouble := known.trouble(clock):
        yield Answer(State.FAILED, trouble)
    if not known.at_work:
        return
    for flow in flows:
        if flow["state"] != "ok":
            yield Answer(State.FAILED, _of_flow(flow["flow"], known, clock))
    marks = known.store.marks
    if (found := marks.get(Sighting)).case_id:
        noticed = f"It was noticed in case {found.case_id} at {clock(found.at)}."
        yield Answer(State.WARNING, f"{_sentence(HINT)} {noticed}")
    if "statuses" in known.rules.flows and not _online(operators):
        yield Answer(State.WARNING, _nobody_online(known, clock) if operators else NOBODY_PAIRED)
    if (rejected := marks.get(Rejection)).problems:
        words = f"The configuration was rejected at {clock(rejected.at)}, and the one before it is in force"
        yield Answer(State.FAILED, f"{words}: {one_line(rejected.problems[0], ERROR)}")
    yield from (Answer(State.WARNING, words) for words in _lesser(known))


def website_now(known: Remembered, drawn: Timeline, clock: Clock) -> str:
    """Say whether the chat is on the website at the end of a timeline, and since when; or why that is not known."""
    if "statuses" not in known.rules.flows:
        return STATUSES_OFF
    if known.statuses_since is None:
        return "Nothing is recorded of operators yet."
    return answer(drawn, clock)


def _online(operators: Sequence[Mapping[str, Any]]) -> int:
    return sum(each["chaport_status"] == ONLINE for each in operators)


def _nobody_online(known: Remembered, clock: Clock) -> str:
    """Return since when nobody is online, who left last and why; only what came after that is drawn."""
    left = known.store.statuses.left_last(ONLINE)
    # A timeline that began with the change itself would not show who left by it.
    start = left - 1 if left is not None else known.statuses_since or known.now
    return website_now(known, known.timeline(start), clock)


def _of_flow(name: str, known: Remembered, clock: Clock) -> str:
    """Say how a flow fails: since when, and why."""
    last, flow = known.beat(name), name.capitalize()
    if last.failing_since is not None:
        return f"{flow} have failed since {clock(last.failing_since)}: {one_line(last.error, ERROR)}"
    if last.last is None or last.good_at is None:
        return f"{flow} have not been read yet: no poll has ended."
    return f"{flow} stand still: the daemon runs, but nothing has been recorded of them since {clock(last.last)}."


def _lesser(known: Remembered) -> Iterator[str]:
    """Yield what is not well although the daemon does what it can."""
    for service, ahead in known.clocks.items():
        yield _sentence(in_words(service, ahead))
    rules = known.rules
    for work in Work:
        late = known.store.marks.get(Lateness, work)
        if late.seconds > too_late_after(rules.cases.unanswered, rules.polls.get("transcripts", 0.0)):
            yield _sentence(late_in_words(work, late.seconds, late.visitors))
    if parked := known.store.counts.deliveries(rules.cases, known.now)["parked"]:
        events = number(parked, "event is parked and does", "events are parked and do")
        yield f"{events} not stand in Deskie; `chaport-sync retry` sends {'it' if parked == 1 else 'them'} again."


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
