"""Logs: what a line looks like, and who is told of it."""

import io
import logging
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, get_args

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from chaport_sync import logs
from chaport_sync.logs import setup
from tests.logs.log_lines import lines, logged, restored

_restored = pytest.fixture(restored, autouse=True)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_json_line() -> None:
    """A line is one JSON object: time in UTC, level and event first, then the fields in their order."""
    stream = io.StringIO()
    setup(stream=stream, environ={})

    structlog.get_logger().warning("status.changed", to="online", **{"from": "offline"}, agents=[1, 2])

    assert stream.getvalue().endswith("\n")
    (line,) = lines(stream)
    assert list(line) == ["timestamp", "level", "event", "to", "from", "agents"]
    when = line.pop("timestamp")
    assert when.endswith("Z")
    assert abs(datetime.fromisoformat(when) - datetime.now(UTC)) < timedelta(minutes=1)
    assert line == {"level": "warning", "event": "status.changed", "to": "online", "from": "offline", "agents": [1, 2]}


def test_level() -> None:
    """What is less important than the level is not logged."""
    stream = io.StringIO()
    setup("warning", stream=stream, environ={})
    log = structlog.get_logger()

    log.debug("a")
    log.info("b")
    log.warning("c")
    log.error("d")

    assert [line["event"] for line in lines(stream)] == ["c", "d"]


def test_setup_again() -> None:
    """Another setup reaches loggers that exist already, and lets go of the old stream."""
    old, new = io.StringIO(), io.StringIO()
    setup(stream=old, environ={})
    log = structlog.get_logger()
    log.info("before")
    setup("debug", stream=new, environ={})

    log.debug("after")
    logging.getLogger("apscheduler").warning("late")

    assert [line["event"] for line in lines(old)] == ["before"]
    assert [line["event"] for line in lines(new)] == ["after", "library.logged"]


def test_context() -> None:
    """Fields that were bound to the context are on each line."""
    stream = io.StringIO()
    setup(stream=stream, environ={})

    with bound_contextvars(flow="statuses"):
        structlog.get_logger().info("status.cycle")

    assert lines(stream)[0]["flow"] == "statuses"


def test_dry_run() -> None:
    """In a dry run each line says so, also those of libraries."""
    stream = io.StringIO()
    setup(stream=stream, dry_run=True, environ={})

    structlog.get_logger().info("status.changed")
    logging.getLogger("apscheduler").warning("late")

    assert [line["dry_run"] for line in lines(stream)] == [True, True]


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (1.5, 1.5),
        (float("nan"), "nan"),
        ((1, "a"), [1, "a"]),
        (frozenset({1}), [1]),
        ({1: {"a": (2,)}}, {"1": {"a": [2]}}),
        (date(2026, 11, 1), "2026-11-01"),
        (datetime(2026, 11, 1, tzinfo=UTC), "2026-11-01T00:00:00+00:00"),
        (timedelta(seconds=90), 90.0),
        (HTTPStatus.OK, 200),
        (ValueError("x"), "ValueError('x')"),
        (Path("/x"), "PosixPath('/x')"),
    ],
)
def test_plain_data(value: object, plain: object) -> None:
    """Every value becomes something that JSON has."""
    assert logged(value=value) == {"value": plain}


def test_readable() -> None:
    """Letters of any script are written as they are."""
    stream = io.StringIO()
    setup(stream=stream, format="json", environ={})

    structlog.get_logger().info("case.opened", visitor="Анна 👩\u200d🔧")

    assert "Анна 👩\u200d🔧" in stream.getvalue()


@pytest.mark.parametrize(
    ("stream", "environ", "is_json"),
    [
        pytest.param(Terminal(), {}, False, id="terminal"),
        pytest.param(io.StringIO(), {}, True, id="pipe"),
        pytest.param(Terminal(), {"JOURNAL_STREAM": "8:1"}, False, id="terminal_below_a_service"),
    ],
)
def test_auto(stream: io.StringIO, environ: dict[str, str], is_json: bool) -> None:  # noqa: FBT001
    """`auto` is JSON under systemd and where nobody watches, else the console's columns."""
    setup(format="auto", stream=stream, environ=environ)

    structlog.get_logger().info("daemon.started")

    assert stream.getvalue().startswith("{") == is_json


@pytest.mark.parametrize(
    ("stream", "environ", "coloured"),
    [
        pytest.param(Terminal(), {}, True, id="terminal"),
        pytest.param(Terminal(), {"NO_COLOR": ""}, True, id="empty NO_COLOR"),
        pytest.param(Terminal(), {"NO_COLOR": "1"}, False, id="NO_COLOR"),
        pytest.param(io.StringIO(), {}, False, id="pipe"),
    ],
)
def test_colours(stream: io.StringIO, environ: dict[str, str], coloured: bool) -> None:  # noqa: FBT001
    """Colours are for terminals, and for those who want them (no-color.org)."""
    setup(format="console", stream=stream, environ=environ)

    structlog.get_logger().info("daemon.started")

    assert ("\x1b[" in stream.getvalue()) == coloured


def test_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a stream of its own, the log goes to standard error."""
    setup(environ={})

    structlog.get_logger().info("daemon.started")

    out, err = capsys.readouterr()
    assert out == ""
    assert '"daemon.started"' in err


def test_taps(capsys: pytest.CaptureFixture[str]) -> None:
    """A tap gets a copy of each finished event of its own; without a stream nothing is written."""
    first: list[dict[str, Any]] = []
    second: list[dict[str, Any]] = []

    def spoil(event: dict[str, Any]) -> None:
        first.append(event)
        event["agents"].clear()

    setup(stream=None, taps=[spoil, second.append], secrets=["s3cret"], environ={})
    structlog.get_logger().info("status.changed", agents=["s3cret", "\x1b"])
    structlog.get_logger().debug("not logged")

    assert len(first) == 1
    assert list(second[0])[:3] == ["timestamp", "level", "event"]
    assert second[0]["agents"] == ["***", "\\x1b"]
    assert capsys.readouterr() == ("", "")


def test_tap_and_stream() -> None:
    """Taps do not replace the log, nor can they change it."""
    stream = io.StringIO()
    setup(stream=stream, taps=[dict.clear], environ={})

    structlog.get_logger().info("daemon.started")

    assert lines(stream)[0]["event"] == "daemon.started"


def test_levels_are_those_of_the_configuration() -> None:
    """Every level that the configuration knows can be set up."""
    for level in get_args(logs.Level):
        setup(level, stream=None, environ={})
