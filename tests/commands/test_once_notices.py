"""What `once` says of warnings: a sentence for each, and each fact once."""

from typing import Any

import pytest

from chaport_sync.cli.once_notices import noted, sentence

WRONG = "3 of 4 paired operators vanished"


def warning(event: str, **fields: Any) -> dict[str, Any]:
    """Return a warning as the log has it."""
    return {"event": event, "level": "warning", "timestamp": "2026-11-28T10:00:00Z", **fields}


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (
            {"event": "status.unmapped", "status": "130001", "name": "Working on cases", "treated_as": "offline"},
            "Status 130001 (Working on cases) is not in [status.map]: it counts as offline. `check` prints the line.",
        ),
        (
            {"event": "status.unmapped", "status": "130001", "name": "", "treated_as": "keep"},
            "Status 130001 is not in [status.map]: it counts as keep. `check` prints the line.",
        ),
        (
            {"event": "poll.refused", "flow": "statuses", "what": "operators", "error": WRONG, "believed": False},
            "The list of operators is not believed yet: 3 of 4 paired operators vanished.",
        ),
        (
            {"event": "poll.refused", "flow": "statuses", "what": "agents", "error": "none", "believed": True},
            "The list of agents is believed now, because it has stayed so: none.",
        ),
        (
            {"event": "poll.failed", "flow": "statuses", "operator": "a@b.example", "error": "Chaport: 500"},
            "The status of operator a@b.example could not be set: Chaport: 500.",
        ),
        (
            {"event": "poll.failed", "flow": "transcripts", "service": "Deskie", "error": "Deskie: 500"},
            "The transcripts failed: Deskie: 500.",
        ),
        (
            {"event": "agent.unpaired", "agent": "eve@acme.example", "reason": "no pair names it"},
            "Agent eve@acme.example drives no operator: no pair names it.",
        ),
        (
            {"event": "agent.unpaired", "reason": "a configured pair names what is not there: eve"},
            "[agents] pairs is wrong: a configured pair names what is not there: eve.",
        ),
        (
            {"event": "event.unknown", "type": "order/message", "count": 1, "hint": "add it"},
            "1 event is of the unknown type order/message: add it.",
        ),
        (
            {"event": "event.unknown", "author": "b1", "treated_as": "bot", "count": 2, "hint": 'add: b1 = "Bot"'},
            '2 events are by the author b1, who counts as a bot: add: b1 = "Bot"',
        ),
        (
            {"event": "event.unknown", "author": "", "treated_as": "unknown", "count": 1, "hint": "nobody is named"},
            "1 event is by the author without a name, who counts as neither a bot nor a person: nobody is named",
        ),
        (
            {"event": "transcripts.behind", "what": "reading", "seconds": 600, "visitors": 7, "hint": "more go on"},
            "Reading in Chaport is 600 s late, and 7 visitors wait to be read: more go on.",
        ),
        (
            {"event": "transcripts.behind", "what": "delivering", "seconds": 60, "visitors": 1, "hint": "more"},
            "Delivering to Deskie is 60 s late, and 1 visitor waits to be shown: more.",
        ),
        ({"event": "something.new", "channel": "cch12", "found": "open"}, "something.new: channel cch12, found open"),
    ],
)
def test_in_words(event: dict[str, Any], words: str) -> None:
    """Whoever reads it need not know the log's names of fields."""
    assert sentence(event) == words


def test_what_is_noted() -> None:
    """Warnings that are no deeds; what is a deed stands in its table only."""
    events = [
        warning("status.unmapped", status="9"),
        warning("delivery.parked"),
        {"event": "status.cycle", "level": "info"},
    ]
    assert noted(events, []) == [{"event": "status.unmapped", "status": "9"}]


def test_each_fact_once() -> None:
    """What has been printed as a failure is not noted as well, whichever service and request it was of."""
    failure = f"Chaport: {WRONG}"
    told = [
        warning("poll.refused", what="operators", error=WRONG, believed=False),
        warning("poll.failed", flow="statuses", error=failure),
        warning("poll.failed", flow="transcripts", error=f"{failure} (GET /operators)"),
        warning("poll.failed", flow="transcripts", error="Deskie: 500"),
    ]
    assert [each["error"] for each in noted(told, [failure])] == ["Deskie: 500"]
