"""Logs: what a line never contains (P6)."""

import io
import logging
from typing import Any

import pytest
import structlog

from chaport_sync.logs import LONGEST_TEXT, redact, setup
from tests.logs.log_lines import fail, lines, logged, restored

_restored = pytest.fixture(restored, autouse=True)


def shown(**fields: Any) -> str:
    """Return one event with these fields as the console shows it, without colours."""
    stream = io.StringIO()
    setup(stream=stream, format="console", environ={})
    structlog.get_logger().info("case.opened", **fields)
    return stream.getvalue()


HOSTILE = "\x1b[2J\r\n{}\x07\x00\x9b31m\u2028\u202eevil\ud800"
ESCAPED = "\\x1b[2J\\r\\n{}\\x07\\x00\\x9b31m\\u2028\\u202eevil\\ud800"


def test_hostile_text_in_json() -> None:
    """Control characters are escaped wherever they are, so that no decoder brings them back."""
    assert logged(text=HOSTILE) == {"text": ESCAPED}
    assert logged(deep=[{HOSTILE: (HOSTILE,)}]) == {"deep": [{ESCAPED: [ESCAPED]}]}
    assert logged(error=ValueError("\x1b")) == {"error": "ValueError('\\x1b')"}


def test_hostile_text_on_console() -> None:
    """A text can neither begin a line nor send the terminal a command, not even as the event."""
    text = shown(text=HOSTILE, deep=[{HOSTILE: (HOSTILE,)}], **{HOSTILE: 1})
    stream = io.StringIO()
    setup(stream=stream, format="console", environ={})
    structlog.get_logger().info(HOSTILE)

    for output in (text, stream.getvalue()):
        assert output.count("\n") == 1
        assert output.removesuffix("\n").isprintable()


def test_hostile_exception_on_console() -> None:
    """An exception takes several lines, but its message only one, without control characters."""
    stream = io.StringIO()
    setup(stream=stream, format="console", environ={})

    try:
        fail(ValueError(HOSTILE))
    except ValueError:
        structlog.get_logger().exception("poll.failed")

    first, *frames, message = stream.getvalue().splitlines()
    assert "poll.failed" in first
    assert [frame.partition(" in ")[2] for frame in frames] == ["test_hostile_exception_on_console", "fail"]
    assert message == f"  ValueError: {ESCAPED}"


def test_cut() -> None:
    """Long texts are cut to 500 characters, and say so."""
    cut = logged(text="x" * 501, deep=["y" * 10_000], whole="z" * 500)

    assert cut["text"] == "x" * 499 + "…"
    assert len(cut["deep"][0]) == LONGEST_TEXT
    assert cut["whole"] == "z" * 500


def test_secrets() -> None:
    """A secret is replaced in every text, also in keys, exceptions and addresses, and never cut in half."""
    secret = "s3cr/et"

    assert logged(
        secrets=("", secret, f"{secret}-longer"),
        a=f"Bearer {secret}",
        b=[{secret: f"x{secret}x{secret}"}],
        c=f"{secret}-longer",
        d="https://x/?token=s3cr%2Fet",
        e="x" * 497 + secret,
        f=ValueError(secret),
    ) == {
        "a": "Bearer ***",
        "b": [{"***": "x***x***"}],
        "c": "***",
        "d": "https://x/?token=***",
        "e": "x" * 497 + "***",
        "f": "ValueError('***')",
    }


def test_secret_that_is_hidden_by_control_characters() -> None:
    """Escaping does not put a secret together."""
    assert "s3cret" not in str(logged(secrets=("s3cret",), text="s3\x00cret"))


def test_secrets_everywhere() -> None:
    """No way into the log leads around the redaction: events, tracebacks, libraries."""
    stream = io.StringIO()
    setup(stream=stream, secrets=["s3cret"], environ={})
    log = structlog.get_logger()

    log.info("s3cret")
    log.bind(s3cret="s3cret").info("x")
    group = ExceptionGroup("s3cret", [OSError("s3cret")])
    group.add_note("s3cret")
    try:
        fail(group, KeyError("s3cret"))
    except ExceptionGroup:
        log.exception("poll.failed")
        logging.getLogger("asyncio").exception("lost %s", "s3cret")

    assert len(lines(stream)) == 4
    assert "s3cret" not in stream.getvalue()


def test_redact_alone() -> None:
    """The processor works on its own, and passes on what it has nothing to do with."""
    event = {"event": "x", "n": 1, "text": "a key"}

    assert redact(["key"])(None, "info", dict(event)) == {"event": "x", "n": 1, "text": "a ***"}
    assert redact([])(None, "info", event) is event
