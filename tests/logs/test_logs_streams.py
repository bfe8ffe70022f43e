"""Logs: the streams they go to, broken ones and the journal's among them."""

import io
import json
import os
import pty
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

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
        getattr(structlog.get_logger(), level)("poll.failed", flow="statuses")
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


def _pipe() -> tuple[int, TextIO]:
    reader, writer = os.pipe()
    return reader, os.fdopen(writer, "w", encoding="utf-8")


def _sockets() -> tuple[int, TextIO]:
    reader, writer = socket.socketpair()
    return reader.detach(), os.fdopen(writer.detach(), "w", encoding="utf-8")


def _terminal() -> tuple[int, TextIO]:
    reader, writer = pty.openpty()
    return reader, os.fdopen(writer, "w", encoding="utf-8")


def _read(reader: int) -> str:
    """Return all that can be read now."""
    os.set_blocking(reader, False)
    found = b""
    with suppress(BlockingIOError):
        while part := os.read(reader, 1 << 20):
            found += part
    return found.decode()


@pytest.mark.parametrize("make", [_pipe, _sockets, _terminal])
@pytest.mark.parametrize("length", [10, 400])
def test_a_reader_that_stops_reading(make: Callable[[], tuple[int, TextIO]], length: int) -> None:
    """P10: nobody waits for it; lines that find no room are counted, and each one that is written is whole."""
    reader, stream = make()
    setup(format="json", stream=stream, environ={})
    log = structlog.get_logger()
    for number in range(3000):
        log.info("status.cycle", number=number, text=["x" * length] * 20)
    written = _read(reader)
    log.info("daemon.stopped")
    written += _read(reader)
    stream.close()
    os.close(reader)

    events = [json.loads(line) for line in written.splitlines()]
    dropped = [event for event in events if event["event"] == "log.dropped"]
    numbers = [event["number"] for event in events if event["event"] == "status.cycle"]
    assert numbers == sorted(numbers)
    assert sum(event["lines"] for event in dropped) == 3000 - len(numbers) > 0
    assert {event["level"] for event in dropped} == {"warning"}
    assert events[-1]["event"] == "daemon.stopped"


def test_a_stream_that_others_share_is_left_as_it_is() -> None:
    """P10: a program that writes into the same pipe still waits for its reader as it is used to."""
    reader, stream = _pipe()
    setup(format="json", stream=stream, environ={})
    structlog.get_logger().info("daemon.started")
    assert os.get_blocking(stream.fileno())
    stream.close()
    os.close(reader)
