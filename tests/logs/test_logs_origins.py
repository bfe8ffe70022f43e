"""Logs: what libraries and exceptions bring along."""

import asyncio
import io
import logging

import pytest
import structlog

from chaport_sync.logs import setup
from tests.logs.log_lines import fail, lines, restored

_restored = pytest.fixture(restored, autouse=True)


def test_exception() -> None:
    """An exception is data: its type, message and places, with its cause, without the values of variables."""
    stream = io.StringIO()
    setup(stream=stream, environ={})
    words_of_a_visitor = "where is my order"

    try:
        fail(ValueError(len(words_of_a_visitor)), KeyError(1))
    except ValueError:
        structlog.get_logger().exception("poll.failed")

    (line,) = lines(stream)
    assert line["level"] == "error"
    assert [(raised["exc_type"], raised["exc_value"]) for raised in line["exception"]] == [
        ("ValueError", "17"),
        ("KeyError", "1"),
    ]
    assert set(line["exception"][0]["frames"][0]) == {"filename", "lineno", "name"}
    assert "order" not in stream.getvalue()


def test_exception_group_on_console() -> None:
    """What a task group collected is shown below it, what was raised first comes first."""
    stream = io.StringIO()
    setup(stream=stream, format="console", environ={})

    group = ExceptionGroup("two failed", [ValueError("a"), OSError("b")])
    group.add_note("see below")
    structlog.get_logger().error("poll.failed", exc_info=group)

    assert stream.getvalue().splitlines()[1:] == [
        "  ExceptionGroup: two failed (2 sub-exceptions)",
        "  see below",
        "    ValueError: a",
        "    OSError: b",
    ]


def test_libraries() -> None:
    """Libraries are heard from warnings on, in the same form, with their name."""
    stream = io.StringIO()
    setup("debug", stream=stream, environ={})
    log = logging.getLogger("apscheduler.executors")

    log.info("Added job")
    log.warning("Run time of %s was missed", "poll")
    log.log(35, "between two levels")

    assert [(line["level"], line["event"], line["logger"], line["message"]) for line in lines(stream)] == [
        ("warning", "library.logged", "apscheduler.executors", "Run time of poll was missed"),
        ("warning", "library.logged", "apscheduler.executors", "between two levels"),
    ]


def test_talkative_libraries() -> None:
    """The HTTP library, which would log each address, is silent below warnings, whatever the root logger says."""
    stream = io.StringIO()
    setup("debug", stream=stream, environ={})
    logging.getLogger().setLevel(logging.DEBUG)

    for name in ("httpx", "httpcore.connection"):
        log = logging.getLogger(name)
        log.info("GET https://acme.deskie.io/api/staff.json")
        assert not log.isEnabledFor(logging.INFO)

    assert stream.getvalue() == ""


def test_library_at_error_level() -> None:
    """Libraries keep to the configured level too."""
    stream = io.StringIO()
    setup("error", stream=stream, environ={})

    logging.getLogger("asyncio").warning("slow callback")

    assert stream.getvalue() == ""


def test_broken_record(capfd: pytest.CaptureFixture[str]) -> None:
    """A library's mistake in a log call is logged as it is, and its arguments are printed nowhere."""
    stream = io.StringIO()
    setup(stream=stream, environ={})
    root = logging.getLogger()
    root.handlers[:] = [handler for handler in root.handlers if type(handler).__module__ == "chaport_sync.logs"]

    broken = {"levelno": logging.ERROR, "msg": "%d items, %s", "args": ("visitor's words",)}
    logging.getLogger("x").handle(logging.makeLogRecord(broken))

    assert lines(stream)[0]["message"] == "%d items, %s"
    assert capfd.readouterr() == ("", "")


def test_forgotten_task() -> None:
    """An exception that asyncio reports reaches the log with its traceback."""
    stream = io.StringIO()
    setup(stream=stream, environ={})

    async def main() -> None:
        asyncio.get_running_loop().call_exception_handler({"message": "lost", "exception": OSError("gone")})

    asyncio.run(main())

    (line,) = lines(stream)
    assert (line["logger"], line["exception"][0]["exc_type"]) == ("asyncio", "OSError")
