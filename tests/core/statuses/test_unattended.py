"""What becomes of the operators while no daemon runs (S5)."""

from dataclasses import replace

import pytest

from chaport_sync.core.model import Verdict
from chaport_sync.core.statuses.lease import OperatorState, PresenceRules
from chaport_sync.core.statuses.unattended import Leases, end_of, online_leases, outcome
from tests.core.statuses.operators import clock

HELD = OperatorState("op", Verdict.ONLINE, written="online", written_at=1000.0, lease_until=1600.0)
RULES = PresenceRules(lease=600)
ONE_LEFT = "1 operator stays online until its lease ends at <8>: then the chat is off the website."


@pytest.mark.parametrize(
    ("state", "leases"),
    [
        pytest.param(HELD, Leases(left=(1600.0,)), id="left"),
        pytest.param(replace(HELD, lease_until=1500.0), Leases(over=(1500.0,)), id="over at this moment"),
        pytest.param(replace(HELD, written="invisible"), Leases(), id="invisible does not hold the chat online"),
        pytest.param(replace(HELD, written=""), Leases(), id="nothing was written"),
        pytest.param(replace(HELD, yielded_to=Verdict.ONLINE), Leases(), id="somebody set it"),
        pytest.param(
            replace(HELD, written="offline", attempted="online", attempted_at=1400.0, attempted_until=2000.0),
            Leases(left=(2000.0,)),
            id="sent and not confirmed",
        ),
        pytest.param(
            replace(HELD, attempted="online", attempted_at=1400.0, attempted_until=1600.0),
            Leases(left=(2000.0,)),
            id="a renewal that is not confirmed",
        ),
        pytest.param(
            replace(HELD, attempted="offline", attempted_at=1400.0, attempted_until=87800.0),
            Leases(left=(1600.0,)),
            id="offline was sent and is not confirmed",
        ),
    ],
)
def test_leases(state: OperatorState, leases: Leases) -> None:
    """S5: only what is held online by us keeps the chat on the website, at the latest until the lease ends."""
    assert online_leases([state], RULES, 1500.0) == leases


@pytest.mark.parametrize("status", ["invisible", "offline"])
def test_what_was_not_set_has_no_end(status: str) -> None:
    """S5: no lease of ours ends a status that the daemon did not set."""
    assert end_of(HELD, status, RULES) == 0


def test_several_leases() -> None:
    """S5: in the order in which they end."""
    states = [replace(HELD, lease_until=end) for end in (1700.0, 1400.0, 1600.0, 1300.0)]
    assert online_leases(states, RULES, 1500.0) == Leases((1300.0, 1400.0), (1600.0, 1700.0))


@pytest.mark.parametrize(
    ("leases", "words"),
    [
        (Leases(), "It held no operator online."),
        (Leases((5.0,)), "1 operator went offline when its lease ended, at <5>: the chat is off the website."),
        (
            Leases((5.0, 6.0)),
            "2 operators went offline when their leases ended, the last at <6>: the chat is off the website.",
        ),
        (
            Leases(left=(8.0,)),
            ONE_LEFT,
        ),
        (
            Leases(left=(7.0, 8.0)),
            "2 operators stay online until the last lease ends at <8>: then the chat is off the website.",
        ),
        (
            Leases((5.0,), (8.0,)),
            "1 operator went offline when its lease ended, at <5>; " + ONE_LEFT,
        ),
    ],
)
def test_in_words(leases: Leases, words: str) -> None:
    """S5: what happened, what will happen, and what that means for the website."""
    assert outcome(leases, clock) == words
