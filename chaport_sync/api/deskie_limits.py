"""Reads the account's limit and errors in Deskie's answers (Deskie reference, 1.1 and 1.2)."""

from collections.abc import Mapping
from typing import Any

from chaport_sync.api import decode
from chaport_sync.api.budget import Budget
from chaport_sync.api.responses import code_only


class DeskieLimits:
    """Tells the budget the account's limit from each answer."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def note_headers(self, headers: Mapping[str, str]) -> None:
        """Give the budget the three headers; each may be missing."""
        limit, left, after = (
            decode.whole(headers.get(name)) for name in ("rate_limit_per_minute", "api_calls_left", "retry_after")
        )
        self._budget.tell(limit, left, None if after is None else float(after))

    def error_detail(self, path: str, body: Any, text: str) -> str:  # noqa: ARG002
        """Return the `error` if it is a code; a longer text may be a customer's (P6)."""
        return code_only(decode.mapping(body).get("error"))
