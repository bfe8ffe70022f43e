"""The text of a new message or note (Deskie reference, sections 3.2, 4.2 and 5)."""

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from chaport_sync.sandbox import strict
from chaport_sync.sandbox.deskie.quirks import DeskieQuirks
from chaport_sync.sandbox.strict import RefusedError

CONTENT_FIELDS: Mapping[str, strict.Check] = {
    "content": strict.text,
    "content_html": strict.text,
    # Obeyed in the opening of a case only: elsewhere its effect is not known.
    "created_at": lambda value: strict.text(value) or strict.number(value),
    "attachments": strict.texts,
    "attachment_urls": strict.texts,
}


def content_of(fields: Mapping[str, Any], quirks: DeskieQuirks) -> tuple[str, str]:
    """`content` and `content_html`.

    Raises:
        RefusedError: 400, both are empty, or a quirk does not let the text pass.
    """
    content, content_html = fields.get("content", ""), fields.get("content_html", "")
    together = content + content_html
    if not together.strip() or (quirks.reject_text and quirks.reject_text in together):
        raise RefusedError(400, "incorrect", "content")
    if quirks.max_length is not None and max(len(content), len(content_html)) > quirks.max_length:
        raise RefusedError(400, "content_too_long")
    return content, content_html


def time_of(fields: Mapping[str, Any]) -> datetime | None:
    """`created_at`, in Unix seconds or as in answers; None where it is not given.

    Raises:
        RefusedError: 400, it is no time, or one without a zone.
    """
    if "created_at" not in fields:
        return None
    value, at = fields["created_at"], None
    with contextlib.suppress(ValueError, OverflowError, OSError):
        at = datetime.fromtimestamp(value, UTC) if isinstance(value, int) else parsedate_to_datetime(value)
    if at is None or at.tzinfo is None:
        raise RefusedError(400, "incorrect", "created_at")
    return at
