"""What is known of an operator while a service cannot be read (S5, S8)."""

from dataclasses import replace

import pytest

from chaport_sync.core.model import Verdict
from chaport_sync.core.statuses.history import OperatorSeen
from chaport_sync.core.statuses.lease import OperatorState, PresenceRules
from chaport_sync.core.statuses.unattended import Unread, as_known, next_unread, trouble
from tests.core.statuses.operators import HELD as KEPT
from tests.core.statuses.operators import clock

HELD = OperatorState("op", Verdict.ONLINE, written="online", written_at=1000.0, lease_until=1600.0)
SEEN = OperatorSeen("op", status="online", since=500.0, reason="as asked")
READ = Unread(chaport_read=1200.0)
RULES = PresenceRules(lease=600, hold=1800)


@pytest.mark.parametrize(
    ("status", "state", "unread", "now", "known"),
    [
        pytest.param("online", HELD, READ, 1599.0, ("online", 500.0), id="left"),
        pytest.param("online", HELD, READ, 1600.0, ("offline", 1600.0), id="over at this moment"),
        pytest.param("online", HELD, Unread(), 1700.0, ("online", 500.0), id="Chaport is read"),
        pytest.param("online", HELD, Unread(1600.0), 1700.0, ("online", 500.0), id="seen online when its lease ended"),
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
    found = as_known(replace(SEEN, status=status), state, unread, RULES, now)
    assert (found.status, found.since) == known


@pytest.mark.parametrize(
    ("verdict", "now", "why"),
    [
        pytest.param(Verdict.ONLINE, 1499.0, KEPT[1], id="held"),
        pytest.param(Verdict.INVISIBLE, 1499.0, KEPT[1], id="held invisible"),
        pytest.param(
            Verdict.ONLINE, 1500.0, "the agents cannot be read, and it is not held any longer", id="not any longer"
        ),
        pytest.param(Verdict.OFFLINE, 1499.0, "as asked", id="offline is not held"),
        pytest.param(Verdict.KEEP, 1499.0, "as asked", id="nor is what is left as it is"),
        pytest.param(None, 1499.0, "as asked", id="nor what was never decided"),
    ],
)
def test_why_it_is_so_while_the_agents_cannot_be_read(verdict: Verdict | None, now: float, why: str) -> None:
    """S8: online and invisible are kept until the hold ends; for the rest nothing is different."""
    found = as_known(SEEN, replace(HELD, verdict=verdict), Unread(held_until=1500.0), RULES, now)
    assert (found.status, found.reason) == ("online", why)


ENDED = "1 operator went offline when its lease ended, at <1600>: the chat is off the website."
LEFT = "1 operator stays online until its lease ends at <1600>: then the chat is off the website."
ENDED_BEFORE = "It held no operator online."


@pytest.mark.parametrize(
    ("unread", "now", "words"),
    [
        pytest.param(Unread(), 1700.0, "", id="both are read"),
        pytest.param(READ, 1599.0, f"CHAPORT HAS NOT BEEN READ SINCE <1200>. {LEFT}", id="Chaport, a lease is left"),
        pytest.param(READ, 1600.0, f"CHAPORT HAS NOT BEEN READ SINCE <1200>. {ENDED}", id="Chaport, it is over"),
        pytest.param(
            Unread(1600.0), 1700.0, f"CHAPORT HAS NOT BEEN READ SINCE <1600>. {ENDED_BEFORE}", id="Chaport, it was over"
        ),
        pytest.param(
            Unread(held_until=1500.0),
            1499.0,
            "DESKIE CANNOT BE READ: statuses are held until <1500>, then each runs out with its lease.",
            id="Deskie, statuses are held",
        ),
        pytest.param(
            Unread(held_until=1500.0),
            1500.0,
            f"DESKIE CANNOT BE READ: statuses were held until <1500>. {LEFT}",
            id="Deskie, a lease is left",
        ),
        pytest.param(
            Unread(held_until=3399.0),
            3500.0,
            f"DESKIE CANNOT BE READ: statuses were held until <3399>. {ENDED}",
            id="Deskie, the lease is over",
        ),
        pytest.param(
            Unread(held_until=3400.0),
            3500.0,
            f"DESKIE CANNOT BE READ: statuses were held until <3400>. {ENDED_BEFORE}",
            id="Deskie, the lease was over when the hold began",
        ),
    ],
)
def test_what_cannot_be_read(unread: Unread, now: float, words: str) -> None:
    """S5, S8: what cannot be read, since when, and what that means for the website; no answer to a renewal is none."""
    renewed = replace(HELD, lease_until=1500.0, attempted="online", attempted_at=1000.0)
    assert trouble({"op": renewed}, unread, RULES, clock, now) == words


AGAIN = "; it is tried again by itself"


@pytest.mark.parametrize(
    ("status", "state", "unread", "now", "words"),
    [
        pytest.param("online", HELD, Unread(), 1300.0, "", id="both are read"),
        pytest.param(
            "online",
            HELD,
            READ,
            1599.0,
            f"Chaport ends online at <1600> unless it can be read before{AGAIN}",
            id="left",
        ),
        pytest.param(
            "invisible",
            replace(HELD, verdict=Verdict.INVISIBLE, written="invisible"),
            READ,
            1599.0,
            f"Chaport ends invisible at <1600> unless it can be read before{AGAIN}",
            id="invisible is left",
        ),
        pytest.param(
            "online",
            replace(HELD, attempted="online", attempted_at=1100.0),
            READ,
            1699.0,
            f"Chaport ends online at <1700> unless it can be read before{AGAIN}",
            id="a renewal that is not confirmed is left",
        ),
        pytest.param(
            "online", HELD, READ, 1600.0, f"it becomes online again as soon as Chaport can be read{AGAIN}", id="over"
        ),
        pytest.param(
            "online",
            replace(HELD, verdict=Verdict.INVISIBLE),
            READ,
            1600.0,
            f"it becomes invisible again as soon as Chaport can be read{AGAIN}",
            id="over, and its agents ask for something else",
        ),
        pytest.param(
            "online",
            replace(HELD, verdict=Verdict.OFFLINE),
            READ,
            1600.0,
            f"nothing is set until Chaport can be read{AGAIN}",
            id="over, and its agents ask for offline",
        ),
        pytest.param(
            "online",
            HELD,
            Unread(1600.0),
            1700.0,
            f"nothing is set until Chaport can be read{AGAIN}",
            id="seen online when its lease ended",
        ),
        pytest.param(
            "offline",
            replace(HELD, written="offline", lease_until=87400.0),
            READ,
            1300.0,
            f"nothing is set until Chaport can be read{AGAIN}",
            id="offline has no end",
        ),
        pytest.param(
            "online",
            HELD,
            Unread(held_until=1400.0),
            1399.0,
            "it is kept online until <1400>, then it runs out with its lease, unless Deskie can be read before",
            id="held",
        ),
        pytest.param(
            "online",
            HELD,
            Unread(held_until=1400.0),
            1400.0,
            f"it is not held any longer, and Chaport ends online at <1600>{AGAIN}",
            id="not held any longer",
        ),
        pytest.param(
            "online",
            HELD,
            Unread(held_until=1700.0),
            1600.0,
            f"nothing is changed until Deskie can be read{AGAIN}",
            id="over while Deskie cannot be read",
        ),
        pytest.param(
            "offline",
            replace(HELD, written="offline", lease_until=87400.0),
            Unread(held_until=1700.0),
            1600.0,
            f"nothing is changed until Deskie can be read{AGAIN}",
            id="offline is not held",
        ),
    ],
)
def test_what_comes_next(status: str, state: OperatorState, unread: Unread, now: float, words: str) -> None:
    """S5, S8: what Chaport or the daemon will do by itself, and whether anybody has to do something."""
    assert next_unread(replace(SEEN, status=status), state, unread, RULES, clock, now) == words
