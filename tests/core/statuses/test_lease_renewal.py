"""When a lease of ours is renewed, and when somebody else is fighting for the operator (S5, S7)."""

from dataclasses import replace

import pytest

from chaport_sync.core.statuses.lease import (
    Kind,
    OperatorState,
    PresenceRules,
    Write,
    attempt,
    renew_at,
    renewal,
    settle,
)

NOW = 1_800_000_000.0
RULES = PresenceRules(lease=600)


@pytest.mark.parametrize(
    ("operator_id", "part"),
    [
        pytest.param("op978", 0.4, id="earliest"),
        pytest.param("op326", 0.5, id="in the middle"),
        pytest.param("op1577", 0.5998, id="latest"),
        pytest.param("op1", 0.4822, id="anywhere between"),
    ],
)
def test_each_operator_has_a_place_of_its_own(operator_id: str, part: float) -> None:
    """S5: between 40 and 60 % of the lease, for each operator always at the same place, restarts included."""
    state = OperatorState(operator_id, written="online", written_at=1000.0, lease_until=11_000.0)
    assert renew_at(state) == pytest.approx(1000 + part * 10_000)


def test_renewals_do_not_come_in_bursts() -> None:
    """S5: of many operators that came online together, no tenth of the time renews much more than its share."""
    states = [OperatorState(f"{number:024x}", written="online", lease_until=1.0) for number in range(1000)]
    places = [renew_at(state) for state in states]
    assert all(0.4 <= place < 0.6 for place in places)
    shares = [sum(1 for place in places if int((place - 0.4) * 50) == tenth) for tenth in range(10)]
    assert max(shares) < 200


#: Renewed in the middle of its lease.
ONLINE = OperatorState("op326", written="online", written_at=NOW - 300, lease_until=NOW + 300)
DUE = Write("online", 600, Kind.RENEWAL)


@pytest.mark.parametrize(
    ("state", "status", "due"),
    [
        pytest.param(ONLINE, "online", DUE, id="due now"),
        pytest.param(
            replace(ONLINE, written_at=NOW - 299, lease_until=NOW + 301), "online", None, id="one second early"
        ),
        pytest.param(
            replace(ONLINE, written="invisible"), "invisible", replace(DUE, status="invisible"), id="invisible too"
        ),
        pytest.param(replace(ONLINE, written="offline"), "offline", None, id="offline is not renewed"),
        pytest.param(ONLINE, "offline", None, id="it is not what we wrote"),
        pytest.param(ONLINE, None, None, id="nobody knows what it is"),
        pytest.param(replace(ONLINE, lease_until=NOW), "online", None, id="the lease has run out"),
        pytest.param(replace(ONLINE, lease_until=NOW + 1), "online", DUE, id="not quite"),
        pytest.param(replace(ONLINE, written_at=NOW, lease_until=NOW + 600), "online", None, id="written just now"),
        pytest.param(
            replace(ONLINE, written_at=NOW + 1, lease_until=NOW + 601), "online", DUE, id="the clock was stepped back"
        ),
    ],
)
def test_renewal(state: OperatorState, status: str | None, due: Write | None) -> None:
    """S5: a lease of ours is renewed in time, with the lease as it is configured now; offline is left alone."""
    assert renewal(state, status, RULES, NOW) == due


def test_a_new_lease_counts_from_the_next_renewal() -> None:
    """S5: what is renewed is written with the lease that is configured now."""
    assert renewal(ONLINE, "online", PresenceRules(lease=60), NOW) == Write("online", 60, Kind.RENEWAL)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        pytest.param(Kind.RENEWAL, ONLINE, id="a renewal"),
        pytest.param(Kind.LEASE, replace(ONLINE, lease_until=NOW - 20), id="a lease for what had none any more"),
    ],
)
def test_a_lease_of_unclear_outcome_stays_due(kind: Kind, state: OperatorState) -> None:
    """S5: where the status is the one of before, it does not tell whether the request was executed: it is due yet."""
    sent = attempt(state, Write("online", 600, kind), NOW - 15)
    assert settle(sent, "online", NOW) == replace(
        state,
        attempted_at=NOW - 15,
        attempted_until=sent.attempted_until,
        stray="online",
        stray_until=NOW + 285,
    )


@pytest.mark.parametrize(
    ("before", "kind", "until"),
    [
        pytest.param("online", Kind.CHANGE, NOW + 585, id="a change back to the status of before"),
        pytest.param("offline", Kind.CHANGE, NOW + 585, id="a change"),
        pytest.param("offline", Kind.LEASE, NOW - 15, id="a lease for what we had not written"),
    ],
)
def test_what_the_status_tells(before: str, kind: Kind, until: float) -> None:
    """S5: a change that Chaport shows was executed, and its lease with it; a first lease is due again."""
    state = attempt(replace(ONLINE, written=before), Write("online", 600, kind), NOW - 15)
    found = settle(state, "online", NOW)
    assert (found.written, found.written_at, found.lease_until, found.attempted) == ("online", NOW - 15, until, "")


@pytest.mark.parametrize(
    ("overrides", "recent"),
    [
        pytest.param((NOW - 599, NOW), (NOW - 599, NOW), id="within ten minutes"),
        pytest.param((NOW - 600, NOW - 599), (NOW - 599,), id="ten minutes ago"),
        pytest.param((NOW, NOW + 1), (NOW,), id="in the future: the clock was stepped back"),
    ],
)
def test_recent_overrides(overrides: tuple[float, ...], recent: tuple[float, ...]) -> None:
    """S7: only the overrides of the last ten minutes count."""
    assert OperatorState("a", overrides=overrides).recent_overrides(NOW) == recent


@pytest.mark.parametrize(("count", "contested"), [(4, False), (5, True), (6, True)])
def test_contested(count: int, contested: bool) -> None:  # noqa: FBT001 - a table
    """S7: five overrides in ten minutes mean that something else is setting the operator."""
    assert OperatorState("a", overrides=tuple(NOW - each for each in range(count))).contested(NOW) is contested
