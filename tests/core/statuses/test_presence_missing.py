"""A poll in which somebody is missing for the first time: nothing but renewals, and who is seen is seen (S3, S4)."""

from dataclasses import replace

import pytest

from chaport_sync.core.model import Verdict
from chaport_sync.core.statuses.lease import Kind, Write
from chaport_sync.core.statuses.presence import Notice, wait_for_next_poll
from tests.core.statuses.operators import MISSING, NOW, OFFLINE, ONLINE, RULES, decision, operator

WAITING = replace(ONLINE, verdict=Verdict.OFFLINE, unavailable_since=NOW - 600)


@pytest.mark.parametrize("verdict", [None, Verdict.OFFLINE])
def test_nobody_else_is_available(verdict: Verdict | None) -> None:
    """S3, S4: the wait runs on, and is not over by this poll however long it has lasted."""
    found = wait_for_next_poll(operator("online"), verdict, WAITING, RULES, NOW)
    assert found == decision(operator("online"), WAITING, Verdict.OFFLINE, MISSING)


@pytest.mark.parametrize("verdict", [Verdict.INVISIBLE, Verdict.KEEP])
def test_somebody_else_is_available(verdict: Verdict) -> None:
    """S4: that ends the wait; what the operator is to be is left to the next poll."""
    found = wait_for_next_poll(operator("online"), verdict, WAITING, RULES, NOW)
    state = replace(WAITING, unavailable_since=None)
    assert found == decision(operator("online"), state, Verdict.OFFLINE, MISSING, notices=(Notice.GRACE_CANCELLED,))


def test_nothing_to_end() -> None:
    """S4: nobody waited, so there is nothing to tell."""
    found = wait_for_next_poll(operator("online"), Verdict.KEEP, ONLINE, RULES, NOW)
    assert found == decision(operator("online"), ONLINE, Verdict.ONLINE, MISSING)


def test_a_lease_is_renewed() -> None:
    """S5: what we hold does not run out because somebody is missing."""
    state = replace(WAITING, lease_until=NOW + 60)
    for verdict in (None, Verdict.KEEP):
        found = wait_for_next_poll(operator("online"), verdict, state, RULES, NOW)
        assert found.write == Write("online", 600, Kind.RENEWAL)


@pytest.mark.parametrize("status", ["offline", None], ids=["offline", "written, and Chaport does not tell"])
def test_offline_is_not_renewed(status: str | None) -> None:
    """S8: who was set offline stays so, and who is seen available ends that wait too."""
    found = wait_for_next_poll(operator(status), Verdict.KEEP, OFFLINE, RULES, NOW)
    assert (found.write, found.state.unavailable_since, found.notices) == (None, None, ())
