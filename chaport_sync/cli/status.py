"""`status`: what the daemon knows: its halves, operators in motion, chats, and deliveries that wait or are parked."""

import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chaport_sync.cli.exits import Code
from chaport_sync.cli.remembered import Remembered, iso, moment, remembered, span
from chaport_sync.cli.show import print_json, print_table, say
from chaport_sync.core.delivery import LineState
from chaport_sync.core.lease import OperatorState, grace_ends
from chaport_sync.core.model import OFFLINE, Verdict
from chaport_sync.core.seen import OperatorSeen

#: So many operators in motion are shown, the first ones.
SHOWN = 30


def run_status(config: Path | None, *, as_json: bool) -> int:
    """Print what the state file says; 1 if a half fails or no daemon runs.

    Raises:
        UnreadableFileError, StoreError: As `remembered`.
    """
    now = time.time()
    with remembered(config) as known:
        halves = [_half(name, known, now) for name in known.halves]
        states = known.store.operators()
        operators = [_operator(each, states, known, now) for each in known.store.operators_seen().values()]
        lines = known.store.count_lines()
        chats = known.store.count_chats()
        late = known.store.lateness()
        parked = known.store.parked()
        answers = known.store.count_replies()
        if as_json:
            print_json(
                {
                    "state_file": str(known.path),
                    "running": known.running,
                    "halves": halves,
                    "operators": operators,
                    "chats": chats,
                    "reading": {"late_seconds": round(late.seconds), "visitors_waiting": late.visitors},
                    "lines": {state.value: lines.get(state, 0) for state in LineState},
                    "replies": {state.value: answers.get(state, 0) for state in LineState},
                    "parked": [{"visitor": v, "chat": c, "case": case, "error": error} for v, c, case, error in parked],
                }
            )
        else:
            say(known.heading)
            _print_halves(halves, now)
            _print_operators(operators)
            waiting = lines.get(LineState.NEW, 0) + lines.get(LineState.SENDING, 0)
            say(f"Chats: {chats['remembered']} remembered, {chats['watched']} of them watched closely.")
            if late.visitors:
                say(f"Reading in Chaport is {span(late.seconds)} late: {late.visitors} visitors wait to be read.")
            say(f"Events: {waiting} wait for delivery, {lines.get(LineState.PARKED, 0)} are parked.")
            if "replies" in known.halves or answers:
                waiting = answers.get(LineState.NEW, 0) + answers.get(LineState.SENDING, 0)
                say(f"Answers: {waiting} wait to be sent, {answers.get(LineState.PARKED, 0)} could not be sent.")
            if parked:
                print_table(
                    ("Parked: visitor", "Chat", "Case", "Why"), [[each or "none" for each in row] for row in parked]
                )
                say("`chaport-sync retry` sends them again at once.")
        healthy = known.running and all(half["failing_since"] is None and half["good_at"] for half in halves)
    return Code.DONE if healthy else Code.FAILED


def _half(name: str, known: Remembered, now: float) -> dict[str, Any]:
    last = known.store.beat(name)
    return {
        "half": name,
        "good_at": iso(last.good_at),
        "good_seconds_ago": None if last.good_at is None else round(now - last.good_at),
        "failing_since": iso(last.failing_since),
        "failing_seconds": None if last.failing_since is None else round(now - last.failing_since),
        "error": last.error,
    }


def _print_halves(halves: list[dict[str, Any]], now: float) -> None:
    rows = []
    for half in halves:
        failing, ago = half["failing_seconds"], half["good_seconds_ago"]
        state = "ok" if failing is None and ago is not None else "failed" if failing is not None else "no poll yet"
        good = "never" if ago is None else f"{moment(now - ago, now)}, {span(ago)} ago"
        rows.append((state, half["half"], good, "" if failing is None else f"for {span(failing)}: {half['error']}"))
    print_table(("State", "Half", "Last good poll", "Fails"), rows, empty="Every half is switched off.")


def _operator(
    operator: OperatorSeen, states: Mapping[str, OperatorState], known: Remembered, now: float
) -> dict[str, Any]:
    state = states.get(operator.operator_id) or OperatorState(operator.operator_id)
    grace_until = None
    if state.verdict is Verdict.OFFLINE and operator.status != OFFLINE:
        grace_until = grace_ends(state, known.presence)
    lease = state.lease_until if state.written not in ("", OFFLINE) else None
    return {
        "operator": operator.email or operator.name or operator.operator_id,
        "operator_id": operator.operator_id,
        "chaport_status": operator.status,
        "agents_ask": state.verdict.value if state.verdict else "",
        "rule": operator.reason,
        "grace_ends": iso(grace_until),
        "grace_seconds": None if grace_until is None else max(0, round(grace_until - now)),
        "lease_ends": iso(lease),
        "lease_seconds": None if lease is None else round(lease - now),
    }


def _print_operators(operators: list[dict[str, Any]]) -> None:
    counted = Counter(each["chaport_status"] or "unknown" for each in operators)
    told = ", ".join(f"{count} {status}" for status, count in counted.most_common())
    say(f"Operators: {len(operators)} paired{f': {told}' if told else ''}.")
    moving = [each for each in operators if not each["rule"].startswith("S6")]
    rows = [
        (
            each["operator"],
            each["chaport_status"] or "unknown",
            each["agents_ask"],
            each["rule"] + (f", {span(each['grace_seconds'])} left" if each["grace_seconds"] is not None else ""),
        )
        for each in moving
    ]
    if rows:
        print_table(("Operator", "In Chaport", "Agents ask", "Why it is not plainly so"), rows[:SHOWN])
    if len(rows) > SHOWN:
        say(f"{len(rows) - SHOWN} more are in motion; --json gives all of them.")
