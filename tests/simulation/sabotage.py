"""Deliberate faults in the daemon: the proof that each invariant can fail, and that the simulation reports it."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import structlog

from chaport_sync import app
from chaport_sync.api import chaport, chaport_wire, content, deskie_wire, responses
from chaport_sync.api import deskie as deskie_api
from chaport_sync.api.budget import Budget
from chaport_sync.api.chaport import Chaport
from chaport_sync.api.connection import ServiceClock
from chaport_sync.api.deskie import Deskie
from chaport_sync.api.transport import Transport
from chaport_sync.clock import Progress
from chaport_sync.core.ledger import Line, not_sent
from chaport_sync.core.model import Agent, Event, Message, Operator
from chaport_sync.core.replies import selection
from chaport_sync.core.replies.selection import ANYBODY, Failed, Why
from chaport_sync.core.statuses import presence
from chaport_sync.core.statuses.lease import Kind, LeaseInForce, OperatorState, PresenceRules, Write
from chaport_sync.core.statuses.pairing import Pairing, PairingRules, pair
from chaport_sync.core.transcripts import next_step, read_back
from chaport_sync.core.transcripts.turns import Due
from chaport_sync.store import ChatKey, Store
from chaport_sync.sync.other_instance import OtherInstance
from chaport_sync.sync.replies import outbox, people
from chaport_sync.sync.statuses import flow
from chaport_sync.sync.statuses.memory import StatusMemory
from chaport_sync.sync.statuses.writer import StatusWriter
from chaport_sync.sync.transcripts import cases, chat_reader, deliveries, reading_queue, visitor_list
from chaport_sync.sync.transcripts.case_reader import CaseReader
from chaport_sync.sync.transcripts.chat_reader import ChatReader
from chaport_sync.sync.transcripts.step_runner import StepRunner, StepsTaken
from tests.simulation.deliberate import Sabotage
from tests.simulation.sabotage_accounts import ACCOUNTS
from tests.simulation.sabotage_authors import AUTHORS
from tests.simulation.sabotage_cases import (
    assigned_is_theirs,
    in_any_name,
    never,
    openings_are_left,
    words_are_forgotten,
)
from tests.simulation.sabotage_cluster import CLUSTER


def _raise(*_: Any) -> None:
    raise ZeroDivisionError


def _pair_everybody(agents: Iterable[Agent], operators: Iterable[Operator], rules: PairingRules) -> Pairing:
    return pair(agents, operators, replace(rules, exclude=()))


def _writable(*arguments: Any, read_only: bool, **more: Any) -> Transport:  # noqa: ARG001 - it is ignored
    return Transport(*arguments, **more)


def _edited_is_new(row: Any, make: Callable[[Any], Event | None] = chaport_wire._event) -> Event | None:
    event = make(row)
    return event and replace(event, id=f"{event.id}{zlib.crc32(event.text.encode()):08x}")


def _tell_text(_chat: Any, _form: Any, lines: Sequence[Line], **_: Any) -> None:
    structlog.get_logger().info("delivery.sent", text=lines[0].text)


def _give_up(writer: StatusWriter, decision: presence.Decision, _error: Exception) -> None:
    writer._refused.failed(decision.operator.id, 1e12)


def _hold_offline(*arguments: Any) -> presence.Decision:
    return replace(presence.hold(*arguments), write=Write("offline", 60.0, Kind.CHANGE))


async def _answer_customer(deskie: Deskie, case_id: str, content: str) -> Any:
    path = f"/cases/{case_id}/messages.json"
    return deskie_api._message(await deskie._write("POST", path, {"message": {"content": content}}), path)


def _not_sent(lines: Sequence[Line], *_: Any, **__: Any) -> Any:
    return not_sent(lines)


def _too_old(message: Message, *_: Any, **__: Any) -> Failed:
    return Failed(message, Why.TOO_OLD)


def _any_agents(message: Message, _rules: Any, own_staff_id: str) -> bool:
    return bool(message.staff_id) and message.staff_id != own_staff_id


def _first_operator(operators: Sequence[Operator], *_: Any) -> dict[str, str]:
    return {ANYBODY: operators[0].id}


def _record_first(memory: StatusMemory, states: Iterable[OperatorState] = (), *_: Any, **__: Any) -> None:
    memory._write(list(states))
    memory._states |= {state.operator_id: state for state in states}


def _as_configured(_count: int, rules: PresenceRules) -> LeaseInForce:
    return LeaseInForce(rules.lease, rules.lease)


async def _hang(reading: ChatReader, *, seconds: float | None) -> int:  # noqa: ARG001 - as the original
    await reading._clock.sleep(1e9)
    return 0


def _changed_rows_first(noticed: Iterable[str], due: Iterable[Due], *_: Any, **__: Any) -> list[str]:
    return list(dict.fromkeys([*noticed, *(each.visitor_id for each in due)]))


def _fits(*_: Any, **__: Any) -> str:
    return ""


async def _to_the_end(runner: StepRunner, key: ChatKey, *_: Any) -> StepsTaken:
    while (done := await _TAKE_STEPS(runner, key, 30, lambda: False)).more:
        pass
    return done


_TAKE_STEPS = StepRunner.take_steps
RIGHT, IN_TURN = "operators are right in the end", "nobody's words wait longer than the pace demands"
ONCE, EARLY = "each event exactly once and in order", "no operator offline early"

SABOTAGES: dict[str, Sabotage] = {
    "unclear-is-unsent": Sabotage(ONCE, [(deliveries, "unclear", _not_sent)], 4),
    "nothing-is-new": Sabotage(ONCE, [(chat_reader, "to_mirror", lambda *_, **__: ())], 0),
    "exclude-nobody": Sabotage("no operator written that is not paired", [(flow, "pair", _pair_everybody)], 0),
    "no-grace": Sabotage(EARLY, [(presence, "_reason_to_leave", lambda *_, **__: None)], 2),
    "unconfirmed": Sabotage(EARLY, [(flow, "gap", lambda *_: False)], 23),
    "no-renewals": Sabotage("leases are kept up", [(presence, "renewal", lambda *_: None)], 4),
    "give-up": Sabotage(RIGHT, [(StatusWriter, "_note", _give_up)], 272),
    "no-budget": Sabotage("no request over a budget", [(Budget, "_room_after", lambda *_: 0.0)], 5),
    "dry-run-writes": Sabotage(
        "no write in a dry run",
        [(app, "DryDeskie", Deskie), (app, "DryChaport", Chaport), (app, "Transport", _writable)],
        3,
    ),
    "hold-offline": Sabotage("nothing written after a failed read but renewals", [(flow, "hold", _hold_offline)], 1),
    "judge-nobody": Sabotage("no case touched against a person", [(cases, "judge", lambda case, _view: case)], 5),
    "never-unanswered": Sabotage("no waiting customer hidden", [(next_step, "unanswered_at", lambda *_: None)], 0),
    "any-name": Sabotage("nobody's words in another customer's name", [(next_step, "form_of", in_any_name)], 7),
    "answer-customers": Sabotage("no message in an agent's name", [(Deskie, "add_note", _answer_customer)], 0),
    "log-texts": Sabotage("no secret or text in any log line", [(deliveries, "tell_sent", _tell_text)], 0),
    "forget-nothing": Sabotage("the state file is bounded", [(Store, "forget", lambda *_: 0)], 0, "day"),
    "unclear-is-unsent-reply": Sabotage(
        "each answer reaches its visitor once, or its agent knows why not",
        [(outbox, "unclear", _not_sent)],
        408,
    ),
    "too-old": Sabotage("an agent is told the truth about an answer", [(selection, "_judge", _too_old)], 683),
    "send-notes": Sabotage(
        "nothing sent to a visitor that is no answer", [(selection, "_is_answer", _any_agents)], 408
    ),
    "first-operator": Sabotage("no answer sent as somebody else", [(people, "senders", _first_operator)], 593),
    "show-echoes": Sabotage("no answer comes back into a case", [(chat_reader, "echoes", lambda *_, **__: {})], 401),
    "first-page-only": Sabotage(IN_TURN, [(visitor_list, "PAGES_DEEP", 1)], 16),
    "changed-rows-first": Sabotage(
        IN_TURN, [(reading_queue, "in_turns", _changed_rows_first), (chaport_wire, "BROWSING", frozenset())], 267
    ),
    "to-the-end": Sabotage(IN_TURN, [(StepRunner, "take_steps", _to_the_end)], 13),
    "lease-as-configured": Sabotage(RIGHT, [(flow, "lease_in_force", _as_configured)], 96),
    "renewals-last": Sabotage(
        "no lease runs out while all is well", [(OperatorState, "runs_out", lambda *_: False)], 87
    ),
    "renewals-recorded-first": Sabotage(
        "no lease runs out while all is well", [(StatusMemory, "note", _record_first)], 22
    ),
    "edited-is-new": Sabotage(ONCE, [(chaport_wire, "_event", _edited_is_new)], 364),
    "no-references": Sabotage(ONCE, [(read_back, "referred", lambda _: [])], 3),
    "who-hangs-is-well": Sabotage(
        "who says to be well gets on", [(ChatReader, "read", _hang), (Progress, "idle", 0.0)], 0
    ),
    "own-clock": Sabotage(ONCE, [(ServiceClock, "note_date", lambda *_: None)], 97),
    "doubt-nothing": Sabotage(
        "nobody is taken for another instance",
        [(OtherInstance, "doubt", lambda *_: None), (read_back, "_is_sure", lambda _: True)],
        4,
    ),
    "assigned-is-theirs": Sabotage(
        "no waiting customer hidden",
        [(cases, "judge", assigned_is_theirs), (cases.Cases, "_is_hidden_by_us", never)],
        391,
    ),
    "notes-in-closed-cases": Sabotage(
        "no visitor's words where nobody looks", [(next_step, "CLOSED", "archived")], 1028
    ),
    "words-in-closed-cases": Sabotage(
        "no visitor's words end in a closed case", [(cases, "without_seen_words", words_are_forgotten)], 39
    ),
    "opening-uncorrected": Sabotage(
        "a case that only a bot answers is pending", [(next_step, "_make", openings_are_left)], 21
    ),
    "deskies-act-is-a-persons": Sabotage(
        "a case that only a bot answers is pending", [(CaseReader, "in_sync_channel", never)], 1067
    ),
    "other-daemon-unnoticed": Sabotage(
        "another instance is noticed, and told once", [(OtherInstance, "look", lambda *_: None)], 119
    ),
    "doubled-beside-another": Sabotage(ONCE, [(deliveries, "unclear", _not_sent)], 29),
    "other-record-believed": Sabotage(
        "nothing of another record is used",
        [
            (deskie_wire, "other_case", _fits),
            (deskie_wire, "other_user", _fits),
            (chaport, "other_record", _fits),
        ],
        64,
    ),
    "read-to-the-end": Sabotage("no answer is read without bound", [(content, "LARGEST", 2**40)], 79),
    "two-codings": Sabotage("no answer is read without bound", [(content, "CODING", "gzip, gzip")], 64),
    "decode-any-depth": Sabotage("no defect", [(responses, "is_plain", lambda _: True)], 64),
    "defect": Sabotage("no defect", [(chat_reader, "read", _raise)], 0),
    **AUTHORS,
    **ACCOUNTS,
    **CLUSTER,
}


def one_each() -> list[str]:
    """Return the first fault of each invariant, which shows that it can fail; none of these takes a whole day."""
    first: dict[str, str] = {}
    for name, sabotage in SABOTAGES.items():
        if sabotage.kind != "day":
            first.setdefault(sabotage.invariant, name)
    return [*first.values()]


@contextmanager
def sabotaged(name: str) -> Iterator[None]:
    """Break the daemon in one way while the block runs; with no name, not at all."""
    with ExitStack() as stack:
        for owner, attribute, value in SABOTAGES[name].replacements if name else ():
            stack.callback(_setter(owner, attribute, getattr(owner, attribute)))
            setattr(owner, attribute, value)
        yield


def _setter(owner: Any, attribute: str, value: Any) -> Callable[[], None]:
    return lambda: setattr(owner, attribute, value)
