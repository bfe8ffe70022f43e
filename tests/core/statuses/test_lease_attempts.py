"""What is recorded before a status is written and after (P1), and what late executions may do (S5, S7)."""

from dataclasses import replace

import pytest

from chaport_sync.core.statuses.lease import Kind, OperatorState, Write, attempt, written

NOW = 1_800_000_000.0
#: Online since a minute, for ten.
OURS = OperatorState("op326", written="online", written_at=NOW - 60, lease_until=NOW + 540)
#: Offline was asked for, and no answer came.
ATTEMPTED = replace(OURS, attempted="offline", attempted_at=NOW - 299, attempted_until=NOW + 86101)


@pytest.mark.parametrize(
    ("kind", "until"),
    [
        pytest.param(Kind.CHANGE, NOW + 600, id="a change shows in the status"),
        pytest.param(Kind.LEASE, NOW, id="a lease for what is so already does not"),
        pytest.param(Kind.RENEWAL, NOW + 540, id="nor does a renewal: the lease lasts as it did"),
    ],
)
def test_attempt(kind: Kind, until: float) -> None:
    """P1, S5: what is sent is recorded before; without an answer no lease is believed that nothing shows."""
    assert attempt(OURS, Write("online", 600, kind), NOW) == replace(
        OURS, attempted="online", attempted_at=NOW, attempted_until=until
    )


@pytest.mark.parametrize(
    ("status", "stray", "stray_until"),
    [
        pytest.param("online", "offline", NOW + 1, id="another one: both may be executed"),
        pytest.param("offline", "offline", NOW + 1, id="the same one again"),
    ],
)
def test_attempt_after_an_unanswered_one(status: str, stray: str, stray_until: float) -> None:
    """S7: the earlier request may take effect late, for five minutes from when it was sent."""
    assert attempt(ATTEMPTED, Write(status, 600, Kind.CHANGE), NOW) == replace(
        OURS,
        attempted=status,
        attempted_at=NOW,
        attempted_until=NOW + 600,
        stray=stray,
        stray_until=stray_until,
    )


@pytest.mark.parametrize(
    ("stray_until", "expected"),
    [
        pytest.param(NOW + 1, ("online", NOW + 1), id="still possible: it could pass for a person's change"),
        pytest.param(NOW, ("offline", NOW + 1), id="no longer"),
    ],
)
def test_the_same_attempted_again_after_another(stray_until: float, expected: tuple[str, float]) -> None:
    """S7: of two older requests without an answer the one for another status is remembered while it matters."""
    state = replace(ATTEMPTED, stray="online", stray_until=stray_until)
    found = attempt(state, Write("offline", 600, Kind.CHANGE), NOW)
    assert (found.stray, found.stray_until) == expected


SENT = OperatorState(
    "op326",
    written="offline",
    attempted="online",
    attempted_at=NOW - 19,
    attempted_until=NOW + 581,
    overrides=(NOW - 619, NOW - 618, NOW - 19),
    mismatches=2,
)
DONE = OperatorState(
    "op326",
    written="online",
    written_at=NOW - 19,
    lease_until=NOW + 581,
    attempted_at=NOW - 19,
    attempted_until=NOW + 581,
    overrides=(NOW - 618, NOW - 19),
)


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        pytest.param(Write("online", 600, Kind.CHANGE), DONE, id="a change"),
        pytest.param(Write("online", 600, Kind.LEASE), replace(DONE, mismatches=2), id="a lease"),
        pytest.param(Write("online", 600, Kind.RENEWAL), replace(DONE, mismatches=2), id="a renewal"),
        pytest.param(
            Write("online", 600, Kind.CHANGE, override=True),
            replace(DONE, overrides=(NOW - 618, NOW - 19, NOW - 19)),
            id="an override",
        ),
    ],
)
def test_written(write: Write, expected: OperatorState) -> None:
    """S5, S7: the lease begins when the write was sent; overrides of ten minutes count, and only a change is a try."""
    assert written(SENT, write, NOW) == expected


@pytest.mark.parametrize(
    ("stray", "asked", "lifetime", "until"),
    [
        pytest.param("online", NOW - 49, 600, NOW + 551, id="executed only now it would end the lease"),
        pytest.param("online", NOW - 300, 600, NOW + 581, id="too long ago to be executed now"),
        pytest.param("offline", NOW - 49, 600, NOW + 581, id="another status shows"),
        pytest.param("online", NOW - 50, 50, NOW + 31, id="over by itself"),
        pytest.param("online", NOW - 5, 600, NOW + 581, id="asked later"),
    ],
)
def test_written_after_an_unanswered_one(stray: str, asked: float, lifetime: float, until: float) -> None:
    """S5, S7: a lease that an older request may yet end is ours no longer than that, and then nobody's."""
    state = replace(SENT, stray=stray, stray_until=asked + 300)
    assert written(state, Write("online", lifetime, Kind.CHANGE), NOW).lease_until == until


def test_written_late() -> None:
    """P1: an answer after 20 s was not the first attempt's, which may be executed later yet."""
    late = replace(SENT, attempted_at=NOW - 20, overrides=())
    assert written(late, Write("online", 600, Kind.CHANGE), NOW) == OperatorState(
        "op326",
        written="online",
        written_at=NOW - 20,
        lease_until=NOW + 580,
        attempted_at=NOW - 20,
        attempted_until=NOW + 581,
        stray="online",
        stray_until=NOW + 280,
    )
