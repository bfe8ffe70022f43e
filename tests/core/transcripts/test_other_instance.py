"""By which notes another daemon on the same accounts is noticed."""

from collections.abc import Container
from dataclasses import replace
from typing import Any

import pytest

from chaport_sync.core.languages.english import ENGLISH
from chaport_sync.core.ledger import Line, LineState
from chaport_sync.core.model import Author, Message
from chaport_sync.core.transcripts.delivery_text import code, reference
from chaport_sync.core.transcripts.read_back import is_anothers, notes_since

CHAT = ("v1", "7")
LINE = Line("e1", 0, Author.BOT, "Robin", 1_793_600_000.0, "Hello")
ROW = reference(CHAT, [LINE], ENGLISH)
NOTE = Message("7002", staff_id="41", note=True, text=f"Robin (bot): Hello\n{ROW}")
CODE = code(CHAT, LINE.key)


@pytest.mark.parametrize(
    ("parts", "first_id", "counts"),
    [
        pytest.param({}, "7001", True, id="after our first message"),
        pytest.param({}, "7002", False, id="our first message itself"),
        pytest.param({"id": "999"}, "7001", False, id="before it, by number and not by letters"),
        pytest.param({"id": "10000"}, "7001", True, id="after it, by number"),
        pytest.param({"note": False}, "7001", False, id="no note"),
        pytest.param({"staff_id": "42"}, "7001", False, id="another agent's"),
        pytest.param({"id": "m-7"}, "7001", False, id="without a number"),
        pytest.param({}, "dry-run-1", False, id="we have written nothing that has a number"),
        pytest.param({}, "", False, id="we have written nothing"),
    ],
)
def test_which_notes_count(parts: dict[str, Any], first_id: str, counts: bool) -> None:  # noqa: FBT001 - a table
    """A note of our own agent that was written since the first message of this run."""
    note = replace(NOTE, **parts)
    assert list(notes_since([note], first_id, "41")) == ([note] if counts else [])


@pytest.mark.parametrize(
    ("line", "text", "doubtful", "theirs"),
    [
        pytest.param(LINE, NOTE.text, (), True, id="a line that was not sent"),
        pytest.param(replace(LINE, state=LineState.PARKED), NOTE.text, (), True, id="one that was refused"),
        pytest.param(replace(LINE, state=LineState.DONE, message_id="9"), NOTE.text, (), True, id="shown elsewhere"),
        pytest.param(replace(LINE, state=LineState.DONE), NOTE.text, (), False, id="one shown, nobody knows where"),
        pytest.param(replace(LINE, state=LineState.SENDING), NOTE.text, (), False, id="one that is being sent"),
        pytest.param(LINE, NOTE.text, (CODE,), False, id="one that may have been sent"),
        pytest.param(replace(LINE, event_id="e2"), NOTE.text, (), False, id="none of our lines"),
        pytest.param(LINE, f"Late: written then\n{NOTE.text}", (), True, id="the reference is in the last row"),
        pytest.param(LINE, f"{ROW}\nI had a look", (), False, id="no reference at its end"),
        pytest.param(LINE, "", (), False, id="nothing in it"),
    ],
)
def test_whose_it_is(line: Line, text: str, doubtful: Container[str], theirs: bool) -> None:  # noqa: FBT001 - a table
    """It is another daemon's if it shows a line that we have surely not put there."""
    assert is_anothers(replace(NOTE, text=text), [(CHAT, line)], doubtful) is theirs
