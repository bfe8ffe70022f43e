"""A row of a timeline in slices, and whether the chat is on the website, in words."""

import pytest

from chaport_sync.core.model import Person
from chaport_sync.core.statuses.slices import Shade, shades
from chaport_sync.core.statuses.timeline import UNKNOWN, Absence, Span, Timeline
from chaport_sync.core.statuses.website import answer, names, why

ANN, BOB = Person("a", "Ann"), Person("b", "", "bob@acme.example")


@pytest.mark.parametrize(
    ("spans", "shade"),
    [
        ([], Shade.UNKNOWN),
        ([Span(0, 60, UNKNOWN)], Shade.UNKNOWN),
        ([Span(0, 60, "online")], Shade.ONLINE),
        ([Span(0, 59, UNKNOWN), Span(59, 60, "online")], Shade.ONLINE),
        ([Span(0, 59, "online"), Span(59, 60, "offline")], Shade.MOST),
        ([Span(0, 30, "online"), Span(30, 60, "invisible")], Shade.HALF),
        ([Span(0, 59, "offline"), Span(59, 60, "online")], Shade.LITTLE),
        ([Span(0, 30, "offline"), Span(30, 60, "invisible")], Shade.INVISIBLE),
        ([Span(0, 31, "offline"), Span(31, 60, "invisible")], Shade.OFFLINE),
        ([Span(0, 60, "busy")], Shade.OFFLINE),
    ],
)
def test_a_slice(spans: list[Span], shade: Shade) -> None:
    """Only what is covered whole looks so, and a second online is not lost."""
    assert shades(spans, 0, 60, 1) == [shade]


def test_slices() -> None:
    """A stretch fills its slices, and parts of those at its ends; what is outside the time is left out."""
    spans = [Span(-50, 25, "online"), Span(25, 40, "offline"), Span(40, 90, "invisible")]
    assert shades(spans, 0, 60, 6) == [
        *(Shade.ONLINE, Shade.ONLINE, Shade.HALF, Shade.OFFLINE, Shade.INVISIBLE, Shade.INVISIBLE),
    ]


def test_names() -> None:
    """Three are named, by what they are called."""
    assert names([ANN, BOB]) == "Ann, bob@acme.example"
    assert names([ANN] * 5) == "Ann, Ann, Ann and 2 more"


def test_why_several_left() -> None:
    """Each reason is said once; one that is not recorded is said to be so."""
    left = [(ANN, Span(0, 1, "offline", (), "x")), (BOB, Span(0, 1, "offline", (), "x", by_hand=True))]
    assert why(Absence(0, 1, (*left, *left))) == "x; by hand; x"
    assert why(Absence(0, 1, ((ANN, Span(0, 1, "offline")),))) == "nothing is recorded of why"


def test_nothing_is_known() -> None:
    """Whether the chat is on the website is not guessed."""
    drawn = Timeline(0, 60, (), (Span(0, 60, UNKNOWN),), ())
    assert answer(drawn, str) == "Whether the chat is on the website is not known: no operator's status is."


def test_nobody_was_online_before() -> None:
    """Without a record of who left it is said since when at least nobody was there."""
    drawn = Timeline(0, 60, (), (Span(0, 60, "offline"),), (Absence(0, None),))
    told = "THE CHAT IS OFF THE WEBSITE at least since 0: nobody has been online since then."
    assert answer(drawn, str) == told
