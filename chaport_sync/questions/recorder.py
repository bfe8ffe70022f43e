"""Stands between a client and a service: keeps each answer, and hides it first if it will be told to others."""

import json
from collections.abc import Mapping

from chaport_sync.config import Settings
from chaport_sync.questions.mask import Mask, headers_told
from chaport_sync.questions.recorded import Exchange, exchange
from chaport_sync.questions.settings import hidden

#: The most answers that are kept.
KEPT = 100


class Recorder:
    """Keeps the answers that pass.

    With a mask the client itself sees only hidden answers. So whatever is made of them, prose included, tells nothing
    about people.
    """

    def __init__(self, mask: Mask | None = None) -> None:
        self._mask = mask
        self.exchanges: list[Exchange] = []

    def settings(self, settings: Settings) -> Settings:
        """Return the settings by which the answers that the client sees are judged."""
        return settings if self._mask is None else hidden(settings, self._mask)

    def outward(self, path: str) -> str:
        """Return the path of a request as the service knows it."""
        return path if self._mask is None else self._mask.path(path)

    def inward(
        self, service: str, path: str, status: int, headers: Mapping[str, str], content: bytes
    ) -> tuple[Mapping[str, str], bytes]:
        """Keep an answer; return its headers and its body as the client is to see them."""
        found = exchange(service, path, status, headers_told(headers), content)
        if self._mask is not None:
            body = self._mask.body(found.body)
            content = json.dumps(body).encode() if found.readable and content.strip() else b"hidden" if content else b""
            headers = found.headers
            found = Exchange(service, path, status, found.headers, body, found.readable)
        if len(self.exchanges) < KEPT:
            self.exchanges.append(found)
        return headers, content
