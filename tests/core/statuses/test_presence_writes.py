"""What is written to an operator after a good poll: differences and leases, and nothing else (S2, S5, S6, S8)."""

from dataclasses import replace

import pytest

from chaport_sync.core.model import Verdict
from chaport_sync.core.statuses.lease import Kind, OperatorState, Write
from chaport_sync.core.statuses.mapping import Asked
from chaport_sync.core.statuses.presence import Notice, decide, hold
from tests.core.statuses.operators import (
    AS_ASKED,
    ASKED_INVISIBLE,
    ASKED_ONLINE,
    GRACE_OVER,
    HELD,
    LEFT_ALONE,
    NOT_HELD,
    NOW,
    OFFLINE,
    ONLINE,
    RULES,
    decided,
    decision,
    operator,
)

KEEP = replace(ONLINE, verdict=Verdict.KEEP)
INVISIBLE = replace(ONLINE, verdict=Verdict.INVISIBLE, written="invisible")
RENEWAL = Write("online", 600, Kind.RENEWAL)
LEASE = Write("online", 600, Kind.LEASE)


def due(state: OperatorState) -> OperatorState:
    """Return the state half a lease after the write, when it is to be renewed."""
    return replace(state, written_at=NOW - 300, lease_until=NOW + 300)


@pytest.mark.parametrize(
    ("status", "verdict", "state", "why", "write"),
    [
        pytest.param("online", "online", ONLINE, AS_ASKED, None, id="nothing to do"),
        pytest.param("offline", "offline", OFFLINE, AS_ASKED, None, id="offline, nothing to do"),
        pytest.param("offline", "offline", replace(OFFLINE, lease_until=NOW), AS_ASKED, None, id="no offline lease"),
        pytest.param("online", "online", due(ONLINE), AS_ASKED, RENEWAL, id="due"),
        pytest.param("online", "online", replace(ONLINE, lease_until=NOW), AS_ASKED, LEASE, id="without a lease"),
        pytest.param("online", "online", replace(ONLINE, written="invisible"), AS_ASKED, LEASE, id="not our lease"),
        pytest.param(
            "invisible",
            "invisible",
            due(INVISIBLE),
            AS_ASKED,
            replace(RENEWAL, status="invisible"),
            id="invisible, due",
        ),
        pytest.param("away", "keep", KEEP, LEFT_ALONE, None, id="kept, whatever it is"),
        pytest.param("online", "keep", due(KEEP), LEFT_ALONE, RENEWAL, id="kept, a lease of ours"),
        pytest.param("online", "keep", replace(KEEP, lease_until=NOW), LEFT_ALONE, None, id="kept, not ours"),
    ],
)
def test_what_needs_no_change(
    status: str, verdict: str, state: OperatorState, why: tuple[str, str], write: Write | None
) -> None:
    """S5, S6: what is as it should be costs a write only for its lease; `keep` renews a lease of ours, begins none."""
    assert decided(status, verdict, state) == decision(operator(status), state, Verdict(verdict), why, write)


@pytest.mark.parametrize(
    ("status", "verdict", "why", "write"),
    [
        pytest.param("offline", "online", ASKED_ONLINE, Write("online", 600, Kind.CHANGE), id="online"),
        pytest.param("online", "invisible", ASKED_INVISIBLE, Write("invisible", 600, Kind.CHANGE), id="invisible"),
        pytest.param("online", "offline", GRACE_OVER, Write("offline", 86400, Kind.CHANGE), id="offline for a day"),
        pytest.param(None, "online", ASKED_ONLINE, Write("online", 600, Kind.CHANGE), id="nobody knows"),
        pytest.param("lunch", "online", ASKED_ONLINE, Write("online", 600, Kind.CHANGE), id="any word"),
    ],
)
def test_a_difference_is_written(status: str, verdict: str, why: tuple[str, str], write: Write) -> None:
    """S2, S6: what should be is compared with what Chaport says, and a difference is written with its reason."""
    since = NOW - 180 if verdict == "offline" else None
    state = OperatorState("op326", Verdict(verdict), since)
    assert decided(status, verdict, state) == decision(operator(status), state, Verdict(verdict), why, write)


def test_a_status_that_nobody_tells() -> None:
    """S6: where Chaport gives no status, what we wrote and still hold is what is compared."""
    assert decided(None, "online", ONLINE).reason == AS_ASKED
    assert decided(None, "online", replace(ONLINE, lease_until=NOW)).write == Write("online", 600, Kind.CHANGE)


def test_an_answer_that_never_came() -> None:
    """S5, S7: Chaport shows what was attempted: it is ours now, and nobody's change by hand."""
    unanswered = OperatorState(
        "op326",
        Verdict.ONLINE,
        written="offline",
        written_at=NOW - 900,
        lease_until=NOW + 85500,
        attempted="online",
        attempted_at=NOW - 15,
        attempted_until=NOW + 585,
    )
    taken_over = replace(
        unanswered,
        written="online",
        written_at=NOW - 15,
        lease_until=NOW + 585,
        attempted="",
        stray="online",
        stray_until=NOW + 285,
    )
    assert decided("online", "online", unanswered) == decision(operator("online"), taken_over, Verdict.ONLINE, AS_ASKED)


@pytest.mark.parametrize(
    ("status", "state", "write"),
    [
        pytest.param("online", ONLINE, None, id="not due"),
        pytest.param("online", due(ONLINE), RENEWAL, id="due"),
        pytest.param(None, due(ONLINE), RENEWAL, id="due, and Chaport tells no status"),
        pytest.param("offline", due(ONLINE), None, id="changed in Chaport: not written again"),
        pytest.param("online", replace(due(ONLINE), verdict=Verdict.OFFLINE), RENEWAL, id="in its grace"),
        pytest.param("offline", OFFLINE, None, id="offline"),
        pytest.param("online", replace(ONLINE, lease_until=NOW), None, id="no lease to renew"),
    ],
)
def test_held(status: str | None, state: OperatorState, write: Write | None) -> None:
    """S8: while the agents cannot be read only what we hold online or invisible is renewed, and nothing decided."""
    assert hold(operator(status), state, RULES, NOW) == decision(operator(status), state, state.verdict, HELD, write)


def test_held_after_an_answer_that_never_came() -> None:
    """S8: what was attempted and is shown is held as well."""
    attempted = replace(
        OFFLINE, attempted="online", attempted_at=NOW - 300, attempted_until=NOW + 300, verdict=Verdict.ONLINE
    )
    held = hold(operator("online"), attempted, RULES, NOW)
    assert (held.state.written, held.state.attempted, held.write) == ("online", "", RENEWAL)


@pytest.mark.parametrize("ago", [15, 300], ids=["just now", "five minutes ago"])
@pytest.mark.parametrize("status", ["online", None], ids=["still online", "nobody tells"])
def test_what_was_to_be_offline_is_not_held(status: str | None, ago: float) -> None:
    """S8: where offline was decided last, and its write had no answer yet, the lease of before is left to run out."""
    state = replace(due(ONLINE), verdict=Verdict.OFFLINE, attempted="offline", attempted_at=NOW - ago)
    assert hold(operator(status), state, RULES, NOW) == decision(operator(status), state, Verdict.OFFLINE, NOT_HELD)


@pytest.mark.parametrize(
    ("ago", "remembered"),
    [pytest.param(299, "online", id="one second early"), pytest.param(300, "", id="after five minutes")],
)
def test_an_answer_that_never_came_and_no_effect(ago: float, remembered: str) -> None:
    """S7: an attempt that Chaport does not show is remembered for five minutes, agents or no agents."""
    state = replace(OFFLINE, attempted="online", attempted_at=NOW - ago, attempted_until=NOW)
    assert decided("offline", "offline", state).state == replace(state, attempted=remembered)
    assert hold(operator("offline"), state, RULES, NOW).state == replace(state, attempted=remembered)


@pytest.mark.parametrize(
    ("last", "real", "before", "after", "said"),
    [
        pytest.param("online", "offline", 0, 1, False, id="first"),
        pytest.param("online", "offline", 1, 2, False, id="second"),
        pytest.param("online", "offline", 2, 3, True, id="third"),
        pytest.param("online", "offline", 3, 4, False, id="said already"),
        pytest.param("online", "offline", 4, 4, False, id="for ever"),
        pytest.param("online", "online", 2, 0, False, id="it took effect"),
        pytest.param("online", None, 2, 0, False, id="only one word is given"),
        pytest.param(None, "offline", 2, 0, False, id="only the other"),
        pytest.param("invisible", "offline", 2, 0, False, id="not what we wrote"),
    ],
)
def test_without_effect(last: str | None, real: str | None, before: int, after: int, said: bool) -> None:  # noqa: FBT001
    """S6: where both words are given and still differ three cycles after a write, that is said once."""
    seat = replace(operator(last), real_status=real)
    state = replace(ONLINE, mismatches=before, verdict=Verdict.KEEP)
    found = decide(seat, Asked(Verdict.KEEP), state, RULES, NOW, confirmed=True)
    assert found.state.mismatches == after
    assert found.notices == ((Notice.INEFFECTIVE,) if said else ())


def test_nothing_written_cannot_be_without_effect() -> None:
    """S6: only a write of ours can fail to take effect."""
    seat = replace(operator("online"), real_status="offline")
    before = OperatorState("op326", Verdict.KEEP, mismatches=2)
    assert decide(seat, Asked(Verdict.KEEP), before, RULES, NOW, confirmed=True).state == replace(before, mismatches=0)
