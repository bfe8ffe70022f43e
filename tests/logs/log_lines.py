"""What the tests of this folder read logs with."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import structlog

from chaport_sync.logs import setup


def restored() -> Iterator[None]:
    """Leave logging as it was: to be made an automatic fixture."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    structlog.reset_defaults()
    root.setLevel(level)
    root.handlers[:] = handlers
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """Return the JSON lines of a stream."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def logged(*, secrets: tuple[str, ...] = (), **fields: Any) -> dict[str, Any]:
    """Return one event with these fields as JSON makes it, without what every line has."""
    stream = io.StringIO()
    setup(stream=stream, format="json", secrets=secrets, environ={})
    structlog.get_logger().info("case.opened", **fields)
    (line,) = lines(stream)
    return {key: value for key, value in line.items() if key not in {"timestamp", "level", "event"}}


def fail(error: Exception, cause: Exception | None = None) -> None:
    """Raise the error, as something deeper down would; its cause was raised before."""
    if cause:
        with suppress(type(cause)):
            fail(cause)
    raise error from cause
