"""Structured logs: one event per line, JSON for machines or columns for people.

Each event, of this program or of a library, goes the same way: it becomes plain data, control characters are escaped,
secrets are removed, long texts are cut; then the taps get it, and it is written. So a visitor or a hostile server can
neither add a line nor send commands to the terminal (P6).
"""

import json
import logging
import math
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from datetime import date, timedelta
from enum import Enum
from typing import Any, Literal, NoReturn, TextIO
from urllib.parse import quote

import structlog
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor, WrappedLogger

from chaport_sync import systemd
from chaport_sync.log_stream import LogStream

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["auto", "json", "console"]
Tap = Callable[[dict[str, Any]], None]

LONGEST_TEXT = 500
REDACTED = "***"

_FIRST = ("timestamp", "level", "event")
# These libraries log each request's address at INFO, even if somebody lowers the level of the root logger.
_TALKATIVE = ("httpx", "httpcore")

# Control characters, undecodable bytes, line and paragraph separators, and Cf: these turn the direction of writing or
# hide characters. Some scripts need the joiners.
_UNSAFE = {"Cc", "Cs", "Zl", "Zp", "Cf"}
_JOINERS = {"\u200c", "\u200d"}


def setup(
    level: Level = "info",
    format: Format = "auto",  # noqa: A002 -- the configuration's word
    *,
    stream: TextIO | Literal["stderr"] | None = "stderr",
    dry_run: bool = False,
    secrets: Iterable[str] = (),
    taps: Iterable[Tap] = (),
    environ: Mapping[str, str] = os.environ,
) -> None:
    """Start logging, or start over with other settings. A logger that was bound before keeps the old settings.

    Args:
        level: the lowest level that is logged. Libraries are logged from `warning` on.
        format: `auto` is the console's columns on a terminal, and JSON elsewhere, so under systemd.
        stream: where lines are written; with None only the taps get the events.
        dry_run: whether each event gets the field `dry_run`.
        secrets: texts that must not be logged (P6).
        taps: functions that get a copy of each finished event, without secrets and control characters.
        environ: the environment: $NO_COLOR forbids colours, $JOURNAL_STREAM names systemd's journal.
    """
    out = sys.stderr if stream == "stderr" else stream
    render = _renderer(out, format, environ) if out else None
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            _mark_dry_run if dry_run else _pass,
            _to_plain_data,
            _each_text(_escaped),
            redact(secrets),
            _each_text(_cut),
            _delivery(out, render, tuple(taps)),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,  # a reload also changes loggers that exist already
    )
    _listen_to_libraries()


def redact(secrets: Iterable[str]) -> Processor:
    """Return a processor that replaces each secret, also in its percent-encoded form, in every text of an event."""
    forms = {form for secret in secrets if secret for form in (secret, quote(secret, safe=""))}
    if not forms:
        return _pass
    # The longest first: of two secrets, one may begin with the other.
    pattern = re.compile("|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)))
    return _each_text(lambda text: pattern.sub(REDACTED, text))


class _LibraryHandler(logging.Handler):
    """Logs the records of the standard library's loggers as `library.logged` events."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 -- a library's broken format must neither fail here nor print its arguments
            message = str(record.msg)
        known_level = min(record.levelno // 10 * 10, logging.CRITICAL)
        structlog.get_logger().log(
            known_level, "library.logged", logger=record.name, message=message, exc_info=record.exc_info
        )


def _listen_to_libraries() -> None:
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _LibraryHandler)]:
        root.removeHandler(handler)
    root.addHandler(_LibraryHandler(logging.WARNING))
    root.setLevel(logging.WARNING)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _pass(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return event


def _mark_dry_run(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {**event, "dry_run": True}


def _to_plain_data(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    first = {key: event[key] for key in _FIRST if key in event}
    return {str(key): _plain(value) for key, value in {**first, **event}.items()}


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            plain = _plain(value.value)
        case Mapping():
            plain = {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            plain = [_plain(item) for item in value]
        case date():
            plain = value.isoformat()
        case timedelta():
            plain = value.total_seconds()
        case float() if not math.isfinite(value):
            plain = str(value)  # JSON has no infinity
        case None | str() | int() | float():
            plain = value
        case _:
            plain = repr(value)
    return plain


def _each_text(change: Callable[[str], str]) -> Processor:
    """Return a processor that changes each text of an event, keys included, at any depth."""

    def within(value: Any) -> Any:
        if isinstance(value, str):
            return change(value)
        if isinstance(value, dict):
            return {change(key): within(item) for key, item in value.items()}
        return [within(item) for item in value] if isinstance(value, list) else value

    def process(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {change(key): within(value) for key, value in event.items()}

    return process


def _escaped(text: str) -> str:
    # Escaped, not removed: without the characters between them, two parts of a text could form a secret.
    return text if text.isascii() and text.isprintable() else "".join(map(_escaped_character, text))


def _escaped_character(character: str) -> str:
    if unicodedata.category(character) not in _UNSAFE or character in _JOINERS:
        return character
    return character.encode("unicode_escape").decode()


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _delivery(out: TextIO | None, render: Callable[[EventDict], str] | None, taps: tuple[Tap, ...]) -> Processor:
    stream = _stream_to(out) if out else None

    def deliver(_logger: WrappedLogger, _method: str, event: EventDict) -> NoReturn:
        for tap in taps:
            tap(deepcopy(dict(event)))
        if stream and render:
            at = event.get("timestamp", "")
            stream.write(
                render(event),
                lambda lines: render({"timestamp": at, "level": "warning", "event": "log.dropped", "lines": lines}),
            )
        raise structlog.DropEvent  # nothing is left to do for the library's own printer

    return deliver


#: The stream that is in use: after a reload it goes on counting dropped lines.
_streams: dict[TextIO, LogStream] = {}


def _stream_to(out: TextIO) -> LogStream:
    for each in [each for each in _streams if each is not out]:
        _streams.pop(each).close()
    if out not in _streams:
        _streams[out] = LogStream(out)
    return _streams[out]


def _renderer(out: TextIO, format_: Format, environ: Mapping[str, str]) -> Callable[[EventDict], str]:
    is_terminal = out.isatty()
    if format_ == "json" or (format_ == "auto" and not is_terminal):
        if systemd.leads_to_journal(out, environ):
            return lambda event: systemd.journal_prefix(event["level"]) + json.dumps(event, ensure_ascii=False)
        return lambda event: json.dumps(event, ensure_ascii=False)

    colours = is_terminal and not environ.get("NO_COLOR")
    columns = ConsoleRenderer(colors=colours, sort_keys=False, exception_formatter=plain_traceback)

    def render(event: EventDict) -> str:
        exceptions = event.get("exception")
        if isinstance(exceptions, list):
            event = {**event, "exception": "\n".join(_traceback(exceptions))}
        return str(columns(None, "", dict(event)))

    return render


def _traceback(chain: list[dict[str, Any]], indent: str = "  ") -> Iterator[str]:
    """Yield the lines of a structured exception; the one that was raised first comes first."""
    for raised in reversed(chain):
        for frame in raised["frames"]:
            yield f"{indent}{frame['filename']}:{frame['lineno']} in {frame['name']}"
        yield f"{indent}{raised['exc_type']}: {raised['exc_value']}"
        yield from (f"{indent}{note}" for note in raised["exc_notes"])
        for member in raised["exceptions"]:
            yield from _traceback(member, f"{indent}  ")
