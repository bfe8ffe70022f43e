"""The ids that Chaport keeps with our answers (R2)."""

from dataclasses import replace

import pytest

from chaport_sync.core.ledger import Reply
from chaport_sync.core.model import Event
from chaport_sync.core.replies.echoes import AnswerIds

WRITTEN = 1_793_600_000.0
REPLY = Reply("7001", 0, "v", "2001", "41", "op", WRITTEN, "It left this morning.")
IDS = AnswerIds("5f3a9c1d", WRITTEN)


@pytest.mark.parametrize(
    ("part", "at", "given"),
    [
        pytest.param(0, WRITTEN, "deskie-5f3a9c1d-7001", id="the first part"),
        pytest.param(1, WRITTEN, "deskie-5f3a9c1d-7001-2", id="the second"),
        pytest.param(2, WRITTEN, "deskie-5f3a9c1d-7001-3", id="the third"),
        pytest.param(0, WRITTEN - 1, "deskie-7001", id="before there were marks"),
        pytest.param(1, WRITTEN - 1, "deskie-7001-2", id="the second part of that"),
    ],
)
def test_an_id_of_its_own(part: int, at: float, given: str) -> None:
    """Each part has an id of its own, the same whenever it is sent."""
    assert IDS.of(replace(REPLY, part=part, at=at)) == given


@pytest.mark.parametrize(
    ("mark", "external_id", "ours"),
    [
        pytest.param("5f3a9c1d", "deskie-5f3a9c1d-7001", True, id="ours"),
        pytest.param("5f3a9c1d", "deskie-0badcafe-7001", False, id="another state file's"),
        pytest.param("5f3a9c1d", "deskie-7001", False, id="without a mark"),
        pytest.param("5f3a9c1d", "", False, id="none"),
        pytest.param("", "deskie--7001", False, id="replies were never switched on"),
    ],
)
def test_what_an_older_copy_does_not_remember(mark: str, external_id: str, ours: bool) -> None:  # noqa: FBT001 - a table
    """What bears the mark of this state file was sent by it, remembered or not."""
    assert AnswerIds(mark).are_on(Event("e1", "operator-message", external_id=external_id)) is ours
