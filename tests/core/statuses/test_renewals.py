"""How long a lease has to be, so that all who are held can be renewed in time (S5)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaport_sync.core.model import Verdict
from chaport_sync.core.statuses.lease import (
    FASTEST,
    OFFLINE_LIFETIME,
    RENEWALS,
    LeaseInForce,
    OperatorState,
    PresenceRules,
    held,
    lease_in_force,
)

NOW = 1_800_000_000.0
HELD = OperatorState("a", written="online", written_at=NOW - 60, lease_until=NOW + 1)


@pytest.mark.parametrize(
    ("count", "pace", "lease"),
    [
        pytest.param(0, 2, LeaseInForce(600, 600), id="nobody"),
        pytest.param(300, 2, LeaseInForce(600, 600), id="as many as the configured one can hold"),
        pytest.param(
            301,
            2,
            LeaseInForce(602, 600, "301 operators cannot be renewed faster at 2 requests a second"),
            id="one more",
        ),
        pytest.param(
            1000,
            2,
            LeaseInForce(2000, 600, "1,000 operators cannot be renewed faster at 2 requests a second"),
            id="many",
        ),
        pytest.param(
            1000,
            1.5,
            LeaseInForce(2667, 600, "1,000 operators cannot be renewed faster at 1.5 requests a second"),
            id="in whole seconds, rather too many",
        ),
        pytest.param(600, 50, LeaseInForce(600, 600), id="at a higher pace"),
        pytest.param(
            1000,
            50,
            LeaseInForce(1000, 600, "1,000 operators cannot be renewed faster one after the other"),
            id="at a pace that one write after the other does not reach",
        ),
        pytest.param(
            100_000,
            1,
            LeaseInForce(86400, 600, "100,000 operators cannot be renewed faster at 1 request a second"),
            id="never more than a day",
        ),
    ],
)
def test_lease_in_force(count: int, pace: float, lease: LeaseInForce) -> None:
    """S5: the configured lease, or as much as is needed, and why."""
    assert lease_in_force(count, PresenceRules(lease=600, pace=pace)) == lease


def test_a_long_lease_stays_as_configured() -> None:
    """S5: a week is a week, however many there are."""
    assert lease_in_force(100_000, PresenceRules(lease=604_800)) == LeaseInForce(604_800, 604_800)


@given(st.integers(0, 20_000), st.floats(10, 86400), st.floats(1, 100))
def test_renewals_leave_room(count: int, configured: float, pace: float) -> None:
    """S5: renewals in the middle of each lease take half of the pace at most; a lease is not shortened."""
    lease = lease_in_force(count, PresenceRules(lease=configured, pace=pace))
    assert lease.seconds >= lease.configured == configured
    assert bool(lease.reason) is (lease.seconds > configured)
    assert count / (0.5 * lease.seconds) <= RENEWALS * min(pace, FASTEST) + 1e-9 or lease.seconds == OFFLINE_LIFETIME


@pytest.mark.parametrize(
    ("lease", "words"),
    [
        (LeaseInForce(600, 600), "600 s"),
        (LeaseInForce(86400, 3600.5, "of many"), "86,400 s instead of 3,600.5 s, because of many"),
    ],
)
def test_in_words(lease: LeaseInForce, words: str) -> None:
    """S5: people read how long it is, and why if they configured something else."""
    assert lease.in_words == words


@pytest.mark.parametrize(
    ("verdicts", "states", "count"),
    [
        pytest.param({}, {}, 0, id="nobody"),
        pytest.param({"a": Verdict.ONLINE, "b": Verdict.INVISIBLE, "c": Verdict.KEEP}, {}, 3, id="asked for"),
        pytest.param({"a": Verdict.OFFLINE, "b": None}, {}, 0, id="not asked for"),
        pytest.param({"a": Verdict.OFFLINE}, {"a": HELD}, 1, id="held yet, in its grace or until it is written"),
        pytest.param({}, {"a": replace(HELD, written="invisible")}, 1, id="held, but no longer paired"),
        pytest.param({"a": Verdict.ONLINE}, {"a": HELD}, 1, id="both, which is one"),
        pytest.param({}, {"a": replace(HELD, lease_until=NOW)}, 0, id="run out"),
        pytest.param({}, {"a": replace(HELD, written="offline")}, 0, id="offline is not renewed"),
        pytest.param({}, {"a": OperatorState("a")}, 0, id="never written"),
    ],
)
def test_who_is_counted(verdicts: dict[str, Verdict | None], states: dict[str, OperatorState], count: int) -> None:
    """S5: who is to be held, and who is held yet."""
    assert held(verdicts, states, NOW) == count
