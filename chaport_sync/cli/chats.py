"""`chats`: what became of the chats, how soon a person answered, and what waits now, since when and why."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from chaport_sync.cli.exits import Code
from chaport_sync.cli.explain_chat import visitor_of
from chaport_sync.cli.output import as_json as in_json
from chaport_sync.cli.output import named, print_json, print_table, say
from chaport_sync.cli.state_file import remembered
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.transcripts.overview import (
    IN_WORDS,
    Outcome,
    Overview,
    answer,
    asking_since,
    delivery,
    overview,
)
from chaport_sync.core.transcripts.steps import Facts, Snapshot
from chaport_sync.core.wording import number
from chaport_sync.remembered import Remembered
from chaport_sync.times import iso, moment, span, window, zone

#: The most visitors, and the most chats with words that are not shown, that are printed.
SHOWN = 30
#: The window, unless another is asked for.
SINCE = "7d"


class Waiting(NamedTuple):
    """A chat that waits since a time (Unix seconds): its visitor for a person, or its words to be shown in Deskie."""

    chat: ChatState
    since: float
    state: str
    why: str


def run_chats(config: Path | None, since: str | None, *, as_json: bool) -> int:
    """Print what became of the chats that began since a time, and what waits now.

    Raises:
        UnreadableFileError, StoreError: As `remembered`.
        WrongTimeError: `since` cannot be understood, or is not in the past.
    """
    now = time.time()
    with remembered(config, now) as known:
        start = window(since or SINCE, now, known.kept_since)
        found = overview(known.store.outlines.since(start), known.rules.cases, now)
        people = _visitors(found, known)
        words, count = _words(known)
        told = _answer(known, found, start)
        if as_json:
            print_json(_in_json(known, found, start, told, [*people, *words], count))
            return Code.DONE
        if trouble := known.trouble(known.clock):
            say(trouble, "bold red")
        say(told, "bold")
        if start > window(since or SINCE, now, 0.0):
            say(f"Chats are forgotten after {number(known.rules.keep, 'day', 'days')} of silence ([state] keep).")
        _print_outcomes(found)
        _print_waiting(people, len(found.waits), words, count, now)
        say(f"From {known.heading}")
    return Code.DONE


def _answer(known: Remembered, found: Overview, start: float) -> str:
    if "transcripts" not in known.rules.flows and not any(found.chats.values()):
        return "Transcripts are switched off ([transcripts] enabled), and nothing is recorded of chats."
    return answer(found, start, lambda at: f"{moment(at, known.now)} ({zone(known.now)})")


def _visitors(found: Overview, known: Remembered) -> list[Waiting]:
    """Return the visitors who wait for a person now, who waits longest first."""
    chats = ((each, known.store.transcripts.chat(each.key)) for each in found.waits[:SHOWN])
    why = "nobody has answered"
    return [Waiting(chat, asking_since(each), "for a person", why) for each, chat in chats if chat is not None]


def _words(known: Remembered) -> tuple[list[Waiting], int]:
    """Return the chats with words that are not shown in Deskie yet, the longest wait first, and how many there are."""
    keys, count = known.store.outlines.not_shown(SHOWN)
    chats = ((known.store.transcripts.chat(key), since) for key, since in keys)
    return [Waiting(chat, since, *_delivery(chat, known)) for chat, since in chats if chat is not None], count


def _delivery(chat: ChatState, known: Remembered) -> tuple[str, str]:
    transcripts = known.store.transcripts
    case = transcripts.case(chat.case_id) if chat.case_id else None
    lines = tuple(transcripts.open_lines(chat.key))
    return delivery(Snapshot(chat, case, lines, Facts(verified=True), known.now), known.rules.cases)


def _print_outcomes(found: Overview) -> None:
    rows = [
        (words, f"{found.chats[each]:,}", f"{found.waiting[each]:,}")
        for each, words in IN_WORDS.items()
        if found.chats[each]
    ]
    if rows:
        print_table(("Outcome", "Chats", "Wait now"), rows)
    if found.median is not None:
        times = f"the median is {span(found.median)}, the longest {span(found.waited[-1])}"
        unknown = f"; of {found.unknown:,} more it is unknown" if found.unknown else ""
        say(f"Wait for a person: {times}, of {number(len(found.waited), 'chat', 'chats')}{unknown}.")
    elif found.unknown:
        say(f"Wait for a person: unknown of {number(found.unknown, 'chat', 'chats')}.")


def _print_waiting(people: Sequence[Waiting], visitors: int, words: Sequence[Waiting], chats: int, now: float) -> None:
    if not people and not words:
        say("Nothing waits.")
        return
    rows = [
        (
            named(visitor_of(each.chat)),
            each.chat.chat_id,
            each.chat.case_id or "none",
            moment(each.since, now),
            _why(each),
        )
        for each in (*people, *words)
    ]
    print_table(("Waits: visitor", "Chat", "Case", f"Since ({zone(now)})", "Why"), rows)
    if visitors > len(people) or chats > len(words):
        say(
            f"These are the longest waits: {number(visitors, 'visitor waits', 'visitors wait')} for a person, and the"
            f" words of {number(chats, 'chat', 'chats')} to be shown; --json has no more of them."
        )
    first = [*people, *words][0].chat
    # Many visitors may have a chat of the same number.
    who = f"case {first.case_id}" if first.case_id else first.visitor_id
    say(f"`chaport-sync explain {who}` tells more of the first one.")
    if any(each.state == "parked" for each in words):
        say("`chaport-sync retry` sends what is parked again at once.")


def _why(each: Waiting) -> str:
    return f"{each.state}: {each.why}"


def _in_json(
    known: Remembered, found: Overview, start: float, told: str, waiting: Sequence[Waiting], not_shown: int
) -> dict[str, Any]:
    return {
        "state_file": str(known.path),
        "running": known.running,
        "at_work": known.at_work,
        "answer": told,
        "start": iso(start),
        "end": iso(known.now),
        "outcomes": {
            each.value: {"chats": found.chats[each], "wait_now": found.waiting[each], "meaning": IN_WORDS[each]}
            for each in Outcome
        },
        "stayed_unanswered": found.unanswered,
        "wait_now": len(found.waits),
        "wait_for_a_person": {
            "chats": len(found.waited),
            "unknown": found.unknown,
            "median_seconds": None if found.median is None else round(found.median),
            "longest_seconds": round(found.waited[-1]) if found.waited else None,
        },
        "chats_not_shown": not_shown,
        "waiting": [
            {
                "visitor": in_json(visitor_of(each.chat)),
                "chat": each.chat.chat_id,
                "case": each.chat.case_id or None,
                "since": iso(each.since),
                "state": each.state,
                "reason": each.why,
            }
            for each in waiting
        ],
    }
