"""The rules of cases as they are by default, and profiles of one person (T4)."""

from itertools import permutations

import pytest

from chaport_sync.core.model import User
from chaport_sync.core.transcripts.cases import CLOSED, OPEN, WAITING, CaseRules, Deliver, look_again_at, only_person
from chaport_sync.core.transcripts.chats import ChatState

MARY = "mary@mail.example"
#: The first and the third say nothing of each other: only the second joins them.
CHAIN = [User("1", MARY), User("2", MARY, linked=("3",)), User("3", MARY, linked=("1",))]


def test_the_defaults_are_the_documented_ones() -> None:
    """`[cases]`, `[pending]` and `[transcripts]` as the documentation states their defaults."""
    assert CaseRules() == CaseRules(
        own=True,
        channel="",
        wait=3600,
        goes_on_closed=False,
        deliver=Deliver.DIGEST,
        gather=60,
        ended_after=1800,
        pending=True,
        reopen_on_handoff=True,
        unanswered=120,
        visitor_included=True,
    )


def test_the_words_of_the_service() -> None:
    """Section 1: pending in Deskie's interface is `waiting` in its API."""
    assert (OPEN, WAITING, CLOSED) == ("open", "waiting", "closed")


@pytest.mark.parametrize(
    ("asked_at", "at"),
    [
        pytest.param(None, None, id="nobody waits"),
        pytest.param(9_400.0, 10_600.0, id="ten minutes"),
        pytest.param(9_399.0, 10_601.0, id="as long as the wait"),
    ],
)
def test_when_the_case_of_a_waiting_visitor_is_read_again(asked_at: float | None, at: float | None) -> None:
    """C2: the longer the wait the rarer, at most every ten minutes."""
    assert look_again_at(ChatState("v1", "7", asked_at=asked_at), 10_000.0) == at


@pytest.mark.parametrize("users", list(permutations(CHAIN)), ids=lambda users: "-".join(user.id for user in users))
def test_profiles_linked_in_a_chain(users: tuple[User, ...]) -> None:
    """T4: linked profiles count as one person, in whatever order Deskie lists them and whoever names whom."""
    assert only_person(users, MARY) == users


def test_one_profile_outside_the_chain() -> None:
    """T4: a profile that nothing links to the others is another person, so there is not exactly one."""
    assert only_person([*CHAIN, User("4", MARY, linked=("5",))], MARY) == ()
