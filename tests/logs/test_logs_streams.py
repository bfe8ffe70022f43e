"""Logs: the streams they go to, broken ones and the journal's among them."""

import io
import json
import os
from pathlib import Path

import pytest
import structlog

from chaport_sync.logs import setup
from tests.logs.log_lines import restored

_restored = pytest.fixture(restored, autouse=True)


class Full(io.StringIO):
    """A stream on a full disk."""

    def write(self, _text: str, /) -> int:
        """Fail."""
        raise OSError(28, "No space left on device")


def test_full_disk() -> None:
    """A log that cannot be written does not stop the daemon."""
    setup(stream=Full(), environ={})

    structlog.get_logger().info("daemon.started")


def test_closed_stream() -> None:
    """Nor does one that somebody closed."""
    stream = io.StringIO()
    setup(stream=stream, environ={})
    stream.close()

    structlog.get_logger().info("daemon.started")


def test_narrow_stream() -> None:
    """A stream that knows ASCII only gets everything, escaped."""
    raw = io.BytesIO()
    setup(format="json", stream=io.TextIOWrapper(raw, encoding="ascii"), environ={})

    structlog.get_logger().info("case.opened", visitor="Анна")

    assert json.loads(raw.getvalue())["visitor"] == "Анна"


@pytest.mark.parametrize(
    ("level", "number"), [("debug", "<7>"), ("info", "<6>"), ("warning", "<4>"), ("error", "<3>"), ("critical", "<2>")]
)
def test_the_journal_is_told_how_important_a_line_is(tmp_path: Path, level: str, number: str) -> None:
    """sd-daemon(3): a number before each line, on the stream that systemd connected to its journal."""
    with (tmp_path / "journal").open("w+", encoding="utf-8") as stream:
        status = os.fstat(stream.fileno())
        setup("debug", stream=stream, environ={"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"})
        getattr(structlog.get_logger(), level)("poll.failed", half="statuses")
        stream.seek(0)
        line = stream.read()
    assert line[:3] == number
    assert json.loads(line[3:])["event"] == "poll.failed"


def test_another_stream_is_not_the_journal(tmp_path: Path) -> None:
    """systemd.exec(5): $JOURNAL_STREAM is inherited by children whose streams lead elsewhere."""
    with (tmp_path / "file").open("w+", encoding="utf-8") as stream:
        setup(stream=stream, environ={"JOURNAL_STREAM": "8:1"})
        structlog.get_logger().info("status.cycle")
        stream.seek(0)
        assert stream.read().startswith("{")
    without_number = io.StringIO()
    setup(stream=without_number, environ={"JOURNAL_STREAM": "8:1"})
    structlog.get_logger().info("status.cycle")
    assert without_number.getvalue().startswith("{")
