"""Who is proposed as a pair, and which pair can be typed (S3)."""

import pytest

from chaport_sync.core.model import Agent, Operator
from chaport_sync.core.statuses.pairing import PairingRules
from chaport_sync.setup.pairing import acquaint, typed_pair

ANN = Agent("1", "ann@acme.example", "Ann Adler")
OPERATORS = (Operator("x", "a@other.example", "Adler Ann"), Operator("r", "", "Robin", is_bot=True))


def proposed(agents: list[Agent], operators: list[Operator]) -> list[tuple[str, str]]:
    """Return who is proposed, by ids."""
    return [(agent.id, operator.id) for agent, operator in acquaint(agents, operators, PairingRules()).proposed]


@pytest.mark.parametrize("name", ["Ann Adler", "adler ANN", "Ann", "Ann Maria Adler"])
def test_the_same_name(name: str) -> None:
    """S3: people whose addresses differ may be the same by name; a person has to say so."""
    assert proposed([ANN], [Operator("x", "a@other.example", name)]) == [("1", "x")]


@pytest.mark.parametrize("name", ["", "Anna Adler", "Ann Berg"])
def test_another_name(name: str) -> None:
    """S3: who only resembles an agent is not proposed."""
    assert proposed([ANN], [Operator("x", "a@other.example", name)]) == []


def test_a_name_that_fits_two() -> None:
    """S3: nobody is guessed between two people of the same name."""
    two = [Operator("x", "", "Ann"), Operator("y", "", "Ann Adler")]
    assert proposed([ANN], two) == []
    assert proposed([ANN, Agent("2", "b@acme.example", "Ann Berg")], two[:1]) == []


def test_who_is_paired_is_not_proposed() -> None:
    """S3: an equal address decides; bots, disabled agents and the daemon's own are nobody's partner."""
    bob = Agent("2", "bob@acme.example", "Bob")
    found = acquaint([bob], [Operator("b", "BOB@acme.example", "Bob"), Operator("c", "", "Bob")], PairingRules())
    assert ([operator.id for _, operator in found.paired], found.alone, found.proposed) == (["b"], (), ())
    gone = Agent("3", "gone@acme.example", "Ann Adler", active=False)
    assert acquaint([gone], OPERATORS, PairingRules()).alone == ()
    assert acquaint([ANN], OPERATORS, PairingRules(own_email=ANN.email)).alone == ()
    assert proposed([Agent("4", "r@acme.example", "Robin")], list(OPERATORS)) == []


def test_a_typed_pair() -> None:
    """S3: both are named by address or id, and are written by address where they have one."""
    assert typed_pair("ann@acme.example = x", [ANN], OPERATORS) == {
        "agent": "ann@acme.example",
        "operator": "a@other.example",
    }
    assert typed_pair(" ", [ANN], OPERATORS) is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("ann@acme.example", "must be an agent and an operator"),
        ("bob = x", "must name an agent of Deskie"),
        ("1 = nobody", "must name an operator of Chaport"),
        ("1 = r", "must name an operator of Chaport"),
    ],
)
def test_a_pair_that_cannot_be(typed: str, words: str) -> None:
    """S3: a pair of somebody who is not there, or of a bot, is refused with what is missing."""
    with pytest.raises(ValueError, match=words):
        typed_pair(typed, [ANN], OPERATORS)
