"""Which events the visitor did not write (R2)."""

import pytest

from chaport_sync.core.model import Event
from chaport_sync.core.transcripts.authors import AuthorRules, without_visitors


@pytest.mark.parametrize(
    ("event_type", "kinds", "is_visitors"),
    [
        pytest.param("visitor-message", {}, True, id="by its type"),
        pytest.param("operator-message", {}, False, id="an operator's"),
        pytest.param("form", {}, False, id="an unknown type"),
        pytest.param("form", {"form": "visitor"}, True, id="by the configuration"),
        pytest.param("form", {"form": "bot"}, False, id="a bot's by the configuration"),
        pytest.param("visitor-message", {"form": "visitor"}, True, id="by its type, whatever else is configured"),
        pytest.param("visitor-message", {"visitor-message": "bot"}, False, id="the configuration has the last word"),
    ],
)
def test_what_the_visitor_did_not_write(event_type: str, kinds: dict[str, str], is_visitors: bool) -> None:  # noqa: FBT001 - a table
    """R2: our own answers are looked for among the events that the visitor did not write."""
    event = Event("e1", event_type, 5.0, "Hello")
    assert without_visitors([event], AuthorRules(event_kinds=kinds)) == ([] if is_visitors else [event])
