"""How each flow and each operator is now, as JSON: for `status` and for the page."""

from typing import Any

from chaport_sync.core.model import OFFLINE, Verdict
from chaport_sync.core.statuses.history import OperatorSeen
from chaport_sync.core.statuses.lease import OperatorState, PresenceRules, grace_ends
from chaport_sync.remembered import Remembered
from chaport_sync.times import iso


def flows_of(known: Remembered) -> list[dict[str, Any]]:
    """Return how each flow gets on, as JSON."""
    return [_flow(name, known) for name in known.rules.flows]


def operators_of(known: Remembered) -> list[dict[str, Any]]:
    """Return how each paired operator is, as JSON."""
    rules = known.presence
    return [_operator(seen, state, rules, known.now) for seen, state in known.operators(known.unread).values()]


def _flow(name: str, known: Remembered) -> dict[str, Any]:
    last, now = known.beat(name), known.now
    return {
        "flow": name,
        "state": _state(name, known),
        "good_at": iso(last.good_at),
        "good_seconds_ago": None if last.good_at is None else round(now - last.good_at),
        "failing_since": iso(last.failing_since),
        "failing_seconds": None if last.failing_since is None else round(now - last.failing_since),
        "error": last.error,
    }


def _state(name: str, known: Remembered) -> str:
    last = known.beat(name)
    if not known.at_work:
        return "stale"
    if last.failing_since is not None:
        return "failed"
    if last.good_at is None:
        return "no poll yet"
    return "stale" if known.is_stale(name) else "ok"


def _operator(operator: OperatorSeen, state: OperatorState, rules: PresenceRules, now: float) -> dict[str, Any]:
    grace_until = None
    if state.verdict is Verdict.OFFLINE and operator.status != OFFLINE:
        grace_until = grace_ends(state, rules)
    lease = state.lease_until if state.written not in ("", OFFLINE) else None
    return {
        "operator": operator.person._asdict(),
        "chaport_status": operator.status,
        "agents_ask": state.verdict.value if state.verdict else "",
        "rule": operator.rule,
        "reason": operator.reason,
        "grace_ends": iso(grace_until),
        "grace_seconds": None if grace_until is None else max(0, round(grace_until - now)),
        "lease_ends": iso(lease),
        "lease_seconds": None if lease is None else max(0, round(lease - now)),
    }
