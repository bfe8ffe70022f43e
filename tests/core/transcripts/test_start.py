"""From when on chats are mirrored (T6, P7)."""

import pytest

from chaport_sync.core.transcripts.chats import Start


@pytest.mark.parametrize(
    ("start", "configured", "since"),
    [
        pytest.param(Start(), None, 0.0, id="nothing is known"),
        pytest.param(Start(50.0), None, 50.0, id="the first start"),
        pytest.param(Start(50.0), 20.0, 20.0, id="configured"),
        pytest.param(Start(50.0), 0.0, 0.0, id="configured as the beginning of time"),
        pytest.param(Start(50.0, 60.0), 20.0, 60.0, id="what was forgotten stays so"),
        pytest.param(Start(50.0, 95.0), None, 90.0, id="forgotten by a clock that was ahead"),
        pytest.param(Start(95.0, 95.0), None, 95.0, id="the first start after that"),
    ],
)
def test_since(start: Start, configured: float | None, since: float) -> None:
    """T6, P7: from the configured or the first start on, but nothing that is forgotten, unless that came too early."""
    assert start.since(configured, keep=10.0, now=100.0) == since
