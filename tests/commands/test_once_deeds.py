"""What `once` says was done for chats and answers."""

from typing import Any

import pytest

from chaport_sync.cli.once_deeds import SHOWN, deeds, what, where
from tests.transcripts.stories import begin
from tests.world import World


async def test_whose_chat_it_is(world: World) -> None:
    """A visitor is named completely; who is not known any more by the id."""
    story = await begin(world)
    story.visitor_says("Where is my order?")
    await world.transcripts()
    gone = {"event": "case.silenced", "level": "info", "visitor": "gone", "chat": "1", "reason": "the case was deleted"}
    told = [*world.events("case.opened", "delivery.sent", "transcript.cycle"), gone]
    found = deeds(told, SHOWN, world.app.store)
    mary = {"id": story.visitor.id, "name": "Mary", "email": "mary@mail.example"}
    assert [(each["event"], each["visitor"]) for each in found] == [
        ("case.opened", mary),
        ("delivery.sent", mary),
        ("case.silenced", {"id": "gone", "name": "", "email": ""}),
    ]
    assert where(found[0]) == (str(story.chat.id), str(world.case().id))


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"event": "case.opened", "status": "waiting"}, "case opened as pending"),
        ({"event": "case.opened", "status": "open"}, "case opened"),
        ({"event": "case.attached", "reason": "the chat has no case"}, "case taken over (the chat has no case)"),
        ({"event": "case.pending", "reason": "a bot answers"}, "case set to pending (a bot answers)"),
        (
            {"event": "delivery.sent", "form": "note", "events": 2, "late": True},
            "2 lines put into the case as a note, late",
        ),
        (
            {"event": "delivery.parked", "events": 1, "error": "too_long"},
            "1 line refused by Deskie and set aside (too_long)",
        ),
        ({"event": "reply.sent", "parts": 1}, "answer sent to the visitor in 1 part"),
        ({"event": "reply.not_sent", "reason": "it is too late"}, "answer not sent (it is too late)"),
        (
            {"event": "case.pending_refused", "channel": "cch12", "found": "open"},
            "case.pending_refused: channel cch12, found open",
        ),
    ],
)
def test_in_words(event: dict[str, Any], words: str) -> None:
    """Each deed is a few words; an event without any is told by its fields."""
    assert what(event) == words


def test_a_case_of_a_dry_run() -> None:
    """A case that was not opened has no number."""
    assert where({"case": "dry-run-3", "chat": "7"}) == ("7", "new")
    assert where({"case": "2001"}) == ("", "2001")
