"""Why an agent drives nobody (S3)."""

import pytest

from chaport_sync.core.model import Agent
from chaport_sync.core.pairing import Pairing, PairingRules, Unpaired, pair


@pytest.mark.parametrize(
    ("email", "by_email", "reason"),
    [
        pytest.param("ann@acme.example", True, "no operator has its e-mail address", id="looked for"),
        pytest.param("ann@acme.example", False, "match_by_email is off", id="not looked for"),
        pytest.param("", True, "no pair names it", id="no address"),
        pytest.param("", False, "no pair names it", id="no address, and not looked for"),
    ],
)
def test_without_an_operator(email: str, by_email: bool, reason: str) -> None:  # noqa: FBT001 - a table
    """S3: an unpaired agent is told what would have to change to pair it."""
    agent = Agent("1", email)
    assert pair([agent], [], PairingRules(match_by_email=by_email)) == Pairing(unpaired=(Unpaired(agent, reason),))
