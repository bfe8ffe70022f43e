"""What is known of an operator while a service cannot be read (S5, S8)."""

from dataclasses import replace

import pytest

from chaport_sync.core.model import Verdict
from chaport_sync.core.statuses.history import OperatorSeen
from chaport_sync.core.statuses.lease import OperatorState, PresenceRules
from chaport_sync.core.statuses.unattended import Unread, as_known

HELD = OperatorState("op", Verdict.ONLINE, written="online", written_at=1000.0, lease_until=1600.0)
SEEN = OperatorSeen("op", status="online", since=500.0, reason="as asked")
READ = Unread(chaport_read=1200.0)


@pytest.mark.parametrize(
    ("status", "state", "unread", "now", "known"),
    [
        pytest.param("online", HELD, READ, 1599.0, ("online", 500.0), id="left"),
        pytest.param("online", HELD, READ, 1600.0, ("offline", 1600.0), id="over at this moment"),
        pytest.param("online", HELD, Unread(), 1700.0, ("online", 500.0), id="Chaport is read"),
        pytest.param("online", HELD, Unread(1650.0), 1700.0, ("online", 500.0), id="seen online after its lease"),
        pytest.param(
            "online", HELD, Unread(held_until=1500.0), 1700.0, ("online", 500.0), id="only the agents cannot be read"
        ),
        pytest.param("offline", HELD, READ, 1700.0, ("offline", 500.0), id="somebody set it offline"),
        pytest.param("online", replace(HELD, written="offline"), READ, 1700.0, ("online", 500.0), id="set by hand"),
        pytest.param(
            "online",
            replace(HELD, yielded_to=Verdict.ONLINE),
            READ,
            1700.0,
            ("online", 500.0),
            id="left as set by hand",
        ),
        pytest.param(
            "invisible", replace(HELD, written="invisible"), READ, 1700.0, ("offline", 1600.0), id="invisible ends too"
        ),
        pytest.param(
            "online",
            replace(HELD, attempted="online", attempted_at=1190.0, attempted_until=1600.0),
            READ,
            1700.0,
            ("online", 500.0),
            id="a renewal that is not confirmed",
        ),
    ],
)
def test_as_known(status: str, state: OperatorState, unread: Unread, now: float, known: tuple[str, float]) -> None:
    """S5: only a lease of ours that is over, and has not been seen to go on, makes it offline."""
    found = as_known(replace(SEEN, status=status), state, unread, PresenceRules(lease=600), now)
    assert (found.status, found.since) == known
