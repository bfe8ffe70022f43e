"""Whoever keeps answers for a check or a report reads no answer that the daemon would refuse."""

import pytest

from chaport_sync.api.content import DEEPEST, MOST_TEXTS
from chaport_sync.questions.mask import Mask
from chaport_sync.questions.recorder import Recorder

TOO_DEEP = b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1)
TOO_MANY_TEXTS = b"[" + b'"",' * MOST_TEXTS + b'""]'


@pytest.mark.parametrize("mask", [None, Mask(b"key")], ids=["check", "report"])
@pytest.mark.parametrize("content", [TOO_DEEP, TOO_MANY_TEXTS], ids=["too deep", "too many texts"])
def test_bounds_hold_before_an_answer_is_kept(content: bytes, mask: Mask | None) -> None:
    """An answer that could fill this machine's memory is not decoded (P6); that it came is kept."""
    recorder = Recorder(mask)
    recorder.inward("Deskie", "/staff.json", 200, {}, content)
    kept = recorder.exchanges[0]
    assert (kept.status, kept.body, kept.readable) == (200, None, False)
